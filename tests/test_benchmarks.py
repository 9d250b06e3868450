"""What the speeds are measured on is the same network; what is written."""
import pandas as pd
import pytest
import torch

from benchmarks import __main__ as speed
from benchmarks import lab_times, live, ours, plain
from labkit.experiment import Experiment
from labkit.language import models
from labkit.language.train import losses


def test_the_plain_network_is_a_member_of_the_courses():
    theirs = models.MLP(8, 3, 16, [0], "standard")
    own = plain.MLP(8, 3, 16)
    with torch.no_grad():
        own.embed.weight.copy_(theirs.embed[0])
        own.bias.copy_(theirs.bias[0, 0])
        own.head.weight.copy_(theirs.head[0].T)
    window = torch.randint(8, (20, 4), generator=torch.Generator(
        ).manual_seed(0))
    # float32, a mean of 20 numbers of order one
    torch.testing.assert_close(own.loss(window),
                               losses(theirs, window[None])[0])


def test_the_plain_loop_learns_and_is_examined_when_it_should_be():
    torch.manual_seed(0)
    model, seen = plain.MLP(8, 3, 16), []
    windows = (torch.arange(67) % 8).unfold(0, 4, 1)    # counting
    before = model.loss(windows).item()
    plain.train(model, windows, 16, 0.03, 40, exams=(0, 7, 40),
                evaluate=lambda model: seen.append(
                    model.loss(windows).item()))
    assert seen[0] == pytest.approx(before) and len(seen) == 3
    assert seen[2] < 0.5 < seen[0]


@pytest.mark.parametrize("kind", speed.SIZES)
def test_a_program_says_how_many_tokens_a_step_takes(kind):
    run, tokens = getattr(ours, kind)(16, 3)
    _, one = getattr(plain, kind)(16, 1)
    run(2)
    assert tokens == 3 * one


def test_jax_counts_as_many_tokens():
    withjax = pytest.importorskip(
        "benchmarks.withjax", reason="JAX is not installed",
        exc_type=ImportError)
    for kind in speed.SIZES:
        run, tokens = getattr(withjax, kind)(16, 3)
        run(2)
        assert tokens == getattr(ours, kind)(16, 3)[1]


def test_ratios_are_those_of_a_round_and_show_their_range():
    rows = pd.DataFrame([
        dict(kind="mlp", width=8, members=20, program=program, round=i,
             speed=fast)
        for program, speeds in (("trainer", (100, 300, 200)),
                                ("plain loop", (10, 20, 20)))
        for i, fast in enumerate(speeds)])
    (line,) = speed.compared(rows, "mlp").to_dict("records")
    assert line["parameters"] == "1,032" and line["at once"] == 20
    assert line["trainer"] == "200" and line["plain loop"] == "20"
    assert line["trainer / plain loop"] == "10 (10–15)"


def test_a_table_is_written_as_markdown():
    table = pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})
    assert speed.markdown(table) == (
        "| a | b |\n| --- | --- |\n| 1 | x |\n| 2 | y |")


def test_a_measurement_takes_the_place_of_its_older_one(tmp_path,
                                                        monkeypatch):
    monkeypatch.setattr(lab_times, "FOLDER", tmp_path)
    (tmp_path / "lab").mkdir()
    for lab, budget, seconds in (
            ("lab", "quick", 10), ("lab", "class", 30), ("lab", "quick", 20),
            ("lab_further", "quick", 40)):
        lab_times.keep(lab, budget, pd.DataFrame([
            dict(part=part, gpu=False, seconds=seconds, gflop=1.23)
            for part in ("all", "pits")]))
    times = pd.read_csv(tmp_path / "lab" / "times.csv")
    whole = times[times.part == "all"].set_index(["lab", "budget"]).seconds
    assert whole.to_dict() == {("lab", "class"): 30, ("lab", "quick"): 20,
                               ("lab_further", "quick"): 40}
    assert len(times) == 6 and (times.device == lab_times.device()).all()


def test_what_an_experiment_costs_is_noted(monkeypatch):
    def measure(seeds, n):
        torch.ones(n, n) @ torch.ones(n, n)
        return [dict(seed=seed) for seed in seeds]

    monkeypatch.setattr(Experiment, "run", Experiment.run)   # put back later
    tiny = Experiment("tiny", {"quick": {"n": [100, 200]}}, measure,
                      lambda seeds, n: n)
    notes = lab_times.trace(count=True)
    assert len(tiny.run(seeds=[0, 1], workers=2)) == 4
    (note,) = notes
    assert note["part"] == "tiny" and not note["gpu"]
    assert note["gflop"] == pytest.approx(2 * (100**3 + 200**3) / 1e9)


def test_the_page_names_all_labs_and_what_was_compared():
    page = speed.PAGE.read_text("utf-8")
    for lab in speed.FOLDER.parent.glob("*.ipynb"):
        assert f"| {lab.stem} |" in page
    for kind, sizes in speed.SIZES.items():
        for width, _ in sizes:
            assert f"{speed.NAMES[kind]}, width {width} |" in page
    for width in live.WIDTHS:
        assert f"| MLP, width {width} | {129 * width:,} |" in page
    assert "| kernel / trainer |" in page


def test_the_engine_of_the_pages_is_measured_beside_the_trainer(monkeypatch):
    for name, value in (("SECONDS", .02), ("ROUNDS", 1), ("WIDTHS", (8,))):
        monkeypatch.setattr(live, name, value)
    rows = pd.DataFrame(live.throughputs())
    assert {*rows.program} == {*live.NAMES.values(), live.TRAINER}
    assert (rows.speed > 0).all()
    (line,) = live.compared(rows).to_dict("records")
    assert line["network"] == "MLP, width 8" and line["parameters"] == "1,032"
