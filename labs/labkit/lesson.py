"""What a notebook shows a learner: predictions, budget, checks, verdict."""
import html
import os
import re
import textwrap
from numbers import Integral

import torch
from IPython.display import display

from labkit.claims import BEYOND, answers, verdicts
from labkit.experiment import BUDGETS
from labkit.plots import Page
from labkit.records import load
from labkit.rulings import AGAINST, EQUAL, FOR, UNDECIDED

WIDTH = 68   # characters that a line of output has room for on a page
NOTHING = "(nothing chosen)"
RULED = {True: (FOR,), False: (AGAINST, EQUAL), None: (UNDECIDED,)}
ALONE = ("Corrected for the core claims of this lab. The verdict page "
         "corrects for those of all labs, and so decides less.")
predictions = {}   # name -> what the learner chose
radios = {}        # name -> the widget, where there are widgets

# Without a kernel (on the site) a choice is kept by the browser's tab.
REMEMBER = """<script>(() => {
  const key = "prediction-%(name)s";
  for (const box of document.getElementsByName(key))
    box.onchange = () => sessionStorage.setItem(key, box.value);
  const shown = document.getElementById("outcome-%(name)s");
  const show = () => { const choice = sessionStorage.getItem(key);
    if (shown && choice) shown.textContent = choice; };
  show(); if (shown) document.addEventListener("change", show);
})()</script>"""


def predict(name, question, options, answer=None):
    """Ask the learner to commit to one of ``options`` before the run.

    With ipywidgets and a kernel the choice is a click on a widget; on a
    web page it is a click on plain HTML; without either, give the option's
    number as ``answer``. Raises ValueError for what is no such number.
    """
    if answer is not None:
        whole = isinstance(answer, Integral) and not isinstance(answer, bool)
        if not (whole and 1 <= answer <= len(options)):
            raise ValueError(f"answer is {answer!r}; allowed are None and "
                             f"the whole numbers 1 to {len(options)}")
        predictions[name] = options[answer - 1]
    bundle = {"text/html": _form(name, question, options),
              "text/plain": "\n".join([question, *(
                  f"  {i}. {o}" for i, o in enumerate(options, 1))])}
    try:
        import ipywidgets
    except ImportError:
        pass
    else:
        choice = ipywidgets.RadioButtons(
            options=options, value=predictions.get(name),
            layout={"width": "auto"})
        choice.observe(lambda change: predictions.update(
            {name: change["new"]}), names="value")
        radios[name] = choice
        bundle |= view(ipywidgets.VBox([ipywidgets.HTML(
            f"<b>{html.escape(question)}</b>"), choice]))
    display(bundle, raw=True)


def view(widget):
    """The part of a mime bundle that shows a widget (ipywidgets 7, 8)."""
    return {"application/vnd.jupyter.widget-view+json": {
        "version_major": 2, "version_minor": 0, "model_id": widget.model_id}}


def _form(name, question, options):
    boxes = "".join(
        f'<label style="display: block"><input type="radio" '
        f'name="prediction-{name}" value="{html.escape(option)}"> '
        f"{html.escape(option)}</label>" for option in options)
    return ("<fieldset><legend style='font-size: 1em; font-weight: bold'>"
            f"{html.escape(question)}</legend>"
            f"{boxes}</fieldset>{REMEMBER % {'name': name}}")


def outcome(name, happened):
    """Show the learner's prediction and, below it, what happened.

    In "run all cells", the kernel learns of a click only after the last
    cell; what is shown here changes then.
    """
    def text(chosen):
        return (f'<p><b>You predicted:</b> <span id="outcome-{name}">'
                f"{html.escape(chosen or NOTHING)}</span><br>"
                f"<b>What happened:</b> {html.escape(happened)}</p>")

    chosen = predictions.get(name)
    bundle = {"text/html": text(chosen) + REMEMBER % {"name": name},
              "text/plain": f"You predicted: {chosen or NOTHING}\n"
                            f"What happened: {happened}"}
    if name in radios:
        import ipywidgets
        box = ipywidgets.HTML(text(chosen))
        radios[name].observe(lambda change: setattr(
            box, "value", text(change["new"])), names="value")
        bundle |= view(box)
    display(bundle, raw=True)


def budget(lab, experiments):
    """Choose a budget: LABS_BUDGET, else class on a GPU, else quick.

    Prints the choice, the sizes of the lab's ``experiments`` at it and,
    where it was measured, how long the whole lab took. Returns the budget's
    name. Raises ValueError for an unknown one.
    """
    default = "class" if torch.cuda.is_available() else "quick"
    name = os.environ.get("LABS_BUDGET", default)
    if name not in BUDGETS:
        raise ValueError(f"LABS_BUDGET is {name!r}; allowed are {BUDGETS}")
    print(f"budget: {name}")
    for experiment in experiments.values():
        if name in experiment.sizes:
            sizes = ", ".join(f"{key}={value}" for key, value in
                              experiment.sizes[name].items())
            print(textwrap.fill(f"{experiment.name}: {sizes}", WIDTH,
                                subsequent_indent="    "))
    times = load(lab, "times")
    for row in times[times.budget == name].itertuples():
        print(f"measured: {row.seconds:.0f} s for the whole lab on "
              f"{row.device} ({row.date})")
    return name


def check(claim, rows, expected=True, **more):
    """Print a claim and what the rows say about it.

    ``more`` goes to the claim's test. Raises AssertionError unless the
    ruling is as ``expected``: True is "for", False "against" or "about
    equal", None "undecided".
    """
    found = claim.test(rows, **more)
    print(textwrap.fill(f"{claim.id} {claim.statement}", WIDTH))
    print(textwrap.indent(textwrap.fill(claim.outcome(found), WIDTH - 4),
                          "    "))
    if found.ruling not in RULED[expected]:
        raise AssertionError(f"not as expected: {claim.statement}")


def verdict(judged, note=ALONE):
    """A table of each sentence's verdict, its claims and their evidence.

    ``judged`` is that of ``claims.judge``; below it stands the ``note``.
    Returns a Page.
    """
    rows, found, known = [], verdicts(judged), answers(judged)
    for sentence, part in judged.groupby("sentence", sort=False):
        quote = html.escape(part.claim.iloc[0].quotes[1])
        rows.append(f'<tr><th colspan="2" scope="rowgroup">{sentence} '
                    f"&ldquo;{quote}&rdquo;: {found[sentence]}</th></tr>")
        rows += [_row(row, known.get(row.id)) for row in part.itertuples()]
    text = "\n".join(
        f"{claim.id} {claim.statement} {claim.outcome(evidence)}"
        for claim, evidence in zip(judged.claim, judged.evidence))
    below = f"<p>{html.escape(note)}</p>" if note else ""
    return Page(f'<table class="verdict">{"".join(rows)}</table>{below}',
                text)


def _row(row, answer):
    """One claim; ``answer`` is that of a core claim, else None."""
    more = f"<em>{BEYOND}</em> " if row.beyond else ""
    core = f" <strong>Core: {answer}.</strong>" if answer else ""
    found = html.escape(row.claim.outcome(row.evidence))
    return (f"<tr><td>{more}{html.escape(row.claim.statement)}{core}</td>"
            f"<td>{found}. Compare {cited(row.claim.sources)}.</td></tr>")


def cited(sources):
    """Authors and years of keys of the bibliography.

    ("kaplan2020scaling", "li2020train") -> "Kaplan 2020, Li 2020".
    """
    return ", ".join(f"{author.capitalize()} {year}" for author, year in (
        re.match(r"([a-z]+)(\d+)", key).groups() for key in sources))
