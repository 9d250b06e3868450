"""The messages of Python: strings with words that somebody may be shown.

A hole of a message is called after what fills it: ``{width} neurons``. A
second one of the same name gets a number.
"""
import ast
import re
from collections import Counter

from labkit.speech.messages import spoken
from labkit.speech.pages import LEFT, SCRIPT, tags

FORMAT = re.compile(r"\{([^{}]*)\}")
CODE = re.compile(r"=>|\bfunction\b|\bconst\b|;\s*$|\(\?|\\[dws]|^\.|^#|"
                  r"[=!<>]=|^[\w.]+\([^ ]*\)$|\{%|\A\s*\w+ = ")


def documents(tree):
    """The ids of docstrings: they are for readers of the code."""
    return {id(node.body[0].value) for node in ast.walk(tree)
            if isinstance(node, (ast.Module, ast.FunctionDef, ast.ClassDef))
            and node.body and isinstance(node.body[0], ast.Expr)}


def name(expression):
    """What a hole is called: the last name in what fills it."""
    names = re.findall(r"[A-Za-z]\w*", re.sub(
        r"'[^']*'|\"[^\"]*\"", "", ast.unparse(expression)))
    return names[-1] if names else "x"


def template(node):
    """A string as a message with holes."""
    if isinstance(node, ast.Constant):
        return node.value
    return "".join(part.value if isinstance(part, ast.Constant) else
                   f"{{{name(part.value)}}}" for part in node.values)


def named(text):
    """A message whose holes all have a name of their own, and no format."""
    count = Counter()

    def hole(found):
        bare = re.match(r"\w*", found[1])[0]
        bare = bare if re.match(r"[A-Za-z]", bare) else "x"
        count[bare] += 1
        return f"{{{bare}{count[bare] if count[bare] > 1 else ''}}}"
    return FORMAT.sub(hole, text)


def choices(text):
    """The words that a hole chooses from: ``{effect:rises|falls}``."""
    return [word for found in FORMAT.finditer(text)
            for word in found[1].partition(":")[2].split("|")
            if "|" in found[1] and spoken(word)]


def strings(source):
    """All strings of a source but docstrings, in their order."""
    return [template(node) for node in nodes(source)]


def nodes(source):
    """The strings of a source but docstrings, in their order."""
    tree = ast.parse(source)
    left = documents(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            left |= {id(part) for part in node.values}
            left |= {id(deep) for part in node.values if isinstance(
                part, ast.FormattedValue) and part.format_spec
                for deep in ast.walk(part.format_spec)}
    return sorted((node for node in ast.walk(tree)
                   if isinstance(node, (ast.Constant, ast.JoinedStr))
                   and id(node) not in left
                   and (isinstance(node, ast.JoinedStr)
                        or isinstance(node.value, str))),
                  key=lambda node: (node.lineno, node.col_offset))


def messages(source, words=frozenset()):
    """The messages of a source; of single words only those in ``words``."""
    found = []
    for text in strings(source):
        found += choices(text)
        if re.search(r"<\w[^>]*>", text):
            tags(SCRIPT.sub("", LEFT.sub("", named(text))),
                 lambda part: found.append(part.strip()) or part)
        else:
            found.append(named(text.strip()))
    return [text for text in found if spoken(FORMAT.sub("", text)) and (
        text in words or " " in FORMAT.sub("", text).strip()
        and not CODE.search(text))]


# --- programs that say it in Chinese ----------------------------------------

def whole(node):
    """A string as one message, on one line."""
    return " ".join(named(template(node)).split())


def wholes(source):
    """The messages of a program: whole strings, with all that is in them."""
    return [text for text in map(whole, nodes(source))
            if spoken(FORMAT.sub("", text))
            and " " in FORMAT.sub("", text).strip() and not CODE.search(text)]


def translated(source, say):
    """The program with ``say(message)`` in the place of each string."""
    ends = [0]
    for line in source.split("\n"):
        ends.append(ends[-1] + len(line.encode("utf-8")) + 1)
    data = source.encode("utf-8")
    for node in reversed(nodes(source)):
        text = whole(node)
        if say(text) != text:
            first = ends[node.lineno - 1] + node.col_offset
            last = ends[node.end_lineno - 1] + node.end_col_offset
            data = (data[:first] + literal(node, say(text)).encode("utf-8")
                    + data[last:])
    return data.decode("utf-8")


def literal(node, text):
    """A message as Python, its holes filled as those of ``node``."""
    if isinstance(node, ast.Constant):
        formats = iter(FORMAT.findall(node.value))
        return repr(FORMAT.sub(lambda hole: f"{{{next(formats)}}}", text))
    count, holes = Counter(), {}
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            base = name(part.value)
            count[base] += 1
            holes[f"{base}{count[base] if count[base] > 1 else ''}"] = part
    return ast.unparse(ast.JoinedStr([
        holes[piece] if i % 2 else ast.Constant(piece)
        for i, piece in enumerate(FORMAT.split(text))]))
