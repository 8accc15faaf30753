"""Marks and settlement prices: legs, medians, bands, the five methods that are built (clauses 4.13, 5.1, 5.2)."""

from fractions import Fraction

from terms import DAY, clamp, day_of, nearest

FRESH = 48 * 3600
STOOD = 60
PATIENCE = 600


class Trade:
    def __init__(self, time, price, lots, owners, counts):
        self.time, self.price, self.lots, self.owners, self.counts = time, price, lots, owners, counts


def round_to(value, toward):
    value = Fraction(value)
    return nearest(value.numerator, value.denominator, toward)


def fresh(feed, until, now):
    """The latest final fixing dated so early, if it is younger than 48 hours."""
    latest = feed.latest(until)
    return latest if latest and now - latest[0] < FRESH else None


def window_mean(series, feed, until, fixing):
    """F*: finals of the window and the fixing for what is still to come; none of a window that is void."""
    window = series.month.window(series.product.final_window)
    finals = [feed.finals[time] for time in window if time in feed.finals and time <= until]
    gone = [time for time in window if time in feed.voids and time <= until or time < feed.first]
    to_come = len(window) - len(finals) - len(gone)
    if not finals and not to_come:
        return None
    return Fraction(sum(finals) + to_come * fixing, len(finals) + to_come)


def index_leg(series, feed, until, now, toward):
    latest = fresh(feed, until, now)
    if latest is None:
        return None
    fixing = latest[1]
    if day_of(now) < series.month.first_day():
        value = Fraction(series.unclamped * fixing, series.found_at)
    else:
        value = window_mean(series, feed, until, fixing)
    return None if value is None else round_to(value, toward)


def average(trades):
    lots = sum(trade.lots for trade in trades)
    return Fraction(sum(trade.lots * trade.price for trade in trades), lots)


def trades_leg(series, now, open_interest):
    first = now // 60 - 4
    trades = [trade for trade in series.tape if trade.counts and trade.time // 60 >= first]
    lots = sum(trade.lots for trade in trades)
    owners = {owner for trade in trades for owner in trade.owners}
    if lots < 20 or lots * 400 < open_interest or len(owners) < 3:
        return None
    return round_to(average(trades), series.settlement)


class Reading:
    """A look at a book from the best orders on: at most 16 that count, of the first 32 of a side, and before the fifth
    dead one of both sides."""

    def __init__(self, book, series, dead, usable):
        self.book, self.series, self.dead, self.usable, self.met = book, series, dead, usable, []

    def firm_price(self, side, lots, owners):
        """Where the best orders reach so many lots of so many owners."""
        lowest, highest = self.series.limits()
        seen, whose, counted = 0, set(), 0
        for order in self.book.side(self.series, side)[:32]:
            if self.dead(order):
                self.met.append(order)
                if len(self.met) > 4:
                    return None
                continue
            if order.reduce_only or not lowest <= order.price <= highest or not self.usable(order):
                continue
            counted += 1
            if counted > 16:
                return None
            seen += order.lots
            whose.add(order.account // 8)
            if seen >= lots and len(whose) >= owners:
                return order.price
        return None

    def middle(self, lots, owners=1):
        """Mid of the firm prices, if they are 2 % apart at most."""
        bid = self.firm_price("buy", lots, owners)
        ask = self.firm_price("sell", lots, owners) if bid is not None else None
        if ask is None or (ask - bid) * 100 > bid + ask:
            return None
        return Fraction(bid + ask, 2)


def mark_of(legs, settlement):
    legs = sorted(leg for leg in legs if leg is not None)
    if not legs:
        return settlement
    if len(legs) == 2:
        return min(legs, key=lambda leg: (abs(leg - settlement), leg))
    return legs[len(legs) // 2]


def mid_matters(trades, index, settlement):
    """Not where the other two agree, nor where one is missing and the other is at S: no mid changes the mark."""
    return trades != index if None not in (trades, index) else settlement not in (trades, index)


def measure(series, book, feed, now, open_interest):
    """Mark, margin mark and index leg as they are pushed, and the dead orders that were met."""
    index = index_leg(series, feed, now, now, series.settlement)
    if series.status_at(now) == "expired":
        series.outside_since = None
        mark = index if index is not None else series.settlement
        return mark, mark, index, []
    lowest, highest = series.limits()
    trades = trades_leg(series, now, open_interest)
    reading = Reading(book, series, lambda order: not book.live(order, now), lambda order: True)
    mid = None
    if mid_matters(trades, index, series.settlement):
        mid = reading.middle(max(5, -(-open_interest // 1000)))
    if mid is not None:
        mid = round_to(mid, series.settlement)
    mark = clamp(mark_of([trades, mid, index], series.settlement), lowest, highest)
    return mark, margin_mark(series, mark, index, now), index, reading.met[:4]


def margin_mark(series, mark, index, now):
    """Held within 3 % of the index until the mark has stood outside for ten minutes."""
    lowest, highest = series.limits()
    if index is None or abs(mark - index) * 100 <= 3 * index:
        series.outside_since = None
        return mark
    if series.outside_since is None:
        series.outside_since = now
    if now - series.outside_since >= PATIENCE:
        return mark
    held = clamp(mark, -(-index * 97 // 100), index * 103 // 100)
    return clamp(held, lowest, highest)


def near(value, base, percent):
    return abs(value - base) * 100 <= percent * base


def by_trades(series, begin, least, share, index, anchor):
    """A volume-weighted average that counts, or none."""
    trades = [trade for trade in series.tape if trade.counts and trade.time >= begin]
    if not trades:
        return None
    value = average(trades)
    times = 1 if index is not None and near(value, index, 3) else 10
    lots = sum(trade.lots for trade in trades)
    pairs = {frozenset(trade.owners) for trade in trades}
    if lots < times * least or lots < times * share * series.open_interest or len(trades) < 3 or len(pairs) < 2:
        return None
    return value if anchor is None or near(value, anchor, 5) else None


def by_book(series, book, at, index, anchor):
    lots = max(20, -(-series.open_interest // 100))

    def dead(order):
        return book.void(order) or order.expires_at is not None and order.expires_at < at

    value = Reading(book, series, dead, lambda order: order.placed_at <= at - 300).middle(lots, owners=2)
    if value is None or index is None or not near(value, index, 3):
        return None
    return value if anchor is None or near(value, anchor, 5) else None


def daily(series, book, feed, at):
    """Method, T before rounding, and the fixing it was found at."""
    index = index_leg(series, feed, at, at, series.unclamped)
    latest = feed.latest(at)
    recent = fresh(feed, at, at)
    anchor = series.anchor * recent[1] if recent else None
    fixing = latest[1] if latest else series.found_at
    value = by_trades(series, at - 1800, 20, Fraction(1, 200), index, None)
    if value is not None:
        return 1, value, fixing
    value = by_trades(series, at - DAY, 10, Fraction(1, 400), index, anchor)
    if value is not None:
        return 2, value, fixing
    value = by_book(series, book, at, index, anchor)
    if value is not None:
        return 3, value, fixing
    if index is not None:
        return 5, Fraction(index), fixing
    return 6, Fraction(series.unclamped), series.found_at


def terminated(feed, time):
    """Ten days without a final fixing."""
    latest = feed.latest(time)
    return latest is not None and time - latest[0] >= 10 * DAY


def final(series, feed, at):
    """Method and final settlement price; 24 where a terminated index ends a month before its time."""
    window = series.month.window(series.product.final_window)
    values = [feed.finals[time] for time in window if time in feed.finals and time <= at]
    for method, percent in ((21, 80), (22, 50)):
        if len(values) * 100 >= percent * len(window):
            return method, round_to(Fraction(sum(values), len(values)), series.settlement)
    prices = [entry["price"] for entry in series.settlements[-5:]] or [series.settlement]
    method = 23 if at >= series.month.last_trading() else 24
    return method, round_to(Fraction(sum(prices), len(prices)), series.settlement)


def anchor(price, fixing):
    """B of 5.1."""
    return Fraction(price, fixing)
