"""Limits: how much one phone, or one address, may ask of the room."""
import time
from math import ceil

REMEMBERED = 2000   # names of a bucket, before full ones are forgotten


class Refused(Exception):
    """What the room does not do: an HTTP status, and words that say why.

    ``wait`` is the number of seconds after which it is worth another try.
    """

    def __init__(self, status, words, wait=0):
        super().__init__(words)
        self.status, self.words, self.wait = status, words, ceil(wait)


class Buckets:
    """A bucket of tokens for each name: ``burst`` at once, ``rate`` a second.

    tokens(t) = min(burst, tokens(0) + rate t); a name never seen is full.
    """

    def __init__(self, burst, rate, clock=time.monotonic):
        self.burst, self.rate, self.clock = burst, rate, clock
        self.left = {}   # name: (tokens, when)

    def tokens(self, name):
        """How many tokens a name has now."""
        tokens, when = self.left.get(name, (self.burst, 0))
        return min(self.burst, tokens + self.rate * (self.clock() - when))

    def take(self, name, words, count=1):
        """Take tokens of a name; raises Refused with ``words`` for lack.

        A count above one is a fine: it takes what is there.
        """
        tokens = self.tokens(name)
        if tokens < 1:
            raise Refused(429, words, (1 - tokens) / self.rate)
        if len(self.left) >= REMEMBERED:
            self._forget()
        self.left[name] = max(0, tokens - count), self.clock()

    def _forget(self):
        """Full buckets are as good as new."""
        self.left = {name: self.left[name] for name in self.left
                     if self.tokens(name) < self.burst}
