"""One thread each: the tests run side by side, one process per core."""
import os
import shutil

import pytest

os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.fixture
def speak(monkeypatch):
    """speak(vocab=8): from here on, runs are on another language."""
    from functools import partial

    from labkit import runs
    from labkit.language import Markov

    def forget():
        runs.language.cache_clear()
        runs.sample.cache_clear()

    def change(**settings):
        monkeypatch.setattr(runs, "Markov", partial(Markov, **settings))
        forget()

    yield change
    monkeypatch.undo()
    forget()


@pytest.fixture(scope="session")
def browser():
    """Chromium, driven by script; open pages with ``offline=True``."""
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium") or shutil.which("google-chrome")
    if not program:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as play:
        yield play.chromium.launch(executable_path=program,
                                   args=["--no-sandbox"])
