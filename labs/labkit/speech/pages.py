"""What a cell shows, with its messages exchanged: lines, HTML, SVG, specs."""
import base64
import html
import json
import re
from unicodedata import east_asian_width

LEFT = re.compile(r"(?s)(<(?:style|metadata|code|pre|defs)\b.*?"
                  r"</(?:style|metadata|code|pre|defs)>|<!--.*?-->|<\?.*?\?>|"
                  r"<!DOCTYPE.*?>)")
SPEC = re.compile(r'(?s)(<script type="application/json">)(.*?)(</script>)')
SCRIPT = re.compile(r"(?s)(<script\b.*?</script>)")
QUOTED = re.compile(r'"(?:[^"\\\n]|\\.)*"')
IMAGE = re.compile(r'(src="data:image/svg\+xml;base64,)([^"]*)(")')
TAG = re.compile(r"(<[^>]*>)")
SAID = re.compile(r'(\b(?:alt|aria-label|aria-valuetext|title|placeholder)=")'
                  r'([^"]*)(")')
NAMES = re.compile(r'(data-names=")([^"]*)(")')
GAP = re.compile(r"( {2,})")
WIDTH = 68   # columns of a line
TEXT = 8     # lines of a text among others


# --- HTML and SVG -----------------------------------------------------------

def page(text, say):
    """A piece of HTML or SVG; pictures that lie in it, too."""
    text = IMAGE.sub(lambda found: found[1] + _image(found[2], say)
                     + found[3], text)
    return "".join(piece if i % 2 else _scripts(piece, say)
                   for i, piece in enumerate(LEFT.split(text)))


def _image(data, say):
    svg = page(base64.b64decode(data).decode("utf-8"), say)
    return base64.b64encode(svg.encode("utf-8")).decode()


def _scripts(text, say):
    """HTML; of its scripts, sentences in quotation marks."""
    return "".join(_script(piece, say) if i % 2 else tags(piece, say)
                   for i, piece in enumerate(SCRIPT.split(text)))


def _script(text, say):
    """A script, or a specification for one."""
    if found := SPEC.fullmatch(text):
        return found[1] + spec(found[2], say) + found[3]
    return QUOTED.sub(lambda found: _literal(found[0], say), text)


def _literal(quoted, say):
    """A string of a script, in its quotation marks."""
    try:
        text = json.loads(quoted)
    except ValueError:
        return quoted
    said = say(text) if " " in text else text
    return quoted if said == text else json.dumps(said, ensure_ascii=False)


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
    """Lines without an empty one between them."""
    return "\n".join(_pieces(text.split("\n"), say))


def _pieces(rows, say):
    """The longest runs of lines that are one text; single ones as cells."""
    whole = getattr(say, "said", lambda text: None)
    while rows:
        for end in range(min(len(rows), TEXT), 1, -1):
            said = None if _columns(rows[:end]) else whole(
                " ".join(" ".join(rows[:end]).split()))
            if said is not None:
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


# --- what a cell has put out ------------------------------------------------

KINDS = {"text/html": page, "image/svg+xml": page, "text/plain": lines,
         "text/markdown": lines}


def bundle(data, say):
    """The representations of one thing, each in its way.

    Plain text is left where HTML is shown instead.
    """
    shown = {kind for kind in KINDS if kind in data}
    if "text/html" in shown:
        shown.discard("text/plain")
    return {kind: KINDS[kind]("".join(text), say) if kind in shown else text
            for kind, text in data.items()}
