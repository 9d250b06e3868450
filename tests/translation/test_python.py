"""Strings of Python: what is a message, and programs that say it."""
import pytest

from publish.translation import python, sources, tree


@pytest.mark.parametrize("code, messages", [
    ('"""What it is."""\nx = "two words"', ["two words"]),
    ('def f():\n    """Doc."""\n    say(f"{n:.1f} of {len(all)}: so")',
     ["{n} of {all}: so"]),
    ('f(f"{a.width} to {b.width} wide")', ["{width} to {width2} wide"]),
    ('f("the {effect:rises|falls} by {size}")',
     ["rises", "falls", "the {effect} by {size}"]),
    ('f("before, " + LOSS + " so")', ["before, {LOSS} so"]),
    ('f("<p title=\'A word\'>Say <b>it now</b></p>")', ["it now"]),
    ('f("one\\ntwo words")', ["two words"]),
    ('re.compile(r"(?:a b)")', []), ('f("column")', []),
    ('f("rows == 3 and x")', [])])
def test_messages_are_what_may_be_shown(code, messages):
    assert python.messages(code, {"rises", "falls"}) == messages


def test_a_program_says_it_in_another_order():
    code = 'def f(n, all):\n    return f"{n:>3} of {all} seats"\n'
    other = python.translated(code, {
        "{n} of {all} seats": "{all} 个座位中的 {n} 个"}.get)
    space = {}
    exec(other, space)
    assert space["f"](2, 9) == "9 个座位中的   2 个"


def test_what_is_no_sentence_stays():
    code = 'x = {"text": 1}["text"]\n'
    assert python.translated(code, {"text": "文本"}.get) == code


def test_a_string_in_a_hole_is_said_too():
    code = ('def f(few, n):\n    return (f"{n} seats, {\'all in use\' if few '
            'else f\'free at {n}\'}", "all in use")\n')
    said = {"{n} seats, {f}": "座位 {n} 个，{f}", "all in use": "都有人",
            "free at {n}": "空着 {n} 个"}
    other = python.translated(code, lambda text: said.get(text, text))
    space = {}
    exec(other, space)
    assert space["f"](True, 3) == ("座位 3 个，都有人", "都有人")
    assert space["f"](False, 3)[0] == "座位 3 个，空着 3 个"


@pytest.mark.parametrize("path", [
    path for path in (*sources.files("room"),) if path.suffix == ".py"],
    ids=lambda path: path.stem)
def test_translated_programs_are_programs(path):
    compile(tree.translated(path, path.read_text("utf-8")), path.name, "exec")
