"""One thread each: the tests run side by side, one process per core."""
import os

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
