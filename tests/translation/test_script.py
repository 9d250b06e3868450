"""Scripts that say the same in another language, and run."""
import pytest

from publish.translation import script, sources

SCRIPTS = [path for path in (*sources.files("live"), *sources.files("room"))
           if path.suffix == ".js"]
SAID = {"two words": "两个词", "{n} of {all} done": "{all} 个里完成 {n} 个",
        "one": "一", "a {kind} of": "一种{kind}", "so far": "至今",
        'say "so"': '说“so”'}


def say(message):
    return SAID.get(message, message)


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_a_script_that_says_the_same_is_the_same(path):
    text = path.read_text("utf-8")
    assert script.translated(text, lambda message: message) == text


@pytest.mark.parametrize("code, other", [
    ('f("two words");', 'f("两个词");'),
    ("f(`${n} of ${g.all} done`);", "f(`${g.all} 个里完成 ${n} 个`);"),
    ('x = "two " + "words";', 'x = "两个词";'),
    ('x = "a " + kind + " of";', "x = `一种${kind}`;"),
    ('const WORDS = {one: "one"};', 'const WORDS = {one: "一"};'),
    ('const WORDS = {one: x => x === "one" ? "one" : x};',
     'const WORDS = {one: x => x === "one" ? "一" : x};'),
    ('if (x === "one") f("one");', 'if (x === "one") f("one");'),
    ('f({"two words": 1}["two words"]);', 'f({"two words": 1}["two words"]);'),
    ("f(`${x ? 'so far' : ''}`);", 'f(`${x ? "至今" : \'\'}`);'),
    ("/two words/.test(x); // two words", "/two words/.test(x); // two words"),
])
def test_only_what_is_shown_is_exchanged(code, other):
    assert script.translated(code, say) == other


def test_holes_are_called_after_what_fills_them():
    (message,) = script.messages("f(`${a.size} of ${b.size} and ${x + 1} y`)")
    assert message == "{size} of {size2} and {x} y"
