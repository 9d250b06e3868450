"""The engine of the pages against labkit: same start, texts and batches."""
from itertools import islice

import pandas as pd
import pytest
import torch

from benchmarks import live as speed
from labkit.language import exams, runs, train
from live import build, export
from live.directive import NEEDS

SCRIPTS = NEEDS["race"]
UNIQUE, LR, STEPS, EXAMS = 1280, 0.01, 24, (8, 24)
KINDS = ["Network", "FastNetwork"]
WIDTHS = [8, 32, 128, 512]
# float32 in another order of the sums: losses differ by up to 4e-7, exams by
# 6e-7; a wrong rate, decay or gradient shows in the second digit
CLOSE = 5e-6


@pytest.fixture
def page(load):
    return load("", scripts=SCRIPTS)


def start(width, parameterisation):
    """A model and its texts, and what it is examined by."""
    model, corpora, exam = runs.markov_setup(width, UNIQUE, [0],
                                             parameterisation)
    corpora = corpora()
    parts = exams.parts_exam(runs.language(), corpora)
    return model, corpora, lambda: exam(corpora)(model) | parts(model)


def case(width, parameterisation, decay):
    """A run of labkit, and all that the page needs to repeat it."""
    model, corpora, exam = start(width, parameterisation)
    weights = torch.cat([p.detach().flatten() for p in model.parameters()])
    windows = train.cut(model, corpora, runs.BATCH)
    stream = train.batches(torch.arange(UNIQUE)[None, :, None], runs.BATCH,
                           [0])
    places = [batch.flatten() for batch in islice(stream, STEPS)]
    optimiser = train.AdamW(model, torch.tensor([LR]), decay)
    losses, found = [], []
    for step, batch in enumerate(places, start=1):
        loss = train.losses(model, windows[:, batch])
        loss.sum().backward()
        optimiser.step()
        losses.append(loss.item())
        if step in EXAMS:
            with torch.no_grad():
                values = exam()
            found.append([step] + [values[name].item() for name in (
                "validation", "train", *(f"rule {k}" for k in range(4)))])
    return dict(
        settings=dict(width=width, lr=LR, decay=decay,
                      parameterisation=parameterisation),
        text=corpora[0].tolist(), weights=weights.tolist(),
        places=[batch.tolist() for batch in places], losses=losses,
        exams=found)


REPEAT = """({kinds, kernel, settings, text, weights, places, exams}) => {
  const engine = Live.engine(kernel ?? Live.kernel), {Language} = engine;
  const language = new Language(Live.rules);
  return kinds.map(kind => {
    const net = new engine[kind](settings, language, Uint8Array.from(text),
                                 engine.uniform(0));
    net.theta.set(weights);
    const losses = [], found = [];
    for (const batch of places) {
      losses.push(net.learn(batch));
      if (exams.some(([step]) => step === net.step))
        found.push([net.step, net.validation(), net.training(),
                    ...net.parts()]);
    }
    return {losses, exams: found};
  });
}"""


def agrees(page, data, **changes):
    """Run it in the page; compare every step and every exam."""
    for run in page.evaluate(REPEAT, {"kinds": KINDS, **data, **changes}):
        assert run["losses"] == pytest.approx(data["losses"], abs=CLOSE)
        for found, right in zip(run["exams"], data["exams"]):
            assert found == pytest.approx(right, abs=CLOSE)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("parameterisation, decay",
                         [("mup", 0.0), ("standard", 1.0)])
def test_every_step_and_exam_is_labkits(page, width, parameterisation, decay):
    agrees(page, case(width, parameterisation, decay))


def test_a_kernel_built_now_agrees_too(page):
    command = build.compiler()
    if not command:
        pytest.skip("no compiler for WebAssembly: pip install ziglang")
    agrees(page, case(32, "mup", 0.5), kinds=["FastNetwork"],
           kernel=build.compiled(command))


def test_plain_and_fast_are_the_same_but_for_rounding(page):
    data = case(32, "mup", 0.0)
    plain, fast = page.evaluate(REPEAT, {"kinds": KINDS, **data})
    assert fast["losses"] == pytest.approx(plain["losses"], abs=CLOSE)
    assert fast["losses"] != plain["losses"]    # they are two programs


@pytest.mark.parametrize("weights", [None, runs.SHORT])
def test_the_entropy_is_labkits(page, weights):
    found = page.evaluate("""weights => {
      const {Language} = Live.language();
      return new Language(Live.rules, weights ?? undefined).entropy;
    }""", weights)
    assert found == pytest.approx(runs.language(weights).entropy, abs=1e-9)


def test_the_rules_are_those_of_labkit():
    written = (export.FOLDER / "rules.js").read_text("utf-8")
    assert written == export.source(runs.language())


def test_the_tables_are_drawn_as_labkit_draws_them(page):
    tables, kept, ms = page.evaluate("""() => {
      const start = performance.now(), {tables} = Live.rules;
      return [structuredClone(Live.rules).tables,    // as workers get them
              tables === Live.rules.tables, performance.now() - start];
    }""")
    drawn = [[int(entry, 32) for entry in table] for table in tables]
    assert drawn == [table.tolist() for table in runs.language().tables]
    assert sum(map(len, drawn)) == 33_824
    assert kept and ms < 100


NEW = """({kind, settings}) => {
  const engine = Live.engine(Live.kernel), {uniform} = engine;
  const language = new engine.Language(Live.rules);
  const text = language.sample(643, uniform(1));
  return new engine[kind](settings, language, text, uniform(2));
}"""


@pytest.mark.parametrize("parameterisation", ["mup", "standard"])
def test_weights_start_as_spread_as_labkits(page, parameterisation):
    width = 512
    spread = page.evaluate(f"""settings => {{
      const net = ({NEW})({{kind: "Network", settings}}), W = net.width;
      const parts = [0, 96 * W, 97 * W, net.size];
      return [0, 1, 2].map(i => {{
        const part = net.theta.slice(parts[i], parts[i + 1]);
        return Math.sqrt(part.reduce((s, w) => s + w * w, 0) / part.length);
      }});
    }}""", dict(width=width, lr=LR, parameterisation=parameterisation))
    model, _, _ = start(width, parameterisation)
    right = [p.square().mean().sqrt().item() for p in model.parameters()]
    assert spread == pytest.approx(right, rel=0.02)   # of 16,000 draws


@pytest.mark.parametrize("kind", KINDS)
def test_a_fork_goes_on_exactly_and_leaves_the_first_alone(page, kind):
    first, same, other = page.evaluate(f"""kind => {{
      const settings = {{width: 8, lr: .01, decay: .1}};
      const net = ({NEW})({{kind, settings}});
      const places = Int32Array.from({{length: 128}}, (_, i) => 5 * i);
      for (let i = 0; i < 20; i++) net.learn(places);
      const same = net.copy(), other = net.copy({{lr: .1}}), nets = [
        net, same, other];
      for (const each of nets)
        for (let i = 0; i < 20; i++) each.learn(places);
      return nets.map(each => [each.step, each.validation(),
                               each.training()]);
    }}""", kind)
    assert first == same and first[0] == 40
    assert other[0] == 40 and abs(other[2] - first[2]) > 0.01


def test_every_epoch_reads_each_place_once_in_a_new_order(page):
    first, second = page.evaluate("""() => {
      const {batches, uniform} = Live.language();
      const stream = batches(640, uniform(1));
      return [0, 1].map(() => Array.from({length: 5}, () =>
        [...stream.next().value]).flat());
    }""")
    assert sorted(first) == sorted(second) == list(range(640))
    assert first != second


def test_new_text_is_the_languages_and_read_once(page):
    read, text = page.evaluate("""() => {
      const {fresh, uniform, Language} = Live.language();
      const language = new Language(Live.rules), own = new Uint8Array(131);
      const stream = fresh(own, language, uniform(1)), read = [];
      for (let i = 0; i < 3; i++)
        for (const p of stream.next().value)
          read.push([...own.slice(p, p + 4)]);
      return [read, [...language.sample(3 * 128 + 3, uniform(1))]];
    }""")
    assert read == [text[i:i + 4] for i in range(3 * 128)]


@pytest.mark.parametrize("kind", KINDS)
def test_on_a_text_of_ones_own_the_exam_is_what_was_held_out(page, kind):
    found = page.evaluate("""kind => {
      const engine = Live.engine(Live.kernel), {uniform} = engine;
      const language = new engine.Language(Live.rules);
      const text = Uint8Array.from({length: 300}, (_, i) => i % 3);
      const held = text.map(sign => 2 - sign);   // backwards
      const net = new engine[kind]({width: 16, lr: .03, held}, language, text,
                                   uniform(1));
      const places = Int32Array.from({length: 128}, (_, i) => i);
      for (let i = 0; i < 100; i++) net.learn(places);
      return [net.training(), net.validation(),
              [...net.write(9, uniform(1))].join("")];
    }""", kind)
    training, validation, written = found
    assert training < 0.05 and validation > 3    # it never saw that order
    assert written == "012012012"


def test_the_kernel_is_faster_than_plain(monkeypatch):
    monkeypatch.setattr(speed, "SECONDS", 0.1)
    found = speed.page(32)
    kernel, plain = (found[speed.NAMES[kind]] for kind in (
        "FastNetwork", "Network"))
    assert kernel > 3 * plain > 0    # about 11 times


def test_speeds_are_medians_and_ratios_those_of_a_round():
    rows = pd.DataFrame([
        dict(width=8, round=i, program=program, speed=1000 * fast)
        for program, speeds in ((speed.NAMES["FastNetwork"], (100, 300, 200)),
                                (speed.NAMES["Network"], (5, 7, 9)),
                                (speed.TRAINER, (10, 20, 20)))
        for i, fast in enumerate(speeds)])
    (line,) = speed.compared(rows).to_dict("records")
    assert line["parameters"] == "1,032" and line["page: kernel"] == "200"
    assert line["kernel / trainer"] == "10 (10–15)"
