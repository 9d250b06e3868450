"""The sources in Chinese: ``_build/zh/``, of which the book is built as ever.

    python -m publish.translation.tree

A page of which a message is not translated stays English, and says so; so do
evidence and speed. Code stays as it is. What the labs have put out and what
was drawn is not made again: its words are exchanged.
"""
import json
import re
from pathlib import Path

import yaml

from labkit.sentences import SENTENCES
from labkit.speech.pages import bundle, lines, page
from publish import execute, needs, place
from publish.translation import markdown, places, python, script, sources
from publish.translation.said import (
    complete,
    homes,
    linked,
    of_code,
    say,
    speech,
    table,
    terms,
)

OUT = needs.ROOT / "_build" / "zh"
FOLDERS = ("_static", "chapters", "classroom", "evidence", "figures", "labs",
           "live", "locale", "publish")
FILES = ("_config.yml", "_toc.yml", "index.md", "run.md", "teach.md",
         "glossary.md", "references.md", "references.bib",
         "requirements.txt", "speed.md")
ENGLISH = ("evidence/", "speed.md")   # pages that are not translated
NOTE = """
<div class="admonition note english" lang="zh-CN">
<p class="admonition-title">这一页只有英文</p>
<p>{}</p>
</div>
"""
WHY = {True: "证据页和测速页写给要查证的人，保留英文原文。",
       False: "这一页的中文还没有译完，先放英文。"}
SPAN = re.compile(r"\*\*(C\d+): (.+?)\*\* ?(.*)")


# --- pages ------------------------------------------------------------------

def english(text, meant):
    """An English page, with a note below its title."""
    title, _, rest = text.partition("\n")
    return f"{title}\n{NOTE.format(WHY[meant])}\n{rest}"


def prose(path, text):
    """A page of Markdown."""
    name = path.relative_to(needs.ROOT).as_posix()
    if name.startswith(ENGLISH):
        return english(linked(text), True)
    if not complete(path):
        return english(linked(text), False)
    if name == "glossary.md":
        return linked(markdown.translated(text, lambda message: terms().get(
            message, say(message))))
    return linked(markdown.translated(text, say))


def headings():
    """{a heading as it is translated: as it is in English}."""
    texts = [text for path, area in homes().items() if area in sources.PAGES
             and path.suffix in (".md", ".ipynb")
             for source in [path.read_text("utf-8")]
             for text in (sources.cells(source) if path.suffix == ".ipynb"
                          else [source])]
    return {places.plain(say(heading)): places.plain(heading)
            for text in texts for heading in places.HEADING.findall(text)}


def verdicts(text):
    """The sentences of the verdict, which are made of records."""
    quotes = {english for _, english in SENTENCES.values()}

    def of_verdict(message):
        if message in quotes:   # the original stands above
            return ""
        if head := SPAN.fullmatch(message):
            return f"**{head[1]}：{speech()(head[2])}** {speech()(head[3])}"
        return speech()(message)
    return markdown.translated(text, of_verdict)


# --- notebooks --------------------------------------------------------------

def notebook(path, text):
    """A lab: its text, in Chinese; its code as it is."""
    book = json.loads(text)
    whole = all(message in table() for message in sources.notebook(text))
    for number, cell in enumerate(book["cells"]):
        if cell["cell_type"] == "markdown":
            source = "".join(cell["source"])
            cell["source"] = (
                linked(markdown.translated(source, say)) if whole else
                linked(source) if number else
                english(linked(source), False))
    return written(book)


def executed(text):
    """A lab that was run: the words of what it has put out."""
    book = json.loads(text)
    for cell in book["cells"]:
        for output in cell.get("outputs", ()):
            if "data" in output:
                output["data"] = bundle(output["data"], speech())
            elif "text" in output:
                output["text"] = lines("".join(output["text"]), speech())
    return written(book)


def written(book):
    """A notebook as JSON."""
    return json.dumps(book, ensure_ascii=False, indent=1) + "\n"


# --- the rest ---------------------------------------------------------------

def lesson(text):
    """A lesson of the room."""
    def new(value, key=""):
        if isinstance(value, dict):
            return {name: new(part, name) for name, part in value.items()}
        if isinstance(value, list):
            return [new(part, key) for part in value]
        return say(value) if key in sources.SPOKEN and isinstance(
            value, str) else value
    return json.dumps(new(json.loads(text)), ensure_ascii=False, indent=1)


def contents(text):
    """The table of contents."""
    text = sources.TITLE.sub(
        lambda found: found[1] + say(found[2]) + found[3], text)
    return sources.UNTITLED.sub(lambda found: (
        f"{found[0]}\n        title: \"{say(sources.title(found[1]))}"
        '（英文）"'), text)


def config(text):
    """The settings of the book."""
    found = yaml.safe_load(text)
    found["title"] = say(found["title"])
    found["author"] = "本课程的作者"
    found["repository"]["path_to_book"] = "zh"
    found["sphinx"]["local_extensions"] |= {
        "publish.translation.places": ".", "publish.translation.search": "."}
    found["sphinx"]["config"] |= {
        "language": "zh_CN", "html_search_language": "zh",
        "html_extra_path": [], "mathjax_path": "../../mathjax/tex-chtml.js",
        "myst_heading_slug_func": "publish.translation.places.slug"}
    return yaml.safe_dump(found, allow_unicode=True, sort_keys=False)


def hypertext(text):
    """A page of the room, or a drawing: its words, and its language."""
    return page(text, say).replace('<html lang="en">', '<html lang="zh-CN">')


def translated(path, text):
    """What stands in the tree for a file of the course."""
    name = path.relative_to(needs.ROOT).as_posix()
    area = homes().get(path)
    if name.startswith("figures/verdict/") and name.endswith(".md"):
        return text if name.endswith("-claims.md") else verdicts(text)
    if name.startswith("figures/") and path.suffix in (".svg", ".html"):
        return page(text, speech())
    if name.startswith(("evidence/", "speed.md")) or (
            area in sources.PAGES and path.suffix == ".md"):
        return prose(path, text)
    ways = {".ipynb": lambda text: notebook(path, text), ".json": lesson,
            ".svg": hypertext, ".html": hypertext, ".yml": contents,
            ".js": lambda text: script.translated(text, say),
            ".py": lambda text: python.translated(
                text, say, sources.SINGLE)}
    if name == "_config.yml":
        return config(text)
    if area in (*sources.PAGES, *sources.SCRIPTS) and path.suffix in ways:
        return ways[path.suffix](text)
    return text


def files():
    """Every file of the course that the book may need."""
    yield from (needs.ROOT / name for name in FILES)
    for folder in FOLDERS:
        yield from (path for path in (needs.ROOT / folder).rglob("*")
                    if path.is_file() and "__pycache__" not in path.parts
                    and "vendor" not in path.parts)


def write(name, data):
    """Write a file of the tree, if it differs."""
    path = OUT / name
    if path.exists() and path.read_bytes() == data:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def main():
    """Write the tree; remove from it what the course has no more."""
    made = {}
    for path in files():
        name, data = path.relative_to(needs.ROOT), path.read_bytes()
        if path.suffix in (".md", ".ipynb", ".yml", ".svg", ".html", ".json",
                           ".js", ".py"):
            data = translated(path, data.decode("utf-8")).encode("utf-8")
        made[name] = data
    for path in needs.labs():
        done = execute.executed(path.stem)
        if execute.outputs(path) is not None:
            made[done.relative_to(needs.ROOT)] = executed(
                done.read_text("utf-8")).encode("utf-8")
    made[sources.SPEECH.relative_to(needs.ROOT)] = json.dumps(
        of_code(), ensure_ascii=False, indent=0).encode("utf-8")
    made[Path(places.PATH)] = json.dumps(
        headings(), ensure_ascii=False, indent=0).encode("utf-8")
    for name, data in made.items():
        write(name, data)
    for name in place.files(OUT) - {*made} if OUT.exists() else ():
        if "__pycache__" not in name.parts and name.name != "quiz.json":
            (OUT / name).unlink()


if __name__ == "__main__":
    main()
