"""Fits: what does a law fitted to the grid know, and what not?

Here the truth is known: the floor E should be the entropy of the language.
Sources: Hoffmann et al. 2022, Besiroglu et al. 2024.
"""
from itertools import product

import numpy as np
import pandas as pd

from labkit.claims import claim, evidence
from labkit.cores import NATS, SMALLEST
from labkit.language.runs import language
from labkit.rows import distinct, of
from labkit.rulings import within
from labkit.scaling.fitting import FORMS
from labkit.scaling.grid import PARTS, SAME, by_seed, ends, fitted, most
from labkit.scaling.laws import LAWS
from labkit.scaling.window import window

FEW = 4          # neighbouring sizes that make the smallest window
CARELESS = 0.02  # the one rate of runs that are not tuned
ALIKE = within(1 / SAME, SAME, log=True)   # the ratio of two exponents
EXPERIMENTS = ()


# --- what the rows say ----------------------------------------------------

def windows(table, least=FEW, draws=50):
    """Fits to every window of ``least`` or more neighbouring sizes."""
    sizes = sorted(table.parameters.unique())
    rows = []
    for form, (i, smallest), (j, largest) in product(
            FORMS, enumerate(sizes), enumerate(sizes)):
        if j - i + 1 >= least:
            law = fitted(table[table.parameters.between(smallest, largest)],
                         form)
            row = dict(form=form, smallest=smallest, largest=largest,
                       residual=law.residual)
            for name in ("E", "exponent"):
                row[name] = getattr(law, name)
                row[f"{name}_low"], row[f"{name}_high"] = law.interval(
                    name, draws=draws)
            rows.append(row)
    return pd.DataFrame(rows)


def edges(table):
    """The runs of the few smallest sizes, and those of the few largest."""
    sizes = sorted(table.parameters.unique())
    return [table[table.parameters.isin(part)]
            for part in (sizes[:FEW], sizes[-FEW:])]


def held_back(table, form, sizes):
    """Fit without the ``sizes`` largest sizes: the rows of the largest one.

    With a column ``predicted``, by the law fitted to the smaller sizes.
    """
    known = sorted(table.parameters.unique())[:-sizes]
    law = fitted(table[table.parameters.isin(known)], form)
    largest = table[table.parameters == table.parameters.max()]
    return largest.assign(predicted=law.predict(largest.parameters,
                                                largest.tokens))


def on_other_texts(rows):
    """Fits to the same networks on other texts: {(text, form): law}.

    "layered" are the runs of the grid with as many tokens as on the "short"
    rules; "real" is real text, read by a GPT.
    """
    other, text = ends(rows, "short"), ends(rows, "text")
    same = ends(rows)
    same = same[same.tokens.isin(other.tokens)]
    return {(name, form): fitted(table, form)
            for name, table in (("layered", same), ("short", other),
                                ("real", text))
            for form in FORMS}


def untuned(rows, lr=CARELESS):
    """The ends of the grid's runs at the rate nearest to ``lr``, each."""
    rows = of(rows, *PARTS["grid"], epoch=1, quantity="validation")
    distinct(rows, "parameters", "tokens", "lr", "seed")
    away = np.abs(np.log(rows.lr / lr))
    return rows[away == away.groupby(
        [rows.parameters, rows.tokens]).transform("min")]


# --- the claims -----------------------------------------------------------

def two_terms(rows):
    """Does the additive law describe all runs to 1 % of the loss?"""
    return evidence(by_seed(ends(rows), lambda t: 100 * fitted(t).residual),
                    SMALLEST["C19b"])


def true_floor(rows):
    """Is the fitted floor the entropy, to 0.02 nats?"""
    H = language().entropy
    return evidence(by_seed(ends(rows), lambda t: fitted(t).E - H),
                    within(-NATS, NATS))


def no_floor(rows):
    """Does a pure power law of the smaller half hold for the largest size?"""
    def miss(table):
        n, loss = np.log(table.parameters), np.log(table.value)
        half = len(table) // 2   # sorted by size
        line = np.polyfit(n.iloc[:half], loss.iloc[:half], 1)
        return np.exp(np.polyval(line, n.iloc[-1])) - table.value.iloc[-1]

    return evidence(by_seed(most(ends(rows)), miss), SMALLEST["C20a"])


def same_window(rows):
    """Do the smaller and the larger sizes give one exponent?"""
    def ratio(table):
        small, large = (fitted(part).exponent for part in edges(table))
        return large / small

    return evidence(by_seed(ends(rows), ratio), ALIKE)


def same_language(rows):
    """Do two languages, learned by the same networks, share an exponent?"""
    one, other = ends(rows), ends(rows, "short")
    one = one[one.parameters.isin(other.parameters)
              & one.tokens.isin(other.tokens)]
    ratio = (by_seed(other, lambda t: fitted(t).exponent)
             / by_seed(one, lambda t: fitted(t).exponent))
    return evidence(ratio, ALIKE)


def foretold(rows):
    """Do the smaller sizes tell the loss of the largest, to 1 %?

    By the additive law, fitted without the two largest sizes.
    """
    def part_foretold(table):
        part = held_back(table, "additive", 2)
        return 100 * (part.predicted / part.value).iloc[-1]

    return evidence(by_seed(ends(rows), part_foretold), within(99, 101))


CLAIMS = [
    claim("C19b", "A power of N and a power of D, added to a floor, "
          "describe all runs to 1 % of the loss.", two_terms,
          "the additive law misses the loss by {effect} % on average",
          "hoffmann2022training"),
    claim("C19c", "The constants of that fit mean what they are called: E "
          "is the entropy, to 0.02 nats.", true_floor,
          "the floor E of the additive law is {size} {effect:higher|lower} "
          "(in nats) than the entropy", "besiroglu2024chinchilla",
          beyond=True),
    claim("C20a", "The loss itself is a power of N, without a floor: what "
          "holds for small sizes holds for a large one.", no_floor,
          "a pure power law through the smaller half of the sizes puts the "
          "loss of the largest {size} {effect:higher|lower} (in nats) than "
          "it is", "hoffmann2022training"),
    claim("C21a", "The exponent is the same whichever sizes it is fitted "
          "to.", same_window,
          "the exponent of the four largest sizes is {effect} times that of "
          "the four smallest", "porian2024resolving"),
    claim("C21b", "The exponent is the same in every language.",
          same_language,
          "on the short rules, the same networks have {effect} times the "
          "exponent that they have on the layered rules",
          "sharma2022manifold", "pandey2024gzip"),
    claim("C21c", "Small sizes tell, by the law, the loss of a large one "
          "to 1 %.", foretold,
          "the law of the smaller sizes foretells {effect} % of the loss "
          "that the largest has at the most tokens",
          "besiroglu2024chinchilla", beyond=True),
]


# --- figures, tables, facts -------------------------------------------------

def window_figure(rows, name="lab", draws=50):
    """Fits to windows of the sizes, moved by two sliders.

    ``name`` must be unique on its page; ``draws`` refits make an interval.
    """
    return window(name, windows(ends(rows), draws=draws), language().entropy)


def laws_table():
    """Published laws: constants, Chinchilla's loss and its best D/N."""
    names = {"kaplan": "Kaplan 2020", "hoffmann": "Hoffmann 2022",
             "hoffmann_tex": "before rounding", "besiroglu": "Besiroglu 2024"}
    constants = "E", "A", "alpha", "B", "beta", "k"
    table = pd.DataFrame({names[key]: {
        name: f"{getattr(law, name):.3g}" for name in constants}
        for key, law in LAWS.items()})
    table.loc["loss"] = [f"{law.predict(70e9, 1.4e12):.3f}"
                         for law in LAWS.values()]
    table.loc["D/N"] = ["", *(f"{D / N:.0f}" for N, D in (
        LAWS[key].optimum(5.76e23) for key in [*names][1:]))]
    return table


FIGURES = {}
TABLES = {"laws_table": lambda tables: laws_table()}


def facts(tables):
    """What the prose quotes of the fits, rounded as it quotes it."""
    rows = pd.concat(tables.values())
    last = most(ends(rows))
    largest = last[last.parameters == last.parameters.max()].value.median()
    advice = laws_table().loc["D/N"]
    return _of_grid(ends(rows)) | _of_texts(on_other_texts(rows)) | {
        "pure_predicted": f"{largest + no_floor(rows).effect:.2f}",
        "mistuned_k": f"{fitted(untuned(rows), 'coupled').k:.2f}",
        "advice_low": advice["before rounding"],
        "advice_high": advice["Hoffmann 2022"]}


def _of_grid(table):
    """Both forms on all sizes, the additive one on the few at either end."""
    found = {"law": {}}
    for form in FORMS:
        law = fitted(table, form)
        low, high = law.interval("E")
        found["law"][form] = {
            "E": f"{law.E:.3f}", "low": f"{low:.3f}", "high": f"{high:.3f}",
            "miss": f"{100 * law.residual:.2f}", "k": f"{law.k:.2f}"}
    for name, part in zip(("small", "large"), edges(table)):
        law = fitted(part)
        found |= {f"E_{name}": f"{law.E:.2f}",
                  f"exponent_{name}": f"{law.exponent:.2f}",
                  f"miss_{name}": f"{100 * law.residual:.2f}"}
    return found


def _of_texts(laws):
    """The fits to the same networks on other texts, in both forms."""
    high = laws["real", "additive"].interval("E")[1]
    texts = {}
    for (name, form), law in laws.items():
        texts.setdefault(name, {})[form] = {
            "exponent": f"{law.exponent:.2f}", "E": f"{law.E:.2f}",
            "k": f"{law.k:.2f}"}
    return {"texts": texts, "floor_real_high": f"{high:.1f}"}
