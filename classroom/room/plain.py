"""A page for phones without scripts: the vote of this stage, as a form."""
import secrets
from html import escape

from tornado.web import HTTPError

from classroom.room.door import Door
from classroom.room.limits import Refused

PAGE = """<!DOCTYPE html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><link rel="stylesheet" href="/room.css">
<h1>{title}</h1><p role="status">{said}</p>
<form method="post" action="/plain"><p>{text}</p>
<p><label>Code on the board <input name="room" value="{room}" maxlength="4"
 autocomplete="off" required></label></p>
<input type="hidden" name="who" value="{who}">{options}
<p><button>{button}</button></p></form></html>"""
OPTION = """<p><label><input type="radio" name="vote" value="{value}"> {text}
</label></p>"""
REFUSED = """<!DOCTYPE html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>The room</title><link rel="stylesheet" href="/room.css">
<h1>The room</h1><p role="status">The room says: {words}. Go back, and try
again.</p></html>"""
FIELDS = ("room", "who", "vote")
LETTERS = "ABCDEF"   # by which options are called aloud


class Plain(Door):
    """The handler of the form."""

    types = ("application/x-www-form-urlencoded",)

    def set_default_headers(self):
        """A form that sends no referrer says no origin, either."""
        super().set_default_headers()
        self.set_header("Referrer-Policy", "same-origin")

    def get(self):
        """The form, with a new number for this phone."""
        self.finish(form(self.room, "", secrets.token_hex(8), ""))

    def post(self):
        """Take a vote, or only look what stage it is now."""
        fields = self._fields()
        if fields["room"].upper() != self.room.code:
            self.fine(403, "room: allowed is the code on the board")
        said = "" if not fields["vote"] else "Your vote is in."
        self.room.say(fields["who"], self.address, vote(fields["vote"]))
        self.finish(form(self.room, self.room.code, fields["who"], said))

    def refusal(self, words):
        """A page that says why not; what was typed is one page back."""
        return REFUSED.format(words=escape(words))

    def _fields(self):
        sent = self.request.body_arguments
        if {*sent} - {*FIELDS} or any(len(v) > 1 for v in sent.values()):
            raise Refused(400, f"fields: allowed are {[*FIELDS]}")
        try:
            return {name: self.get_body_argument(name, "")
                    for name in FIELDS}
        except HTTPError:
            raise Refused(400, "body: allowed is text in UTF-8") from None


def vote(value):
    """The message of a form's value, "question.moment.choice" or empty."""
    if not value:
        return {"kind": "hello"}
    question, moment, choice = (value.split(".") + ["", ""])[:3]
    if not (len(choice) == 1 and choice.isascii() and choice.isdigit()):
        raise Refused(400, "vote: allowed is one of the form's")
    return {"kind": "vote", "question": question, "moment": moment,
            "choice": int(choice)}


def form(room, code, who, said):
    """The page of this stage."""
    now = room.progress.now()
    stage, options = now["stage"], ""
    if now["open"]:
        options = "".join(OPTION.format(
            value=f"{stage['question']}.{stage['moment']}.{number}",
            text=f"{LETTERS[number - 1]} {escape(text)}")
            for number, text in enumerate(
                stage["options"], 1))
    return PAGE.format(
        title=escape(now["title"]), text=escape(stage.get("text", "")),
        room=code, who=escape(who), said=said, options=options,
        button="Send" if options else "Go on")
