"""The network: at which addresses the room listens, and to whom.

On this machine only (127.0.0.1), until the teacher opens it. Then on all of
its addresses, as a laptop that changes its wifi gets another.
"""
import asyncio
import socket
from collections import Counter

from tornado.httpserver import HTTPServer
from tornado.iostream import IOStream
from tornado.netutil import add_accept_handler, bind_sockets

HERE, EVERYWHERE = "127.0.0.1", "0.0.0.0"
TRIED = 50           # ports
CONNECTIONS = 1000   # at most; a phone has one or two
OF_ONE = 120         # of one address, unless a router stands before a class
BODY, HEADER, BUFFER = 1024, 8192, 65536   # bytes
IDLE, SLOW = 15, 5   # seconds for a next request's header; for a body
PATIENCE = 30        # seconds for an answer to be fetched


class Server(HTTPServer):
    """An HTTP server that bounds connections, in number, size and time.

    ``router()`` says whether one address may be a whole class.
    """

    def initialize(self, app, router):
        """As tornado wants it, in place of a constructor."""
        super().initialize(
            app, max_body_size=BODY, max_header_size=HEADER,
            max_buffer_size=BUFFER, chunk_size=BODY,
            idle_connection_timeout=IDLE, body_timeout=SLOW)
        self.router, self.most = router, _files(CONNECTIONS)
        self.held = Counter()   # connections of each address
        self.streams = {}       # how long each has been waiting to write
        self.port, self.opened, self.ears = None, False, []

    def handle_stream(self, stream, address):
        """A new connection; one too many is closed at once."""
        who = address[0]
        many = self.held[who] >= OF_ONE and not self.router()
        if many or self.held.total() >= self.most:
            return stream.close()
        self.held[who] += 1
        self.streams[stream] = 0
        super().handle_stream(stream, address)

    def on_close(self, connection):
        """A connection has ended."""
        who = connection.context.address[0]
        self.streams.pop(connection.stream, None)
        self.held[who] -= 1
        if not self.held[who]:
            del self.held[who]
        super().on_close(connection)

    async def sweep(self):
        """End the connections of those who ask and do not listen."""
        while True:
            await asyncio.sleep(SLOW)
            for stream, waited in [*self.streams.items()]:
                self.streams[stream] = waited = (
                    waited + SLOW if stream.writing() else 0)
                if waited >= PATIENCE:
                    stream.close()

    def start_here(self, port):
        """Listen on this machine, at the first free port from this one on."""
        for self.port in range(port, min(port + TRIED, 65536)):
            try:
                return self._listen(HERE)
            except OSError as error:
                reason = error.strerror
        raise OSError(f"no port from {port} to {self.port} can be used "
                      f"({reason}); name another with --port")

    def start_everywhere(self):
        """Listen to the network, too; raises OSError with clear words."""
        if self.opened:
            return
        self.stop()
        try:
            self._listen(EVERYWHERE)
        except OSError as error:
            self._listen(HERE)
            raise OSError(f"port {self.port} is another program's on the "
                          f"network ({error.strerror}); start again with "
                          "another --port") from None
        self.opened = True

    def _listen(self, where):
        for one in bind_sockets(self.port, where, socket.AF_INET):
            self.ears.append((one, add_accept_handler(one, self._accept)))

    def _accept(self, connection, who):
        self.handle_stream(IOStream(connection, max_buffer_size=BUFFER,
                                    read_chunk_size=BODY), who)

    def stop(self):
        """Listen no more; whoever is connected stays."""
        super().stop()
        while self.ears:
            one, remove = self.ears.pop()
            remove()
            one.close()


def _files(wanted):
    """So many connections at most as files may be open, and some to spare."""
    try:
        import resource
    except ImportError:   # Windows has no such limit
        return wanted
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted + 64:
        soft = wanted + 64 if hard == resource.RLIM_INFINITY else min(
            wanted + 64, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
        return min(wanted, soft - 64)
    return wanted


def address():
    """This machine's address in its network; no packet is sent.

    127.0.0.1 if it is in none.
    """
    for there in ("192.0.2.1", "10.255.255.254", "192.168.255.254"):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect((there, 9))
                return probe.getsockname()[0]
            except OSError:
                continue
    try:
        return socket.gethostbyname(socket.gethostname())
    except OSError:
        return HERE


def hosts(came_in_on, port):
    """What a browser may call this machine: names of it, with the port.

    The address is the one that the connection came in on: no name that an
    attacker has pointed at it (DNS rebinding).
    """
    name = socket.gethostname().lower()
    names = {HERE, "localhost", name, name.partition(".")[0] + ".local",
             came_in_on}
    return {f"{name}:{port}" for name in names} | (names if port == 80
                                                   else set())
