"""Small networks, many at once: each member is a row of weights."""
