"""One thread each, as tests run side by side; a browser."""
import os
import shutil
from contextlib import contextmanager
from functools import partial

import pytest

os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.fixture
def speak(monkeypatch):
    """speak(vocab=8): from here on, runs are on another language."""
    from labkit.language import Markov, runs

    def forget():
        runs.language.cache_clear()
        runs.sample.cache_clear()

    def change(**settings):
        monkeypatch.setattr(runs, "Markov", partial(Markov, **settings))
        forget()

    yield change
    monkeypatch.undo()
    forget()


@contextmanager
def chromium(*arguments):
    """Chromium, driven by script; without one the test is skipped."""
    from playwright.sync_api import sync_playwright

    program = shutil.which("chromium") or shutil.which("google-chrome")
    if not program:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as play:
        yield play.chromium.launch(executable_path=program,
                                   args=["--no-sandbox", *arguments])


@pytest.fixture(scope="session")
def browser():
    """Chromium; open pages with ``offline=True``."""
    with chromium() as found:
        yield found
