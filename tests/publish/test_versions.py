"""The table of versions says all that was tried, and what was not."""
import pytest
from nbclient.exceptions import CellTimeoutError

from publish import needs, versions


def test_a_failure_is_in_the_table_and_in_the_status(monkeypatch, capsys):
    def made(name):
        if name == "3.12":
            raise RuntimeError("no python3.12 on PATH")
        return name

    def seconds(path, name):
        if (path.stem, name) == ("b", "3.13"):
            raise CellTimeoutError("slow")
        return "7 s"

    for name, double in {"made": made, "seconds": seconds,
                         "installed": lambda python: {"torch": "2"}}.items():
        monkeypatch.setattr(versions, name, double)
    monkeypatch.setattr(needs, "labs", lambda: [needs.LABS / "a.ipynb",
                                                needs.LABS / "b.ipynb"])
    for name in ("PYTHONPATH", "LABS_BUDGET", "LABS_QUIET", "JUPYTER_PATH"):
        monkeypatch.setenv(name, "")
    with pytest.raises(SystemExit) as end:
        versions.main()
    assert str(end.value).splitlines() == ["3.12: no python3.12 on PATH",
                                           "3.13 b: slow"]
    rows = capsys.readouterr().out.splitlines()[-3:]
    assert [row.split()[1] for row in rows] == ["torch", "a", "b"]
    assert rows[1].count("7 s") == 3 and rows[2].count("7 s") == 2


def test_an_environment_of_other_packages_is_made_anew(tmp_path, monkeypatch):
    done = []
    monkeypatch.setattr(versions, "FOLDER", tmp_path)
    monkeypatch.setattr(versions, "works", lambda python: True)
    monkeypatch.setattr(versions.shutil, "which", lambda name: name)
    monkeypatch.setattr(versions.subprocess, "run", lambda command: (
        done.append(command[2]) or versions.subprocess.CompletedProcess(
            command, 0)))
    (tmp_path / "3.11").mkdir()
    for packages in ["a", "b"], ["a", "b"], ["a"]:
        monkeypatch.setitem(versions.ENVIRONMENTS, "3.11", ("3.11", packages))
        versions.made("3.11")
    assert done == ["venv", "pip", "ipykernel"] * 2
