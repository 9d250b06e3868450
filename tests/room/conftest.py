"""What every test of the pages can ask for: a browser, a room, a phone."""
from tests.room.browser import chromium, phone, served  # noqa: F401
