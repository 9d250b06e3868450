"""What a room is asked by those who mean it no good: bytes, and answers.

An answer is a status, or None where the connection is closed without one.
"""
import json

from tests.room.cases import RUN, VOTE, who

JSON = "application/json"


def request(start, body=b"", **headers):
    """The bytes of a request; a header of None is left out."""
    headers = {"Host": "HOST", "Content-Length": len(body),
               "Connection": "close", **headers}
    lines = [start + " HTTP/1.1", *(
        f"{name.replace('_', '-')}: {value}"
        for name, value in headers.items() if value is not None)]
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + body


def said(message, kind=JSON, **headers):
    """A message to /say, or a body of bytes."""
    body = message if isinstance(message, bytes) else json.dumps(
        {"room": "CODE", "who": who(1), **message}).encode()
    return request("POST /say", body, Content_Type=kind, **headers)


def taught(wish, **headers):
    """A wish to /teach."""
    return request("POST /teach", json.dumps(wish).encode(),
                   Content_Type=JSON, **headers)


def form(body):
    """A form without scripts."""
    return request("POST /plain", body,
                   Content_Type="application/x-www-form-urlencoded")


def vote(**fields):
    """A vote with something wrong."""
    return said({**VOTE, **fields})


def run(**fields):
    """A run with something wrong."""
    return said({**RUN, **fields})


ATTACKS = {   # name: (bytes, status)
    "another room": (vote(room="XXXX"), 403),
    "a room that is a list": (vote(room=["CODE"]), 403),
    "no JSON": (said(b"\xff\xfe{"), 400),
    "no body": (said(b""), 400),
    "a list": (said(b"[1]"), 400),
    "a number": (said(b"7"), 400),
    "a kind of its own": (vote(kind="<b>"), 400),
    "a kind that is a list": (vote(kind=["vote"]), 400),
    "no kind": (said({}), 400),
    "choice 99": (vote(choice=99), 400),
    "choice 0": (vote(choice=0), 400),
    "choice -1": (vote(choice=-1), 400),
    "a script for a choice": (vote(choice="<script>alert(1)</script>"), 400),
    "true for a choice": (vote(choice=True), 400),
    "half a choice": (vote(choice=1.5), 400),
    "a whole float": (vote(choice=2.0), 400),
    "a choice in text": (vote(choice="2"), 400),
    "NaN": (vote(choice=float("nan")), 400),
    "a huge whole number": (vote(choice=10**400), 400),
    "a huge float": (run(result=1e308), 400),
    "infinity": (run(result=float("inf")), 400),
    "a number beyond floats": (said(
        b'{"room": "CODE", "who": "0000000000000001", "kind": "run", "lab": '
        b'"landscape", "group": 1, "seed": 7, "result": 1e999}'), 400),
    "deep JSON": (said(b"[" * 500 + b"]" * 500), 400),
    "deep objects": (said(b'{"a":' * 170 + b"1" + b"}" * 170), 403),
    "two kilobytes": (vote(x="y" * 2000), 400),
    "a field too many": (vote(name="=cmd()"), 400),
    "a field too few": (said({"kind": "vote", "choice": 1}), 400),
    "a field twice": (said(
        b'{"room": "CODE", "who": "0000000000000001", "kind": "hello", '
        b'"kind": "hello"}'), 400),
    "a formula for a question": (vote(question="=1+1"), 400),
    "a question with a new line": (vote(question="out\n1,2"), 400),
    "a moment of its own": (vote(moment="during"), 400),
    "a vote that is not open": (vote(moment="after"), 409),
    "a lab of its own": (run(lab="alchemy"), 400),
    "group 5": (run(group=5), 400),
    "seed 1000": (run(seed=1000), 400),
    "seed -1": (run(seed=-1), 400),
    "a negative result": (run(result=-1), 400),
    "a result in text": (run(result="0.5"), 400),
    "a run before its time": (run(), 409),
    "a mistyped line": (said({"kind": "line", "text": "1234-5678-9ABC"}),
                        400),
    "a line of letters that double": (said(
        {"kind": "line", "text": "ßßßßßß"}), 400),
    "a line that is a number": (said({"kind": "line", "text": 7}), 400),
    "no phone": (vote(who=None), 400),
    "a phone of letters": (vote(who="zzzzzzzzzzzzzzzz"), 400),
    "a phone with a new line": (vote(who=who(1) + "\n"), 400),
    "a phone that is too long": (vote(who="a" * 400), 400),
    "another origin": (said(VOTE, Origin="http://evil.example"), 403),
    "no origin at all": (said(VOTE, Origin="null"), 403),
    "another port's origin": (said(VOTE, Origin="http://127.0.0.1:1"), 403),
    "another host": (said(VOTE, Host="evil.example"), 421),
    "another host with our port": (said(VOTE, Host="evil.example:PORT"), 421),
    "a host without a port": (said(VOTE, Host="127.0.0.1"), 421),
    "no host": (said(VOTE, Host=None), 400),
    "a form across sites": (said(VOTE, "text/plain"), 415),
    "no content type": (said(VOTE, None), 415),
    "a multipart body": (said(b"--x\r\n\r\n--x--",
                              "multipart/form-data; boundary=x"), 400),
    "a broken multipart body": (said(b"\xff--", "multipart/form-data"), 400),
    "GET /say": (request("GET /say"), 405),
    "POST /now": (request("POST /now", b"{}", Content_Type=JSON), 405),
    "DELETE /": (request("DELETE /"), 405),
    "TRACE /": (request("TRACE /"), 405),
    "OPTIONS /say": (request("OPTIONS /say"), 405),
    "a method of its own": (request("BREW /"), 405),
    "no such page": (request("GET /none"), 404),
    "up and away": (request("GET /../../etc/passwd"), 404),
    "up and away, hidden": (request("GET /%2e%2e/%2e%2e/etc/passwd"), 404),
    "our private file": (request("GET /room.csv.private"), 404),
    "our code": (request("GET /server.py"), 404),
    "a path of bytes": (request("GET /\xff\xfe%ff%00"), 404),
    "bytes in a lab": (request("GET /runs/%ff"), 404),
    "a proxy's wish": (request("GET http://evil.example/"), 404),
    "teach without a key": (taught({"do": "next"}), 403),
    "teach with another key": (taught({"do": "next"}, Key="guess"), 403),
    "teach with a key of bytes": (taught({"do": "next"}, Key="\xff\xfe"),
                                  403),
    "teach with two keys": (taught({"do": "next"}, Key="a, KEY"), 403),
    "an unknown wish": (taught({"do": "_step"}, Key="KEY"), 400),
    "a wish that is a list": (taught({"do": ["next"]}, Key="KEY"), 400),
    "a wish and more": (taught({"do": "next", "x": 1}, Key="KEY"), 400),
    "a wish for another stage": (taught({"do": "next", "number": [3]},
                                        Key="KEY"), 409),
    "drop without a key": (taught({"do": "dropped", "seat": 1}), 403),
    "drop said by a phone": (said({"kind": "dropped", "seat": 1}), 400),
    "drop no seat": (taught({"do": "dropped"}, Key="KEY"), 400),
    "drop seat 9": (taught({"do": "dropped", "seat": 9}, Key="KEY"), 400),
    "drop seat true": (taught({"do": "dropped", "seat": True}, Key="KEY"),
                       400),
    "drop a list": (taught({"do": "dropped", "seat": [1]}, Key="KEY"), 400),
    "step with a seat": (taught({"do": "next", "seat": 1}, Key="KEY"), 400),
    "a wish with a field without a name": (taught(
        {"do": "next", "": None}, Key="KEY"), 400),
    "a stream without a key": (request("GET /stream"), 403),
    "a stream with the key in its address": (request("GET /stream?key=KEY"),
                                             403),
    "a form of another room": (form(b"room=XXXX&who=" + who(1).encode()),
                               403),
    "a form with a field too many": (form(b"room=CODE&x=1"), 400),
    "a form with a field twice": (form(b"room=CODE&room=CODE"), 400),
    "a form of bytes": (form(b"room=%ff"), 400),
    "a form that votes for more": (form(
        b"room=CODE&vote=out.before.99&who=" + who(1).encode()), 400),
    "a form that votes for a script": (form(
        b"room=CODE&vote=%3Cscript%3E&who=" + who(1).encode()), 400),
    "no HTTP": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
    "half a first line": (b"GET\r\n\r\n", 400),
    "a header without a name": (b"GET / HTTP/1.1\r\n: x\r\n\r\n", 400),
    "a header that is no header": (b"GET / HTTP/1.1\r\nx\r\n\r\n", 400),
    "headers of 10 kB": (request("GET /", X="y" * 10_000), None),
    "a length that is none": (said(VOTE, Content_Length="x"), 400),
    "a negative length": (said(VOTE, Content_Length="-1"), 400),
    "a gigabyte announced": (said(VOTE, Content_Length=10**9), 400),
    "two lengths": (said(VOTE, Content_Length="5, 6"), 400),
    "a length and chunks": (said(VOTE, Transfer_Encoding="chunked"), 400),
    "chunks of 2 kB": (request(
        "POST /say", b"800\r\n" + b"x" * 2048 + b"\r\n0\r\n\r\n",
        Content_Length=None, Transfer_Encoding="chunked",
        Content_Type=JSON), 400),
    "a chunk without a size": (request(
        "POST /say", b"zz\r\n\r\n", Content_Length=None,
        Transfer_Encoding="chunked", Content_Type=JSON), 400)}
