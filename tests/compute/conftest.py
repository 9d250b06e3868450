"""A page of HTML in the browser, without a network."""
import pytest


@pytest.fixture
def offline(browser, tmp_path):
    """offline(html, root): the page; ``asked`` lists what it loads."""
    with browser.new_page(offline=True) as page:
        page.asked, errors = [], []
        page.on("pageerror", lambda error: errors.append(error))
        page.on("request", lambda request: page.asked.append(request.url))

        def show(html, root=""):
            place = tmp_path / "page.html"
            place.write_text(f"<!doctype html><html {root}><body>{html}")
            page.goto(place.as_uri())
            return page

        yield show
        assert not errors
