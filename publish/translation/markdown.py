"""A page of Markdown as messages, and what stands between them.

A message is what a line says: a paragraph, a heading, an item of a list, a
cell of a table, a description, the text between tags. Marks, code, formulas,
names of files and options of directives are no messages.
"""
import re

OPENS = re.compile(r"(?P<fence>`{3,}|:{3,})(?:\{(?P<name>[\w-]+)\})?")
READ = {"div", "admonition", "note", "tip", "glossary", "container", "picture",
        "figure", "live", "say", "answer"}   # directives that hold Markdown
SAID = re.compile(r"^(\s*:(?:alt|do):\s*)(\S.*?)(\s*)$")
OPTION = re.compile(r"^\s*:[\w-]+:|^\s*\([\w-]+\)=$")
MARKS = re.compile(r"^(\s*(?:(?:#{1,6}|[-*+]|\d+\.|>)\s+)*>?)(.*?)(\s*)$")
CELL = re.compile(r"(?<!\\)\|(?![^$]*\$[^|$]*$)")
INLINE = "a|abbr|b|br|code|em|i|kbd|q|s|small|span|strong|sub|sup|u|var"
TAG = re.compile(rf"(\s*</?(?!(?:{INLINE})\b)[a-zA-Z][^>]*>\s*)")
SEEN = re.compile(r'(\b(?:alt|aria-label|title|placeholder)=")([^"]*)(")')
WRAPS = re.compile(rf"^(\s*(?:<(?:{INLINE})\b[^>]*>\s*)+)([^<]*?)"
                   rf"((?:\s*</(?:{INLINE})>)+\s*)$")
NOTHING = re.compile(r"\{\{.*?\}\}|\$[^$]+\$|`[^`]*`|<[^>]*>|\]\([^)]*\)|"
                     r"&\w+;|https?://\S+")
WORD = re.compile(r"[A-Za-z]{2}")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def says(text):
    """Is there a word in a text, and none that is Chinese already?"""
    return bool(WORD.search(NOTHING.sub("", text))
                and not CHINESE.search(text))


def said(text):
    """[(part, is it a message?)] of a text without marks, which may be one."""
    bare = text.strip()
    gap = text[:len(text) - len(text.lstrip())]
    end = text[len(text.rstrip()):] if bare else ""
    return [(gap, False), (bare, says(bare)), (end, False)]


def html(line):
    """The parts of a line of HTML: what stands between its blocks."""
    if OPTION.match(line):
        yield line, False
        return
    for part in TAG.split(line):
        if TAG.fullmatch(part):   # a description in it is a message
            for number, piece in enumerate(SEEN.split(part)):
                yield piece, number % 4 == 2 and says(piece)
        elif wrapped := WRAPS.match(part):
            yield wrapped[1], False
            yield wrapped[2], says(wrapped[2])
            yield wrapped[3], False
        else:
            yield from said(part)


def prose(line):
    """The parts of a line of Markdown."""
    if described := SAID.match(line):
        yield described[1], False
        yield described[2], says(described[2])
    elif OPTION.match(line):
        yield line, False
    elif line.lstrip().startswith("|"):
        for part in re.split(rf"({CELL.pattern})", line):
            yield from said(part)
    elif line.lstrip().startswith("<") and TAG.match(line):
        yield from html(line)
    else:
        marks, text, end = MARKS.match(line).groups()
        yield marks, False
        yield text, says(text)
        yield end, False


def whole(line):
    """A line that is left as it is."""
    yield line, False


def words_of_formula(line):
    """A line of a formula: a message if there are words in it."""
    yield line, "\\text{" in line


def lines(text):
    """The parts of each line of a page, each with how it is read."""
    inside = []   # (what ends it, how its lines are read)
    for number, line in enumerate(text.split("\n")):
        bare = line.strip()
        opens = OPENS.match(bare)
        if inside and bare == inside[-1][0]:
            inside.pop()
            yield [(line, False)]
        elif inside and inside[-1][1] is not prose:
            yield [*inside[-1][1](line)]
        elif number == 0 and bare == "---":
            inside.append(("---", whole))
            yield [(line, False)]
        elif bare.startswith("$$"):
            if bare.count("$$") == 1:
                inside.append(("$$", words_of_formula))
            yield [*words_of_formula(line)]
        elif opens:
            name = opens["name"]
            inside.append((opens["fence"], prose if name in READ else
                           html if name == "raw" else whole))
            title = re.match(r"(.*?\}\s*)(.*)$", line)
            yield ([(title[1], False), (title[2], says(title[2]))]
                   if name in ("admonition", "note", "tip") and title
                   else [(line, False)])
        else:
            yield [*prose(line)]


def messages(text):
    """The messages of a page, in their order."""
    return [part for line in lines(text) for part, is_one in line if is_one]


def translated(text, say):
    """A page with ``say(message)`` in the place of each message.

    A line is left out of which nothing is said.
    """
    out = []
    for line in lines(text):
        new = [say(part) if is_one else part for part, is_one in line]
        if not any(is_one and not say(part) for part, is_one in line):
            out.append("".join(new))
    return "\n".join(out)
