"""The labs as they are kept: no outputs, short cells, stable ids."""
from pathlib import Path

import nbformat
import pytest

LABS = sorted((Path(__file__).parents[2] / "labs").glob("*.ipynb"))
LINES = 25    # what fits on a projector beside its output


@pytest.fixture(params=LABS, ids=lambda path: path.stem)
def lab(request):
    """Each lab in turn."""
    return nbformat.read(request.param, as_version=4)


def code(lab):
    """The code cells of a lab."""
    return [cell for cell in lab.cells if cell.cell_type == "code"]


def test_there_are_labs():
    assert LABS


def test_the_lab_is_a_valid_notebook(lab):
    nbformat.validate(lab)


def test_no_cell_has_outputs(lab):
    assert [cell.id for cell in code(lab)
            if cell.outputs or cell.execution_count] == []


def test_no_code_cell_is_long(lab):
    lengths = {cell.id: len(cell.source.splitlines()) for cell in code(lab)}
    assert {i: n for i, n in lengths.items() if n > LINES} == {}


def test_no_code_cell_is_wide(lab):
    assert {cell.id: line for cell in code(lab)
            for line in cell.source.splitlines() if len(line) > 79} == {}


def test_ids_are_unique_and_speak(lab):
    ids = [cell.id for cell in lab.cells]
    assert len(ids) == len(set(ids))
    # ids that a program drew at random are eight hexadecimal digits
    assert [i for i in ids if len(i) == 8 and set(i) <= set("0123456789abcdef")
            ] == []


def test_colab_gives_the_lab_a_gpu_and_python(lab):
    assert lab.metadata.accelerator == "GPU"
    assert lab.metadata.kernelspec.name == "python3"


def test_the_lab_begins_with_its_title(lab):
    assert lab.cells[0].cell_type == "markdown"
    assert lab.cells[0].source.startswith("# ")


def test_nothing_is_hidden_from_the_reader(lab):
    assert [cell.id for cell in lab.cells
            if "remove-cell" in cell.metadata.get("tags", ())] == []
