"""Predictions: what a learner says before a run, and what came true."""
import html
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from numbers import Integral

import numpy as np
from IPython.display import display

from labkit.lesson.words import RIGHT, WRONG
from labkit.speech import say

NOTHING, NONE = "(nothing chosen)", "none of these"
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
    question, options = say(question), [*map(say, options)]
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
    return [(say(label), say(text)) for label, text in (
        *said, ("The numbers:", happened))]


def _page(said):
    """The same as HTML."""
    return "<p>" + "<br>".join(
        f"<b>{html.escape(label)}</b> {html.escape(text)}"
        for label, text in said) + "</p>"


@dataclass(frozen=True)
class Prediction:
    """A question to commit to before a run, and how the rows decide it.

    ``judge(*rows)`` returns one truth value for each of the ``options`` and
    the numbers in words; ``why`` is a sentence that begins with "Because".
    """

    name: str
    question: str
    options: list
    why: str
    judge: Callable

    def ask(self, answer=None):
        """See ``predict``."""
        predict(self.name, self.question, self.options, answer)

    def tell(self, *rows):
        """See ``outcome``."""
        right, happened = self.judge(*rows)
        outcome(self.name, happened, right, self.why)
