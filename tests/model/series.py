"""A contract series and what it has been through (clauses 2.2, 2.4)."""

from fractions import Fraction

from terms import next_daily_time

MAY_BECOME = {
    "open": {"paused", "close_only", "halted", "auction"},
    "paused": {"open", "close_only", "halted"},
    "close_only": {"open", "paused", "halted"},
    "halted": {"open", "close_only"},
}
REDUCES_RISK = {"paused", "close_only", "halted"}


class Series:
    def __init__(self, product, month, settlement, unclamped, found_at, now):
        self.product, self.month = product, month
        self.code = product.code + month.letters()
        self.id = product.number * 1200 + month.index()
        self.settlement, self.unclamped, self.found_at = settlement, unclamped, found_at
        self.anchor = Fraction(settlement, found_at)
        self.mark = self.margin_mark = settlement
        self.mark_at = self.listed_at = now
        self.first_day, self.status, self.opens_at, self.settled = True, "open", None, False
        self.tape, self.last_price, self.volume, self.open_interest = [], None, 0, 0
        self.outside_since, self.settlements = None, []
        # The margin mark that the block began with, if it has changed since: (block, mark).
        self.began = None
        self.carried_long = self.carried_short = 0

    def limits(self):
        return self.product.limits(self.settlement, self.first_day)

    def status_at(self, now):
        if self.settled:
            return "settled"
        return "expired" if now >= self.month.last_trading() else self.status

    def final_strike(self):
        return self.month.final_strike(self.product.final_window)

    def next_strike(self, last):
        """The daily time of its next settlement, after the last strike of the product."""
        if self.settled:
            return None
        daily = next_daily_time(self.listed_at if last is None else max(last, self.listed_at))
        return daily if daily <= self.month.last_trading() else max(daily, self.final_strike())

    def strike_at(self, at):
        """What a strike for this daily time does to it: daily, final or nothing."""
        if self.settled or next_daily_time(self.listed_at) > at:
            return None
        if at >= self.final_strike():
            return "final"
        return "daily" if at <= self.month.last_trading() else None

    def remember_mark(self, block):
        if self.began is None or self.began[0] != block:
            self.began = (block, self.margin_mark)
