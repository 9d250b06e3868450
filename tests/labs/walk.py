"""A student who walks through a lab and makes every marked change."""
import re
from importlib import import_module

from nbclient.exceptions import CellExecutionError

from labkit import lesson
from publish import execute, needs

MARK = re.compile(r"^(\w+) = (.+?)(\s+# <- .+)$", re.M)
LABS = [path for path in needs.labs() if "_" not in path.stem]   # main ones
WRONG = '"much"'   # a value that no marked line allows


def changes(name):
    """{the setting's name: the Change} of a lab."""
    module = import_module(f"labkit.{name}.lab")
    found = [one for one in vars(module).values()
             if isinstance(one, lesson.Change)]
    return {one.name: one for one in found}


class Walk:
    """One way through a lab, from the top to the end."""

    def __init__(self, path):
        self.notebook = needs.notebook(path)
        self.changes = changes(path.stem)
        self.client = execute.client(self.notebook, path.parent)
        self.said = {}   # setting -> {what was tried: what the cell said}

    def go(self):
        """Run every cell; those with a marked line in all ways."""
        with self.client.setup_kernel():
            for place, cell in enumerate(self.notebook.cells):
                if cell.cell_type != "code":
                    continue
                if mark := MARK.search(cell.source):
                    self.said[mark[1]] = self._all_ways(place, mark)
                else:
                    self.client.execute_cell(cell, place)
        return self

    def _all_ways(self, place, mark):
        """As given, wrong, as the lab asks for, and as given again."""
        def tried(value):
            return self._output(place, mark, value)

        change = self.changes[mark[1]]
        return {"given": tried(mark[2]), "wrong": tried(WRONG),
                **{value: tried(repr(value)) for value in change.tries},
                "again": tried(mark[2])}

    def _output(self, place, mark, value):
        """What a cell says with this value in its marked line."""
        cell = self.notebook.cells[place]
        kept = cell.source
        cell.source = kept.replace(mark[0], f"{mark[1]} = {value}{mark[3]}")
        try:
            self.client.execute_cell(cell, place)
        except CellExecutionError as error:
            return f"{error.ename}: {error.evalue}"
        finally:
            cell.source = kept
        return "".join(output.get("text", "") for output in cell.outputs)
