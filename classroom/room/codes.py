"""QR codes of an address, for the terminal and for the board."""
from functools import lru_cache
from io import BytesIO, StringIO

try:
    import segno
except ImportError:   # then the address is typed
    segno = None


def drawn(text):
    """A QR code of half blocks for a terminal; empty without segno."""
    if segno is None:
        return ""
    out = StringIO()
    segno.make(text, micro=False).terminal(out, compact=True)
    return out.getvalue()


@lru_cache(maxsize=4)
def picture(text):
    """A QR code as SVG, black on white; empty without segno."""
    if segno is None:
        return b""
    out = BytesIO()
    segno.make(text, micro=False).save(out, kind="svg", light="white",
                                       border=4, unit="", scale=1)
    return out.getvalue()
