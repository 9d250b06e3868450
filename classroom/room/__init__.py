"""A room for one lesson: phones vote and send runs, the board shows them."""
