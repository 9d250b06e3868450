"""The library's floors, as its docstring lists them, and what imports what."""
import re

import labkit
from publish.notebooks import LABS, imported

FLOORS = {name: int(floor)
          for floor, names in re.findall(
              r"(?m)^(\d)\. (.*(?:\n   .*)*)$", labkit.__doc__)
          for name in re.findall(r"``(\w+)``", names)}


def test_every_module_stands_on_a_floor():
    modules = {path.stem for path in (LABS / "labkit").glob("*.py")}
    assert set(FLOORS) == modules - {"__init__"}


def test_a_module_imports_only_from_floors_below_its_own():
    upward = {(name, other) for name in FLOORS for other in imported(
        (LABS / "labkit" / f"{name}.py").read_text("utf-8"))
        if FLOORS[other] >= FLOORS[name]}
    assert upward == set()
