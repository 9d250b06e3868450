"""In a notebook: whatever is shown passes through ``say``."""
import sys

from IPython import get_ipython

from labkit.speech import say
from labkit.speech.pages import bundle, lines


class Stream:
    """What is printed, a whole piece at a time."""

    def __init__(self, stream):
        self.stream = stream

    def write(self, text):
        """Write it in the reader's language."""
        return self.stream.write(lines(text, say))

    def __getattr__(self, name):
        return getattr(self.stream, name)


def listen():
    """Exchange what this notebook shows and prints, and its errors."""
    shell = get_ipython()
    if not say or shell is None or isinstance(sys.stdout, Stream):
        return
    sys.stdout = Stream(sys.stdout)
    publish, formatted = shell.display_pub.publish, (
        shell.display_formatter.format)
    trace = shell._showtraceback

    def shown(data, *rest, **more):
        return publish(bundle(data, say), *rest, **more)

    def as_text(thing, *rest, **more):
        data, about = formatted(thing, *rest, **more)
        return bundle(data, say), about

    def told(kind, error, stack):
        name, mark, text = stack[-1].partition(": ")
        return trace(kind, error, [*stack[:-1], name + mark + say(text)])
    shell.display_pub.publish = shown
    shell.display_formatter.format = as_text
    shell._showtraceback = told
