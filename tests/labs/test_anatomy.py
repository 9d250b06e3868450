"""What every main lab has: changes, predictions, exercises; and its limits."""
import ast
import re

import pytest

from labkit import lesson
from publish import needs
from tests.labs import walk

SIGHT = 30     # cells that are not folded away
FIRST = 5      # cells until the first marked line
LINES = 25
WORDS = 1300   # of prose
# minutes: words read a minute, and what else takes how long
READ, CELL, CHANGE, PREDICT, EXERCISE = 150, 1 / 2, 1.5, 1 / 2, 5


@pytest.fixture(params=walk.LABS, ids=lambda path: path.stem)
def path(request):
    """Where each main lab is, in turn."""
    return request.param


@pytest.fixture
def cells(path):
    """Its cells."""
    return needs.notebook(path).cells


def tagged(cells, tag):
    """The cells with a tag."""
    return [cell for cell in cells if tag in cell.metadata.get("tags", ())]


def marked(cells):
    """{setting: (place of its cell, the line)} of all marked lines."""
    return {mark[1]: (place, mark) for place, cell in enumerate(cells)
            if cell.cell_type == "code"
            for mark in walk.MARK.finditer(cell.source)}


def own(path, kind):
    """The objects of a kind in a lab's module."""
    module = __import__(f"labkit.{path.stem}.lab", fromlist=["lab"])
    return [one for one in vars(module).values() if isinstance(one, kind)]


def words(cells):
    """The words of its prose."""
    return sum(len(re.sub(r"\$\$.+?\$\$|<.+?>|\(\S+\)", " ", cell.source,
                          flags=re.S).split())
               for cell in cells if cell.cell_type == "markdown")


def test_few_cells_are_in_sight(cells):
    assert len(cells) - len(tagged(cells, "hide-cell")) <= SIGHT


def test_there_is_little_to_read(cells):
    assert words(cells) <= WORDS


def test_the_first_change_comes_at_once(cells):
    assert min(place for place, _ in marked(cells).values()) < FIRST


def test_there_are_changes_and_each_is_answered(path, cells):
    found, known = marked(cells), walk.changes(path.stem)
    assert len(found) >= 5 and found.keys() == known.keys()   # and the seed
    for name, (place, mark) in found.items():
        source = cells[place].source
        assert len(walk.MARK.findall(source)) == source.count("# <-") == 1
        assert ast.literal_eval(mark[2]) == known[name].given
        assert f"lab.{name}.allow({name})" in source
        assert re.search(rf"lab\.{name}\.answer\(\s*{name}, ", source)
        for value in known[name].tries:
            assert known[name].allow(value) != known[name].given
            assert str(value).lstrip("0") in mark[3] or name == "seed"


def test_one_change_goes_wrong(cells):
    assert sum("goes wrong" in mark[3]
               for _, mark in marked(cells).values()) == 1


def test_there_are_predictions_and_each_is_told_after_its_run(path, cells):
    known = own(path, lesson.Prediction)
    assert len(known) >= 2
    sources = [cell.source for cell in cells if cell.cell_type == "code"]
    for one in known:
        assert re.fullmatch(r"(?s)Because .*[.)]", one.why)
        (asked,), (told,) = (
            [i for i, source in enumerate(sources)
             if f"lab.{attribute(path, one)}.{verb}(" in source]
            for verb in ("ask", "tell"))
        assert told - asked >= 2   # something is run in between


def attribute(path, one):
    """The name of an object in a lab's module."""
    module = __import__(f"labkit.{path.stem}.lab", fromlist=["lab"])
    return next(name for name, value in vars(module).items() if value is one)


def test_there_are_two_exercises_with_folded_solutions(path, cells):
    asked, solved = tagged(cells, "exercise"), tagged(cells, "hide-cell")
    assert len(asked) == 2 == len(solved)
    for one, solution in zip(asked, solved):
        (name,) = re.findall(r"^lab\.(\w+)\.check\(", one.source, re.M)
        assert solution.source.startswith("#@title ")
        assert f"lab.{name}.solved(" in solution.source
        assert solution.metadata.jupyter.source_hidden


def test_it_ends_with_a_line_for_the_class_and_the_questions(path, cells):
    sources = [cell.source for cell in cells if cell.cell_type == "code"]
    assert f'lesson.quiz("{path.stem}")' in sources[-1]
    assert sum(f'lesson.line("{path.stem}", seed, ' in source
               for source in sources) == 1
    assert sum("lesson.larger(" in source for source in sources) == 1


def test_the_minutes_that_it_states_are_about_right(cells):
    code = sum(cell.cell_type == "code" for cell in cells
               if "hide-input" not in cell.metadata.get("tags", ()))
    takes = (words(cells) / READ + CELL * code + CHANGE * len(marked(cells))
             + PREDICT * 2 + EXERCISE * 2)
    stated = int(re.search(r"\*\*Time:\*\* (\d+) minutes",
                           cells[0].source)[1])
    assert takes == pytest.approx(stated, rel=.25)
