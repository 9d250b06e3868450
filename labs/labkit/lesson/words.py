"""Words that all parts of a lab use."""
WIDTH = 68   # characters that a line of output has room for on a page
RIGHT, WRONG = "Right.", "Not so."
