"""The messages of Python: strings with words that somebody may be shown.

A hole of a message is called after what fills it: ``{width} neurons``. A
second one of the same name gets a number.
"""
import ast
import re
from collections import Counter

from labkit.speech.messages import spoken
from labkit.speech.pages import LEFT, QUOTED, SCRIPT, tags

JINJA = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
FORMAT = re.compile(r"\{([^{}]*)\}")
CODE = re.compile(r"=>|\bfunction\b ?\(|\bconst\b \w+ =|;\s*$|\(\?|\\[dws]|"
                  r"^\.\w|^#|[=!<>]=|^[\w.]+\([^ ]*\)$|\{%|\A\s*\w+ = \w+\(")


def documents(tree):
    """The ids of docstrings: they are for readers of the code."""
    return {id(node.body[0].value) for node in ast.walk(tree)
            if isinstance(node, (ast.Module, ast.FunctionDef, ast.ClassDef,
                                 ast.AsyncFunctionDef))
            and node.body and isinstance(node.body[0], ast.Expr)
            and isinstance(node.body[0].value, ast.Constant)}


def name(expression):
    """What a hole is called: the last name in what fills it."""
    names = re.findall(r"[A-Za-z]\w*", re.sub(
        r"'[^']*'|\"[^\"]*\"", "", ast.unparse(expression)))
    return names[-1] if names else "x"


def joined(node):
    """The parts of a sum of strings: literals, f-strings, and what is none.

    None if no string is in it.
    """
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        sides = [joined(side) for side in (node.left, node.right)]
        if any(sides):
            return [part for side, parts in zip(
                (node.left, node.right), sides) for part in parts or [side]]
    if isinstance(node, ast.JoinedStr):
        return node.values
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node]
    return None


def holes(node):
    """[(text of a literal, or name of a hole; None or what fills it)]."""
    return [(part.value, None) if isinstance(part, ast.Constant) else
            (name(getattr(part, "value", part)), part)
            for part in joined(node)]


def template(node):
    """A string as a message with holes."""
    return "".join(text if part is None else f"{{{text}}}"
                   for text, part in holes(node))


def named(text):
    """A message whose holes all have a name of their own, and no format."""
    count = Counter()

    def hole(found):
        bare = re.match(r"\w*", found[1])[0]
        bare = bare if re.match(r"[A-Za-z]", bare) else "x"
        count[bare] += 1
        return f"{{{bare}{count[bare] if count[bare] > 1 else ''}}}"
    return FORMAT.sub(hole, JINJA.sub(r"{\1}", text))


def choices(text):
    """The words that a hole chooses from: ``{effect:rises|falls}``."""
    return [word for found in FORMAT.finditer(text)
            for word in found[1].partition(":")[2].split("|")
            if "|" in found[1] and spoken(word)]


def strings(source):
    """All strings of a source but docstrings, in their order."""
    return [template(node) for node in nodes(source)]


def nodes(source):
    """The strings of a source but docstrings, in their order.

    A sum of strings is one.
    """
    tree = ast.parse(source)
    left, found = documents(tree), []

    def look(node):
        if id(node) in left:
            return
        parts = joined(node)
        if parts is None:
            for child in ast.iter_child_nodes(node):
                look(child)
            return
        found.append(node)
        for part in parts:
            if isinstance(part, ast.FormattedValue):
                look(part.value)
            elif not isinstance(part, ast.Constant):
                look(part)
    look(tree)
    return sorted(found, key=lambda node: (node.lineno, node.col_offset))


def shown(text):
    """What a string may show: parts of HTML, literals of scripts, lines."""
    if not re.search(r"<\w[^>]*>", text):
        return [line.strip() for line in named(text).split("\n")]
    found = [literal[1:-1].strip() for script in SCRIPT.findall(text)
             for literal in QUOTED.findall(script)]

    def keep(part):
        found.append(part.strip())
        return part
    tags(LEFT.sub("", SCRIPT.sub("", named(text))), keep)
    return found


def pattern(text):
    """What a template of Markdown may show: its lines, without blocks."""
    return [line for line in map(str.strip, named(text).split("\n"))
            if line and line[0] not in "<(:>"]


def messages(source, words=frozenset()):
    """The messages of a source; of single words only those in ``words``."""
    found = []
    for node in nodes(source):
        text = template(node)
        found += choices(text)
        found += [part for part in (pattern if JINJA.search(text) else shown)(
            text)
                  if part in words or " " in part and not CODE.search(part)
                  and spoken(FORMAT.sub("", part))]
    return found


# --- programs that say it in Chinese ----------------------------------------

def whole(node):
    """A string as one message, on one line."""
    return " ".join(named(template(node)).split())


def wholes(source, words=frozenset()):
    """The messages of a program: whole strings, with all that is in them."""
    return [text for text in map(whole, nodes(source))
            if text in words or " " in text and not CODE.search(text)
            and spoken(FORMAT.sub("", text))]


def translated(source, say, words=frozenset()):
    """The program with ``say(message)`` in the place of each string."""
    known = {*wholes(source, words)}
    ends = [0]
    for line in source.split("\n"):
        ends.append(ends[-1] + len(line.encode("utf-8")) + 1)

    def place(node):
        return (ends[node.lineno - 1] + node.col_offset,
                ends[node.end_lineno - 1] + node.end_col_offset)

    class Saying(ast.NodeTransformer):
        """Exchanges a string, and those in its holes."""

        def generic_visit(self, node):
            if joined(node) is None:
                return super().generic_visit(node)
            text = whole(node)
            if text not in known or say(text) == text:
                return super().generic_visit(node)
            return literal(node, say(text), self.visit)
    data, inside = source.encode("utf-8"), (0, 0)
    found = [node for node in nodes(source)
             if whole(node) in known and say(whole(node)) != whole(node)]
    outer = []
    for node in found:
        if place(node)[0] >= inside[1]:
            outer.append(node)
            inside = place(node)
    for node in reversed(outer):
        first, last = place(node)
        data = (data[:first] + ast.unparse(Saying().visit(node)).encode(
            "utf-8") + data[last:])
    return data.decode("utf-8")


def literal(node, text, visit):
    """A message as a string, its holes filled as those of ``node``."""
    if isinstance(node, ast.Constant):
        formats = iter(FORMAT.findall(node.value))
        return ast.Constant(FORMAT.sub(
            lambda hole: f"{{{next(formats)}}}", text))
    count, known = Counter(), {}
    for base, part in holes(node):
        if part is not None:
            count[base] += 1
            hole = f"{base}{count[base] if count[base] > 1 else ''}"
            known[hole] = visit(part) if isinstance(
                part, ast.FormattedValue) else ast.FormattedValue(
                    visit(part), -1)
    return ast.JoinedStr([
        known[piece] if i % 2 else ast.Constant(piece)
        for i, piece in enumerate(FORMAT.split(text))])
