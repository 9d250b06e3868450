"""The messages of JavaScript, and scripts that say them in another language.

A literal, a template, or a sum that begins with one is one message; what is
not a literal is a hole: ``${name}: at the line`` is "{name}: at the line".
"""
import json
import re
from collections import Counter

import tree_sitter_javascript
from tree_sitter import Language, Parser

from labkit.speech.messages import HOLE, spoken

PARSER = Parser(Language(tree_sitter_javascript.language()))
CODE = re.compile(r"^[\w-]*[.#\[]\w|[{}=<>]|;\s*$|^--|^[\d.\s-]+$|"
                  r"^\w+-\w+$|px\b")


def pieces(node):
    """The literals and holes that a node joins, in their order; or None."""
    if node.type == "string":
        return [json_text(node)]
    if node.type == "template_string":
        return [node_text(child) if child.type == "string_fragment" else
                escape(child) if child.type == "escape_sequence" else child
                for child in node.named_children]
    if node.type == "binary_expression" and (
            node.child_by_field_name("operator").type == "+"):
        sides = [node.child_by_field_name(side) for side in ("left", "right")]
        parts = [pieces(side) for side in sides]
        if any(parts):
            return [piece for side, part in zip(sides, parts)
                    for piece in part or [side]]
    return None


def node_text(node):
    """The source of a node."""
    return node.text.decode("utf-8")


def json_text(node):
    """The value of a string literal."""
    return "".join(escape(child) if child.type == "escape_sequence"
                   else node_text(child) for child in node.named_children)


def escape(node):
    """What an escape sequence stands for."""
    return node_text(node).encode().decode("unicode_escape")


def name(node):
    """What a hole is called: the last name in what fills it."""
    names = re.findall(r"[A-Za-z]\w*", re.sub(
        r"\"[^\"]*\"|'[^']*'|`[^`]*`", "", node_text(node)))
    return names[-1] if names else "x"


def message(parts):
    """(message, {hole: node}) of pieces."""
    count, holes, text = Counter(), {}, ""
    for part in parts:
        if isinstance(part, str):
            text += part
        else:
            base = name(part)
            count[base] += 1
            hole = f"{base}{count[base] if count[base] > 1 else ''}"
            holes[hole], text = part, f"{text}{{{hole}}}"
    return text, holes


def said(text, alone):
    """Is a string one that somebody is shown? ``alone``: a word counts."""
    bare = HOLE.sub("", text).strip()
    return spoken(bare) and (alone or " " in bare) and not CODE.search(bare)


def compared(node):
    """Is a literal compared with something, or the name of something?"""
    around = node.parent
    operator = around.child_by_field_name("operator")
    return (operator is not None and operator.type[:2] in ("==", "!=")
            or around.type == "subscript_expression")


def found(node, alone=False):
    """(node, message, holes) of all messages below a node, outermost first.

    A single word is a message where it stands in a table called ...WORDS.
    """
    if node.type == "variable_declarator":
        alone = alone or node_text(
            node.child_by_field_name("name")).endswith("WORDS")
    parts = pieces(node)
    if parts is not None:
        text, holes = message(parts)
        if said(text, alone) and not compared(node):
            yield node, text, holes
        for part in parts:
            if not isinstance(part, str):
                yield from found(part, alone)
        return
    for child in node.named_children:
        if not (node.type == "pair" and child == node.child_by_field_name(
                "key")):
            yield from found(child, alone)


def messages(source):
    """The messages of a script, in their order."""
    root = PARSER.parse(source.encode("utf-8")).root_node
    return [text.strip() for _, text, _ in found(root)]


def translated(source, say):
    """The script with ``say(message)`` in the place of each message."""
    data = source.encode("utf-8")
    root = PARSER.parse(data).root_node
    known = {node.id: (text, holes) for node, text, holes in found(root)}

    def write(node):
        text, holes = known.get(node.id, ("", {}))
        bare = text.strip()
        if bare and (new := say(bare)) != bare:
            return literal(text.replace(bare, new), {
                hole: write(part) for hole, part in holes.items()})
        out, at = [], node.start_byte
        for child in node.children:
            out += [data[at:child.start_byte].decode("utf-8"), write(child)]
            at = child.end_byte
        return "".join([*out, data[at:node.end_byte].decode("utf-8")])
    return (data[:root.start_byte].decode("utf-8") + write(root)
            + data[root.end_byte:].decode("utf-8"))


def literal(text, holes):
    """A message as a literal of JavaScript, its holes filled with code."""
    if not holes:
        return json.dumps(text, ensure_ascii=False)
    quoted = text.replace("\\", "\\\\").replace("`", "\\`")
    return "`" + HOLE.sub(lambda hole: hole_code(holes[hole[1]]),
                          quoted) + "`"


def hole_code(code):
    """``${code}``; a substitution of a template has its marks already."""
    return code if code.startswith("${") else f"${{{code}}}"
