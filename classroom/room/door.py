"""The door: what every request must bear, before it is looked at.

Whatever is asked wrongly is answered 4xx, with words that say what is
allowed. Nothing is logged: no address is kept.
"""
import hmac

from tornado.web import HTTPError, RequestHandler

from classroom.room import messages, network
from classroom.room.limits import Refused

FINE = 20            # requests that a wrong code or key counts for
HEADERS = {
    "Content-Security-Policy":   # wasm: the engine's kernel
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src "
        "'self'; img-src 'self'; connect-src 'self'; worker-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff", "Cache-Control": "no-cache",
    "Referrer-Policy": "no-referrer", "Server": "room",
    "Cross-Origin-Resource-Policy": "same-origin"}


class Door(RequestHandler):
    """What all have in common: who may come in, and how often.

    ``types`` are those of a body that may be posted.
    """

    types = ("application/json",)

    def set_default_headers(self):
        """Of every answer, errors too."""
        for name, value in HEADERS.items():
            self.set_header(name, value)

    def prepare(self):
        """Raises Refused for other hosts and origins, floods, other types."""
        self.room = self.settings["room"]
        self.address = self.request.connection.context.address[0]
        self._from_here()
        self.asked().take(self.address, "too many requests from your "
                          "address; wait a moment")
        kind = self.request.headers.get("Content-Type", "")
        if self.request.method == "POST" and (
                kind.partition(";")[0].strip().lower() not in self.types):
            raise Refused(415, f"Content-Type: allowed is {self.types[0]}")

    def _from_here(self):
        stream = self.request.connection.stream
        if stream.closed():
            raise Refused(400, "the connection has ended")
        port = self.settings["server"].port
        own = network.hosts(stream.socket.getsockname()[0], port)
        host = self.request.host.lower()
        if host not in own:
            raise Refused(421, "Host: allowed are " + ", ".join(sorted(own)))
        origin = self.request.headers.get("Origin", f"http://{host}")
        if origin.lower() != f"http://{host}":
            raise Refused(403, "Origin: allowed is this room's own")

    def asked(self):
        """The bucket of requests: of one device, or of a class."""
        return self.settings["asked"][self.room.progress.router]

    def fine(self, status, words):
        """Refuse, and make the next guesses slower."""
        self.asked().take(self.address, words, FINE)
        raise Refused(status, words)

    def body(self):
        """The message in the body; raises Refused for what is none."""
        try:
            return messages.parsed(self.request.body)
        except ValueError as error:
            raise Refused(400, str(error)) from None

    def teaches(self):
        """Raises Refused without the teacher's key."""
        key = self.request.headers.get("Key", "").encode("utf-8", "replace")
        if not hmac.compare_digest(key, self.room.key.encode()):
            self.fine(403, "Key: allowed is the teacher's")

    def write_error(self, status_code, exc_info=None, **_):
        """Say in words what is allowed; never what was sent."""
        error = exc_info and exc_info[1]
        words = error.words if isinstance(error, Refused) else self._reason
        if isinstance(error, Refused):
            self.set_status(error.status)
            if error.wait:
                self.set_header("Retry-After", str(error.wait))
        self.finish(self.refusal(words))

    def refusal(self, words):
        """The body of an answer that says why not."""
        return {"error": words}

    def log_exception(self, kind, value, trace):
        """Only what is our own fault."""
        if not isinstance(value, (Refused, HTTPError)):
            super().log_exception(kind, value, trace)


class Nothing(Door):
    """Any other path."""

    def prepare(self):
        """Raises Refused, as everything does here."""
        super().prepare()
        raise Refused(404, "there is no such page")
