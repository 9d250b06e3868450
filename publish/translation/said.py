"""What is said in Chinese: the table of messages, the terms, the speech."""
import re
from functools import cache

from labkit.sentences import SENTENCES
from labkit.speech.messages import Speech
from publish import needs
from publish.translation import catalogue, sources

TERM = re.compile(r"\{term\}`(?:([^`<]+?) <)?([^`<>]+)>?`")
FACT = re.compile(r"\{\{\s*(.*?)\s*\}\}")


@cache
def table():
    """{message: its translation}; "-" is nothing at all."""
    return {message: "" if said == "-" else said
            for message, said in catalogue.table().items()}


def say(message):
    """The translation of a message of a source; else the message."""
    return table().get(message, message)


def holed(text):
    """A message of a page whose facts are holes: as it is once filled in."""
    names = {}
    return FACT.sub(lambda fact: "{" + names.setdefault(
        fact[1], f"fact{len(names) + 1}") + "}", text)


def of_code():
    """The table for what code shows: of a published lab."""
    found = {message for area in sources.CODE for path in sources.files(area)
             for message in sources.read(area, path)}
    return {message: table()[message] for message in sorted(
        found | sources.words()) if message in table()}


@cache
def speech():
    """What exchanges the words of outputs and drawings."""
    plain = {message: said for message, said in table().items()
             if " " in message and not re.search(r"[{$\[]", message)}
    quiz = {holed(message): holed(said) for message, said in table().items()
            if "{{" in message and not re.search(r"\{\w+\}`|[$\[]", message)}
    bold = {message[2:-2]: said[2:-2] for message, said in table().items()
            if message[:2] == message[-2:] == said[:2] == said[-2:] == "**"}
    quotes = {english: chinese for chinese, english in
              SENTENCES.values()}
    labs = {name.capitalize(): say(name) for name in sources.LABS}
    return Speech(plain | quiz | bold | of_code() | quotes | labs)


# --- whole pages, and terms --------------------------------------------------

@cache
def homes():
    """{a file of the course: its area, of a lab that of its text}."""
    return {path: area for area in reversed(sources.AREAS)
            for path in sources.files(area)}


def complete(path):
    """Is all of a page translated?"""
    area = homes().get(path)
    return area is not None and all(
        message in table() for message in sources.read(area, path))


@cache
def terms():
    """{a term of the glossary: as the translated glossary has it}."""
    text = (needs.ROOT / "glossary.md").read_text("utf-8")
    if not complete(needs.ROOT / "glossary.md"):
        return {}
    inside = text.partition("```{glossary}")[2].partition("\n```")[0]
    return {line: term(line) for line in inside.split("\n")
            if line and line[0] not in " `"}


def term(english):
    """A term with its English name, where that is not in it."""
    chinese = say(english)
    return chinese if english.lower() in chinese.lower() else (
        f"{chinese}（{english}）")


def linked(text):
    """Links to terms lead to their translations."""
    known = {key.lower(): said for key, said in terms().items()}

    def link(found):
        shown, key = found[1] or found[2], found[2]
        return f"{{term}}`{shown} <{known.get(key.lower(), key)}>`"
    return TERM.sub(link, text)
