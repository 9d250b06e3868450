"""What turns the repository into the site."""
import signal
import sys

if sys.argv[0] == "-m":   # as python -m publish.NAME starts: Ctrl-C ends it
    signal.signal(signal.SIGINT, signal.SIG_DFL)   # at once, with no word
