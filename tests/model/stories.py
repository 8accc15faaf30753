"""Random stories, the same for the same seed: traders of all kinds, fixings that jump, duties done late or not at all, and
messages that must be refused. The model tells what stands, so that prices are near the touch and names exist."""

import random
from datetime import datetime, timezone

from terms import DAY, FIXING, STRIKE, day_of, last_daily_time, text_of
from traders import OWNERS, Traders
from world import SYMBOLS, World

LEVELS = {"TOK": 16_000, "GPH": 24_000, "CSX": 100_000}


def stamp(time):
    return datetime.fromtimestamp(time, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


class Teller(Traders):
    def __init__(self, seed):
        self.rng = random.Random(seed)
        self.steps = []
        spec = self.spec()
        self.world = World(spec)
        self.steps.append({"world": spec})
        self.level = {symbol: LEVELS[symbol] for symbol in SYMBOLS}
        self.clock = self.world.now
        self.moves = self.pick([[0, 0, 1, 3, 10, 30], [0, 3, 30, 60, 95], [0, 3, 95, 95, 90], [1, 10, 60, 120, 250]])
        # A crisis: one direction, much leverage, somebody is under water every day.
        self.crisis = self.chance(35) and self.pick([-1, 1])
        self.lazy = self.chance(50)
        self.liked = None

    # Small words.

    def chance(self, percent):
        return self.rng.randrange(100) < percent

    def pick(self, things):
        return self.rng.choice(list(things))

    def tell(self, step):
        self.steps.append(step)
        return self.world.step(step)

    def at(self, time):
        self.clock = max(self.clock, time)
        self.tell({"at": stamp(self.clock)})

    def exec(self, contract, sender, kind, fields, funds=None):
        call = {"contract": contract, "from": sender, "msg": {kind: fields}}
        if funds is not None:
            call["funds"] = str(funds)
        return self.tell({"exec": call})

    # The world.

    def spec(self):
        rng, spec = self.rng, {}
        spec["insurance"] = str(self.pick([0, 10**9, 10**10, 10**12]))
        spec["start"] = self.pick(["2026-06-01T00:00:00Z", "2026-06-24T00:00:00Z", "2026-07-27T00:00:00Z", "2027-02-20T00:00:00Z"])
        if self.chance(30):
            spec["insurance_share"] = self.pick([0, 333_333, 1_000_000])
        products = {}
        kept = [symbol for symbol in SYMBOLS if self.chance(45)] or ["TOK"]
        for symbol in SYMBOLS:
            if symbol not in kept:
                products[symbol] = None
                continue
            change = {"listing": {"serial": rng.randint(1, 3), "quarterly": rng.randint(0, 1)}, "margin": {}}
            if self.chance(40):
                change["margin"]["spread_charge"] = self.pick([1_000_000, 1_000_001, 1_333_333, 1_700_000, 2_000_000])
            if self.chance(40):
                change["margin"]["concentration_threshold"] = self.pick(["5", "20"])
            if self.chance(30):
                change["fees"] = {"taker": self.pick([301, 333, 10_000]), "maker": self.pick([0, 7, 10_000, -1, -300]), "settlement": self.pick([0, 137, 10_000])}
            if self.chance(30):
                change["unit_value"] = self.pick([1, 7, 99_999])
            if self.chance(40):
                change["liquidation"] = {"block_share": self.pick([100_000, 500_000, 1_000_000]), "dust": self.pick(["1", "10"]),
                                         "caller_share": self.pick([0, 333_333, 1_000_000])}
            products[symbol] = change
        spec["products"] = products
        return spec

    def codes(self):
        return list(self.world.products)

    def story(self, days):
        self.at(self.clock + 9 * 3600)
        for owner in OWNERS[: self.rng.randint(3, 5)]:
            for _ in range(1 if self.chance(75) else 2):
                self.exec("vault", owner, "open_account", {})
        for number in list(self.world.vault.accounts):
            if number and self.chance(95):
                self.exec("vault", "donor", "deposit", {"account": number}, self.rng.choice([10**9, 10**10, 10**11, 10**12]))
        for _ in range(days):
            self.day()
        return self.steps

    # A day, from one daily time to the next.

    def day(self):
        noon = last_daily_time(self.clock) + DAY - STRIKE + FIXING
        plan = []
        if self.chance(96):
            plan.append((noon + self.rng.choice([0, 300, 300, 7_199, 7_200 if self.chance(20) else 600]), self.fixings))
        if self.chance(93):
            plan.append((noon + 11_700 + self.rng.choice([0, 0, 900, 2_000]), self.finalise_fixings))
            plan.append((noon + 11_760, self.list_months))
        for _ in range(self.rng.randint(1, 4)):
            span = self.rng.choice([(-68_000, 11_000), (11_000, 14_399), (12_600, 14_399), (14_100, 14_399), (12_600, 14_390)])
            plan.append((noon + self.rng.randint(*span), self.session))
        strike = noon + 14_400 + self.rng.choice([0, 0, 0, 0, 1, 600, 5_000, 80_000 if self.chance(30) else 0])
        if self.chance(96):
            plan.append((strike, self.strikes))
            plan.append((strike + self.rng.choice([1_799 if self.chance(10) else 1_800, 1_800, 1_800, 2_500]), self.finalise_cycles))
        if self.chance(15):
            plan.append((noon + 14_400, self.session))
        for time, act in sorted(plan, key=lambda item: item[0]):
            if time >= self.clock:
                self.at(time)
            act()
        if self.chance(4):
            self.at(self.clock + DAY * self.rng.randint(1, 12))

    def fixings(self):
        date = str(day_of(self.clock))
        for symbol in SYMBOLS:
            if symbol not in self.world.products:
                continue
            move = self.rng.choice(self.moves) * self.rng.choice([-1, 1])
            if self.crisis:
                move = self.rng.choice([0, 35, 60, 85, 95]) * self.crisis
            level = max(50, self.level[symbol] * (1000 + move) // 1000)
            values = [level + self.rng.randint(-3, 3) for _ in range(7)]
            if self.chance(10):
                values[self.rng.randrange(7)] = level * 2
            if self.chance(10):
                values = values[: self.rng.randint(3, 6)]
            if self.chance(5):
                values = [value + self.rng.randint(0, level // 10) for value in values]
            if self.chance(10):
                values[self.rng.randrange(len(values))] = None
            decimals = 2 if symbol == "CSX" else 4
            texts = [None if value is None else text_of(value, decimals) for value in values]
            ok = self.tell({"fix": {"feed": symbol, "date": date, "values": texts}})[0]
            if ok and self.chance(90):
                self.level[symbol] = level

    def finalise_fixings(self):
        for number in sorted({product.feed for product in self.world.products.values()}):
            if self.chance(90):
                self.exec("oracle", "keeper", "finalise", {"feed": number})

    def list_months(self):
        for code in self.codes():
            if self.chance(90):
                self.exec("market", "keeper", "list_series", {"product": code})

    def strikes(self):
        for code in self.codes():
            if self.chance(95):
                self.exec("market", "keeper", "strike", {"product": code})

    def finalise_cycles(self):
        for code in self.codes():
            if self.chance(95):
                self.exec("vault", "keeper", "finalise", {"product": code})


def story(seed):
    teller = Teller(seed)
    return teller.story(teller.rng.randint(2, 9))
