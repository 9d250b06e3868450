"""In the translated tree: what follows from its own sources.

    python -m publish.translation.finish

The questions for the labs, and where labs have shown them; and the keys of
the labs that were run: by them the book knows that outputs belong to a text.
"""
import nbformat

from labkit import lesson
from labkit.speech import say
from labkit.speech.pages import page
from publish import execute, needs, questions


def asked(notebook, name):
    """Put the translated questions where the lab has shown them."""
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            shown = output.get("data", {})
            if 'class="quiz"' in shown.get("text/html", ""):
                shown["text/html"] = page(lesson.quiz(name).page, say)


def main():
    """Write both."""
    questions.main()
    for path in needs.labs():
        done = execute.executed(path.stem)
        if done.exists():
            notebook = needs.notebook(done)
            if notebook.metadata.get("key") != needs.key_of_lab(path):
                notebook.metadata["key"] = needs.key_of_lab(path)
                asked(notebook, needs.explanation(path))
                nbformat.write(notebook, done)


if __name__ == "__main__":
    main()
