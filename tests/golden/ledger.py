#!/usr/bin/env python3
"""A second clearing house, written from the specification alone: it reads what the stories of this folder say happened
(listings, orders, fills, marks, strikes, finalisations) and keeps every account by itself, settling everybody at every
strike and trying every combination of fills for margin. Each account that a story asks for must be as it says.

usage: ledger.py           prints what differs and exits 1

Python standard library only.
"""

import itertools
import json
import sys
from collections import defaultdict
from datetime import date, datetime, timedelta, timezone
from fractions import Fraction
from pathlib import Path

UNIT = {"TOK": 100_000, "GPH": 100_000, "CSX": 50_000}
RATES = {"TOK": (15, 12, 10), "GPH": (13, 10, 8), "CSX": (11, 8, 6)}
LETTERS = "FGHJKMNQUVXZ"
PRODUCTS = ["TOK", "GPH", "CSX"]
# What the model computes; all other postings it takes as they stand.
COMPUTED = {"settlement", "taker_fee", "maker_fee", "settlement_fee"}
# What moves variation between accounts without an event that tells of it.
UNKNOWN = {"advance", "take_over"}


def up(value):
    return -((-value.numerator) // value.denominator)


class Series:
    def __init__(self, code, price):
        self.product, self.price, self.mark, self.first_day, self.over = code[:3], price, price, True, False
        self.year, self.month = 2000 + int(code[4:]), LETTERS.index(code[3]) + 1

    def charge(self, now):
        """c = 1; half the offset in the delivery month, none in its last five days."""
        first = date(self.year, self.month, 1)
        last = date(self.year + self.month // 12, self.month % 12 + 1, 1) - timedelta(days=1)
        if now < first:
            return Fraction(1)
        return Fraction(2) if now > last - timedelta(days=5) else Fraction(3, 2)

    def a_lot(self, which):
        initial, maintenance, limit = RATES[self.product]
        if self.first_day:
            initial, maintenance = max(initial, 2 * limit + 5), max(maintenance, 2 * limit + 2)
        return up(Fraction(self.mark * UNIT[self.product] * (initial, maintenance)[which], 100))


class House:
    """All accounts, positions and orders."""

    def __init__(self):
        self.series, self.cash = {}, defaultdict(int)
        self.lots, self.variation = defaultdict(int), defaultdict(int)
        self.pending, self.expired = defaultdict(int), {}
        self.orders, self.now, self.wrong = {}, date(2026, 6, 1), []

    def take(self, line, step, answer):
        if "at" in step:
            moment = datetime.strptime(step["at"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
            self.now = moment.date()
        told, owed = defaultdict(int), defaultdict(int)
        act = next(iter(step.get("exec", {}).get("msg", {"": 0})))
        for event in answer.get("events") or []:
            self.event(event["type"], event["attributes"], act, told, owed)
        for (kind, account), amount in owed.items():
            if told.get((kind, account), 0) != amount:
                self.wrong.append(f"{line}: {kind} of account {account} is {told.get((kind, account), 0)}, not {amount}")
            self.cash[account] -= amount

    def event(self, kind, at, act, told, owed):
        number = lambda key: int(at[key])
        if kind == "tf_series_listed":
            self.series[number("series")] = Series(at["code"], number("price"))
        elif kind == "tf_order_rested":
            series, side, price, _ = at["order"].split("-")
            lots, only = number("lots"), at["reduce_only"] == "true"
            self.orders[at["order"]] = [number("account"), int(series), side, int(price), lots, only]
        elif kind == "tf_order_removed":
            self.orders.pop(at["order"], None)
        elif kind == "tf_orders_voided":
            void = lambda id, order: order[0] == number("account") and int(id.split("-")[3]) < number("before")
            self.orders = {id: order for id, order in self.orders.items() if not void(id, order)}
        elif kind == "tf_fill":
            self.fill(at["order"], number("left"))
            sign = 1 if at["side"] == "buy" else -1
            self.trade(number("taker"), number("series"), sign * number("lots"), number("price"))
            self.trade(number("maker"), number("series"), -sign * number("lots"), number("price"))
            if act == "place_order":
                notional = number("lots") * number("price") * UNIT[self.series[number("series")].product]
                owed["taker_fee", number("taker")] += up(Fraction(notional * 2, 10_000))
                owed["maker_fee", number("maker")] += up(Fraction(notional * 5, 100_000))
        elif kind == "tf_house_took":
            self.trade(number("account"), number("series"), -number("lots"), number("price"))
            self.trade(0, number("series"), number("lots"), number("price"))
        elif kind == "tf_marked":
            self.series[number("series")].mark = number("margin_mark")
        elif kind == "tf_struck":
            self.strike(number("series"), number("price"), at["last"] == "true")
        elif kind == "tf_cycle_finalised":
            self.finalise(PRODUCTS[number("product") - 1])
        elif kind == "tf_posting":
            self.post(at, told)

    def post(self, at, told):
        ends = {end: self.account(at[end]) for end in ("from", "to")}
        if at["kind"] in COMPUTED:
            told[at["kind"], ends["from"]] += int(at["amount"])
            # The part of fees that is insurance's is the house's cash.
            if at["kind"] != "settlement" and at["to"] == "insurance":
                self.cash[0] += int(at["amount"])
            return
        if at["kind"] in UNKNOWN:
            self.wrong.append(f"a posting {at['kind']} moves variation, which this program does not follow")
        for end, sign in (("from", -1), ("to", 1)):
            if ends[end] is not None:
                self.cash[ends[end]] += sign * int(at["amount"])

    @staticmethod
    def account(pot):
        return 0 if pot == "insurance" else int(pot[8:]) if pot.startswith("account:") else None

    def fill(self, order, left):
        if left:
            self.orders[order][4] = left
        else:
            self.orders.pop(order, None)

    def trade(self, account, series, lots, price):
        at = self.series[series]
        self.lots[account, series] += lots
        self.variation[account, series] += lots * (at.price - price) * UNIT[at.product]

    def strike(self, series, price, last):
        at = self.series[series]
        for key in [key for key in {**self.lots, **self.variation} if key[1] == series]:
            self.pending[key] += self.lots[key] * (price - at.price) * UNIT[at.product] + self.variation.pop(key, 0)
            if last:
                self.expired[key] = (abs(self.lots.pop(key)), price)
        at.price, at.mark, at.first_day, at.over = price, price, False, last
        if last:
            self.orders = {id: order for id, order in self.orders.items() if order[1] != series}

    def finalise(self, product):
        for key in [key for key in self.pending if self.series[key[1]].product == product]:
            self.cash[key[0]] += self.pending.pop(key)
            lots, price = self.expired.pop(key, (0, 0))
            if lots and key[0]:
                # Insurance's half of it comes when the account is touched, by its posting.
                self.cash[key[0]] -= self.settlement_fee(product, lots, price)

    @staticmethod
    def settlement_fee(product, lots, price):
        return up(Fraction(lots * price * UNIT[product], 10_000))

    def margin(self, account, which, nets):
        """The larger side at c = 1, product by product; maintenance by the phase of a day ago."""
        total, then = 0, self.now - timedelta(days=which)
        for product in PRODUCTS:
            sides = []
            for side in (1, -1):
                charge = Fraction(0)
                for series, net in nets.items():
                    at = self.series[series]
                    if at.product == product:
                        x = net * side
                        charge += at.a_lot(which) * (x if x >= 0 else (1 - at.charge(then)) * x)
                sides.append(charge)
            total += up(max(sides))
        return total

    def initial(self, account):
        """The worst of all combinations of fills, what the orders would lose at the mark, and the fees of what has ended."""
        held = {series: lots for (who, series), lots in self.lots.items() if who == account}
        ways, loss = {}, 0
        for series in {**held, **{order[1]: 0 for order in self.orders.values() if order[0] == account}}:
            q, at = held.get(series, 0), self.series[series]
            reach = {"b": 0, "s": 0}
            for side, sign in (("b", 1), ("s", -1)):
                mine = [o for o in self.orders.values() if o[:3] == [account, series, side]]
                plain = [o for o in mine if not o[5]]
                only = [o for o in mine if o[5]]
                room = min(sum(o[4] for o in only), max(0, -sign * q))
                reach[side] = sum(o[4] for o in plain) + room
                lost = sum(sign * o[4] * (o[3] - at.mark) for o in plain)
                loss += max(0, lost) * UNIT[at.product]
                if only:
                    worst = max(sign * o[3] for o in only) - sign * at.mark
                    loss += max(0, room * worst) * UNIT[at.product]
            ways[series] = {q, q + reach["b"], q - reach["s"]}
        names = list(ways)
        worst = 0
        for nets in itertools.product(*(ways[name] for name in names)):
            worst = max(worst, self.margin(account, 0, dict(zip(names, nets))))
        ended = [(self.series[key[1]].product, *what) for key, what in self.expired.items() if key[0] == account]
        return worst + loss + sum(self.settlement_fee(*what) for what in ended)

    def answer(self, account):
        keys = [key for key in {**self.lots, **self.variation, **self.pending} if key[0] == account]
        unsettled = 0
        for key in keys:
            at = self.series[key[1]]
            unsettled += self.lots.get(key, 0) * (at.mark - at.price) * UNIT[at.product]
            unsettled += self.variation.get(key, 0) + self.pending.get(key, 0)
        nets = {series: lots for (who, series), lots in self.lots.items() if who == account}
        return {
            "cash": self.cash[account],
            "unsettled": unsettled,
            "equity": self.cash[account] + unsettled,
            "maintenance_margin": self.margin(account, 1, nets),
            "initial_margin": self.initial(account),
            "lots": {series: lots for series, lots in nets.items() if lots},
        }


def compare(story):
    house, asked = House(), 0
    recorded = story.with_suffix(".out").read_text().splitlines()
    for line, (text, said) in enumerate(zip(story.read_text().splitlines(), recorded), 1):
        said = json.loads(said)
        step = json.loads(text) if text.startswith("{") else {}
        if "world" in step:
            house.cash[0] += int(step["world"].get("insurance", 0))
        if not said["ok"]:
            continue
        house.take(line, step, said)
        message = step.get("query", {}).get("msg", {})
        if step.get("query", {}).get("contract") == "vault" and "account" in message:
            asked += 1
            account, data = message["account"]["account"], said["data"]
            ours = house.answer(account)
            theirs = {key: int(data[key]) for key in ours if key != "lots"}
            theirs["lots"] = {p["series"]: int(p["lots"]) for p in data["positions"] if int(p["lots"])}
            for key in ours:
                if ours[key] != theirs[key]:
                    house.wrong.append(f"{line}: {key} of account {account} is {theirs[key]}, not {ours[key]}")
    return asked, [f"{story.name}:{wrong}" for wrong in house.wrong]


def main():
    asked, wrong = 0, []
    for story in sorted(Path(__file__).parent.glob("*.jsonl")):
        more, differs = compare(story)
        asked, wrong = asked + more, wrong + differs
    for difference in wrong:
        print(difference, file=sys.stderr)
    print(f"{asked} accounts are as a second clearing house has them" if not wrong else f"{len(wrong)} differences")
    return 1 if wrong or not asked else 0


if __name__ == "__main__":
    sys.exit(main())
