"""Run the published labs under other Pythons and other packages.

    python -m publish.versions

Each environment is made below ``_build/versions``, the first time, if its
Python is on this machine's PATH; every lab, as it is published, runs there
alone, at the quick budget. Prints a table. Torch stays as it is pinned.
"""
import os
import re
import shutil
import subprocess
import time

import pandas as pd

from publish import needs
from publish.environment import works
from publish.execute import FAILURES, client, in_short
from publish.notebooks import published

FOLDER = needs.ROOT / "_build" / "versions"
SHOWN = "torch", "numpy", "pandas", "scipy", "matplotlib"
NEWEST = [*SHOWN, "scikit-learn", "joblib", "tqdm", "altair", "ipywidgets",
          "ipykernel"]
COLAB = {   # as its own list of 2026-08-19 has it
    "numpy": "2.1.3", "pandas": "2.2.3", "scipy": "1.16.3",
    "matplotlib": "3.10.0", "scikit-learn": "1.6.1", "tqdm": "4.67.3",
    "altair": "5.5.0", "ipywidgets": "7.7.1", "ipykernel": "6.17.1",
    "ipython": "7.34.0"}
ENVIRONMENTS = {   # name -> (its Python, its packages)
    "3.11": ("3.11", NEWEST), "3.12": ("3.12", NEWEST),
    "3.13": ("3.13", NEWEST), "Colab": ("3.13", [
        *(f"{name}=={version}" for name, version in COLAB.items()),
        "torch", "joblib"])}


def made(name):
    """The Python of an environment, made if need be; None if it cannot be.

    It is a kernel of Jupyter's, too, of its folder's name.
    """
    version, packages = ENVIRONMENTS[name]
    folder = FOLDER / name
    python = folder / ("Scripts/python.exe" if os.name == "nt"
                       else "bin/python")
    base = shutil.which(f"python{version}")
    if (folder / "made").exists() and works(python):
        return python
    if not base or subprocess.run([base, "-m", "venv", "--clear",
                                   folder]).returncode:
        return None
    pin = re.search(r"^torch==.*$", (needs.ROOT / "requirements.txt"
                                     ).read_text("utf-8"), re.M)[0]
    wanted = [pin if package == "torch" else package for package in packages]
    for command in (["pip", "install", "--quiet", "--no-cache-dir", *wanted],
                    ["ipykernel", "install", "--prefix", folder, "--name",
                     name.lower()]):
        subprocess.run([python, "-m", *command], check=True)
    (folder / "made").touch()
    return python


def installed(python):
    """{package: its version} in an environment."""
    program = ("import importlib.metadata as m\n"
               f"print(*map(m.version, {[*SHOWN]}))")
    found = subprocess.run([python, "-c", program], check=True, text=True,
                           capture_output=True).stdout.split()
    return dict(zip(SHOWN, found))


def outcome(path, name):
    """How long a lab took in an environment, or why it failed."""
    alone = FOLDER / "alone" / name / path.stem
    shutil.rmtree(alone, ignore_errors=True)
    alone.mkdir(parents=True)
    start = time.perf_counter()
    try:
        client(published(path), alone, name.lower()).execute()
    except FAILURES as error:
        return in_short(error)
    return f"{time.perf_counter() - start:.0f} s"


def main():
    """A column for each environment: its packages, then the labs."""
    os.environ.pop("PYTHONPATH", None)   # a lab brings its own labkit along
    os.environ |= {"LABS_BUDGET": "quick", "LABS_QUIET": "1"}
    columns = {}
    for name in ENVIRONMENTS:
        python = made(name)
        if python is None:
            print(f"{name}: no python{ENVIRONMENTS[name][0]} on PATH")
            continue
        os.environ["JUPYTER_PATH"] = str(FOLDER / name / "share/jupyter")
        columns[name] = installed(python)
        for path in needs.labs():
            columns[name][path.stem] = outcome(path, name)
            print(f"{name} {path.stem}: {columns[name][path.stem]}",
                  flush=True)
    print(pd.DataFrame(columns).to_markdown())


if __name__ == "__main__":
    main()
