"""Firefox by its own protocol, Marionette: JSON over a local socket.

Source: firefox-source-docs.mozilla.org/testing/marionette/Protocol.html
"""
import json
import shutil
import socket
import subprocess
import time

PROGRAM = shutil.which("firefox-esr") or shutil.which("firefox")
PATIENCE = 60    # seconds for an answer


class Firefox:
    """One headless Firefox with a profile in an empty folder."""

    def __init__(self, folder):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        (folder / "user.js").write_text(
            f'user_pref("marionette.port", {port});\n')
        self.program = subprocess.Popen(
            [PROGRAM, "--headless", "--marionette", "--no-remote",
             "--profile", folder], stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        self.socket, self.number = self.connect(port), 0
        self.read()    # its greeting
        self.ask("WebDriver:NewSession", {})
        self.ask("WebDriver:SetTimeouts", {"script": 1000 * PATIENCE})

    def connect(self, port):
        """A socket to it, as soon as it listens."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return socket.create_connection(("127.0.0.1", port), PATIENCE)
            except ConnectionRefusedError:
                if time.monotonic() > end or self.program.poll() is not None:
                    raise
                time.sleep(0.2)

    def read(self):
        """One message: the number of its bytes, a colon, JSON."""
        size = b""
        while not size.endswith(b":"):
            size += self.socket.recv(1)
        left, text = int(size[:-1]), b""
        while len(text) < left:
            text += self.socket.recv(left - len(text))
        return json.loads(text)

    def ask(self, command, parameters):
        """The answer to a command; RuntimeError if it says that it failed."""
        self.number += 1
        text = json.dumps([0, self.number, command, parameters])
        self.socket.sendall(f"{len(text.encode())}:{text}".encode())
        _, _, error, result = self.read()
        if error:
            raise RuntimeError(f"{error['error']}: {error['message']}")
        return result

    def open(self, address):
        """Show a page."""
        self.ask("WebDriver:Navigate", {"url": address})

    def run(self, script):
        """What a script gives to ``arguments[0]``, its callback."""
        return self.ask("WebDriver:ExecuteAsyncScript", {
            "script": script, "args": []})["value"]

    def close(self):
        """End it."""
        self.socket.close()
        self.program.terminate()
        self.program.wait(PATIENCE)
