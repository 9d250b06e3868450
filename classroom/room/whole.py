"""A file of whole lines: each is written at once, or not at all.

Whatever stands behind the last line's end, after a power cut, is a torn
line, and is dropped.
"""
import os
from contextlib import suppress
from pathlib import Path


class Whole:
    """The lines of a file, and a place to add more."""

    def __init__(self, path):
        self.path = Path(path)
        try:
            data = self.path.read_bytes() if self.path.exists() else b""
        except OSError as error:
            raise self.unwritable(error) from None
        self.size = data.rstrip(b"\0").rfind(b"\n") + 1
        self.torn = data[self.size:].rstrip(b"\0")
        try:
            self.lines = data[:self.size].decode("utf-8").split("\n")[:-1]
        except UnicodeDecodeError:
            raise ValueError(f"{self.path} is no text; name another file "
                             "with --file") from None
        self.file, self.fresh = None, False

    def open(self):
        """Drop the torn line, and be ready to add; only its owner can read.

        Raises OSError with clear words.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.file = open(self.path, "ab", buffering=0, opener=_private)
            self.file.truncate(self.size)
        except OSError as error:
            raise self.unwritable(error) from None
        _entered(self.path.parent)

    def add(self, *lines):
        """Add lines; raises OSError, and leaves none, if there is no room."""
        data = "".join(f"{line}\n" for line in lines).encode("utf-8")
        try:
            written = self.file.write(data)
            if written < len(data):
                raise OSError(28, "No space left on device")
        except OSError as error:
            self.file.truncate(self.size)
            raise self.unwritable(error) from None
        self.size, self.fresh = self.size + len(data), True

    def sync(self):
        """Have the disk hold what was added; slow, so call it in a thread."""
        if self.fresh:
            self.fresh = False   # first: lines may come meanwhile
            os.fsync(self.file.fileno())

    def close(self):
        """Save all, and end."""
        if self.file:
            self.sync()
            self.file.close()

    def unwritable(self, error):
        """An OSError that says what to do."""
        return OSError(
            f"{self.path} cannot be written ({error.strerror or error}); make "
            "space, or name a file in another folder with --file")


def _entered(folder):
    """Have the disk know that the file exists, where folders can be synced."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _private(path, flags):
    return os.open(path, flags, 0o600)
