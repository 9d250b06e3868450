"""Models that train in the reader's browser, and how they get into a page."""
