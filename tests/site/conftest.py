"""The site as it is served."""
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from publish.notebooks import pages

SITE = Path(__file__).resolve().parents[2] / "_build" / "html"


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
