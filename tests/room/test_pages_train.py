"""A phone trains what the elements of live/ train, in slices."""
import json
import subprocess
from pathlib import Path

import pytest

import live
from tests.room.test_pages_lines import PAGES, pytestmark  # noqa: F401

LIVE = Path(live.__file__).parent
LESSONS = Path(__file__).resolve().parents[2] / "classroom" / "lessons"


def node(program, *needs):
    """What a program returns, with Room.trains and these of live/."""
    text = "globalThis.Room = {};" + "".join(
        (LIVE / f"{name}.js").read_text("utf-8") for name in needs)
    for name in ("train", "eye"):
        text += (PAGES / f"{name}.js").read_text("utf-8")
    text += """
      const end = run => {
        for (let next;;) if ((next = run.next()).done) return next.value;
      };"""
    text += f"console.log(JSON.stringify((() => {{{program}}})()))"
    return json.loads(subprocess.run(["node", "-"], input=text, check=True,
                                     capture_output=True, text=True).stdout)


@pytest.mark.parametrize("m", [10, 11])
def test_students_end_as_in_pits(m):
    ours, theirs = node(f"""
      const {{train}} = Live.students(), seeds = [1, 2, 3, 4, 5, 6];
      return [seeds.map(seed => end(Room.trains.landscape(
                {{k: 10, m: {m}, steps: 3000}}, seed))),
              seeds.map(seed => train({{k: 10, m: {m}, seed, steps: 3000}},
                                      () => {{}}))];""", "dice", "students")
    assert [run["result"] for run in ours] == [run["loss"] for run in theirs]
    assert [run["end"] for run in ours] == [run["end"] for run in theirs]
    assert {run["end"] for run in ours} <= {"arrived", "stuck"}


LANGUAGE = "dice", "rules", "tables", "kernel", "language", "engine"
NEEDS = {"landscape": ("dice", "students"), "epochs": LANGUAGE,
         "compute": LANGUAGE, "lottery": ("dice", "parity", "bets"),
         "interference": ("dice", "parity"), "scaling": ("dice",)}


def test_models_are_those_of_the_race():
    # the same text, order, start and exams as a worker of runner.js
    ours, theirs = node("""
      const settings = {width: 32, lr: .01, unique: 1280, epochs: 40,
                        target: 1};
      const {Language, Network, batches, uniform} = Live.engine(Live.kernel);
      const language = new Language(Live.rules);
      const net = Network.make(settings, language, language.sample(
        1283, uniform(5)), uniform(5032));
      const stream = batches(1280, uniform(5000)), points = [];
      let due = 8, octaves = 0;
      while (net.step < 400) {
        while (due <= net.step) due = Math.round(8 * 2 ** (octaves++ / 4));
        net.learn(stream.next().value);
        if (net.step === due) points.push(
          {step: net.step, validation: net.validation()});
      }
      const goal = Live.rules.entropy + 1, i = points.findIndex(
        p => p.validation <= goal), [a, b] = [points[i - 1], points[i]];
      return [end(Room.trains.epochs(settings, 5)).result,
              (a.step + (a.validation - goal) / (a.validation - b.validation)
                * (b.step - a.step)) / 10];""", *LANGUAGE)
    assert ours == pytest.approx(theirs, rel=1e-9)


def test_the_plain_engine_says_the_same_as_the_kernel():
    fast, plain = node("""
      const settings = {width: 32, lr: .01, unique: 1280, epochs: 30,
                        target: 1};
      const fast = end(Room.trains.epochs(settings, 2));
      Live.kernel = "";
      return [fast, end(Room.trains.epochs(settings, 2))];""", *LANGUAGE)
    assert fast["end"] == plain["end"] == "arrived"
    assert fast["result"] == pytest.approx(plain["result"], rel=1e-2)


def test_a_ticket_is_one_of_draw():
    ours, theirs = node("""
      const {bet, RATES} = Live.bets(Live.parity(Live.dice()));
      let last;
      for (last of bet([{width: 32, lr: RATES[32], number: 9}], 1, 1500));
      return [end(Room.trains.lottery({width: 32, steps: 1500, task: 1}, 9)),
              last];""", "dice", "parity", "bets")
    assert ours == {"result": theirs["step"], "end": "arrived"}


@pytest.mark.parametrize("path", sorted(LESSONS.glob("*.json")),
                         ids=lambda path: path.stem)
def test_a_recorded_run_is_what_a_phone_would_train(path):
    if not path.name.endswith(".recorded.json"):
        from classroom.room.lessons import load

        assert load(path).name == path.stem
        return
    recorded = json.loads(path.read_text("utf-8"))["recorded"]
    plan = json.loads((LESSONS / f"{path.name.partition('.')[0]}.json")
                      .read_text("utf-8"))
    for stage in plan["stages"]:
        if stage["kind"] == "run":
            again(stage["lab"], stage["groups"], recorded[stage["lab"]])


def again(lab, groups, recorded):
    """The second run of each group comes out as it is recorded."""
    assert len(groups) == len(recorded)
    runs = node(f"""return {json.dumps(groups)}.map(group =>
      group.choose ? null : end(Room.trains.{lab}(group, 501)).result)""",
                *NEEDS[lab])
    for known, run, group in zip(recorded, runs, groups):
        if "choose" in group:
            assert known == []
        else:
            assert known[1] == (None if run is None else pytest.approx(
                run, abs=0.006))


@pytest.mark.parametrize("name", sorted(
    path.stem for path in LESSONS.glob("second/*.json")))
def test_so_is_a_run_behind_a_second_vote(name):
    record = json.loads((LESSONS / "second" / f"{name}.json").read_text(
        "utf-8"))
    assert record["lab"] == name
    again(name, record["groups"], record["recorded"])


def test_a_bill_is_the_race_in_flops():
    race, bill = node("""
      const settings = {width: 32, lr: .01, unique: 6400, epochs: 32,
                        target: .9};
      return [end(Room.trains.epochs(settings, 3)),
              end(Room.trains.compute(settings, 3))];""", *LANGUAGE)
    assert bill == {"end": "arrived", "more": race["result"],
                    "result": pytest.approx(
                        6 * 129 * 32 * 6400 * race["result"] / 1e9)}


def test_a_network_among_tasks_is_that_of_late():
    found, at, before = node("""
      const {train, powerLaw, LEARNED} = Live.parity(Live.dice());
      const found = end(Room.trains.interference({
        width: 32, tasks: 8, exponent: 0, lr: .01, steps: 800}, 4));
      const known = step => {
        let last;
        train({width: 32, tasks: 8, frequencies: powerLaw(8, 0), lr: .01,
               seed: 4, arm: "equal"}, step, null, news => last = news);
        return last.right.filter(share => share > LEARNED).length;
      };
      return [found, known(found.result), known(found.result - 50)];""",
                                *NEEDS["interference"])
    assert found["end"] == "arrived" and (at, before < 8) == (8, True)


def test_least_squares_finds_the_floor_of_a_power_law():
    found, noisy = node("""
      const sizes = [1, 2, 4, 8].map(n => 500 * n);
      const losses = sizes.map(N => 1.23 + 40 * N ** -.6);
      return [0, .002].map(noise => end(Room.trains.scaling(
        {sizes, losses, noise}, 7)));""", *NEEDS["scaling"])
    assert found["result"] == pytest.approx(1.23, abs=1e-9)
    assert found["miss"] < 2e-5 < noisy["miss"]


def test_curves_of_the_smallest_models_fit_closely_too():
    plan = json.loads((LESSONS / "scaling.json").read_text("utf-8"))
    few = plan["stages"][1]["groups"]
    small, _, large = node(f"""return {json.dumps(few)}.map(group =>
      [1, 2, 3, 4, 5].map(seed => end(Room.trains.scaling(group, seed)).miss))
      """, *NEEDS["scaling"])
    assert max(small + large) < 0.005   # per cent would be 0.5


def test_offline_is_written_from_the_lessons():
    import runpy

    script = runpy.run_path(str(LESSONS / "offline.py"))["script"]
    assert (LESSONS / "offline.js").read_text("utf-8") == script()
