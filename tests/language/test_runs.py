"""Runs of every task: tidy rows, exact losses, controls, bad settings."""
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch

from labkit.experiment import Experiment
from labkit.language import Markov, runs
from labkit.language.models import MLP
from labkit.language.train import losses

SEEDS = [0, 3]
GOOD = dict(task="rules", width=8, unique=1280, epochs=1, lrs=[.01],
            seeds=SEEDS)
NAN = float("nan")


@pytest.mark.parametrize("task", [*runs.TASKS, "mine.txt"])
def test_every_task_is_learned_and_says_how_long_it_took(
        task, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("mine.txt").write_text(
        "\n\n".join(f"paragraph {i}" * 9 for i in range(99)))
    settings = dict(GOOD, task=task, unique=2048, epochs=4, lrs=[.01, .02])
    rows = runs.train_size(**settings, experiment="mine")
    assert set(rows.experiment) == {"mine"}
    steps = runs.axes(task, 8, 2048).steps(4)
    assert rows.epoch.max() == 4 and rows.step.max() == steps
    assert rows.tokens.max() == 4 * 2048
    assert (rows.flops == 6 * rows.parameters * rows.tokens).all()
    # a row per seed, rate and part at each step
    parts = [*rows.quantity.unique()]
    assert "validation" in parts
    assert (rows.groupby("step").size() == len(SEEDS) * 2 * len(parts)).all()
    learned = rows[rows.quantity == (
        "train" if "train" in parts else "validation")]
    for member, values in learned.groupby(["lr", "seed"]).value:
        assert values.iloc[-1] < values.iloc[0], member


@pytest.mark.parametrize("shuffled", [False, True])
def test_the_exact_losses_are_means_over_all_places_and_contexts(shuffled):
    language = Markov(5, 2)
    model = MLP(5, 2, 6, [0, 1], "standard")
    corpora = torch.stack([language.sample(40, seed) for seed in (0, 1)])
    found = runs.markov_exam(language, corpora, shuffled)(model)
    windows = corpora.unfold(1, 3, 1)
    # float32 sums of up to 125 terms
    torch.testing.assert_close(found["train"], losses(model, windows))
    logits = model(language.contexts().expand(2, -1, -1)).detach().numpy()
    table = language.independent if shuffled else language.joint
    nats = np.log(np.exp(logits).sum(-1, keepdims=True)) - logits
    np.testing.assert_allclose(found["validation"].detach(),
                               (table * nats).sum((1, 2)), rtol=1e-5)


@pytest.mark.parametrize("members", [1, 5])
def test_the_exact_loss_is_exact_however_many_are_examined(members):
    # an untrained network finds each of the 32 tokens equally likely
    model, corpora, exam = runs.markov_setup(8, 1280, [*range(members)])
    for name, losses_ in exam(corpora())(model).items():
        np.testing.assert_allclose(losses_.detach(), np.log(32), atol=2e-6,
                                   err_msg=name)


def test_the_tasks_differ_as_their_names_say():
    models, texts = {}, {}
    for task in ("rules", "standard", "shuffled", "short"):
        models[task], corpora, _ = runs.TASKS[task][0](8, 1280, SEEDS)
        texts[task] = corpora()
    assert [model.parameterisation for model in models.values()] == [
        "mup", "standard", "mup", "mup"]
    assert texts["rules"].equal(texts["standard"])
    # the same tokens in another order; another language
    for other, same in (("shuffled", True), ("short", False)):
        assert (texts["rules"] != texts[other]).float().mean() > 0.5
        assert texts["rules"].sort(-1).values.equal(
            texts[other].sort(-1).values) == same
    assert runs.language(runs.SHORT).weights == runs.SHORT


def test_an_exam_on_real_text_is_taken_where_the_model_is():
    model, corpora, exam = runs.TASKS["topics"][0](16, 1024, SEEDS)
    found = exam(corpora().to("meta"))(model.to("meta"))   # as on a GPU
    assert {loss.device.type for loss in found.values()} == {"meta"}


def test_a_decaying_rate_begins_smaller_in_a_longer_run_and_ends_once():
    short, long = (runs.decaying("rules", 8, 2**16, epochs, [.01])
                   for epochs in (1, 4))
    assert short["lrs"] == [.01] and long["lrs"] == [.005]
    assert runs.decaying("rules", 8, 2**16, 4, [.01],
                         scaled=False)["lrs"] == [.01]
    assert (short["first"], long["first"]) == (512, 2048)   # the last step
    assert short["schedule"] == "linear"


def test_the_excess_is_the_loss_above_the_languages_entropy():
    rows = pd.DataFrame({"value": [3.0]})
    for weights in (None, runs.SHORT):
        excess = runs.with_excess(rows, weights).excess.item()
        assert excess == 3 - runs.language(weights).entropy


def at_rates(curves, seeds=(0, 1)):
    """Rows of validation losses along a run: {rate: the losses}."""
    return pd.DataFrame([
        dict(experiment="x", unique=1, weight_decay=0.0, size=8, lr=lr,
             seed=seed, step=step, quantity="validation",
             value=value + seed / 100)
        for lr, curve in curves.items() for seed in seeds
        for step, value in enumerate(curve)])


@pytest.mark.parametrize("best, curves", [
    (.1, {.01: [3, 2], .1: [3, 1]}), (.01, {.01: [3, 2], .1: [3, 2.5]}),
    (.1, {.01: [3, 2], .1: [3, 1, 5]}),      # anywhere along the run
    (.01, {.01: [3, 2], .1: [3, 1, NAN]})])  # one of its seeds diverges
def test_the_tuned_rate_is_the_best_that_never_diverges(best, curves):
    rows = at_rates(curves)
    rows = rows[rows.value.notna() | (rows.seed == 1)]
    tuned = runs.tuned(rows)
    assert set(tuned.lr) == {best} and len(tuned) == (rows.lr == best).sum()


def test_a_size_that_diverges_at_every_rate_stays_in_the_table():
    good = at_rates({.01: [3, 2], .1: [3, 1]})
    lost = at_rates({.01: [3, NAN], .1: [NAN, NAN]}).assign(size=16)
    tuned = runs.tuned(pd.concat([good, lost]))
    assert tuned.groupby("size").lr.first().to_dict() == {8: .1, 16: .01}
    assert len(tuned) == 8


@pytest.mark.parametrize("label", [
    "experiment", "unique", "weight_decay", "size", "lr", "seed", "step",
    "quantity"])
def test_runs_without_a_label_or_there_twice_are_not_tuned(label):
    rows = at_rates({.01: [3, 2], .1: [3, 1]})
    gap = rows[label].mask(rows.seed == 1)
    for bad in (rows.assign(**{label: gap}), pd.concat([rows, rows])):
        with pytest.raises(ValueError, match=f"{label} is missing|another"):
            runs.tuned(bad)


@pytest.mark.parametrize("name, changes", [
    ("task", dict(task="poems")), ("width", dict(width=0)),
    ("width", dict(width=33, task="topics", unique=1024)),
    ("task is 'own'.*'rules'.*path of a text file", dict(task="own")),
    ("path", dict(task="there/is/no/such/file.txt")),
    ("unique", dict(unique=0)), ("unique", dict(unique=1000)),
    ("unique", dict(unique=2**30, task="topics")),
    ("epochs", dict(epochs=0)), ("epochs", dict(epochs=.01)),
    ("lrs", dict(lrs=[])), ("lrs", dict(lrs=[.01, 0])),
    ("lrs", dict(lrs=[NAN])), ("lrs has 0.1 twice", dict(lrs=[.1, .1])),
    ("epochs", dict(epochs=NAN)), ("decay", dict(weight_decay=NAN)),
    ("seeds", dict(seeds=[])), ("weight_decay", dict(weight_decay=-1)),
    ("first", dict(first=0)), ("schedule", dict(schedule="cosine"))])
def test_bad_settings_are_refused_before_anything_is_trained(name, changes):
    with pytest.raises(ValueError, match=name):
        runs.cost(**GOOD | changes)


def test_a_run_costs_its_tokens_times_its_parameters():
    few, many = (runs.cost(**GOOD | {"seeds": [*range(n)]}) for n in (1, 4))
    assert many == 4 * few
    assert runs.cost(**GOOD | {"epochs": 3}) == 3 * runs.cost(**GOOD)
    assert runs.cost(**GOOD | {"width": 16}) > runs.cost(**GOOD)


@pytest.mark.parametrize("device, workers", [("cpu", 4), ("cuda", 1)])
def test_a_gpu_takes_one_cell_at_a_time(device, workers, monkeypatch):
    asked = {}
    monkeypatch.setattr(Experiment, "run", lambda self, budget, **more:
                        asked.update(more, budget=budget))
    runs.Runs("tiny", {}, None).run("class", workers=4, device=device)
    assert asked == {"budget": "class", "workers": workers, "device": device}


@pytest.mark.parametrize("vocab, context", [(8, 1), (8, 3), (4, 2)])
def test_no_exam_of_another_language_is_taken(vocab, context):
    """Over a part of its contexts, a loss would lie below the entropy."""
    language = Markov(vocab=8, order=2)
    exam = runs.markov_exam(language, language.sample(50, 0)[None])
    with pytest.raises(ValueError, match=f"vocab {vocab} and context "
                       f"{context}; allowed are 8 and 2"):
        exam(MLP(vocab, context, 4, [0]))
