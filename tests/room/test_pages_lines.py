"""line.js says what labkit.lines says, and more about slips."""
import json
import random
import shutil
import subprocess
from pathlib import Path

import pytest

from labkit import lines

PAGES = Path(__file__).resolve().parents[2] / "classroom" / "room" / "pages"
pytestmark = pytest.mark.skipif(not shutil.which("node"), reason="no node")


def node(program, *files, data=None):
    """What a program in JavaScript returns; ``data`` is its argument."""
    text = "globalThis.Room = {};" + "".join(
        (PAGES / f"{name}.js").read_text("utf-8") for name in files)
    text += (f"console.log(JSON.stringify(((data) => {{{program}}})("
             f"{json.dumps(data)})))")
    return json.loads(subprocess.run(["node", "-"], input=text, check=True,
                                     capture_output=True, text=True).stdout)


def draws(count, seed=27):
    """Runs of all labs and groups; results of all sizes, and halves."""
    dice = random.Random(seed)
    ends = [None, 0, 1e-4, 0.00005, 0.00015, 0.00025, 0.5, 88750.3679,
            lines.HIGHEST * lines.STEP]
    for number in range(count):
        result = ends[number] if number < len(ends) else dice.choice([
            None, dice.random(), dice.uniform(0, 88750),
            dice.randrange(1, 10**6) * 1e-4 + 0.00005,
            10 ** dice.uniform(-6, 4.9)])
        yield {"lab": dice.choice(lines.LABS), "seed": dice.randrange(1000),
               "group": dice.randrange(5), "result": result}


def test_both_write_the_same():
    runs = [*draws(800)]
    assert node("return data.map(Room.line)", "line", data=runs) == [
        lines.line(**run) for run in runs]


def test_both_read_the_same():
    dice = random.Random(1)
    texts = [lines.line(**run) for run in draws(300)]
    texts += [text.lower().replace("-", " \t") for text in texts[:50]]
    for text in texts[:300]:
        wrong = [*text]
        for _ in range(dice.randrange(1, 4)):
            wrong[dice.randrange(len(wrong))] = dice.choice(
                lines.DIGITS + "0OILU-")
        texts.append("".join(wrong))
    texts += ["", "-", "ABCD", "1" * 12, "Z" * 12, "1234-5678-9ABC-D"]

    def read(text):
        try:
            lab, seed, result, group = lines.read(text)
        except ValueError:
            return None
        return {"lab": lab, "seed": seed, "result": result, "group": group}

    assert node("return data.map(Room.read).map(r => r.wrong ? null : r)",
                "line", data=texts) == [read(text) for text in texts]


@pytest.mark.parametrize("run", [
    {"lab": "magic", "seed": 1, "result": 1}, {"lab": "epochs", "seed": 1000},
    {"lab": "epochs", "seed": -1, "result": 1},
    {"lab": "epochs", "seed": 1, "result": -1},
    {"lab": "epochs", "seed": 1, "result": 1e5},
    {"lab": "epochs", "seed": 1, "group": 5, "result": 1}])
def test_neither_writes_what_no_line_holds(run):
    run = {"result": None, "group": 0, **run}
    with pytest.raises(ValueError):
        lines.line(**run)
    assert node("try { return Room.line(data) } catch (e) { return e.name }",
                "line", data=run) == "RangeError"


def test_one_wrong_character_is_found_and_mended():
    dice, cases = random.Random(2), []
    for run in draws(300):
        text = lines.line(**run)
        place = dice.choice([i for i in range(14) if text[i] != "-"])
        wrong = dice.choice([c for c in lines.DIGITS if c != text[place]])
        cases.append((text, text[:place] + wrong + text[place + 1:]))
    found = node("return data.map(([, t]) => Room.read(t).wrong)", "line",
                 data=cases)
    assert all(f"is it {text}?" in why
               for (text, _), why in zip(cases, found))


def test_exchanged_neighbours_are_told():
    text = lines.line("epochs", 7, 4.52, 1)
    i = next(i for i in range(13) if text[i] != text[i + 1]
             and "-" not in text[i:i + 2])
    wrong = text[:i] + text[i + 1] + text[i] + text[i + 2:]
    why = node("return Room.read(data).wrong", "line", data=wrong)
    assert "changed places" in why or "several" in why


def test_what_a_class_types_is_pooled_and_slips_are_named():
    good = lines.line("landscape", 3, 0.0187, 1)
    lab = lines.line("landscape", 3, 26)
    typed = "\n".join([
        good, "", good.lower(), good.replace("-", "\u2011"),
        lines.line("landscape", 3, 0.0353, 1), lines.line("epochs", 3, 1, 0),
        lines.line("landscape", 4, 0, 3), good[:-1], "O" + good[1:], lab])
    found = node("return Room.pool.pooled(data, {landscape: 3})", "line",
                 "pool", data=typed)
    assert [(run["seed"], run["group"], run["result"])
            for run in found["rows"]] == [
        (3, 1, 0.0353), (3, 4, 26)]
    assert [(fault["number"], *fault["why"].split()[:3])
            for fault in found["faults"]] == [
        (3, "the", "same", "as"), (4, "the", "same", "as"),
        (5, "seed", "and", "group"), (6, "this", "is", "a"),
        (7, "this", "is", "a"), (8, "11", "characters;", "a"),
        (9, "“O”", "is", "in")]
