"""Run the published labs under other Pythons and other packages.

    python -m publish.versions

Each environment is made below ``_build/versions``, the first time, if its
Python is on this machine's PATH; every lab, as it is published, runs there
alone, at the quick budget. Prints a table; a bad status if a lab failed or
could not be tried. Torch stays as it is pinned.
"""
import os
import re
import shutil
import subprocess
import sys
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
    """The Python of an environment, made if need be.

    It is a kernel of Jupyter's, too, of its folder's name. Raises
    RuntimeError if it cannot be made.
    """
    version, packages = ENVIRONMENTS[name]
    folder = FOLDER / name
    python = folder / ("Scripts/python.exe" if os.name == "nt"
                       else "bin/python")
    pin = re.search(r"^torch==.*$", needs.PINS.read_text("utf-8"), re.M)[0]
    wanted = [pin if package == "torch" else package for package in packages]
    made = folder / "made"   # of these packages
    if (made.exists() and made.read_text("utf-8").split() == wanted
            and works(python)):
        return python
    base = shutil.which(f"python{version}")
    if not base:
        raise RuntimeError(f"no python{version} on PATH")
    for program, *command in (
            [base, "venv", "--clear", folder],
            [python, "pip", "install", "--quiet", "--no-cache-dir", *wanted],
            [python, "ipykernel", "install", "--prefix", folder, "--name",
             name.lower()]):
        if subprocess.run([program, "-m", *command]).returncode:
            raise RuntimeError(f"{command[0]} failed: see above")
    made.write_text("\n".join(wanted), "utf-8")
    return python


def installed(python):
    """{package: its version} in an environment."""
    program = ("import importlib.metadata as m\n"
               f"print(*map(m.version, {[*SHOWN]}))")
    found = subprocess.run([python, "-c", program], check=True, text=True,
                           capture_output=True).stdout.split()
    return dict(zip(SHOWN, found))


def seconds(path, name):
    """How long a lab took in an environment; raises one of FAILURES."""
    alone = FOLDER / "alone" / name / path.stem
    shutil.rmtree(alone, ignore_errors=True)
    alone.mkdir(parents=True)
    start = time.perf_counter()
    client(published(path), alone, name.lower()).execute()
    return f"{time.perf_counter() - start:.0f} s"


def column(name, failed):
    """What an environment has, and what each lab did there.

    What failed is added to a list.
    """
    try:
        found = installed(made(name))
    except RuntimeError as error:
        failed.append(f"{name}: {error}")
        return {}
    os.environ["JUPYTER_PATH"] = str(FOLDER / name / "share/jupyter")
    for path in needs.labs():
        try:
            found[path.stem] = seconds(path, name)
        except FAILURES as error:
            found[path.stem] = in_short(error)
            failed.append(f"{name} {path.stem}: {in_short(error)}")
        print(f"{name} {path.stem}: {found[path.stem]}", flush=True)
    return found


def main():
    """A column for each environment: its packages, then the labs."""
    os.environ.pop("PYTHONPATH", None)   # a lab brings its own labkit along
    os.environ |= {"LABS_BUDGET": "quick", "LABS_QUIET": "1"}
    failed = []
    columns = {name: column(name, failed) for name in ENVIRONMENTS}
    print(pd.DataFrame(columns).to_markdown())
    if failed:
        sys.exit("\n".join(failed))


if __name__ == "__main__":
    main()
