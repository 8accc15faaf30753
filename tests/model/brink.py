"""What stories of accounts below maintenance are made of: days on which the index moves, the victim, bids where its
close-out ends, and the search for the amount at which a single unit decides."""

import margin
from rescue import toward
from stories import Teller, stamp
from terms import DAY, MILLION, text_of, up

HOUR = 3_600
FIRST_LEVEL = 16_000
PLENTY = 10**13
VICTIM, SECOND, CALLER, MAKER, OTHER_MAKER = 8, 9, 16, 24, 32
OWNER = {VICTIM: "alice", SECOND: "alice", CALLER: "bob", MAKER: "carol", OTHER_MAKER: "dave"}


def message(contract, sender, kind, fields, funds=None):
    call = {"contract": contract, "from": sender, "msg": {kind: fields}}
    return {"exec": call if funds is None else dict(call, funds=str(funds))}


def deposit_to(number):
    return lambda amount: message("vault", "donor", "deposit", {"account": number}, amount)


def donation(amount):
    return message("vault", "donor", "fund_insurance", {}, amount)


# What is looked at where an amount decides.


def asked(events):
    """Lots that are asked of the book."""
    return sum(fields["lots"] for kind, fields in events if kind in ("tf_fill", "tf_remainder_cancelled"))


def filled(events):
    return [(fields["price"], fields["lots"]) for kind, fields in events if kind == "tf_fill"]


def house_took(events):
    return [(fields["lots"], fields["price"]) for kind, fields in events if kind == "tf_house_took"]


def bounty(events):
    return any(kind == "tf_posting" and fields["kind"] == "bounty" for kind, fields in events)


def covered(events):
    return [(fields["from_owner"] > 0, fields["shortfall"] > 0) for kind, fields in events if kind == "tf_deficit"]


class Brink(Teller):
    def __init__(self, seed, above, months):
        super().__init__(seed)
        # Whether an amount that decides is paid, or the most that does not yet.
        self.above = above
        # Of the victim's lots: it is long and the index falls, or short and it rises.
        self.sign = self.pick([1, -1])
        self.index = FIRST_LEVEL
        self.months = months
        self.near, self.far = ("TOK" + month for month in months)

    def begin(self):
        """Months with settlement prices, accounts, makers with plenty."""
        self.fixing(FIRST_LEVEL)
        for code in self.codes():
            self.exec("market", "keeper", "list_series", {"product": code})
        self.settle()
        for owner in OWNER.values():
            self.exec("vault", owner, "open_account", {})
        for number in (MAKER, OTHER_MAKER):
            self.tell(deposit_to(number)(PLENTY))

    # A day.

    def fixing(self, level, before=lambda: None):
        """The next fixing of all products, final."""
        noon = (self.clock + DAY // 2 - 1) // DAY * DAY + DAY // 2
        self.at(noon)
        self.index = level
        for code in self.codes():
            self.tell({"fix": {"feed": code, "date": stamp(noon)[:10], "values": [text_of(level, 4)] * 7}})
        self.at(noon + 11_640)
        before()
        self.at(noon + 11_700)
        for code in self.codes():
            self.exec("oracle", "keeper", "finalise", {"feed": self.world.products[code].feed})

    def moved(self, thousandths):
        """The index moves against the victim."""
        self.fixing(self.index * (1_000 - self.sign * thousandths) // 1_000)

    def under(self, days):
        """Days of it, settled."""
        for _ in range(days):
            self.moved(95)
            self.settle()

    def strike(self):
        for code in self.codes():
            self.exec("market", "keeper", "strike", {"product": code})

    def settle(self):
        if self.clock % DAY < 16 * HOUR:
            self.at(self.clock // DAY * DAY + 16 * HOUR)
        self.strike()
        self.at(self.clock + HOUR // 2)
        for code in self.codes():
            self.exec("vault", "keeper", "finalise", {"product": code})

    def wait(self, seconds):
        """Later, with marks that are not too old, in a market that is not waiting for a strike."""
        self.at(self.clock + seconds)
        if any(self.world.strike_due(product) for product in self.world.products.values()):
            self.strike()
        if any(self.clock - series.mark_at > HOUR for series in self.held()):
            self.push()

    def pushes(self):
        groups = [[code + month for month in self.months] for code in self.codes()]
        return [message("market", "keeper", "push_marks", {"series": codes}) for codes in groups]

    def push(self):
        for step in self.pushes():
            self.tell(step)

    # The victim.

    def fresh(self, number=VICTIM):
        return self.world.vault.as_if_touched(self.world.now).accounts[number]

    def held(self):
        return sorted((p.series for p in self.fresh().positions.values() if p.lots), key=lambda series: series.code)

    def room(self, number=VICTIM):
        """The most that can be paid in and leaves it below maintenance."""
        vault, account = self.world.vault, self.fresh(number)
        return max(0, vault.maintenance(account, self.world.now) - vault.equity(account) - 1)

    def order(self, number, code, lots, price, **more):
        """Signed lots."""
        side = "buy" if lots > 0 else "sell"
        order = {"account": number, "series": code, "side": side, "lots": str(abs(lots)),
                 "price": {"limit": text_of(price, 4)}, **more}
        self.exec("market", OWNER[number], "place_order", order)

    def enter(self, code, lots, number=VICTIM):
        """A position at the mark, with little more than its margin."""
        series = self.world.series_named(code)
        price = toward(1, series.margin_mark, series.product.tick)
        fee = up(abs(lots) * price * series.product.unit * series.product.fees["taker"], MILLION)
        spare = 5 * series.product.tick * series.product.unit
        self.tell(deposit_to(number)(abs(lots) * (margin.a_lot(series, "initial") + spare) + fee))
        self.order(MAKER, code, -lots, price)
        self.order(number, code, lots, price)

    def call(self, number=VICTIM, caller=None):
        return message("vault", caller or self.pick(["bob", "keeper"]), "liquidate", {"account": number})

    def liquidate(self, times=1):
        for _ in range(times):
            self.tell(self.call())

    def to_share(self, thousandths):
        """Pays until equity is this share of maintenance, if it is less."""
        vault, account = self.world.vault, self.fresh()
        missing = vault.maintenance(account, self.world.now) * thousandths // 1_000 - vault.equity(account)
        if missing > 0:
            self.tell(deposit_to(VICTIM)(missing))

    # Books.

    def bid(self, code, lots, price, number=MAKER):
        """For what the victim must close in a month; within the day's limits."""
        series = self.world.series_named(code)
        lowest, highest = series.limits()
        if lowest <= price <= highest and lots:
            way = 1 if self.fresh().lots(series) > 0 else -1
            self.order(number, code, way * lots, price)

    def bids_at_mark(self, lots):
        for series in self.held():
            way = 1 if self.fresh().lots(series) > 0 else -1
            self.bid(series.code, lots, toward(way, series.margin_mark, series.product.tick))

    def bound(self, code):
        """The worst price of a close-out that were called now, its side, and the tick."""
        world, account = self.world, self.fresh()
        series, nets = world.series_named(code), world.vault.nets(account)
        bankrupt = world.bankruptcy_price(world.vault.equity(account), nets, series)
        runs = account.clock is not None and world.now - account.clock_at < 2 * HOUR
        minutes = (world.now - account.clock) // 60 if runs else 0
        way = 1 if nets[series] > 0 else -1
        return world.worst_price(bankrupt, way, series, minutes), way, series.product.tick

    def bids_at_bound(self):
        """Where the next close-out ends: a lot before, a few there, many beyond."""
        for series in self.held():
            worst, way, tick = self.bound(series.code)
            for lots, price in ((1, worst + way * tick), (2, worst), (5, worst - way * tick)):
                self.bid(series.code, lots, price)

    def outside(self, code, lots):
        """The book of a month stays where it was while the index moves, until margin follows the book."""
        self.moved(90)
        self.quote(code, lots, FIRST_LEVEL)
        self.push()
        for seconds in (599, 1, 1):
            self.at(self.clock + seconds)
            self.push()

    def quote(self, code, lots, middle):
        for side in (1, -1):
            self.order(MAKER, code, side * lots, middle - side * 10)

    # The house.

    def highest_need(self):
        return 4 * self.world.vault.maintenance(self.fresh(), self.world.now) + 1

    def unwind(self):
        for position in list(self.world.vault.accounts[0].positions.values()):
            if position.lots:
                series = self.world.series[position.series.id]
                way, code = (1 if position.lots > 0 else -1), series.code
                worst = self.world.worst_price(-way * PLENTY, way, series, 0)
                for lots, price in ((1, worst), (3, worst - way * series.product.tick)):
                    self.order(MAKER, code, way * lots, price)
                for _ in range(2):
                    self.exec("vault", "keeper", "unwind_house", {"series": series.id})

    # What a unit decides.

    def outcome(self, steps, look):
        before, seen = self.world.save(), []
        for step in steps:
            done, codes, events = self.world.step(step)
            seen.append(look(events) if done else sorted(codes))
        self.world.restore(before)
        return seen

    def edge(self, pay, most, look, *calls, beyond=0):
        """Pays so much that one unit more, or less, changes what the calls come to: between an amount up to the most and
        as much beyond it."""
        low, high = self.rng.randint(0, most), most + beyond

        def comes_to(amount):
            return self.outcome([*([pay(amount)] if amount else []), *(calls or [self.call(caller="bob")])], look)

        was = comes_to(low)
        if comes_to(high) == was:
            return
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if comes_to(middle) == was else (low, middle)
        if low + self.above:
            self.tell(pay(low + self.above))

    def delicate(self, code, away, unit):
        """An index at which a bound that is a little nearer to it, or further, is another price."""
        tick, way = self.world.series_named(code).product.tick, self.sign
        aside = away + (unit if self.above else -unit)

        def worst(mark, share):
            if way > 0:
                return toward(1, up(mark * (MILLION - share), MILLION), tick)
            return toward(-1, mark * (MILLION + share) // MILLION, tick)

        far, near = (self.index * (1_000 - way * move) // 1_000 for move in (95, 45))
        return next((mark for mark in range(far, near, way) if worst(mark, away) != worst(mark, aside)), far)
