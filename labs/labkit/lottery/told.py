"""What the lesson shows and quotes: digits, a thousand masks, headlines.

One run of ``pruning`` is made again, in a second, to see what its ticket
says of single digits; all other numbers are those of the records.
"""
import html
from functools import cache

from labkit import plots
from labkit.lottery import masks
from labkit.lottery.draws import best_of, shares, single
from labkit.lottery.lines import BLUE, GREY, WARM, at
from labkit.lottery.search import RANDOM, masked
from labkit.lottery.start import ahead
from labkit.lottery.tickets import RATE, WIDTH, right
from labkit.members import digits

SEED = 9       # its ticket is the upper of the two in the middle of ten
ROUNDS = 3     # of pruning: one in eight of the weights is left
LEFT = masks.FEWER**ROUNDS
STEPS = 400
EXPERIMENTS = ()
CLAIMS = []


# --- what an untrained ticket says ------------------------------------------

@cache
def ticket():
    """The weights (1, P) of a ticket that nobody has trained."""
    net = digits.Relu(WIDTH)
    first = net.draw([SEED])
    *_, (mask, _) = masks.pruned(net, first, RATE, STEPS, ROUNDS, [SEED])
    return mask.apply(first)


def answers(weights=None):
    """The first test image (64) of each digit, and what a ticket says.

    That of the lesson, or one with other ``weights`` (1, P).
    """
    _, _, x, y = digits.split()
    x = x[[int((y == digit).nonzero()[0]) for digit in range(10)]]
    weights = ticket() if weights is None else weights
    return x, digits.Relu(WIDTH)(weights, x)[0].argmax(-1).tolist()


def read_figure(weights=None):
    """Ten digits, two rows, and below each what a ticket says."""
    images, said = answers(weights)
    figure, ax = plots.axes("", "", xlog=False, ylog=False)
    figure.set_size_inches(5, 2.3)
    for digit, (image, word) in enumerate(zip(images, said)):
        x, y = digit % 5 * 1.25, -(digit // 5) * 1.42
        ax.imshow(image.reshape(8, 8), cmap="Greys", interpolation="none",
                  extent=(x, x + 1, y, y + 1))
        good = digit == word
        ax.text(x + .5, y - .03, f"{word} {'✓' if good else '✗'}", ha="center",
                va="top", color=BLUE if good else WARM, weight="bold",
                fontsize=13)
    ax.set(xlim=(-.02, 6.02), ylim=(-1.78, 1.02), aspect="equal")
    ax.set_axis_off()
    return plots.show(ax, (
        "Ten handwritten digits, from 0 to 9, each with what an untrained "
        f"ticket says below: {', '.join(map(str, said))}. Right are "
        f"{hits(said)} of {len(said)}."))


def hits(said):
    """How many of the digits from 0 up are read as what they are."""
    return sum(digit == word for digit, word in enumerate(said))


# --- a thousand draws -------------------------------------------------------

def thousand_figure(rows):
    """Digits read of a hundred against the width: trained, sought, drawn."""
    _, ax = plots.axes("width", "read, of 100", ylog=False)
    ax.figure.set_size_inches(5, 3.6)
    for way, name, colour, thick in (
            ("trained", "trained weights", GREY, 2),
            ("popup", "searched mask", BLUE, 2),
            ("random masks", f"luckiest of {RANDOM:,}", WARM, 4)):
        of_100 = 100 * masked(rows, way)
        ax.plot(of_100.columns, of_100.median(), color=colour, label=name,
                linewidth=thick)
        for values in of_100.to_numpy():
            ax.plot(of_100.columns, values, "o", color=colour, alpha=.3,
                    markersize=3)
    ax.axhline(10, color=GREY, linewidth=1, linestyle=":")
    ax.annotate("guessing", (8, 10), (0, -4), va="top", fontsize=12,
                textcoords="offset points", color=GREY)
    ax.annotate("no winner at any width", (8, 35), va="bottom", fontsize=12,
                color=WARM)
    ax.set(ylim=(0, 102), yticks=[0, 50, 100])
    at(ax, [*of_100][::2])
    return plots.show(plots.ends(ax), (
        "Digits read, of 100, against width, in three lines. The luckiest of "
        "a thousand random masks stays near 20 at every width. A searched "
        "mask rises from below 80 to close to the trained network."))


# --- four controls, and the headline that each blocks -----------------------

# a name, the way of ``pruning`` and whether it is the whole; the headline
CONTROLS = {
    "whole": ("no mask: the whole network", "original", 1.0,
              "These values read digits with no mask at all!"),
    "values": ("other values, same mask", "redrawn", LEFT,
               "The mask can read alone: any values will do!"),
    "places": ("same values, random mask", "random mask", LEFT,
               "No training needed: random thinning does it!"),
    "labels": ("same values, mask from shuffled labels", "shuffled labels",
               LEFT, "Born lucky: any training uncovers it!")}
WANTED = "labels"


def read(rows, way, density):
    """Digits that one way reads untrained, of a hundred: the median."""
    return f"{100 * right(rows, way, 'untrained')[density].median():.0f}"


def row(name, words, number):
    """A bar with its name and its number; a control can be chosen."""
    box = (f'<input type="radio" name="leave" id="leave-{name}">'
           if name in CONTROLS else "")
    return (f'<label class="of-{name}">{box}<span>{words}</span> <i style="'
            f'--read: {number}%"></i> <b>{number} of 100</b></label>')


def headline(name, words, text):
    """What may be printed once a control is left out."""
    end = ("Yours! Only this control has trained and pruned the same values "
           "in the same way, on labels that mean nothing." if name == WANTED
           else "A false headline, but not yours: another control blocks "
           "that.")
    return (f'<p class="of-{name}"><small>Without “{words}”, nothing here '
            f"contradicts:</small> <strong>{html.escape(text)}</strong> "
            f"{end}</p>")


def leave_page(rows):
    """Bars of a ticket and its controls; leave one out, print a headline.

    A form that needs no script: its style hides and strikes.
    """
    ways = {name: (words, text, read(rows, way, density))
            for name, (words, way, density, text) in CONTROLS.items()}
    bars = "".join(row(name, words, number)
                   for name, (words, _, number) in ways.items())
    texts = "".join(headline(name, words, text)
                    for name, (words, text, _) in ways.items())
    return plots.Page(
        '<form class="leave" autocomplete="off"><div>'
        f'{row("ticket", "the ticket", read(rows, "original", LEFT))}</div>'
        f"<fieldset><legend>Hide a control</legend>{bars}<label><input "
        'type="radio" name="leave" id="leave-none" checked><span>hide nothing'
        '</span></label></fieldset><div role="status"><p class="of-none">'
        "<small>With all four in sight, one headline is left:</small> <strong>"
        "This mask, from training on these labels, makes these values read."
        f"</strong></p>{texts}</div></form><style>{style(ways)}</style>",
        "\n".join(f"{words}: {number} of 100; without it: {text}"
                  for words, text, number in ways.values()))


def style(names):
    """The look of the form; of the headlines the one that was chosen."""
    rules = [STYLE]
    for name in ("none", *names):
        chosen = f".leave:has(#leave-{name}:checked)"
        rules += [f"{chosen} p.of-{name}{{display:block}}",
                  f"{chosen} label.of-{name} span{{text-decoration:"
                  "line-through}",
                  f"{chosen} label.of-{name} :is(i,b){{visibility:hidden}}"]
    return "".join(rules)


STYLE = """
.leave{background:var(--panel);border-radius:.6rem;padding:.6rem 1.1rem 1rem;
margin:1rem 0 1.6rem}
.leave label{display:grid;grid-template-columns:1.2rem 15rem 1fr 5.5rem;
gap:.1rem .7rem;align-items:center;min-height:44px;margin:0;line-height:1.25}
.leave input{width:1.2rem;height:1.2rem;margin:0}
.leave .of-ticket span{grid-column:span 2}
.leave i{height:.8rem;border-radius:.4rem;background:linear-gradient(90deg,
var(--quiet) var(--read),var(--soft) 0)}
.leave .of-ticket i{background:linear-gradient(90deg,var(--blue) var(--read),
var(--soft) 0)}
.leave .of-ticket span,.leave legend{font-weight:600}
.leave legend{font-size:1em;margin:.4rem 0 0}
.leave fieldset{border:0;margin:0;padding:0}
.leave p{display:none;margin:.6rem 0 0;padding-left:.8rem;
border-left:4px double var(--warm)}
.leave p.of-none,.leave p.of-labels{border-left:4px solid var(--blue)}
.leave small{display:block;font-size:.95rem}
.leave strong{display:block;font-size:1.25rem;font-family:var(--serif)}
@media (max-width:600px){
.leave label{grid-template-columns:1.2rem 1fr 5.5rem;padding:.2rem 0}
.leave label span{grid-column:2/-1}.leave label i{grid-column:2}
.leave .of-ticket span{grid-column:1/-1}.leave .of-ticket i{grid-column:1/3}}
"""

FIGURES = {"read": lambda tables: read_figure(),
           "thousand": lambda tables: thousand_figure(tables["popup"]),
           "leave": lambda tables: leave_page(tables["prune"])}
TABLES = {}


def factors(one, lucky, wide):
    """From the steps of one small network to those of a wide one: factors.

    Draws give a part, from one to the lucky one; the rest they do not.
    """
    return {"factor": f"{one / wide:.0f}", "by_draws": f"{one / lucky:.0f}",
            "rest": f"{lucky / wide:.0f}"}


def less(share, half=.5):
    """The first width from which on draws give less than half."""
    return share.index[share.index > share.index[share >= half].max()][0]


def facts(tables):
    """What the lesson quotes, short: steps, and digits of a hundred."""
    said, rows = answers()[1], tables["draw"]
    steps = {"one": single(rows).iloc[:, 0], "lucky": best_of(rows).iloc[:, 0],
             "wide": single(rows).iloc[:, -1]}
    prune, trained = tables["prune"], right(tables["prune"], "original")
    lucky, sought = (masked(tables["popup"], way)
                     for way in ("random masks", "popup"))
    return {"told": {
        "right": str(hits(said)), "of": str(len(said)),
        "eighth": f"{1 / LEFT:.0f}",
        **{name: read(prune, way, density) for name, (way, density) in {
            "ticket": ("original", LEFT), "whole": ("original", 1.0),
            "redrawn": ("redrawn", LEFT), "random": ("random mask", LEFT),
            "shuffled": ("shuffled labels", LEFT)}.items()},
        "trained": f"{100 * trained[1.0].median():.0f}",
        "lucky_mask": f"{100 * lucky.max(axis=1).median():.0f}",
        "sought": f"{100 * sought.iloc[:, -1].median():.0f}",
        **factors(*(needed.median() for needed in steps.values())),
        "from": str(less(shares(rows).median().iloc[:-1])),
        "start": f"{ahead(tables['one_rate'], 'one_rate', 0).median():.2f}",
        **{name: f"{float(f'{needed.median():.2g}'):,.0f}"
           for name, needed in steps.items()}}}
