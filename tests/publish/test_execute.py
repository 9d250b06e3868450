"""Labs are run once, kept, and fail alone."""
import os

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from publish import execute, needs, prose

GOOD = ["x = 1", "print(x + 1)"]
BAD = ["x = 1", "1 / 0", "print(x)"]


@pytest.fixture
def labs(tmp_path, monkeypatch):
    """labs(good=[sources], ...): these are the labs, of a folder."""
    def write(**labs):
        for name, sources in labs.items():
            nbformat.write(new_notebook(cells=[
                new_code_cell(source, id=f"cell-{i}")
                for i, source in enumerate(sources)]),
                tmp_path / "labs" / f"{name}.ipynb")
        (tmp_path / "_toc.yml").write_text("\n".join(
            f"- file: labs/{name}" for name in labs))

    (tmp_path / "labs").mkdir()
    monkeypatch.setattr(needs, "ROOT", tmp_path)
    monkeypatch.setattr(needs, "LABS", tmp_path / "labs")
    monkeypatch.setattr(execute, "FOLDER", tmp_path / "runs")
    for name in ("LABS_BUDGET", "LABS_QUIET", "OMP_NUM_THREADS"):
        monkeypatch.setenv(name, "1")   # what is run may change them
    return write


def shown(name):
    """The page of a lab, as the extension makes it."""
    class App:
        env = type("Env", (), {})()

    source = [(needs.LABS / f"{name}.ipynb").read_text("utf-8")]
    prose.show_run(App, f"labs/{name}", source)
    return nbformat.reads(source[0], as_version=4), App.env


def test_kernels_complain_of_nothing(labs, capfd):
    labs(good=GOOD)
    execute.main()
    said = "".join(capfd.readouterr())
    assert "good: done" in said and "WARNING" not in said


def test_a_lab_that_fails_is_named_and_spoils_no_other(labs, capsys):
    labs(bad=BAD, good=GOOD)
    with pytest.raises(SystemExit, match="bad failed: cell cell-1: "
                                         "ZeroDivisionError"):
        execute.main()
    assert "Running 2 of 2 labs" in capsys.readouterr().out
    good, _ = shown("good")
    assert good.cells[1].outputs[0].text == "2\n"
    bad, _ = shown("bad")
    assert "without its results" in bad.cells[1].source
    assert "cell cell-1: ZeroDivisionError" in bad.cells[1].source
    assert all(not cell.get("outputs") for cell in bad.cells)


def test_a_kernel_that_dies_spoils_no_other(labs):
    labs(bad=["import os; os._exit(1)"])
    with pytest.raises(SystemExit, match="bad failed: cell cell-0: Kernel "
                                         "died"):
        execute.main()


def test_on_a_slow_machine_nothing_is_given_up_within_an_hour():
    client = execute.client(new_notebook(), ".")
    assert min(client.timeout, client.startup_timeout,
               client.iopub_timeout) >= 3600


def test_a_lab_runs_again_only_if_its_code_has_changed(labs, capsys):
    labs(good=GOOD)
    execute.main()
    kept = execute.executed("good").stat().st_mtime_ns
    execute.main()
    assert execute.executed("good").stat().st_mtime_ns == kept
    labs(good=[GOOD[0], "print(x + 2)"])
    page, _ = shown("good")
    assert "Not run yet" in page.cells[1].source   # nothing stale is shown
    execute.main()
    assert shown("good")[0].cells[1].outputs[0].text == "3\n"


def test_a_page_is_made_anew_once_its_lab_has_been_run(labs):
    labs(good=GOOD)
    _, env = shown("good")
    assert prose.changed(None, env, (), (), ()) == []
    execute.main()
    assert prose.changed(None, env, (), (), ()) == ["labs/good"]
    assert prose.changed(None, env, (), (), {"labs/good"}) == []


def test_a_page_is_made_anew_once_its_text_is_another(labs, tmp_path):
    class App:
        env = type("Env", (), {})()

    labs(good=GOOD)
    page, source = tmp_path / "page.md", ["text"]
    page.write_text("text")
    prose.show_run(App, "page", source)
    assert source == ["text"]   # other pages are left as they are
    assert prose.changed(None, App.env, (), (), ()) == []
    page.write_text("txet")
    os.utime(page, (0, 0))   # by a clock that was set back
    assert prose.changed(None, App.env, (), (), ()) == ["page"]


@pytest.mark.parametrize("left", ["", '{"cells": [', "[]"])
def test_a_run_that_is_damaged_is_repeated(labs, left):
    labs(good=GOOD)
    execute.main()
    execute.executed("good").write_text(left)
    assert execute.outputs(needs.LABS / "good.ipynb") is None


@pytest.mark.parametrize("text", ["", '{"cells": [', "[]"])
def test_a_lab_that_is_no_notebook_is_named(labs, tmp_path, text):
    labs(good=GOOD, bad=GOOD)
    (tmp_path / "labs" / "bad.ipynb").write_text(text)
    with pytest.raises(SystemExit, match="bad.ipynb is no notebook"):
        execute.main()


def test_a_notebook_that_the_contents_do_not_name_is_no_lab(labs, tmp_path):
    labs(good=GOOD)
    (tmp_path / "labs" / "Untitled.ipynb").write_text("")
    assert [path.stem for path in needs.labs()] == ["good"]
