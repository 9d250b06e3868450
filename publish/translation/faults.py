"""What is wrong with one translation; a reader of Chinese is not needed."""
import csv
import re
from collections import Counter

from markdown_it import MarkdownIt

from publish.translation.catalogue import FOLDER

FIELDS = {   # what stands in both languages equally often
    "facts": r"\{\{\W*([\w.\[\]]+).*?\}\}",
    "roles": r"\{(?:cite|ref|doc|math|eq)\}`[^`]*`",
    "terms": r"\{term\}`(?:[^`<]*<)?([^`<>]*)>?`",
    "links": r"\]\(([^)]*)\)",
    "formulas": r"(?<!\$)\$[^$]+\$(?!\$)",
    "code": r"`([^`]+?)(?: zh)?`",
    "tags": r"</?\w[^>]*>",
    "holes": r"(?<!\{)\{\w*\}(?![`}])"}
CJK = r"\u3400-\u9fff\uff00-\uffef\u3000-\u303f"
HAN = r"\u3400-\u9fff"
HALF = re.compile(rf"[{HAN}][,;:?!]|[,;:?!][{HAN}]|[{HAN}]\.(?!\w)")
TIGHT = re.compile(rf"[{HAN}][A-Za-z0-9]|[A-Za-z0-9][{HAN}]")
MARK = MarkdownIt()


ROLE = re.compile(r"\{\w+\}`[^`]*`")


def fields(text):
    """{kind of field: how often each stands in a text}."""
    rest = re.sub(r"\\text\{[^}]*\}", "", ROLE.sub("", text))
    return {kind: Counter(re.findall(
        pattern, text if kind in ("roles", "terms") else rest))
        for kind, pattern in FIELDS.items()}


def bare(text):
    """A text with its fields as single signs, so that marks are seen."""
    for pattern in (r"\{\{.*?\}\}", r"\{\w+\}`[^`]*`", r"\$[^$]+\$",
                    r"`[^`]*`", r"(?<=\])\([^)]*\)", r"<[^>]*>",
                    r"https?://\S+", r"\{\w*\}"):
        text = re.sub(pattern, "\u2007", text)
    return text


def open_marks(text):
    """Does Markdown leave a star that should have begun or ended something?"""
    clean = re.sub(r"\{(\w+)\}(`[^`]*`)|\{\{.*?\}\}", "x0", text)
    return "*" in "".join(
        child.content for token in MARK.parseInline(clean)
        for child in token.children if child.type == "text").replace(" * ", "")


def terms():
    """[(pattern of the English, what may stand in Chinese)]."""
    with (FOLDER / "terms.tsv").open(encoding="utf-8", newline="") as file:
        return [(re.compile(rf"\b(?:{row[0]})\b", re.IGNORECASE),
                 re.compile(row[1], re.IGNORECASE))
                for row in csv.reader(file, delimiter="\t") if row]


TERMS = terms()


def faults(english, chinese, comments=()):
    """The faults of one translation, in words.

    A comment "allowed: term" in the catalogue lets those of that kind pass.
    """
    allowed = [comment.partition("allowed: ")[2] for comment in comments]
    for fault in found(english, chinese):
        if not any(kind and fault.startswith(kind) for kind in allowed):
            yield fault


def found(english, chinese):
    """All of its faults."""
    if chinese in ("-", english):   # nothing stands here; nobody is shown it
        return
    ours, theirs = fields(chinese), fields(english)
    for kind in FIELDS:
        if ours[kind] != theirs[kind]:
            lost, more = theirs[kind] - ours[kind], ours[kind] - theirs[kind]
            yield f"{kind} differ: lost {[*lost]}, added {[*more]}"
    clean = bare(chinese)
    if open_marks(chinese) and not open_marks(english):
        yield "a * neither opens nor closes beside Chinese punctuation"
    for name, pattern in (("half-width punctuation", HALF),
                          ("no space between Chinese and Latin", TIGHT)):
        if seen := pattern.search(clean):
            at = seen.start()
            yield f"{name}: …{clean[max(0, at - 6):at + 8]}…"
    for word, meant in TERMS:
        if word.search(bare(english)) and not meant.search(chinese):
            yield f"term: {word.pattern[5:-3]} is {meant.pattern} in the list"
