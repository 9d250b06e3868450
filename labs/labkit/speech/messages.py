"""A table of messages with holes, and texts that are made of them.

"{name}: at the line after {amount}." is a message with two holes. What stands
in a hole of a text is a message again, a list of them, a number or a name.
Where several messages fit, that with the longest words of its own counts.
"""
import re
from collections import defaultdict
from functools import lru_cache

HOLE = re.compile(r"\{(\w+)\}")
WORD = re.compile(r"[A-Za-z]{2}")
WORDS = re.compile(r"\b[A-Za-z]{2,}\b")   # a hole is part of its word
CHINESE = re.compile(r"[\u4e00-\u9fff]")
NAME = re.compile(r"""(?![A-Za-z]+\.$)[A-Za-z]?[\w.\-+/^=]*"""
                  r"""[\d_'".=^/][^ ]*|'[^']*'|"""
                  r"\{\w+\}|\(?'.*'\)?|\[.*\]|"
                  r"[A-Z]\w+ \d{4}(?:, [A-Z]\w+ \d{4})*")
NUMBER = re.compile(r"C\d+[a-z]? |(?:-> )?\w+ = (?:'[^']*'|[^:' ]*): |"
                    r"\d+[a-d]?\. ")
LISTS = [re.compile(f"({joints})") for joints in (
    "; ", ", and |, or |, ", " and | or ")]
JOINTS = {", and ": "和", " and ": "和", ", or ": "或", " or ": "或",
          ", ": "、", "; ": "；"}
SENTENCE = re.compile(r"(?<=[.?!:;]) +")
STOPS = {".": "。", ":": "：", "?": "？", "!": "！", ";": "；"}
OWN = 15    # letters of a message that may have English in its holes
FEW = 10    # of one that may not hold sentences
TIGHT = re.compile(   # where a gap belongs between Chinese and Latin
    r"(?<=[\u4e00-\u9fff])(?=[A-Za-z0-9])|(?<=[A-Za-z0-9])(?=[\u4e00-\u9fff])")
BEFORE = re.compile(r"[.:;?!] ")   # of what is another text before it
BREAK = re.compile(r"[;?!](?: |$)|\. ")
COUNT = re.compile(r"([\d.,]+) (.+)")
MANY = 12   # sentences of a text that is taken apart
LONG = 1500  # letters of a text that is looked up
IN_HOLE = 700   # letters of what stands in a hole


def spoken(text):
    """Are there words in a text, and none that is Chinese already?"""
    return bool(WORD.search(text) and not CHINESE.search(text))


class Template:
    """A message with holes, and its translation."""

    def __init__(self, message, translation):
        literal = HOLE.split(message)[::2]
        self.own = sum(len(part.strip()) for part in literal)
        self.word = max(WORDS.findall(HOLE.sub("_", message)), key=len,
                        default=None)   # that a text must have
        self.anchor = max(literal, key=len)   # and these letters
        self.names = HOLE.findall(message)
        self.raw = {name for name, before in zip(self.names, literal)
                    if before[-1:] in ("/", "#", "-")}   # of an address
        self.first = not literal[0] and literal[1].strip()[:1] not in (
            ".", "(")   # it begins with a hole, and goes on with words
        self.open = not literal[-1]   # it ends with a hole, without a stop
        self.pattern = re.compile("(.*?)".join(map(re.escape, literal)),
                                  re.DOTALL)
        self.translation = translation

    def filled(self, text, value, exact=()):
        """The translation with ``value`` of each hole, or None.

        A message of few letters is no long text. ``exact`` are texts that
        may end with the stop of the whole.
        """
        found = self.anchor in text and len(text) < 60 + 60 * self.own and (
            self.pattern.fullmatch(text))
        if not found or found[found.re.groups] not in exact and (
                self._takes_stop(text, found.groups()[-1], value)):
            return None
        if self.first and BEFORE.search(found[1]) or self.own < FEW and any(
                BREAK.search(one) for one in found.groups()):
            return None
        values = {name: part if name in self.raw else value(part)
                  for name, part in zip(self.names, found.groups())}
        if None in values.values():
            return None
        return HOLE.sub(lambda hole: values[hole[1]], self.translation)

    def _takes_stop(self, text, last, value):
        """Would the last hole take the stop that ends the whole text?"""
        return (self.open and last and text[-1] in STOPS
                and value(last[:-1]) is not None)


def firsts(table):
    """The first sentences of messages: what a description is captioned."""
    found = {}
    for message, said in table.items():
        first, stop, _ = message.partition(". ")
        mine = said.partition("。")[0]
        if stop and {*HOLE.findall(mine)} <= {*HOLE.findall(first)}:
            found[f"{first}."] = f"{mine}。"
    return found


class Speech:
    """``say(text)``: the text in the language of a table."""

    def __init__(self, table):
        table = firsts(table) | table
        self.exact = {message: said for message, said in table.items()
                      if not HOLE.search(message)}
        self.templates = sorted(
            (Template(*pair) for pair in table.items()
             if HOLE.search(pair[0])), key=lambda one: -one.own)
        self.keyed = defaultdict(list)   # a word: templates that need it
        for rank, one in enumerate(self.templates):
            self.keyed[one.word].append((rank, one))
        self.said = lru_cache(100_000)(self._said)

    def __bool__(self):
        return bool(self.exact)

    def __call__(self, text):
        """The text as the table has it; what it lacks stays English."""
        if not (self and len(text) < LONG and spoken(text)):
            return text
        bare = text.strip()
        said = self.said(bare)
        if said is None:
            said = self._partly(bare)
        return text if said is None else text.replace(
            bare, TIGHT.sub(" ", said))

    def _said(self, text):
        """What the table has for all of a text, or None."""
        for way in (self.exact.get, self._numbered, self._filled,
                    self._small, self._stopped, self._quoted, self._counted,
                    self._sentences, self._list):
            said = way(text)
            if said is not None:
                return TIGHT.sub(" ", said)
        return None

    def _fitting(self, text):
        """The templates whose word is in a text, that of most words first."""
        found = [pair for word in {None, *WORDS.findall(text)}
                 for pair in self.keyed.get(word, ())]
        return [one for _, one in sorted(found, key=lambda pair: pair[0])]

    def _filled(self, text):
        for template in self._fitting(text):
            said = template.filled(text, self._value, self.exact)
            if said is not None:
                return said
        return None

    def _partly(self, text):
        """A message of many words in whose holes something stays English."""
        for template in self._fitting(text):
            if template.own < OWN:
                return None
            said = template.filled(text, lambda part: self._value(part)
                                   or part)
            if said is not None:
                return said
        return None

    def _value(self, text):
        """What stands in a hole, or None if nothing is known of it."""
        if not spoken(text) or NAME.fullmatch(text):
            return text
        if len(text) > IN_HOLE:
            return None
        said = self.said(text.strip())
        return text if said is None and text.isalpha() else said

    def _list(self, text):
        """Messages that are joined by semicolons, commas or "and"."""
        for joint in LISTS:
            parts = joint.split(text)
            if len(parts) > 1:
                said = [JOINTS[part] if i % 2 else self._value(part)
                        for i, part in enumerate(parts)]
                return None if None in said else "".join(said)
        return None

    def _small(self, text):
        """A message that begins a sentence here, and does not there."""
        small = text[0].lower() + text[1:]
        return None if small == text else (
            self.exact.get(small) or self._filled(small))

    def _stopped(self, text):
        """A message with a stop that it does not have in the table."""
        if text[-1] not in STOPS or len(text) < 3:
            return None
        said = self.said(text[:-1])
        return None if said is None else said.rstrip("。") + STOPS[text[-1]]

    def _quoted(self, text):
        """A message in quotation marks or brackets."""
        for left, right, mine in (('"', '"', "“{}”"), ("(", ")", "（{}）"),
                                  ("“", "”", "“{}”")):
            if text[0] == left and text[-1] == right and len(text) > 3:
                said = self.said(text[1:-1])
                return None if said is None else mine.format(said)
        return None

    def _counted(self, text):
        """A number of things: "5 seeds"."""
        found = COUNT.fullmatch(text)
        said = found and self.exact.get(found[2])
        return said and (f"{found[1]} {said}" if said[0] in "个次条倍" else
                         f"{found[1]} 个{said}")

    def _numbered(self, text):
        """A statement after its number, or a text after a setting."""
        found = NUMBER.match(text)
        said = found and self.said(text[found.end():])
        return said and found[0] + said

    def _sentences(self, text):
        """Several messages, one after another."""
        parts = SENTENCE.split(text)
        if not 1 < len(parts) <= MANY:
            return None
        for end in range(len(parts) - 1, 0, -1):
            first, rest = " ".join(parts[:end]), " ".join(parts[end:])
            said = self._one(first)
            more = said and (self.said(rest) if spoken(rest) and not
                             NAME.fullmatch(rest) else rest)
            if more:
                return said + more
        return None

    def _one(self, text):
        """A text that is one message, with a stop or without."""
        if not spoken(text):
            return f"{text} "
        for way in (self.exact.get, self._filled, self._small, self._stopped):
            said = way(text)
            if said is not None:
                return said
        return None
