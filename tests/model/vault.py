"""The clearing house: accounts, positions, postings, settlement (clauses 4.1 to 4.9, 6.1).

Every account is kept as a naive ledger keeps it: what a strike owes each position is worked out for each position at the
strike, and becomes cash at the first touch after the finalisation."""

import copy

import margin
from terms import GRACE, MILLION, Refused, up

SLOTS, DELEGATES = 8, 16
MAX_AMOUNT = 10**30


class Position:
    def __init__(self, series):
        self.series = series
        self.lots = self.carried = self.variation = self.pending = self.fee_due = 0
        self.matured, self.worst = [], [None, None]


class Account:
    def __init__(self, number, owner):
        self.number, self.owner, self.cash = number, owner, 0
        self.positions, self.delegates = {}, {}
        self.clock = self.clock_at = self.traded = None
        self.worked, self.shares = {}, {}

    def at(self, series):
        return self.positions.setdefault(series.id, Position(series))

    def lots(self, series):
        position = self.positions.get(series.id)
        return position.lots if position else 0


class Cycle:
    """Where the settlement of a product stands."""

    def __init__(self):
        self.struck = self.finalised = self.shortfall = 0
        self.at = self.struck_at = None


class Vault:
    def __init__(self, products, share, seed):
        self.accounts = {0: Account(0, "@vault")}
        self.owners = {}
        self.cycles = {product.code: Cycle() for product in products}
        self.share = share
        self.treasury = self.clearing = 0
        self.accounts[0].cash = self.bank = seed

    # Who.

    def account(self, number):
        if number not in self.accounts:
            raise Refused("unknown_account")
        return self.accounts[number]

    def permit(self, number, sender, act, product, now):
        """act: owner, trade, cancel, cancel_all."""
        account = self.account(number)
        if number == 0:
            raise Refused("unknown_account", "not_permitted")
        if account.owner == sender:
            return account
        scope, expires = account.delegates.get(sender, (None, 0))
        if act == "owner" or scope is None or now >= expires:
            raise Refused("not_permitted")
        if "cancel_only" in scope:
            allowed = act != "trade"
        else:
            only = scope["trade"].get("product")
            allowed = only is None or act != "cancel_all" and only == product
        if not allowed:
            raise Refused("not_permitted")
        return account

    def open(self, owner, events):
        number = self.owners.setdefault(owner, len(self.owners) + 1)
        slots = [n for n in self.accounts if n and n // SLOTS == number]
        if len(slots) == SLOTS:
            raise Refused("too_many_accounts")
        account = Account(number * SLOTS + len(slots), owner)
        self.accounts[account.number] = account
        events.append(("tf_account_opened", {"account": account.number, "owner": owner}))
        return {"account": account.number}

    def first_account(self, owner):
        number = self.owners.get(owner)
        return None if number is None else number * SLOTS

    # Money.

    def move(self, events, kind, amount, source, to):
        """One posting. Pots are accounts by number, or names."""
        if amount < 0:
            amount, source, to = -amount, to, source
        if amount == 0:
            return
        for pot, sign in ((source, -1), (to, 1)):
            if isinstance(pot, int):
                self.accounts[pot].cash += sign * amount
            elif pot == "outside":
                self.bank -= sign * amount
            elif pot == "shortfall":
                pass
            else:
                setattr(self, pot, getattr(self, pot) + sign * amount)
        events.append(("tf_posting", {"kind": kind, "from": source, "to": to, "amount": amount}))

    def fee(self, events, kind, account, due):
        """A fee never takes cash below zero; the treasury's share of it rounds down."""
        paid = min(due, max(0, account.cash))
        treasury = paid * (MILLION - self.share) // MILLION
        self.move(events, kind, paid - treasury, account.number, 0)
        self.move(events, kind, treasury, account.number, "treasury")
        return paid

    def touch(self, account, events, series=None):
        """What has matured becomes cash, of one series or of all, and what ended pays its settlement fee."""
        for key in sorted(account.positions) if series is None else [series.id]:
            if key not in account.positions:
                continue
            position = account.positions[key]
            matured, position.matured = position.matured, []
            for amount, _ in matured:
                self.move(events, "settlement", amount, "clearing", account.number)
            for _, fee in matured:
                if account.number:
                    self.fee(events, "settlement_fee", account, fee)

    def as_if_touched(self, now):
        """A copy in which everybody has been touched: what queries show."""
        other = copy.copy(self)
        other.accounts = {number: copy.copy(account) for number, account in self.accounts.items()}
        for account in other.accounts.values():
            account.positions = {key: copy.copy(position) for key, position in account.positions.items()}
        for account in other.accounts.values():
            insurance = other.accounts[0].cash
            other.touch(account, [])
            other.settle_clock(account, now)
            if account.number:
                other.accounts[0].cash = insurance
        return other

    def total(self):
        missing = sum(cycle.shortfall for cycle in self.cycles.values())
        return sum(account.cash for account in self.accounts.values()) + self.clearing + self.treasury - missing

    # Margin.

    @staticmethod
    def unsettled(account):
        return sum(margin.unsettled(p.series, p.lots, p.variation + p.pending) for p in account.positions.values())

    def equity(self, account):
        matured = sum(amount - fee for p in account.positions.values() for amount, fee in p.matured)
        return account.cash + matured + self.unsettled(account)

    def nets(self, account):
        return {p.series: p.lots for p in account.positions.values() if p.lots}

    def maintenance(self, account, now):
        return margin.of_positions(self.nets(account), "maintenance", now)

    def picture(self, account, book):
        """An account as it stands, to be valued at whatever marks come."""
        exposures = {p.series: margin.Exposure(p.lots) for p in account.positions.values() if p.lots}
        for order in book.of(account.number):
            position = account.at(order.series)
            exposure = exposures.setdefault(order.series, margin.Exposure(position.lots))
            exposure.add(order.side, order.lots, order.price, order.reduce_only)
            exposure.worst = list(position.worst)
        positions = [(p.series, p.lots, p.variation + p.pending) for p in account.positions.values()]
        return margin.Picture(account, positions, exposures)

    def initial(self, account, book, now):
        return self.picture(account, book).initial(now)

    def level(self, account, book, now):
        equity = self.equity(account)
        lots = any(p.lots for p in account.positions.values())
        if equity < 0 or equity == 0 and lots:
            return "default"
        if equity < self.maintenance(account, now):
            return "liquidating"
        return "call" if equity < self.initial(account, book, now) or account.cash < 0 else "healthy"

    def withdrawable(self, account, book, now):
        if account.number == 0:
            return 0
        free = account.cash + min(0, self.unsettled(account)) - self.initial(account, book, now)
        owed = sum(max(0, -self.equity(other)) for other in self.siblings(account))
        return max(0, max(0, free) - owed)

    def siblings(self, account):
        return [other for number, other in sorted(self.accounts.items())
                if number and number // SLOTS == account.number // SLOTS and other is not account]

    def settle_clock(self, account, now):
        """Equity at maintenance ends the clock of a liquidation."""
        if account.clock is not None and self.equity(account) >= self.maintenance(account, now):
            account.clock = account.clock_at = None

    # Trades.

    def fill(self, account, series, lots, price):
        """Signed lots at a price, booked against the last strike."""
        position = account.at(series)
        before = position.lots
        position.lots += lots
        position.variation += lots * (series.settlement - price) * series.product.unit
        if position.lots * before < 0 or position.carried and position.lots * position.carried <= 0:
            position.carried = 0
        elif abs(position.lots) < abs(position.carried):
            position.carried = position.lots

    # Settlement.

    def strike(self, product, at, now):
        cycle = self.cycles[product.code]
        if cycle.struck > cycle.finalised:
            raise Refused("finalise_first")
        cycle.struck += 1
        cycle.at, cycle.struck_at = at, now
        return cycle.struck

    def owe(self, series, price, last):
        """What a strike owes every position of a series."""
        unit = series.product.unit
        series.carried_long = series.carried_short = 0
        for account in self.accounts.values():
            position = account.positions.get(series.id)
            if position is None:
                continue
            position.pending += position.lots * (price - series.settlement) * unit + position.variation
            position.variation = 0
            if last:
                notional = abs(position.lots) * price * unit
                position.fee_due = up(notional * series.product.fees["settlement"], MILLION)
                position.lots = 0
                position.worst = [None, None]
            position.carried = position.lots
            series.carried_long += max(0, position.carried)
            series.carried_short += max(0, -position.carried)

    def finalise(self, product, now, events):
        cycle = self.cycles[product.code]
        if cycle.struck == cycle.finalised:
            raise Refused("nothing_to_finalise")
        if now < cycle.struck_at + GRACE:
            raise Refused("grace_running")
        if cycle.shortfall:
            # What the house pays of it does not come out of the cycle that ends.
            self.touch(self.accounts[0], events)
        cycle.finalised = cycle.struck
        for account in self.accounts.values():
            for position in account.positions.values():
                if position.series.product is product and (position.pending or position.fee_due):
                    position.matured.append((position.pending, position.fee_due))
                    position.pending = position.fee_due = 0
        return cycle
