"""A finished site comes into the place of the old one, file by file."""
import os

import pytest

from publish import place


def write(folder, **texts):
    """Files with these texts, "__" for a folder; the folder."""
    for name, text in texts.items():
        path = folder / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def texts(folder):
    """{name: text} of all files below a folder."""
    return {path.relative_to(folder).as_posix(): path.read_text()
            for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def folders(tmp_path):
    """A new site, and the old one in its place."""
    return (write(tmp_path / "new", index="new", same="same", labs__a="a"),
            write(tmp_path / "site", index="old", same="same", gone="x",
                  chapters__gone__too="y"))


def test_the_site_becomes_as_the_new_one_is(folders, tmp_path):
    new, site = folders
    place.main(new, site)
    assert texts(site) == texts(new)
    assert {path.name for path in site.iterdir()} == {
        "index", "same", "labs"}
    place.main(new, tmp_path / "nothing there yet")
    assert texts(tmp_path / "nothing there yet") == texts(new)


def test_what_has_not_changed_is_not_touched(folders):
    new, site = folders
    os.utime(site / "same", (0, 0))
    place.main(new, site)
    assert (site / "same").stat().st_mtime == 0


def test_hidden_files_are_left_alone(folders):
    new, site = folders
    write(site, **{".nojekyll": "", ".git__HEAD": "mine"})
    place.main(new, site)
    assert (site / ".git" / "HEAD").read_text() == "mine"
    assert (site / ".nojekyll").exists()


def test_nothing_is_removed_before_all_new_files_are_there(folders,
                                                           monkeypatch):
    new, site = folders
    old, moves = texts(site), []

    def move(source, target, replace=os.replace):
        assert target.name in {"index", "a"} and source.read_text()
        assert {name for name in old if name != "index"} <= {*texts(site)}
        moves.append(target.name)
        replace(source, target)

    monkeypatch.setattr(os, "replace", move)
    place.main(new, site)
    assert sorted(moves) == ["a", "index"]
