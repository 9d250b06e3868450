"""One thread each, as tests run side by side; a browser and the site."""
import os
import shutil
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from publish.notebooks import pages

SITE = Path(__file__).resolve().parent.parent / "_build" / "html"

os.environ.setdefault("OMP_NUM_THREADS", "1")


@pytest.fixture
def speak(monkeypatch):
    """speak(vocab=8): from here on, runs are on another language."""
    from functools import partial

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


class Quiet(SimpleHTTPRequestHandler):
    """Serves files without a word, and 404.html where there is none."""

    def log_message(self, *_):
        pass

    def send_error(self, code, *_):
        text = (SITE / "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)


@pytest.fixture(scope="session")
def address(tmp_path_factory):
    """Where the site is served, in a folder as on GitHub Pages."""
    root = tmp_path_factory.mktemp("pages")
    top = urlsplit(pages()).path.strip("/")
    (root / top).symlink_to(SITE)
    server = ThreadingHTTPServer(("127.0.0.1", 0),
                                 partial(Quiet, directory=root))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/{top}/"
    server.shutdown()


@pytest.fixture
def visit(browser, address):
    """Open a page as it is served; anything from elsewhere is an error."""
    opened, strangers = [], []

    def show(name, width=1280):
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.on("request", lambda request: strangers.append(request.url)
                if not request.url.startswith((address, "data:")) else None)
        page.route(lambda url: not url.startswith((address, "data:")),
                   lambda route: route.abort())
        page.goto(address + name)
        opened.append(page)
        return page

    yield show
    for page in opened:
        page.close()
    assert strangers == []
