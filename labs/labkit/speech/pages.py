"""What a cell shows, with its messages exchanged: lines, HTML, SVG, specs."""
import base64
import html
import json
import re
import textwrap
from unicodedata import east_asian_width

from labkit.speech.messages import spoken

LEFT = re.compile(r"(?s)(<(?:style|metadata|code|pre|defs)\b.*?"
                  r"</(?:style|metadata|code|pre|defs)>|<!--.*?-->|<\?.*?\?>|"
                  r"<!DOCTYPE.*?>)")
SPEC = re.compile(r'(?s)(<script type="application/json">)(.*?)(</script>)')
SCRIPT = re.compile(r"(?s)(<script\b.*?</script>)")
IMAGE = re.compile(r'(src="data:image/svg\+xml;base64,)([^"]*)(")')
TAG = re.compile(r"(<[^>]*>)")
SAID = re.compile(r'(\b(?:alt|aria-label|aria-valuetext|title|placeholder)=")'
                  r'([^"]*)(")')
NAMES = re.compile(r'(data-names=")([^"]*)(")')
GAP = re.compile(r"( {2,})")
WIDTH = 68   # columns of a line


# --- HTML and SVG -----------------------------------------------------------

def page(text, say):
    """A piece of HTML or SVG; pictures that lie in it, too."""
    text = IMAGE.sub(lambda found: found[1] + _image(found[2], say)
                     + found[3], text)
    return "".join(
        piece if i % 2 else SPEC.sub(lambda found: found[1] + spec(
            found[2], say) + found[3], piece) if SPEC.search(piece) else
        _scripts(piece, say) for i, piece in enumerate(LEFT.split(text)))


def _image(data, say):
    svg = page(base64.b64decode(data).decode("utf-8"), say)
    return base64.b64encode(svg.encode("utf-8")).decode()


def _scripts(text, say):
    """HTML in which scripts are left alone."""
    return "".join(piece if i % 2 else tags(piece, say)
                   for i, piece in enumerate(SCRIPT.split(text)))


def tags(text, say):
    """HTML without scripts: what stands between tags and in descriptions."""
    def said(found):
        return found[1] + escaped(found[2], say) + found[3]

    def names(found):
        return found[1] + "|".join(
            escaped(one, say) for one in found[2].split("|")) + found[3]
    return "".join(
        NAMES.sub(names, SAID.sub(said, piece)) if i % 2 else
        escaped(piece, say, quote=False)
        for i, piece in enumerate(TAG.split(text)))


def escaped(text, say, quote=True):
    """What ``say`` has for a text of HTML."""
    said = say(html.unescape(text))
    return text if said == html.unescape(text) else html.escape(said, quote)


def spec(text, say):
    """A specification in JSON: its strings, but not its names."""
    def new(value):
        if isinstance(value, dict):
            return {key: new(part) for key, part in value.items()}
        if isinstance(value, list):
            return [new(part) for part in value]
        return say(value) if isinstance(value, str) and " " in value else (
            value)
    return json.dumps(new(json.loads(text)), ensure_ascii=False).replace(
        "</", "<\\/")


# --- lines ------------------------------------------------------------------

def lines(text, say):
    """What is printed: paragraphs, or lines, or cells of a table."""
    return "".join(piece if i % 2 else _paragraph(piece, say)
                   for i, piece in enumerate(re.split(r"(\n\s*\n|\n$)", text)))


def _paragraph(text, say):
    """Lines without an empty one: one text that was filled, or several."""
    if "\n" in text and spoken(text):
        flat = " ".join(text.split())
        said = say(flat)
        if said != flat:
            indent = text[:len(text) - len(text.lstrip())]
            return fill(said, indent)
    return "\n".join(_pieces(text.split("\n"), say))


def _pieces(rows, say):
    """The longest runs of lines that are one text; single ones as cells."""
    while rows:
        for end in range(len(rows), 1, -1):
            flat = " ".join(" ".join(rows[:end]).split())
            said = say(flat)
            if said != flat and not _columns(rows[:end]):
                yield fill(said, rows[0][:len(rows[0])
                                         - len(rows[0].lstrip())])
                break
        else:
            end = 1
            yield _cells(rows[0], say)
        rows = rows[end:]


def _columns(rows):
    """Are there columns in the lines?"""
    return any(GAP.search(row.strip()) for row in rows)


def _cells(row, say):
    """A line, cell by cell; each ends, or begins, where it did."""
    parts = GAP.split(row)
    for i in range(0, len(parts), 2):
        said = say(parts[i])
        more = width(parts[i]) - width(said)
        gap = i - 1 if i and parts[i - 1].strip() == "" and i > 1 else i + 1
        if 0 <= gap < len(parts):
            parts[gap] = " " * max(1, len(parts[gap]) + more)
        parts[i] = said
    return "".join(parts)


def width(text):
    """Columns that a text takes; a Chinese sign takes two."""
    return sum(1 + (east_asian_width(sign) in "WF") for sign in text)


def fill(text, indent=""):
    """A text in lines of WIDTH columns; broken between any Chinese signs."""
    out, line = [], indent
    for piece in re.findall(r"[!-~]+|\s|.", text):
        if width(line + piece) > WIDTH and piece not in "，。：；？！）”、":
            out.append(line.rstrip())
            line = indent + piece.lstrip()
        else:
            line += piece
    return "\n".join([*out, line])


def plain(text, say):
    """The plain text of something shown."""
    return lines(text, say)


def indented(text, prefix):
    """Lines with a prefix each."""
    return textwrap.indent(text, prefix)


# --- what a cell has put out ------------------------------------------------

KINDS = {"text/html": page, "image/svg+xml": page, "text/plain": lines,
         "text/markdown": lines}


def bundle(data, say):
    """The representations of one thing, each in its way."""
    return {kind: KINDS[kind]("".join(text), say) if kind in KINDS else text
            for kind, text in data.items()}
