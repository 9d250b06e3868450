"""A text file of the learner's own: read as what it is, or refused.

Bytes that are decoded wrongly are easy to predict or hopeless; either way a
loss on them says nothing. So no byte is replaced here, and nothing guessed.
"""
import codecs
import re
from pathlib import Path

LIMIT = 10_000_000   # letters that are read of a file, at most
MARKS = {            # byte-order marks, the longer ones first
    codecs.BOM_UTF32_LE: "utf-32", codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
# The commonest letters of a language, by encoding. In 10,000 letters of prose
# or verse, 1.2 % or more of those beyond ASCII are among them; decoded by
# another encoding of this list, or from one of 28 with single bytes, 0.2 %
# at most (8,500 samples of manuals, poems and quotations, 37 encodings).
COMMON = {"gb18030": "的不一之", "cp950": "的不一之", "cp949": "다이",
          "cp932": "のを", "euc_jp": "のを"}
SHARE = 0.01
ODD = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufffd]")   # no text has many
RARE = 0.001   # share of odd letters that is allowed


def read(path):
    r"""Read a text file: its first ten million letters, lines ended by \n.

    A byte-order mark says how it is encoded, and is dropped. Without one it
    is UTF-8 or else, in a text that is long enough to tell, GB 18030 (GBK),
    Big5, Shift-JIS, EUC-JP or EUC-KR. Raises ValueError unless ``path`` is a
    file whose name ends in .txt, that may be read, and holds such a text.
    """
    path = Path(path)
    try:
        wrong = _no_file(path) or _no_text(text := _text(path))
    except OSError as error:
        wrong = f"it cannot be read: {error.strerror}"
    if wrong:
        raise ValueError(
            f"path is {str(path)!r}; {wrong}. Allowed is plain text in UTF-8, "
            "its name ending in .txt. To make that of a text in, say, cp1251: "
            "Path('new.txt').write_text(Path('old.txt').read_text('cp1251'), "
            "'utf-8')")
    return text


def _no_file(path):
    """What is wrong with a path, in words; None if nothing."""
    if path.suffix.lower() != ".txt":
        return "its name does not end in .txt"
    if path.is_dir():
        return "it is a folder"
    if not path.is_file():
        return f"there is no such file in {Path.cwd()}"


def _no_text(text):
    """What is wrong with a text, in words; None if nothing."""
    if text is None:
        return "it is damaged, or in an encoding that cannot be recognised"
    if not text:
        return "it is empty"
    if "\0" in text or len(ODD.findall(text)) > RARE * len(text):
        return "it is full of control characters or of broken letters"


def _text(path):
    """The text of a file, or None if it is not known how to decode it."""
    with open(path, "rb") as file:
        start = file.read(4)
    for mark, encoding in MARKS.items():
        if start.startswith(mark):
            return _decoded(path, encoding)
    text = _decoded(path, "utf-8")
    return _recognised(path) if text is None else text


def _decoded(path, encoding):
    """What is read of a file, or None if it is not in this encoding."""
    try:
        with open(path, encoding=encoding) as file:
            return file.read(LIMIT).removeprefix("\ufeff")
    except UnicodeError:
        return None


def _recognised(path):
    """The text by the one encoding whose common letters are common in it."""
    found = []
    for encoding, letters in COMMON.items():
        text = _decoded(path, encoding) or ""
        beyond = len(text) - len(text.encode("ascii", "ignore"))
        if sum(map(text.count, letters)) > SHARE * beyond:
            found.append(text)
    return found[0] if len(found) == 1 else None
