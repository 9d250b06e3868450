"""The exercises of the lab, and of what is further: what each answers."""
import pandas as pd
import torch

from labkit import lesson, records
from labkit.interference import forks, mixture, superposition
from labkit.interference.gradients import pcgrad
from labkit.members import parity
from labkit.members.adam import Adam
from labkit.rows import only, spread, wide

RATE = 0.03   # of the recorded networks that get advice
SHARED = 0.85   # accuracy that replay is to keep


# --- 1. wait or buy? --------------------------------------------------------

CASES = {   # (known, control): what to say, and what to think of
    (5, 16): ("wait", "its control knows all, so there is room"),
    (5, 6): ("buy", "it knows as many as one that can wait; only the control "
             "is another"),
    (16, 16): ("done", "it knows all already"),
    (14, 16): ("wait", "it knows many, and its control knows all"),
    (12, 13): ("buy", "it knows many, but so does its control: waiting "
               "has little to bring")}


def _advice(advice):
    if advice(5, 16) is None:
        return None
    for case, (right, hint) in CASES.items():
        said = advice(*case)
        assert said == right, (f"advice{case} is {said!r}; think again: "
                               f"{hint}")
    told = _later(advice)
    return ("Recorded, tasks more at the end than at step 2,500, median "
            "(range): " + "; ".join(
                f"{word} {spread(part.gain)}, {len(part)} networks"
                for word, part in told.groupby("told")) + ".")


def _later(advice):
    """What recorded networks are told at step 2,500, and gain after it."""
    rows = only(records.load("interference", "tasks"), lr=RATE)
    table = wide(rows, "learned", ["arm", "step"], ["width", "seed"])
    early, control = table["mixture", 2500], table["uniform", 2500]
    gain = table["mixture"].iloc[:, -1] - early
    return gain.to_frame("gain").assign(
        told=[advice(*pair) for pair in zip(early, control)])


exercise_advice = lesson.Exercise("1", _advice)


# --- 2. refute us: is the narrowest full? -----------------------------------

def _refuted(attempt):
    if attempt is None:
        return None
    assert attempt.keys() == {"lr", "steps", "seeds"}, \
        "it takes lr, steps and seeds, as in the example"
    known = networks(**attempt)
    said = f"tasks known, by seed: {' '.join(map(str, known))}"
    assert max(known) >= 9, f"{said}; none knows nine, try another rate"
    assert min(known) <= max(known) - 2, f"{said}; they hardly differ"
    return (f"{said}. On the same tasks, other first weights end elsewhere. "
            f"Where {max(known)} tasks fit in, one with {min(known)} is not "
            "full. Is it stuck, or late? More steps can tell.")


def networks(lr, steps, seeds):
    """How many of the tasks of seed 0 networks of 16 units know, a list.

    One for each of the ``seeds`` of weights and examples.
    """
    assert isinstance(seeds, (list, tuple, range)) and len(seeds) > 1, \
        "seeds is a list of two or more"
    assert steps <= 10_000 and len(seeds) <= 20, "that would take too long"
    net = parity.Parity(16, mixture.TASKS)
    places = parity.drawn(mixture.TASKS, mixture.PLACES, [0] * len(seeds))
    even = parity.power_law(mixture.TASKS, 0).expand(len(seeds), -1)
    adam = Adam.start(net.draw([*seeds]))
    for _ in parity.train(net, adam, places, even, lr, steps, [*seeds]):
        pass
    right = parity.graded(net, adam.theta, *parity.exam(places, 256, 0))[1]
    return (right > parity.LEARNED).sum(1).tolist()


exercise_refute = lesson.Exercise("2", _refuted)


# --- 3. surgery by hand -----------------------------------------------------

def _project(project):
    torch.manual_seed(0)
    pairs = torch.randn(100, 2, 20)
    if project(*pairs[0]) is None:
        return None
    for g, other in pairs:
        new, dot = project(g, other), g @ other
        assert new @ other > -1e-4, "they still conflict"
        assert dot < 0 or torch.equal(new, g), \
            "no conflict: nothing to change"
        assert abs(new @ other - max(dot, 0)) < 1e-4, "too much"
        assert new.norm() <= g.norm() + 1e-4, "it may not get longer"
    g, other = pairs[0]
    same = torch.allclose(pcgrad(pairs[0], torch.Generator()),
                          project(g, other) + project(other, g))
    return ("It gets shorter, too: surgery also makes smaller steps where "
            f"tasks disagree. With two tasks it is all of PCGrad: {same}.")


exercise_surgery = lesson.Exercise("3", _project)


# --- 4. how little do they have to overlap? ---------------------------------

def _least(least):
    if least(3, 2) is None:
        return None
    assert abs(least(3, 2) - 1 / 4) < 1e-9, \
        "three vectors in two dimensions lie 120 degrees apart"
    said = []
    for m in (16, 32):
        W, _ = superposition.fit(m, .01, 400, seeds=[0])
        found, low = superposition.overlap(W).item(), least(64, m)
        assert low <= found < 1.2 * low, (
            f"{m} dimensions: trained {found:.4f}, and your least is "
            f"{low:.4f}")
        said.append(f"{m} dimensions: trained {found:.4f}, least {low:.4f}.")
    return " ".join(said)


exercise_overlap = lesson.Exercise("4", _least)


# --- 5. how little shuffling is enough? -------------------------------------

def replayed(share, width, steps=800, seeds=range(5)):
    """Accuracy on A per seed, after B with a ``share`` of A replayed."""
    net, places = parity.Parity(width, 8), parity.drawn(8, 2, seeds)
    a = (torch.arange(8) < 4) / 4
    adam = Adam.start(net.draw(seeds))
    for mix in (a, share * a + (1 - share) * a.flip(0)):
        for _ in parity.train(net, adam, places, mix.expand(5, -1), .01,
                              steps, [*seeds]):
            pass
    test = parity.exam(places, 256, 0)
    return parity.graded(net, adam.theta, *test)[1][:, :4].mean(1)


def _share(share):
    if share is None:
        return None
    assert 0 < share < 1, "a share of the examples lies between 0 and 1"
    kept, less = replayed(share, 64), replayed(share / 3, 64)
    said = (f"share {share}: worst seed {kept.min():.2f}; a third of that: "
            f"{less.min():.2f}")
    assert kept.min() > SHARED, f"{said}; too little"
    assert less.min() <= SHARED, f"{said}; less is enough"
    return f"{said}."


exercise_replay = lesson.Exercise("5", _share)


# --- 6. write the program ---------------------------------------------------

def _program(program):
    if program is None:
        return None
    net, seeds = parity.Parity(32, mixture.TASKS), [*range(5)]
    adam = forks.experienced(net, .01, 2000, seeds)
    rows = pd.DataFrame(forks.fork(net, adam, .01, 3000, seeds,
                                   {"yours": program}))
    learned = rows[rows.step == 3000].learned
    said = f"tasks known, by seed: {' '.join(f'{n:g}' for n in learned)}"
    assert learned.median() >= 10, f"{said}; ten are needed, in the median"
    return f"{said}."


exercise_program = lesson.Exercise("6", _program)
