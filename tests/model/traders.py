"""What traders and others do in a story, mistakes included: orders near the touch, at the limits, across the book."""

import margin
from terms import DAY, MILLION, clamp, text_of
from world import SYMBOLS

OWNERS = ["alice", "bob", "carol", "dave", "erin"]


class Traders:
    """Acts of a story; `Teller` knows how to tell them."""

    def session(self):
        if self.chance(90):
            for code in self.codes():
                if self.world.strike_due(self.world.products[code]):
                    cycle = self.world.vault.cycles[code]
                    if cycle.struck > cycle.finalised:
                        self.exec("vault", "keeper", "finalise", {"product": code})
                    self.exec("market", "keeper", "strike", {"product": code})
        for _ in range(self.rng.randint(2, 16)):
            if self.chance(45):
                self.at(self.clock + self.rng.choice([0, 1, 5, 20, 60, 61, 300]))
            self.act()

    def act(self):
        acts = [(70, self.place), (6, self.cancel), (2, self.cancel_all), (4, self.deposit), (4, self.withdraw),
                (5, self.push), (2, self.reap), (2, self.touch), (1, self.collect), (1, self.fund), (2, self.status),
                (2, self.delegate), (1, self.duty), (14, self.deal), (5 if self.lazy else 14, self.liquidate), (3, self.quotes), (3, self.unwind)]
        if self.crisis and self.lazy and self.chance(90):
            acts += [(45, self.deal)]
        elif self.crisis:
            acts += [(45, self.deal), (60, self.liquidate), (15, self.unwind)]
        roll = self.rng.randrange(sum(weight for weight, _ in acts))
        for weight, act in acts:
            roll -= weight
            if roll < 0:
                return act()

    def number(self):
        return self.pick(number for number in self.world.vault.accounts if number) if self.chance(98) else self.pick([0, 9, 77])

    def owner_of(self, number):
        account = self.world.vault.accounts.get(number)
        if account and number and self.chance(97):
            return account.owner[1:]
        return self.pick(OWNERS + ["bot"])

    def series(self):
        if self.liked in self.world.series and self.chance(65):
            return self.world.series[self.liked]
        series = self.any_series()
        self.liked = series.id
        return series

    def any_series(self):
        living = [series for series in self.world.series.values() if self.chance(95) == (series.status_at(self.world.now) == "open")]
        return self.pick(living or self.world.series.values())

    def price(self, series, side):
        rng, tick = self.rng, series.product.tick
        book, lowest, highest = self.world.book, *series.limits()
        touch = [order.price for order in book.side(series, side) + book.side(series, "sell" if side == "buy" else "buy")]
        base = self.pick(touch[:12] + [series.mark, series.margin_mark]) // tick * tick
        facing = [order.price for order in book.side(series, "sell" if side == "buy" else "buy")]
        roll = rng.randrange(100)
        if roll < 35 and facing:
            units = facing[0] + tick * rng.choice([0, 0, 1, 2, 5]) * (1 if side == "buy" else -1)
        elif roll < 75:
            units = base + tick * rng.randint(-4, 4)
        elif roll < 85:
            units = highest if side == "buy" else lowest
        elif roll < 92:
            units = lowest if side == "buy" else highest
        elif roll < 97:
            units = rng.randint(lowest // tick, highest // tick) * tick
        else:
            units = base + rng.choice([1, tick * 5_000, -base])
        return text_of(max(0, units), series.product.decimals)

    def order(self, number=None):
        rng, series = self.rng, self.series()
        number = self.number() if number is None else number
        side = self.pick(["buy", "sell"])
        lots = rng.choice([1, 1, 2, 3, 5, 8, 10, 20, 25, 40, 100]) if self.chance(98) else rng.choice([0, 501, 10**12])
        order = {"account": number, "series": series.code, "side": side, "lots": str(lots),
                 "price": {"limit" if self.chance(85) else "worst": self.price(series, side)}}
        if self.chance(30):
            order["time_in_force"] = self.pick(["gtc", "day", "day", "ioc", "ioc", "fok", {"gtd": {"height": 9}}])
        if self.chance(8):
            order["post_only"] = "reject" if self.chance(95) else "slide"
        if self.chance(10):
            order["reduce_only"] = True
        if self.chance(15):
            order["client_id"] = str(rng.randint(1, 4))
        if self.chance(8):
            order["max_fills"] = rng.choice([1, 1, 2, 3, 0, 33])
        if self.chance(2):
            order["self_trade"] = self.pick(["cancel_resting", "decrement"])
        return order

    def place(self):
        if not self.world.series:
            return
        order = self.order()
        if self.chance(20):
            self.steps.append({"query": {"contract": "market", "msg": {"simulate_order": order}}})
        self.exec("market", self.owner_of(order["account"]), "place_order", order)

    def cancel(self):
        orders = self.world.book.orders
        if orders and self.chance(95):
            order = self.pick(orders)
            number = order.account if self.chance(95) else self.number()
            name = {"client_id": order.client_id} if order.client_id and self.chance(50) else {"id": order.id}
        else:
            number, name = self.number(), self.pick([{"id": "1523-b-16000-9999"}, {"client_id": "9"}])
        self.exec("market", self.owner_of(number), "cancel_order", {"account": number, "order": name})

    def cancel_all(self):
        number = self.number()
        self.exec("market", self.owner_of(number), "cancel_all", {"account": number})

    def deposit(self):
        number = self.number()
        if self.crisis and self.chance(70):
            return
        amount = self.rng.choice([10**9, 5 * 10**9, 10**10, 3 * 10**10, 10**11, 1, 10**16 + 1 if self.chance(5) else 77])
        self.exec("vault", self.owner_of(number), "deposit", {"account": number}, amount)

    def withdraw(self):
        number = self.number()
        amount = self.rng.choice([1, 10**8, 10**9, 0 if self.chance(10) else 3])
        account = self.world.vault.accounts.get(number)
        if account and self.chance(60):
            fresh = self.world.vault.as_if_touched(self.world.now)
            free = fresh.withdrawable(fresh.accounts[number], self.world.book, self.world.now)
            amount = free + self.rng.choice([0, 0, 1])
        self.exec("vault", self.owner_of(number), "withdraw", {"account": number, "amount": str(amount)})

    def push(self):
        product = self.pick(self.world.products.values())
        codes = [series.code for series in self.world.of_product(product) if self.chance(70)]
        if self.chance(3):
            codes = [series.code for series in self.world.series.values()][:3]
        self.exec("market", "keeper", "push_marks", {"series": codes})

    def reap(self):
        orders = [order for order in self.world.book.orders if self.chance(60)][:32]
        if orders and self.chance(90):
            orders = [order for order in orders if order.series.product is orders[0].series.product]
        self.exec("market", "keeper", "reap", {"orders": [order.id for order in orders]})

    def touch(self):
        self.exec("vault", "keeper", "touch", {"accounts": [n for n in self.world.vault.accounts if self.chance(40)]})

    def collect(self):
        self.exec("vault", "keeper", "collect_fees", {})

    def fund(self):
        self.exec("vault", "donor", "fund_insurance", {}, self.rng.choice([1, 10**6, 10**9]))

    def status(self):
        if not self.world.series:
            return
        series = self.series()
        stopped = [one for one in self.world.series.values() if one.status != "open"]
        if stopped and self.chance(70):
            one = self.pick(stopped)
            if one.opens_at is None:
                self.exec("market", "governance" if self.chance(90) else "bob", "schedule_open", {"series": one.code})
            else:
                self.exec("market", "keeper", "reopen", {"series": one.code})
        elif self.chance(40):
            self.exec("market", "guardian" if self.chance(90) else "bob", "set_status",
                      {"series": series.code, "status": self.pick(["paused", "close_only", "close_only", "halted", "open"])})

    def delegate(self):
        number = self.number()
        scope = self.pick([{"trade": {}}, {"trade": {"product": self.pick(SYMBOLS)}}, {"cancel_only": {}}])
        if self.chance(30):
            self.exec("vault", self.owner_of(number), "remove_delegate", {"account": number, "delegate": "@bot"})
        else:
            expires = self.clock + self.rng.choice([0, 1, 3_600, 5 * DAY])
            self.exec("vault", self.owner_of(number), "add_delegate", {"account": number, "delegate": "@bot", "scope": scope, "expires": expires})
        order = self.order(number) if self.world.series else None
        if order:
            self.exec("market", "bot", "place_order", order)
        if self.chance(20):
            self.exec("market", "bot", "cancel_all", {"account": number})

    def deal(self):
        """One account offers, another takes as much as its margin bears, or a little more."""
        open_ = [one for one in self.world.series.values() if one.status_at(self.world.now) == "open"]
        numbers = [number for number in self.world.vault.accounts if number]
        if not open_ or len(numbers) < 2:
            return
        series = self.world.series[self.liked] if self.liked in self.world.series else self.pick(open_)
        giver, taker = self.rng.sample(numbers, 2)
        fresh = self.world.vault.as_if_touched(self.world.now)
        account = fresh.accounts[taker]
        free = fresh.equity(account) - fresh.initial(account, self.world.book, self.world.now)
        price = clamp(series.margin_mark, *series.limits()) // series.product.tick * series.product.tick
        fee = price * series.product.unit * series.product.fees["taker"] // MILLION
        lots = clamp(free // (margin.a_lot(series, "initial") + fee) + self.rng.randint(-2, 1), 1, series.product.max_order)
        if self.chance(30):
            lots = max(1, lots // self.rng.randint(2, 5))
        first, second = self.pick([("buy", "sell"), ("sell", "buy")])
        for number, side in ((giver, first), (taker, second)):
            order = {"account": number, "series": series.code, "side": side, "lots": str(lots),
                     "price": {"limit": text_of(price, series.product.decimals)}}
            self.exec("market", self.owner_of(number), "place_order", order)

    def quotes(self):
        """Two accounts quote both sides of a month, so that its book has a middle."""
        series = self.pick(list(self.world.series.values()) or [None])
        numbers = [number for number in self.world.vault.accounts if number]
        if series is None or len(numbers) < 2:
            return
        lowest, highest = series.limits()
        tick, middle = series.product.tick, series.margin_mark // series.product.tick
        for number in self.rng.sample(numbers, 2):
            lots = str(self.rng.choice([10, 19, 20, 25]))
            for side, way in (("buy", -1), ("sell", 1)):
                units = clamp((middle + way * self.rng.randint(1, 5)) * tick, lowest, highest)
                order = {"account": number, "series": series.code, "side": side, "lots": lots,
                         "price": {"limit": text_of(units, series.product.decimals)}, "post_only": "reject"}
                self.exec("market", self.owner_of(number), "place_order", order)

    def liquidate(self):
        fresh, now = self.world.vault.as_if_touched(self.world.now), self.world.now
        poor = [number for number, account in fresh.accounts.items()
                if number and fresh.equity(account) < fresh.maintenance(account, now)]
        if not poor or self.chance(5):
            if self.chance(10):
                self.exec("vault", "bob", "liquidate", {"account": self.number()})
            return
        number = self.pick(poor)
        if self.chance(70):
            for code in self.codes():
                codes = sorted(p.series.code for p in fresh.accounts[number].positions.values()
                               if p.lots and p.series.product.code == code)
                if codes:
                    self.exec("market", "keeper", "push_marks", {"series": codes})
        for _ in range(self.rng.randint(1, 4)):
            self.exec("vault", self.pick(["bob", "keeper", "alice"]), "liquidate", {"account": number})
            if self.chance(70):
                self.at(self.clock + self.rng.choice([1, 60, 600, 3_600, 7_200]))

    def unwind(self):
        held = [p.series.id for p in self.world.vault.accounts[0].positions.values() if p.lots]
        if held or self.chance(10):
            self.exec("vault", "keeper", "unwind_house", {"series": self.pick(held or [1518, 1])})

    def duty(self):
        self.pick([self.strikes, self.finalise_cycles, self.finalise_fixings, self.list_months])()
