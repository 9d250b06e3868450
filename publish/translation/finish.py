"""In the translated tree: what follows from its own sources.

    python -m publish.translation.finish

The questions for the labs, and the keys of the labs that were run: by them
the book knows that the outputs belong to this text.
"""
import nbformat

from publish import execute, needs, questions


def main():
    """Write both."""
    questions.main()
    for path in needs.labs():
        done = execute.executed(path.stem)
        if done.exists():
            notebook = needs.notebook(done)
            if notebook.metadata.get("key") != needs.key_of_lab(path):
                notebook.metadata["key"] = needs.key_of_lab(path)
                nbformat.write(notebook, done)


if __name__ == "__main__":
    main()
