"""Orders at rest and what an incoming one does to them (clauses 3.1 to 3.5)."""

from terms import Refused

MOST = 32
OPPOSITE = {"buy": "sell", "sell": "buy"}


class Order:
    def __init__(self, number, series, account, side, price, lots, reduce_only, client_id, placed_at, expires_at):
        self.number, self.series, self.account, self.side, self.price = number, series, account, side, price
        self.lots, self.reduce_only, self.client_id = lots, reduce_only, client_id
        self.placed_at, self.expires_at = placed_at, expires_at
        self.id = f"{series.id}-{side[0]}-{price}-{number}"

    def rank(self):
        """Price, then time."""
        return (-self.price if self.side == "buy" else self.price, self.number)

    def crosses(self, price):
        return price >= self.price if self.side == "sell" else price <= self.price


class Book:
    """The orders at rest of all series, dead ones too until somebody removes them."""

    def __init__(self):
        self.orders, self.next, self.void_before = [], 1, {}

    def void(self, order):
        return order.series.settled or self.cancelled_all(order)

    def cancelled_all(self, order):
        return order.number < self.void_before.get(order.account, 0)

    def expired(self, order, now):
        return order.expires_at is not None and order.expires_at <= now

    def live(self, order, now):
        return order.series.status_at(now) != "expired" and not self.void(order) and not self.expired(order, now)

    def side(self, series, side):
        """Best first."""
        return sorted((o for o in self.orders if o.series is series and o.side == side), key=Order.rank)

    def of(self, account):
        """What margin is asked for: all of an account that are not void."""
        return [order for order in self.orders if order.account == account and not self.void(order)]

    def find(self, id):
        return next((order for order in self.orders if order.id == id), None)

    def named(self, account, client_id, now):
        return next((o for o in self.of(account) if o.client_id == client_id and self.live(o, now)), None)

    def last_named(self, account, client_id):
        """Dead or alive: a name belongs to the last order that was given it."""
        return max((o for o in self.orders if (o.account, o.client_id) == (account, client_id)),
                   key=lambda order: order.number, default=None)

    def rest(self, *fields):
        order = Order(self.next, *fields)
        self.next += 1
        self.orders.append(order)
        return order

    def stale(self, order, now, lots_of):
        """Why an order at rest must go when somebody meets it; none if it may trade."""
        lowest, highest = order.series.limits()
        if self.void(order):
            return "void"
        if self.expired(order, now):
            return "expired"
        if order.side == "buy" and order.price > highest or order.side == "sell" and order.price < lowest:
            return "outside_limits"
        if order.reduce_only and reducible(order.side, lots_of(order.account, order.series)) == 0:
            return "reduce_only"
        return None


def reducible(side, lots):
    """What an order of this side may take off a position."""
    return max(0, lots if side == "sell" else -lots)


class Plan:
    """What becomes of an incoming order."""

    def __init__(self, lots):
        self.asked, self.fills, self.removals, self.rests = lots, [], [], 0
        self.cancelled, self.reason, self.cut = 0, None, 0
        # In order: (order, lots filled or none, reason of its removal or none).
        self.steps = []

    def filled(self):
        return sum(lots for _, lots, _ in self.fills)


def plan(book, series, account, side, price, lots, how, now, lots_of):
    """Walks the opposite side. `how`: tif, post_only, reduce_only, max_fills."""
    whole = Plan(lots)
    left = lots
    if how["reduce_only"]:
        left = min(lots, reducible(side, lots_of(account, series)))
        if left == 0:
            raise Refused("nothing_to_reduce")
        whole.cut = lots - left
    held = {}

    def net(who, where):
        return lots_of(who, where) + held.get(who, 0)

    sign = 1 if side == "buy" else -1
    bounded = False
    for order in book.side(series, OPPOSITE[side]):
        if left == 0 or not order.crosses(price):
            break
        remaining = order.lots
        while left and remaining:
            reason = book.stale(order, now, net)
            if reason in (None, "reduce_only") and order.account // 8 == account // 8:
                reason = "self_trade"
            if reason:
                if len(whole.removals) == MOST:
                    bounded = True
                    break
                whole.removals.append(order)
                whole.steps.append((order, None, reason))
                break
            if how["post_only"]:
                raise Refused("post_only_would_trade")
            if len(whole.fills) == how["max_fills"]:
                bounded = True
                break
            lots_now = min(left, remaining)
            if order.reduce_only:
                lots_now = min(lots_now, reducible(order.side, net(order.account, series)))
            left -= lots_now
            remaining -= lots_now
            held[order.account] = held.get(order.account, 0) - sign * lots_now
            held[account] = held.get(account, 0) + sign * lots_now
            whole.fills.append((order, lots_now, order.price))
            whole.steps.append((order, lots_now, None))
        if bounded:
            break
    if how["tif"] == "fok" and (left or whole.cut):
        raise Refused("unfilled")
    if bounded and left:
        whole.cancelled, whole.reason = left, "fill_limit"
    elif how["tif"] in ("ioc", "fok"):
        whole.cancelled, whole.reason = left, "ioc"
    else:
        whole.rests = left
    return whole
