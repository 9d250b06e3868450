"""What the lab asks, and what it answers."""
from labkit import lesson, records
from labkit.interference import mixture, rivals
from labkit.interference.exercises import (
    exercise_advice,
    exercise_overlap,
    exercise_program,
    exercise_refute,
    exercise_replay,
    exercise_surgery,
)
from labkit.rows import of, only, spread

__all__ = ["before", "exercise_advice", "exercise_overlap",
           "exercise_program", "exercise_refute", "exercise_replay",
           "exercise_surgery", "exponent", "more", "p", "past", "seed",
           "steps", "width"]

LEAD = 0.5    # rare tasks: a lead from which one network is the faster
PAST = 200    # steps of experience from which a race decides


# --- predictions ------------------------------------------------------------

def _more(*rows):
    """By the recorded runs: ten times the steps take too long here."""
    rare = mixture.along(records.load("interference", "tasks"), "mixture",
                         "rare")
    tenth = abs(rare.columns - rare.columns.max() / 10).argmin()
    before, after = rare.iloc[:, tenth].median(), rare.iloc[:, -1].median()
    return [after == before, after > max(before, 4), after < before], (
        "Recorded: width 32, rare tasks known, median (range) of seeds: "
        f"{spread(rare.iloc[:, tenth])} after {rare.columns[tenth]:,.0f} "
        f"steps, {spread(rare.iloc[:, -1])} after {rare.columns.max():,.0f}.")


more = lesson.Prediction(
    "more",
    "A network of 32 units learns 16 small tasks, some common, some rare, "
    "from one shuffled stream. After 4,000 steps it has learned most of the "
    "common ones, and few of the rare. You train ten times as long. How "
    "many of the 8 rare tasks does it know then?",
    ["As few as before: it is full",
     "Most or all of them: it was only slow",
     "Fewer: the common tasks overwrite them"],
    "Because there was room left: the rare tasks were late among the common "
    "ones, not shut out. Where there is no room, more steps do not help.",
    _more)


def _past(rows):
    """By a fork of this run; by the recorded one if it has hardly a past."""
    if rows.before.max() >= PAST:
        average, whose = rivals.averages(rows), f"After {rows.before.max()} "
    else:
        rows = only(of(records.load("interference", "forks"), "forks"),
                    width=32, lr=.01)
        average = rivals.averages(rows).rename(columns={
            "common masked": "experienced", "fresh start": "fresh"})
        whose = f"Recorded: after {rows.before.max()} "
    lead = (average.fresh - average.experienced).median()
    return [lead < -LEAD, abs(lead) <= LEAD, lead > LEAD], (
        f"{whose}steps on all tasks; rare tasks known, on average over the "
        "steps that follow, median of seeds: experienced "
        f"{average.experienced.median():.1f}, fresh "
        f"{average.fresh.median():.1f}.")


past = lesson.Prediction(
    "past",
    "You stop such a network and leave the common tasks out of its "
    "gradients. From now on it learns from the rare ones only. Compared "
    "with a fresh network, how fast does it learn them?",
    ["Faster: it has learned something useful",
     "As fast: what disturbed it is gone",
     "More slowly: its past is in the way"],
    "Because what the common tasks have left behind stays: by learning them "
    "the network has become something from which it learns others slowly.",
    _past)


# --- changes ----------------------------------------------------------------

def _meet(was, now):
    """What another chance to meet does to the arrows, in words."""
    often = (f"Two things or more meet in {now.meet:.3g} % of the texts now, "
             f"in {was.meet:.3g} % as given.")
    lost, rarer = was.kept - now.kept, now.meet < was.meet
    if lost <= 0:
        return (f"{often} No thing is given up: " + (
            "they disturb each other still less." if rarer else
            "so much meeting the five can bear. Try a larger p."))
    if rarer:
        return (f"{often} Yet fewer arrows are long. We did not expect that; "
                "perhaps the things came too seldom for this short run.")
    if now.kept > 2:
        return (f"{often} So the network gives up {lost} of the five, to "
                "keep the others apart: what meets often cannot share so "
                "closely.")
    return (f"{often} Sharing does not pay any more: there are no more long "
            "arrows than wires. The others are mixtures, or gone.")


p = lesson.Change(
    "p", .05, allowed=(.01, 1.0), tries=[.3, 1.0],
    shown="two meet in {meet:.3g} % of the texts; long arrows: {kept} of 5",
    reply=_meet)


def _wait(was, now):
    if now.wide <= was.wide and now.narrow <= was.narrow:
        return ("No more rare tasks than as given, in neither network. Would "
                "you pay for more steps? For which of the two?")
    if now.narrow >= now.wide:
        return ("This draw does not tell the two apart: the narrow network "
                "knows as many rare tasks as the wide one. We did not expect "
                "that; waiting longer may part them.")
    if now.narrow > was.narrow:
        return ("Both know more rare tasks now, the wide one more of them. "
                "In our record the narrow one comes to a stop soon; this run "
                "alone cannot say so.")
    return (f"Waiting helped one of the two, and only one. After {was.steps} "
            f"steps they knew {was.narrow:g} and {was.wide:g} rare tasks. "
            "Could you have said then which one was worth the wait?")


steps = lesson.Change(
    "steps", 500, allowed=(100, 4000), tries=[1000, 2500],
    shown="rare tasks known, of 8: width 16 {narrow:g}, width 32 {wide:g}",
    reply=_wait)


def _buy(was, now):
    seen = (f"Width {now.width} knows {now.known:g} of 16 tasks; the last "
            f"change was at step {now.flat}.")
    if now.width < was.width and now.rare < 1:
        return (f"{seen} In a real run you would see a curve that has "
                "become flat. So is that of a network that is late, between "
                "two tasks: flat does not mean full. You notice it only by "
                "a run in which nothing is rare.")
    if now.width > was.width and now.rare > was.rare:
        return (f"Buying helped: {now.rare:g} of the rare tasks, and "
                f"{was.rare:g} as given. A step costs "
                f"{now.width / was.width:g} times as much, so for that price "
                f"width {was.width} could wait as many times longer. Would "
                "it get as far? See section 2, or the record in 6.")
    return (f"We did not expect that: {seen} Width {was.width} knows "
            f"{was.known:g} after as many steps. Five networks are few; try "
            "a width further away.")


width = lesson.Change(
    "width", 32, allowed=[8, 16, 32, 64, 128], tries=[64, 8],
    shown="{known:g} of 16 known, {rare:g} of 8 rare; last change at {flat}",
    reply=_buy)


def _control(was, now):
    seen = (f"Of 16 tasks width 32 now knows {now.wide:g}, as given "
            f"{was.wide:g}; width 16 knows {now.narrow:g}, as given "
            f"{was.narrow:g}.")
    if now.exponent > was.exponent:
        return (f"{seen} You have made rare tasks rarer still. The other "
                "direction is the control: 0.0 makes none rare.")
    if now.wide >= 14 and now.narrow <= 10:
        return (f"{seen} For the wide network late has become early: it had "
                f"room. The narrow one lacks {16 - now.narrow:g} tasks even "
                "so. This run is short; section 6 shows a long one.")
    if now.wide - now.narrow > was.wide - was.narrow and now.narrow <= 10:
        return (f"{seen} The wide network gains, the narrow one gets nowhere "
                "near all. With less rarity the gap between them opens.")
    if was.exponent - now.exponent < .5:
        return (f"{seen} The two are not further apart than as given. So "
                "small a change may be too small; go nearer to 0.0.")
    return (f"{seen} We did not expect that: the control should part the "
            "two. Perhaps the run is too short for this setting; make steps "
            "in the call larger.")


exponent = lesson.Change(
    "exponent", 1.5, allowed=(0.0, 3.0), tries=[.75, 0.0],
    shown="tasks known, of 16: width 16 {narrow:g}, width 32 {wide:g}",
    reply=_control)


def _dose(was, now):
    if now.before == 0 and abs(now.lead) <= LEAD:
        return (f"Without a past the lead is {now.lead:.1f}: both are fresh, "
                "and only the draw of their weights differs. So the race is "
                "fair to about so much. A larger lead comes from the past.")
    if now.before == 0:
        return ("We did not expect that: both are fresh, and yet one leads. "
                "So much comes from the draw of the weights alone; believe "
                "no lead that is not larger.")
    if now.lead <= LEAD:
        return ("Here so much experience costs nothing that we can see. "
                "Compare the other runs before you believe it.")
    if abs(now.lead - was.lead) <= LEAD:
        return (f"The lead is about the same as with {was.before} steps of "
                "experience: this draw cannot tell the two pasts apart.")
    if (now.before < was.before) == (now.lead < was.lead):
        return ("Less of a past, less of a lead: the longer a network has "
                "learned on all tasks, the slower it learns the rare ones.")
    return ("The fresh network leads, but not more with more of a past: we "
            "expected that it would, and five networks are few.")


before = lesson.Change(
    "before", 1500, allowed=(0, 3000), tries=[200, 0],
    shown="known: experienced {old:g}, fresh {fresh:g}; mean lead {lead:.1f}",
    reply=_dose)


def _arrival(was, now):
    if now.arrived == "never":
        return ("Not within this run. Is that late or never? The same "
                "network with exponent=0 would tell. The class will see how "
                "many runs of your kind there are.")
    if was.arrived == now.arrived:
        return ("At the same step as for the seed as given. That is chance: "
                "other weights, other tasks, other examples.")
    return ("Same width, same rate, same frequencies, and another step: only "
            "the luck of the draw differs. A class sees how far it goes.")


seed = lesson.Seed("two rare tasks are known at step: {arrived}", _arrival)
