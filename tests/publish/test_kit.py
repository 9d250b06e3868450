"""The kit: what a teacher unpacks works there, with Python alone."""
import re
import shutil
import subprocess
import sys
import urllib.request
import zipfile
from concurrent.futures import ThreadPoolExecutor

import pytest

from publish import kit, needs


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory):
    """The kit of a small site, unpacked."""
    folder = tmp_path_factory.mktemp("kit")
    kit.room(folder / "room")
    return folder


def test_the_room_starts_with_python_alone(unpacked):
    room = subprocess.Popen(
        [sys.executable, "-I", "-S", "-B", "room/start.py", "landscape"],
        cwd=unpacked, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        env={"PYTHONIOENCODING": "utf-8", "PATH": ""}, text=True)
    try:
        said = ""
        while "--network." not in said:
            line = room.stdout.readline()
            assert line, said
            said += line
        board = re.search(r"Board: +(http://[^#\s]+)", said)[1]
        assert b"<html" in urllib.request.urlopen(board).read()
        assert "█" in said   # a QR code: segno is there
    finally:
        room.terminate()
        room.wait()
        room.stdout.close()


def test_every_lesson_with_a_plan_has_a_room_in_the_kit(unpacked):
    plans = unpacked / "room" / "classroom" / "lessons"
    assert kit.lessons() and all(
        (plans / f"{name}.json").exists() for name in kit.lessons())


def test_nothing_of_the_machine_is_packed(unpacked):
    names = [path.name for path in unpacked.rglob("*")]
    assert not [name for name in names if name.endswith((".so", ".pyc"))]


def test_the_list_for_the_day_before_is_plain_text():
    text = kit.checklist()
    assert text.startswith("The day before") and "1. " in text
    assert not re.search(r"\]\(|`|\*\*", text)


def test_it_says_first_what_is_where(unpacked):
    where, before = kit.read_me().split("The day before")
    assert where.startswith("What is where") and "1. " in before
    for name in kit.lessons():
        assert re.search(rf"(?m)^{name} +\S", where)
    inside = re.findall(r"(?m)^(room\S*)$", where)
    assert len(inside) == 2
    assert all((unpacked / name).exists() for name in inside)
    assert (unpacked / inside[1]).with_name("board.html").exists()
    pages = re.findall(r"(?m)^site/(\w+)\.html$", where)
    assert pages and all((needs.ROOT / f"{page}.md").exists()
                         for page in pages)


def test_every_view_is_printed(tmp_path, monkeypatch):
    (tmp_path / "classroom").mkdir()
    (tmp_path / "classroom" / "tiny.html").write_text("<h1>Tiny</h1>")
    monkeypatch.setattr(kit, "lessons", lambda: ["tiny"])
    if not any(map(shutil.which, kit.CHROMIUM)):
        pytest.skip("no Chromium on this machine")
    with ThreadPoolExecutor() as apart:   # from the other tests' browser
        apart.submit(kit.printed, tmp_path,
                     tmp_path / "print").result()
    assert {path.name for path in (tmp_path / "print").iterdir()} == {
        f"tiny-{view}.pdf" for view in kit.VIEWS}


def test_without_a_browser_it_says_so(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(kit, "CHROMIUM", ())
    kit.printed(tmp_path, tmp_path / "print")
    assert "no PDFs" in capsys.readouterr().out


def test_all_lies_in_one_folder_of_the_zip(tmp_path):
    (tmp_path / "content" / "a").mkdir(parents=True)
    (tmp_path / "content" / "a" / "b.txt").write_text("c")
    kit.packed(tmp_path / "content", tmp_path / "kit.zip")
    with zipfile.ZipFile(tmp_path / "kit.zip") as archive:
        assert archive.namelist() == [f"{kit.NAME}/a/b.txt"]


def test_without_a_site_it_says_what_to_run(tmp_path):
    with pytest.raises(SystemExit, match="course.py book"):
        kit.main(tmp_path, tmp_path / "kit")
