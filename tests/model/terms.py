"""What is configured and what the calendar says: products, months, phases, times of a day (clauses 1.5, 2, 3.10)."""

import copy
from datetime import date, datetime, timedelta, timezone
from functools import cache

DAY = 86_400
MILLION = 1_000_000
LETTERS = "FGHJKMNQUVXZ"
MAX_PRICE = 10**9
FIXING, LAST_TRADING, STRIKE = 12 * 3600, 15 * 3600, 16 * 3600
GRACE = 30 * 60

_TOK = {
    "feed": 1, "decimals": 4, "unit_value": 100_000, "tick": 10, "listing": {"serial": 12, "quarterly": 4},
    "final_window": "whole_month", "daily_limit": 100_000, "max_order": "500",
    "margin": {"initial_spec": 150_000, "initial_hedge": 140_000, "maintenance": 120_000, "spread_charge": 1_000_000,
               "concentration_threshold": "5000", "concentration_rate": 50_000},
    "fees": {"taker": 200, "maker": 50, "settlement": 100},
    "liquidation": {"fee": 2_500, "caller_share": 500_000, "insurance_fee": 5_000, "buffer": 10_000,
                    "block_share": 500_000, "dust": "10", "discount_step": 1_000, "discount_max": 50_000},
}


def merged(base, change):
    """JSON merged: objects field by field, null removes."""
    if not isinstance(base, dict) or not isinstance(change, dict):
        return copy.deepcopy(change)
    whole = copy.deepcopy(base)
    for key, value in change.items():
        if value is None:
            whole.pop(key, None)
        else:
            whole[key] = merged(whole.get(key), value)
    return whole


_GPH = merged(_TOK, {"feed": 2, "daily_limit": 80_000,
                     "margin": {"initial_spec": 130_000, "initial_hedge": 120_000, "maintenance": 100_000}})
_CSX = merged(_TOK, {"feed": 3, "decimals": 2, "unit_value": 50_000, "tick": 20, "daily_limit": 60_000, "max_order": "200",
                     "listing": {"serial": 2, "quarterly": 4},
                     "margin": {"initial_spec": 110_000, "initial_hedge": 100_000, "maintenance": 80_000}})
_CSX["final_window"] = {"last_days": 5}
REFERENCE = {"TOK": _TOK, "GPH": _GPH, "CSX": _CSX}


def up(number, divisor):
    """⌈number / divisor⌉."""
    return -(-number // divisor)


def nearest(number, divisor, toward):
    """number / divisor to the nearest integer, an exact half toward a price."""
    whole, rest = divmod(number, divisor)
    if 2 * rest == divisor:
        return whole if toward <= whole else whole + 1
    return whole + (2 * rest > divisor)


def clamp(value, lowest, highest):
    return max(lowest, min(highest, value))


def text_of(units, decimals):
    """A price as it stands on the wire."""
    whole, rest = divmod(units, 10**decimals)
    return f"{whole}.{rest:0{decimals}d}" if decimals else str(whole)


def moment(text):
    return int(datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc).timestamp())


def midnight(day):
    return int(datetime(day.year, day.month, day.day, tzinfo=timezone.utc).timestamp())


@cache
def day_of(time):
    return datetime.fromtimestamp(time, timezone.utc).date()


def last_daily_time(time):
    """The last 16:00 at or before."""
    return (time - STRIKE) // DAY * DAY + STRIKE


def next_daily_time(time):
    """The first 16:00 after."""
    return last_daily_time(time) + DAY


class Month:
    """A delivery month."""

    def __init__(self, year, month):
        self.year, self.month = year, month

    def __eq__(self, other):
        return self.index() == other.index()

    def __hash__(self):
        return self.index()

    def index(self):
        return (self.year - 2000) * 12 + self.month - 1

    def after(self, months):
        index = self.index() + months
        return Month(2000 + index // 12, index % 12 + 1)

    def letters(self):
        return f"{LETTERS[self.month - 1]}{self.year % 100:02d}"

    @cache
    def first_day(self):
        return date(self.year, self.month, 1)

    @cache
    def last_day(self):
        return self.after(1).first_day() - timedelta(days=1)

    @cache
    def last_trading(self):
        return midnight(self.last_day()) + LAST_TRADING

    @cache
    def phase(self, day):
        if day >= self.last_day() - timedelta(days=4):
            return "final"
        if day >= self.first_day():
            return "averaging"
        return "nearby" if day >= self.after(-1).first_day() else "general"

    def window(self, rule):
        """The fixing times whose mean it settles at."""
        days = self.last_day().day
        count = days if rule == "whole_month" else min(days, rule["last_days"])
        last = midnight(self.last_day()) + FIXING
        return [last - DAY * back for back in range(count - 1, -1, -1)]

    def final_strike(self, rule):
        """The daily time of its final settlement: the first, 24 hours or more after the last fixing."""
        return next_daily_time(self.window(rule)[-1] + DAY - 1)


class Product:
    def __init__(self, number, code, terms):
        self.number, self.code, self.terms = number, code, terms
        for key in ("feed", "decimals", "tick", "final_window", "daily_limit"):
            setattr(self, key, terms[key])
        self.unit = terms["unit_value"]
        self.max_order = int(terms["max_order"])
        self.margin, self.fees, self.liquidation = terms["margin"], terms["fees"], terms["liquidation"]

    def months(self, now):
        """Every month that the listing rule asks for."""
        first = Month(day_of(now).year, day_of(now).month)
        if first.last_trading() <= now:
            first = first.after(1)
        rule = self.terms["listing"]
        months = [first.after(step) for step in range(rule["serial"])]
        following, quarters = first.after(rule["serial"]), []
        while len(quarters) < rule["quarterly"]:
            if following.month % 3 == 0:
                quarters.append(following)
            following = following.after(1)
        return months + quarters

    def limits(self, settlement, first_day):
        """Lowest and highest price of a day, on the tick inwards, a tick at least either side of S."""
        share = self.daily_limit * (2 if first_day else 1)
        tick = self.tick
        lowest = up(up(settlement * (MILLION - share), MILLION), tick) * tick
        highest = settlement * (MILLION + share) // MILLION // tick * tick
        lowest = min(lowest, (settlement - 1) // tick * tick)
        highest = max(highest, up(settlement + 1, tick) * tick)
        return max(lowest, tick), min(highest, MAX_PRICE // tick * tick)


class Refused(Exception):
    """A message that must be refused: the codes of all rules it breaks, any of which may be told."""

    def __init__(self, *codes):
        super().__init__(*codes)
        self.codes = set(codes)
