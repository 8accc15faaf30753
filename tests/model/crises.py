"""Stories at the edges of clause 6 and of the ten minutes of 4.13. Each comes twice: where an amount decides, the first
pays the most that does not yet, the second one unit more."""

import margin
from brink import (
    CALLER, HOUR, FIRST_LEVEL, MAKER, OTHER_MAKER, OWNER, PLENTY, SECOND, VICTIM, Brink, asked, bounty, covered,
    deposit_to, donation, filled, house_took)
from rescue import SLIPPAGE, toward
from terms import DAY, moment

# Of each of these they must hold some, or they prove less than they say.
MUST_HAPPEN = """
liquidate accepted, liquidate refused, unwind_house accepted, unwind_house refused, tf_house_took, tf_deficit,
code liquidation_throttled, code not_liquidatable, code stale_mark, posted bounty, posted liquidation_fee,
posted insurance_fee, posted owner_cover, posted insurance_cover, posted missing, posted repayment, posted take_over,
close-out filled, close-out of a pair, close-out without bounty, close-out that finds nothing, house took from equity,
house took at the mark, margin mark held in the band, margin mark outside the band
"""


class Crisis(Brink):
    def __init__(self, number):
        self.round, kind = divmod(number // 2, len(KINDS))
        self.kind = KINDS[kind]
        months = ("U26", "V26") if self.kind is Crisis.grown_up else ("N26", "Q26")
        super().__init__(f"crisis {number // 2}", number % 2, months)

    def spec(self):
        offset, share = [1_000_000, 1_333_333], [100_000, 500_000, 1_000_000, 1_000_000]
        if self.kind in (Crisis.pair, Crisis.house):
            offset = offset[:1]
        if self.kind is Crisis.deficit:
            share = share[-1:]
        terms = {"listing": {"serial": 5 if self.kind is Crisis.grown_up else 3, "quarterly": 0},
                 "unit_value": self.pick([7, 99_999, 100_000]), "margin": {"spread_charge": self.pick(offset)},
                 "liquidation": {"block_share": self.pick(share), "dust": self.pick(["1", "10"]),
                                 "caller_share": self.pick([333_333, 500_000, 1_000_000])}}
        both = self.kind in (Crisis.deficit, Crisis.house) and self.round % 2
        return {"insurance": self.pick(["0", "1000000"]), "start": "2026-06-01T00:00:00Z",
                "products": {"TOK": terms, "GPH": terms if both else None, "CSX": None}}

    def story(self):
        self.begin()
        self.kind(self)
        return self.steps

    def lots(self):
        return self.sign * self.pick([7, 11, 23, 40, 100])

    def size(self):
        """How much is closed."""
        lots = self.lots()
        self.enter(self.near, lots)
        if self.chance(50):
            self.enter(self.far, self.pick([lots, self.lots()]))
        for _ in range(2):
            self.moved(self.pick([60, 80, 95]))
            self.push() if self.chance(50) else self.settle()
            self.bids_at_mark(self.pick([3, 200, 200]))
            for seconds in (0, self.pick([0, 1]), self.pick([60, 600])):
                self.wait(seconds)
                self.edge(deposit_to(VICTIM), self.room(), asked)
                self.liquidate()
            self.exec("market", "carol", "cancel_all", {"account": MAKER})
            if self.clock % DAY < 16 * HOUR:
                self.settle()

    def discount(self):
        """What it is closed at by and by, at marks where a millionth decides."""
        minutes, away, unit = [(0, SLIPPAGE, 1), (11, 11_000, 11), (55, 50_000, 1)][self.round % 3]
        self.enter(self.near, self.lots() * 4)
        self.fixing(self.delicate(self.near, away, unit))
        self.push() if self.chance(30) else self.settle()
        if minutes:
            self.liquidate()
            self.wait(60 * minutes)
        for seconds in (0, self.pick([59, 60]), self.pick([659, 660]), 7_199 + self.above):
            self.wait(seconds)
            self.bids_at_bound()
            self.liquidate()

    def bankruptcy(self):
        """Little equity is left: prices where it is used up, and fees that no longer fit in."""
        for month in self.months[: self.pick([1, 2])]:
            self.enter("TOK" + month, self.lots())
        self.under(2)
        for share in (2, 60, 300):
            self.to_share(share)
            self.bids_at_bound()
            self.edge(deposit_to(VICTIM), self.room() // 100, filled)
            self.liquidate()
            self.wait(1)

    def limit(self):
        """Old bids beyond the limit of the day, nearer to the mark than slippage."""
        product = self.world.products["TOK"]
        before = self.index * (1_000 + self.sign * 60) // 1_000
        end = product.limits(before, False)[0 if self.sign > 0 else 1]
        for ticks in (0, 1, 5):
            self.order(MAKER, self.near, self.sign * 2, end - self.sign * ticks * product.tick)
        self.moved(-60)
        self.settle()
        self.enter(self.near, self.lots() * 2)
        self.moved(97)
        self.push()
        self.liquidate()
        self.wait(1_800)
        self.liquidate()

    def final_since(self):
        """A fixing that is final since the marks were pushed: nobody buys at the price of before."""
        code = self.near
        self.enter(code, self.lots())
        self.moved(60)
        self.settle()
        self.fixing(self.index * self.pick([950, 990, 1_010, 1_050]) // 1_000, self.push)
        for _ in range(2):
            if self.held() and self.room():
                self.bids_at_bound()
                self.edge(deposit_to(VICTIM), self.room(), filled)
                self.liquidate()
            self.wait(1)

    def pair(self):
        """A spread entered while the marks of its months differ, which then no longer do; the ten minutes on the way."""
        near, far = self.near, self.far
        self.outside(near, 5)
        lots, series = self.lots(), self.world.series_named(near)
        dearer = max(margin.a_lot(self.world.series_named(code), "initial") for code in (near, far))
        self.tell(deposit_to(VICTIM)(abs(lots) * dearer * 101 // 100))
        for code, part in ((near, lots), (far, -lots)):
            at = toward(1, self.world.series_named(code).margin_mark, series.product.tick)
            self.order(OTHER_MAKER, code, -part, at)
            self.order(VICTIM, code, part, at)
        for number in (MAKER, OTHER_MAKER):
            self.exec("market", OWNER[number], "cancel_all", {"account": number})
        self.wait(301)
        self.push()
        books = [(200, 200), (200, 3), (4, 200), (2, 0), (0, 2)][self.round % 5]
        for seconds in (1, 1, 3_601):
            self.wait(seconds)
            for code, lots in zip((near, far), books):
                if self.held():
                    at = toward(1, self.world.series_named(code).margin_mark, series.product.tick)
                    self.bid(code, lots, at)
            self.edge(deposit_to(VICTIM), self.room(), asked)
            self.liquidate(2)

    def band(self):
        """A book at the band's edge or a unit beside it, left and entered again; trades there while a strike passes."""
        way, code = self.pick([1, -1]), self.near
        edge = (16_000 - way * 1_000) * (100 + 3 * way) // 100
        self.fixing(16_000 - way * (1_000 + self.above))
        for part in ((0, 599, 1, 1, 3), (0, 599, 1, 1)):
            self.quote(code, 20, edge)
            for seconds in part:
                self.at(self.clock + seconds)
                self.push()
            if len(part) == 5:
                self.exec("market", "carol", "cancel_all", {"account": MAKER})
                self.push()
        self.tell(deposit_to(CALLER)(PLENTY))
        strike = self.clock // DAY * DAY + 16 * HOUR
        self.at(strike - 180)
        for side, taker in ((1, CALLER), (-1, OTHER_MAKER)):
            self.order(MAKER, code, side * 15, edge)
            self.at(self.clock + 75)
            self.order(taker, code, -side * 15, edge)
        self.at(strike)
        self.strike()
        for seconds in (0, 1, 300):
            self.at(self.clock + seconds)
            self.push()

    def house(self):
        """What the house bears, at the mark or after an hour at the bankruptcy price, and how it gets rid of it."""
        far = self.pick([0, self.lots(), -self.sign * 5])
        for code in self.codes():
            self.enter(code + self.months[0], self.lots())
            if far:
                self.enter(code + self.months[1], far)
        self.under(3 if far * self.sign < 0 else self.pick([1, 2, 2]))
        if self.chance(30):
            self.bids_at_mark(3)
        self.tell(donation(self.rng.randint(1, self.highest_need() // 2)))
        short = -self.world.vault.equity(self.fresh())
        if short >= 0:
            self.edge(deposit_to(VICTIM), short, house_took, beyond=1)
        self.liquidate()
        for seconds in (3_599, 1, 60, 1):
            self.wait(seconds)
            if seconds == 1:
                self.edge(deposit_to(VICTIM), self.room(), house_took)
            self.edge(donation, self.highest_need(), house_took)
            self.liquidate()
        for _ in range(2):
            self.unwind()
            self.wait(1)

    def deficit(self):
        """Who pays for an account below zero."""
        for code in self.codes():
            self.enter(code + self.pick(self.months), self.lots())
        if self.chance(60):
            self.enter(self.near, -self.sign * 3, SECOND)
        self.under(2)
        self.bids_at_mark(200)
        short = max(0, -self.world.vault.equity(self.fresh()))
        self.exec("vault", "alice", "open_account", {})
        self.tell(deposit_to(SECOND + 1)(self.rng.randint(1, short + 1)))
        pay = self.pick([deposit_to(SECOND), donation])
        if pay is donation and short:
            self.tell(deposit_to(SECOND)(self.rng.randint(1, short)))
        self.edge(pay, 2 * short, covered)
        for _ in range(3):
            self.liquidate()
            self.wait(1)
        self.tell(donation(self.pick([1, 10**6, 10**9])))
        self.moved(10)
        self.settle()

    def reward(self):
        """Who is paid for calling, and when nobody is: healthy when the block began, or trading in it."""
        code, number = self.near, self.pick([VICTIM, SECOND])
        self.enter(code, self.lots(), number)
        series = self.world.series_named(code)
        own = toward(self.sign, self.index * (1_000 - self.sign * 50) // 1_000, series.product.tick)
        self.tell(deposit_to(number)(abs(self.index - own) * series.product.unit))
        self.order(number, code, -self.sign, own)
        self.under(1)
        before = self.index
        self.moved(30)
        self.wait(1)
        price = toward(self.sign, self.index, 10)
        self.order(MAKER, code, self.sign * 2, price)
        if self.round % 2:
            self.push()
            self.wait(1)
            self.order(OTHER_MAKER, code, self.sign, own)
        else:
            lots = self.fresh(number).lots(self.world.series_named(code))
            fall = abs(lots * (before - self.index)) * self.world.products["TOK"].unit
            self.edge(deposit_to(number), self.room(number), bounty, *self.pushes(), self.call(number, "bob"),
                      beyond=fall * 3 // 4)
            self.push()
        for caller in ("bob", "keeper", "alice", "bob"):
            self.tell(self.call(number, caller))
            self.wait(self.pick([0, 1]))
            self.order(MAKER, code, self.sign * 2, price)

    def threshold(self):
        """Maintenance itself, and the clock that it stops."""
        self.enter(self.near, self.lots())
        if self.chance(50):
            self.enter(self.far, self.lots())
        self.under(1)
        self.at(self.clock + HOUR // 2 + self.above)
        self.liquidate()
        self.push()
        self.edge(deposit_to(VICTIM), self.room() + 1, lambda events: None)
        self.liquidate()
        for seconds in (3_599, 1, self.pick([7_199, 7_200])):
            self.at(self.clock + seconds)
            self.liquidate()
            self.push()
            self.bids_at_bound()
            self.liquidate()
        self.tell(deposit_to(VICTIM)(self.room() + self.above or 1))
        self.liquidate()

    def grown_up(self):
        """A product's ninetieth day: until then the house bears a quarter, from then on half."""
        while self.clock < moment("2026-08-21T00:00:00Z"):
            self.at(self.clock + 8 * DAY)
            self.fixing(FIRST_LEVEL)
            self.settle()
        self.enter(self.near, self.lots())
        self.at(moment("2026-08-28T00:00:00Z"))
        self.under(2)
        listed = min(series.listed_at for series in self.world.series.values())
        for time in (listed + 90 * DAY - 1, listed + 90 * DAY):
            self.at(time)
            self.push()
            self.edge(donation, self.highest_need(), house_took)
            self.liquidate()


KINDS = [Crisis.size, Crisis.discount, Crisis.bankruptcy, Crisis.limit, Crisis.final_since, Crisis.pair, Crisis.band,
         Crisis.house, Crisis.deficit, Crisis.reward, Crisis.threshold, Crisis.grown_up]


def story(number):
    return Crisis(number).story()
