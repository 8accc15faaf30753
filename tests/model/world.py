"""Steps of a story, as `tokfut replay` takes them: one transaction each, that happens whole or not at all."""

import json
import pickle
import re
from pathlib import Path

import answers
from book import Book
from market import Market
from oracle import Feed
from terms import REFERENCE, Product, Refused, merged, moment
from vault import Vault

FEED = {"max_move": 100_000, "max_dispersion": 50_000, "outlier": 20_000}
ANCHOR = moment("2025-10-10T12:00:00Z")
SYMBOLS = ["TOK", "GPH", "CSX"]
SCHEMAS = Path(__file__).resolve().parents[2] / "schema"
LOTS = re.compile("0|[1-9][0-9]{0,12}")
# What one contract sends another and nobody else may.
INTERNAL = {"close", "clear", "set_marks", "connect"}



SHAPES = {}
for contract in ("market", "vault", "oracle"):
    for variant in json.loads((SCHEMAS / f"{contract}.json").read_text())["execute"]["oneOf"]:
        ((name, shape),) = variant["properties"].items()
        fields = shape.get("properties")
        if fields is None and "allOf" in shape or "$ref" in shape:
            fields = None
        SHAPES[contract, name] = fields


def malformed(contract, kind, fields):
    """A message that is none: unknown, with unknown fields, with lots that are not written as a number is."""
    if (contract, kind) not in SHAPES:
        return "invalid_message"
    known = SHAPES[contract, kind]
    lots = str(fields.get("lots", "1"))
    return "invalid_message" if known and set(fields) - set(known) or not LOTS.fullmatch(lots) else None


def funds_of(call):
    """Coins of the collateral that come along; None if others come too."""
    funds = call.get("funds", 0)
    if isinstance(funds, list):
        return int(funds[0]["amount"]) if [coin["denom"] for coin in funds] == ["uusd"] else -1
    return int(funds)


class World(Market):
    """All that the three contracts know."""

    def __init__(self, spec=None):
        spec = spec or {}
        self.now = moment(spec.get("start", "2026-06-01T00:00:00Z"))
        self.block = 0
        terms = merged(REFERENCE, spec.get("products", {}))
        self.products = {code: Product(number, code, terms[code]) for number, code in enumerate(
            [code for code in SYMBOLS if code in terms], 1)}
        feeds = {symbol: dict(FEED, n=spec.get("panel", 7), **spec.get("feeds", {}).get(symbol, {})) for symbol in SYMBOLS}
        for symbol in SYMBOLS:
            for key, value in spec.get("feeds", {}).get(symbol, {}).items():
                feeds[symbol][key] = value
        self.feeds = {number: Feed(number, ANCHOR, self.now, feeds[symbol]) for number, symbol in enumerate(SYMBOLS, 1)}
        self.vault = Vault(self.products.values(), spec.get("insurance_share", 500_000), int(spec.get("insurance", 0)))
        self.series, self.book = {}, Book()
        self.last_strike = {code: None for code in self.products}
        self.purses = {}

    def step(self, step):
        """What the step must answer: (ok, data, events) or (refused, codes)."""
        if "world" in step:
            self.__init__(step["world"])
            return True, None, []
        if "at" in step:
            self.now, self.block = moment(step["at"]), self.block + 1
            return True, None, []
        before = self.save()
        events = []
        try:
            data = self.perform(step, events)
            return True, data, events
        except Refused as refused:
            self.restore(before)
            return False, refused.codes, []

    def save(self):
        return pickle.dumps(self.__dict__)

    def restore(self, saved):
        self.__dict__ = pickle.loads(saved)

    def perform(self, step, events):
        if "fix" in step:
            return self.fix(step["fix"], events)
        call = step["exec"]
        (kind, fields), = call["msg"].items()
        broken = malformed(call["contract"], kind, fields)
        if broken:
            raise Refused(broken)
        return self.call(call["contract"], kind, "@" + call["from"], fields, funds_of(call), events)

    def fix(self, fixing, events):
        number = SYMBOLS.index(fixing["feed"]) + 1
        time = moment(fixing["date"] + "T12:00:00Z")
        decimals = {"TOK": 4, "GPH": 4, "CSX": 2}[fixing["feed"]]
        for publisher, text in enumerate(fixing["values"]):
            value = None if text is None else round(float(text) * 10**decimals)
            self.feeds[number].submit(time, publisher, value, self.now)
            events.append(("tf_observed", {"feed": number, "round": self.feeds[number].number_of(time),
                                           "publisher": publisher, "value": "-" if value is None else value}))

    def knows(self, step):
        """Whether the model follows such a step; a malformed one it does."""
        if "query" in step:
            (kind,) = step["query"]["msg"]
            return hasattr(answers, f"{step['query']['contract']}_{kind}")
        if "exec" in step:
            (kind, fields), = step["exec"]["msg"].items()
            contract = step["exec"]["contract"]
            return bool(malformed(contract, kind, fields)) or hasattr(self, f"{contract}_{kind}") or kind in INTERNAL
        return "world" in step or "at" in step or "fix" in step

    def call(self, contract, kind, sender, fields, funds, events):
        if kind in INTERNAL:
            raise Refused("unauthorized", "already_connected")
        handler = getattr(self, f"{contract}_{kind}")
        if kind in ("deposit", "fund_insurance"):
            return handler(sender, fields, events, funds)
        if funds:
            raise Refused("unexpected_funds", "coins_refused")
        return handler(sender, fields, events)

    def query(self, contract, message):
        (kind, fields), = message.items()
        return getattr(answers, f"{contract}_{kind}")(self, fields)
