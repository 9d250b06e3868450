"""What a notebook shows: predictions, budget, checks, verdict, questions."""
import html
import json
import os
import re
import textwrap
from functools import partial
from numbers import Integral
from string import ascii_lowercase

import numpy as np
import torch
from IPython.display import display

from labkit.claims import BEYOND, answers, verdicts
from labkit.experiment import BUDGETS
from labkit.plots import Page
from labkit.records import FOLDER, load
from labkit.rulings import AGAINST, EQUAL, FOR, UNDECIDED

WIDTH = 68   # characters that a line of output has room for on a page
NOTHING, NONE = "(nothing chosen)", "none of these"
RULED = {True: (FOR,), False: (AGAINST, EQUAL), None: (UNDECIDED,)}
ALONE = ("Corrected for the core claims of this lab. The verdict page "
         "corrects for those of all labs, and so decides less.")
RIGHT, WRONG = "Right.", "Not so."
asked = {}         # name of a prediction -> its options
predictions = {}   # name -> what the learner chose
radios = {}        # name -> the widget, where there are widgets

# Without a kernel (on the site) a choice is kept by the browser's tab.
REMEMBER = """<script>(() => {
  const key = "prediction-%(name)s";
  const boxes = document.getElementsByName(key);
  const show = () => {
    const choice = sessionStorage.getItem(key);
    const replies = [...document.querySelectorAll("#outcome-%(name)s > div")];
    if (replies.some(reply => reply.dataset.choice === choice))
      for (const one of replies) one.hidden = one.dataset.choice !== choice;
  };
  for (const box of boxes) {
    box.checked ||= box.value === sessionStorage.getItem(key);
    box.onchange = () => { sessionStorage.setItem(key, box.value); show(); };
  }
  show();
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
    if predictions.get(name) not in options:   # to an earlier question
        predictions.pop(name, None)
    asked[name] = options
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
        f'name="prediction-{name}" value="{i}"'
        f'{" checked" * (option == predictions.get(name))}> '
        f"{html.escape(option)}</label>"
        for i, option in enumerate(options, 1))
    return ("<fieldset><legend style='font-size: 1em; font-weight: bold'>"
            f"{html.escape(question)}</legend>"
            f"{boxes}</fieldset>{REMEMBER % {'name': name}}")


def outcome(name, happened, right, why):
    """Show the learner's prediction, whether it came true, and why.

    ``right`` says of each option, in their order, whether it came true;
    ``why`` is a sentence ("Because ..."), ``happened`` are the numbers. In
    "run all cells", the kernel learns of a click only after the last cell;
    what is shown here changes then. Raises ValueError for a prediction that
    was not asked for, and unless there is one truth value for each option.
    """
    if name not in asked:
        raise ValueError(f"name is {name!r}; allowed are the predictions "
                         f"asked for above: {[*asked]}")
    options, right = asked[name], np.atleast_1d(right)
    if right.dtype != bool or right.shape != (len(options),):
        raise ValueError(f"right is {right.tolist()}; allowed is True or "
                         f"False for each of the {len(options)} options")
    true = [option for option, came in zip(options, right) if came]
    reply = partial(_reply, true=true, why=why, happened=happened)
    now = predictions.get(name)
    pages = "".join(
        f'<div data-choice="{i}"{" hidden" * (one != now)}>{_page(reply(one))}'
        "</div>" for i, one in enumerate([None, *options]))
    bundle = {"text/html": f'<div id="outcome-{name}">{pages}</div>'
                           + REMEMBER % {"name": name},
              "text/plain": "\n".join(map(" ".join, reply(now)))}
    if name in radios:
        import ipywidgets
        box = ipywidgets.HTML(_page(reply(now)))
        radios[name].observe(lambda change: setattr(
            box, "value", _page(reply(change["new"]))), names="value")
        bundle |= view(box)
    display(bundle, raw=True)


def _reply(chosen, true, why, happened):
    """What is said to a choice: pairs of a label and a text."""
    said = [("You predicted:", chosen or NOTHING), (RIGHT, why)]
    if chosen not in true:
        mark = f"{WRONG} " if chosen else ""
        said[1:] = [(f"{mark}What came true:", "; ".join(true) or NONE),
                    ("Why:", why)]
    return [*said, ("The numbers:", happened)]


def _page(said):
    """The same as HTML."""
    return "<p>" + "<br>".join(
        f"<b>{html.escape(label)}</b> {html.escape(text)}"
        for label, text in said) + "</p>"


def quiz(name):
    """The lesson's questions as a Page; each option opens and says why."""
    found = json.loads((FOLDER / name / "quiz.json").read_text("utf-8"))
    page = "".join(
        f'<div class="quiz" style="color: var(--ink, inherit)"><p><b>'
        f'{_emphasis(one["question"])}</b></p>'
        + "".join(_option(f"quiz-{name}-{i}", **option)
                  for option in one["options"]) + "</div>"
        for i, one in enumerate(found))
    lines, why = [], ["Answers:"]
    for i, one in enumerate(found, 1):
        lines.append(f"{i}. {one['question']}")
        for letter, option in zip(ascii_lowercase, one["options"]):
            lines.append(f"   {letter}. {option['text']}")
            why.append(f"{i}{letter}. {RIGHT if option['right'] else WRONG}"
                       f" {option['why']}")
    return Page(page, "\n".join(lines + why))


def _option(group, text, right, why):
    """One option; of its ``group`` one at a time is open."""
    mark, kind = (RIGHT, "right") if right else (WRONG, "wrong")
    return (f'<details name="{group}"><summary>{_emphasis(text)}</summary>'
            f'<p class="{kind}"><strong>{mark}</strong> {_emphasis(why)}</p>'
            "</details>")


def _emphasis(text):
    """A line of Markdown, which has no other mark, as HTML."""
    return re.sub(r"\*(.+?)\*", r"<em>\1</em>", html.escape(text, False))


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
