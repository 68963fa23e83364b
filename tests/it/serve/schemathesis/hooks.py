"""What the requests of schemathesis have to respect and JSON Schema cannot say: a team does not play itself, a book has one
price for a selection, and a key stands for one request."""

import uuid

import schemathesis


@schemathesis.hook
def before_call(context, case, kwargs):
    if not (case.meta and case.meta.generation.mode.is_positive):
        return
    for name in list(case.headers or {}):
        if name.lower() == "idempotency-key":
            case.headers[name] = str(uuid.uuid4())
    for said in (case.body, case.query):
        if isinstance(said, dict):
            make_consistent(said)


def make_consistent(said):
    home, away = said.get("home_team", "Rovers"), said.get("away_team", "Wanderers")
    if home == away:
        said["away_team"] = "United" if home != "United" else "City"
    if isinstance(said.get("quotes"), list):
        # books are told apart by more than the case of their letters, and 1X2 has no line
        quotes = [quote for quote in said["quotes"] if isinstance(quote, dict)]
        said["quotes"] = list({name(quote, said): quote for quote in quotes}.values())


def name(quote, said):
    line = None if quote.get("market") == "1x2" else quote.get("line")
    book = quote.get("book") or said.get("book") or "avg"
    return repr((quote.get("market"), quote.get("selection"), line and float(line), book.lower()))
