"""Put a finished site where readers see it.

    python -m publish.place NEW SITE [LEFT ...]

A file is replaced in one move and only if it differs, so that the site can be
read, and served, meanwhile. What NEW does not have is removed in the end.
Files and folders whose names begin with a dot are left alone, and so are the
folders LEFT.
"""
import filecmp
import os
import shutil
import sys
from pathlib import Path


def files(folder):
    """The names of all files below a folder, as seen from there."""
    names = {path.relative_to(folder) for path in folder.rglob("*")
             if path.is_file()}
    return {name for name in names
            if not any(part.startswith(".") for part in name.parts)}


def put(source, target):
    """Make one file a copy of another; it is whole at every moment."""
    if target.exists() and filecmp.cmp(source, target, shallow=False):
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(target.name + ".partial")
    shutil.copyfile(source, partial)
    os.replace(partial, target)


def main(new, site, *left):
    """Make the one folder as the other is, but for folders that are left."""
    new, site = Path(new), Path(site)
    wanted = files(new)
    for name in wanted:
        put(new / name, site / name)
    for name in files(site) - wanted:
        if name.parts[0] not in left:
            (site / name).unlink()
    for folder in sorted(site.rglob("*"), reverse=True):   # the inner first
        if folder.is_dir() and not any(folder.iterdir()):
            folder.rmdir()


if __name__ == "__main__":
    main(*sys.argv[1:])
