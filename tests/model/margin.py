"""Equity and margin of one account, the margin by trying every combination of fills (clauses 4.4, 4.10, 6.1)."""

import itertools

from terms import DAY, MAX_PRICE, MILLION, day_of, up

POINT = 10_000


def spread_charge(series, which, now):
    """c: half the offset in the averaging month, none in its last five days; for maintenance as it was a day ago."""
    charge = series.product.margin["spread_charge"]
    now -= DAY if which == "maintenance" else 0
    phase = series.month.phase(day_of(now))
    if phase == "final":
        return 2 * MILLION
    return up(charge + 2 * MILLION, 2) if phase == "averaging" else charge


def a_lot(series, which, price=None):
    """R, the charge for one lot."""
    limit = series.product.daily_limit * (2 if series.first_day else 1)
    terms = series.product.margin
    if which == "initial":
        rate = max(terms["initial_spec"], limit + 5 * POINT)
    else:
        rate = max(terms["maintenance"], limit + 2 * POINT) if series.first_day else terms["maintenance"]
    return up((series.margin_mark if price is None else price) * series.product.unit * rate, MILLION)


def weights(series, which, now, marks):
    """What a lot costs on the side it adds to and on the side it offsets, in millionths."""
    charge = a_lot(series, which, marks.get(series.id))
    return charge * MILLION, charge * (spread_charge(series, which, now) - MILLION)


def larger_side(weighed):
    """The larger side of a combination of net lots, each with its two weights, rounded up."""
    long = sum(lots * with_it if lots >= 0 else -lots * against for lots, (with_it, against) in weighed)
    short = sum(-lots * with_it if lots < 0 else lots * against for lots, (with_it, against) in weighed)
    return up(max(long, short), MILLION)


def of_positions(nets, which, now, marks=None):
    """Margin of net lots by series: the larger side, product by product."""
    total = 0
    for product in {series.product for series in nets}:
        total += larger_side([(lots, weights(series, which, now, marks or {}))
                              for series, lots in nets.items() if series.product is product])
    return total


class Exposure:
    """Lots and open orders of an account in one series."""

    def __init__(self, lots):
        self.lots, self.plain, self.value, self.only, self.worst = lots, [0, 0], [0, 0], [0, 0], [None, None]

    def add(self, side, lots, price, reduce_only):
        index = 0 if side == "buy" else 1
        if reduce_only:
            self.only[index] += lots
        else:
            self.plain[index] += lots
            self.value[index] += lots * price

    def reducing(self, index):
        """Reduce-only lots that can still trade."""
        return min(self.only[index], max(0, self.lots if index else -self.lots))

    def reach(self):
        """Net lots as they stand, with all buys filled, with all sells filled."""
        buys, sells = (self.plain[index] + self.reducing(index) for index in (0, 1))
        return self.lots, self.lots + buys, self.lots - sells


def built_in_loss(series, exposure):
    """What the orders would lose at the mark, side by side; reduce-only ones apart, at the worst price they have had."""
    mark, total = series.margin_mark, 0
    for index, sign in ((0, 1), (1, -1)):
        total += max(0, sign * (exposure.value[index] - exposure.plain[index] * mark))
        reducing = exposure.reducing(index)
        if reducing:
            total += max(0, sign * reducing * (exposure.worst[index] - mark))
    return total * series.product.unit


def concentration(series, exposure):
    terms = series.product.margin
    _, most, least = exposure.reach()
    above = max(0, max(abs(most), abs(least)) - int(terms["concentration_threshold"]))
    return above * up(series.margin_mark * series.product.unit * terms["concentration_rate"], MILLION)


def initial(exposures, now):
    """IM: the worst of all combinations of fills, the loss built into orders, the add-on."""
    total = 0
    for product in {series.product for series in exposures}:
        own = [series for series in exposures if series.product is product]
        ways = [sorted(set(exposures[series].reach())) for series in own]
        costs = [weights(series, "initial", now, {}) for series in own]
        total += max(larger_side(list(zip(lots, costs))) for lots in itertools.product(*ways))
    for series, exposure in exposures.items():
        total += built_in_loss(series, exposure) + concentration(series, exposure)
    return total


def unsettled(series, lots, owed):
    """Gain not yet cash of lots at the mark, and what is owed already."""
    return lots * (series.margin_mark - series.settlement) * series.product.unit + owed


class Picture:
    """Cash, positions (series, lots, variation and pending), orders, and fees still to come of an account at one moment."""

    def __init__(self, account, positions, exposures):
        self.number, self.cash, self.positions, self.exposures = account.number, account.cash, positions, exposures
        self.fees = sum(position.fee_due for position in account.positions.values())

    def equity(self):
        return self.cash + sum(unsettled(*position) for position in self.positions)

    def initial(self, now):
        return initial(self.exposures, now) + self.fees

    def liquidation_price(self, series, now):
        """The first mark of a series below maintenance, all else standing still; none while it is below already."""
        nets = {one: lots for one, lots, _ in self.positions if lots}
        lots, mark, equity = nets.get(series, 0), series.margin_mark, self.equity()

        def fails(price):
            moved = equity + lots * (price - mark) * series.product.unit
            return moved < of_positions(nets, "maintenance", now, {series.id: price})

        if fails(mark):
            return "unknown"
        far = 1 if lots > 0 else MAX_PRICE
        if not lots or not fails(far):
            return None
        near = mark
        while abs(far - near) > 1:
            middle = (far + near) // 2
            near, far = (near, middle) if fails(middle) else (middle, far)
        return far
