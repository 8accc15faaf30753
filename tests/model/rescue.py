"""What becomes of an account below maintenance (clauses 6.1 to 6.5)."""

import margin
import marks
from book import MOST, Plan, plan
from terms import DAY, MILLION, Refused, clamp, up

HOUR = 3600
SLIPPAGE = 10_000
YOUNG = 90 * DAY


def toward(sign, price, tick):
    """A price on the tick, upwards for a sale, downwards for a purchase."""
    return up(price, tick) * tick if sign > 0 else price // tick * tick


class Rescue:
    # What is asked of the book.

    def falls(self, nets, legs):
        """By how much maintenance falls when a lot of each leg is closed."""
        fewer = dict(nets)
        for series in legs:
            fewer[series] -= 1 if fewer[series] > 0 else -1
        return margin.of_positions(nets, "maintenance", self.now) - margin.of_positions(fewer, "maintenance", self.now)

    def legs_to_close(self, account, nets):
        """The series, or pair of opposite legs, whose first lot lowers maintenance most, of those not worked in this
        block; with none of them only the house has something to do."""
        single = [(series,) for series in nets]
        pairs = [(a, b) for a in nets for b in nets
                 if a.product is b.product and a.id < b.id and nets[a] * nets[b] < 0]
        for ways in (single, pairs):
            ways = [legs for legs in ways if self.falls(nets, legs) > 0]
            idle = [legs for legs in ways if all(account.worked.get(series.id) != self.block for series in legs)]
            if ways and not idle and not self.house_due(account, self.vault.equity(account)):
                raise Refused("liquidation_throttled")
            if idle:
                return min(idle, key=lambda legs: self.urgency(nets, legs))
            if ways:
                return None
        return None

    def urgency(self, nets, legs):
        return -self.falls(nets, legs), -sum(series.open_interest for series in legs), [series.code for series in legs]

    def enough(self, equity, nets, legs, lots):
        """Whether so many lots of the legs, closed at the mark with both fees paid, restore the account."""
        after, fees = dict(nets), 0
        for series in legs:
            after[series] -= lots if nets[series] > 0 else -lots
            notional = lots * series.margin_mark * series.product.unit
            terms = series.product.liquidation
            fees += up(notional * terms["fee"], MILLION) + up(notional * terms["insurance_fee"], MILLION)
        need = margin.of_positions(after, "maintenance", self.now)
        for product in {series.product for series in nets}:
            whole = sum(abs(q) * s.margin_mark * product.unit for s, q in after.items() if s.product is product)
            need += up(whole * product.liquidation["buffer"], MILLION)
        return equity - fees >= need

    def lots_to_close(self, equity, nets, legs):
        """The fewest that are enough, or all that lower maintenance; at most the share of a block."""
        most, left = min(abs(nets[series]) for series in legs), dict(nets)
        lots = 0
        while lots < most and self.falls(left, legs) > 0:
            for series in legs:
                left[series] -= 1 if nets[series] > 0 else -1
            lots += 1
            if self.enough(equity, nets, legs, lots):
                break
        for series in legs:
            terms = series.product.liquidation
            share = up(abs(nets[series]) * terms["block_share"], MILLION)
            lots = min(lots, max(share, int(terms["dust"])))
        return lots

    def bankruptcy_price(self, equity, nets, series):
        """Where closing everything uses up equity and no more; on the tick toward the mark."""
        sign, mark = (1 if nets[series] > 0 else -1), series.margin_mark
        if equity > 0:
            whole = sum(abs(lots) * margin.a_lot(one, "maintenance") for one, lots in nets.items())
            mark -= sign * (equity * margin.a_lot(series, "maintenance") // (whole * series.product.unit))
        return toward(sign, mark, series.product.tick)

    def worst_price(self, bankrupt, sign, series, minutes):
        """The best for the account of bankruptcy price, the day's limit, and slippage from the mark that margin is
        measured by and from that of the moment."""
        terms = series.product.liquidation
        away = max(SLIPPAGE, min(terms["discount_max"], terms["discount_step"] * minutes))
        lowest, highest = series.limits()
        worst = max(bankrupt, lowest) if sign > 0 else min(bankrupt, highest)
        for mark in (series.margin_mark, self.mark_now(series)):
            if sign > 0:
                worst = max(worst, toward(1, up(mark * (MILLION - away), MILLION), series.product.tick))
            else:
                worst = min(worst, toward(-1, mark * (MILLION + away) // MILLION, series.product.tick))
        return worst

    def mark_now(self, series):
        """The margin mark as it would be pushed."""
        outside = series.outside_since
        feed = self.feeds[series.product.feed]
        mark = marks.measure(series, self.book, feed, self.now, series.open_interest)[1]
        series.outside_since = outside
        return mark

    # The message.

    def vault_liquidate(self, sender, fields, events):
        if any(map(self.strike_due, self.products.values())):
            raise Refused("strike_due", "not_liquidatable", "unknown_account", "stale_mark", "liquidation_throttled")
        account = self.vault.account(fields["account"])
        if account.number == 0:
            raise Refused("unknown_account", "not_liquidatable")
        self.vault.touch(account, events)
        nets = self.vault.nets(account)
        before = self.vault.equity(account)
        if before >= margin.of_positions(nets, "maintenance", self.now):
            raise Refused("not_liquidatable")
        if any(self.now - series.mark_at > HOUR for series in nets):
            raise Refused("stale_mark")
        paid = self.deserves_pay(account, nets)
        if account.clock is None or self.now - account.clock_at >= 2 * HOUR:
            account.clock, account.shares = self.now, self.shares(nets)
        account.clock_at = self.now
        self.void_orders(account, events)
        legs = self.legs_to_close(account, nets)
        bankrupt = {series: self.bankruptcy_price(before, nets, series) for series in nets}
        touched = set()
        if legs:
            self.close_on_book(account, before, nets, legs, bankrupt, touched, sender if paid else None, events)
        if self.house_takes(account, bankrupt, touched, events) and not self.vault.nets(account):
            self.hand_over(account, touched, events)
            self.recognise(account, events)
        after, need = self.vault.equity(account), self.vault.maintenance(account, self.now)
        events.append(("tf_liquidated", {"account": account.number, "caller": sender, "equity_before": before,
                                         "equity_after": after, "maintenance_after": need}))
        self.vault.settle_clock(account, self.now)
        self.tell_touched(touched, events)

    def deserves_pay(self, account, nets):
        """Not for an account that traded in this block, or was healthy at the marks the block began with."""
        began = {series.id: series.began[1] for series in nets if series.began and series.began[0] == self.block}
        equity = self.vault.equity(account) + sum(
            lots * (began[s.id] - s.margin_mark) * s.product.unit for s, lots in nets.items() if s.id in began)
        return account.traded != self.block and equity < margin.of_positions(nets, "maintenance", self.now, began)

    def shares(self, nets):
        """Maintenance of each product, as a deficit will be divided: by what it is when the clock starts."""
        return {product: margin.of_positions({s: q for s, q in nets.items() if s.product is product}, "maintenance", self.now)
                for product in sorted({series.product for series in nets}, key=lambda product: product.code)}

    def close_on_book(self, account, equity, nets, legs, bankrupt, touched, caller, events):
        lots = self.lots_to_close(equity, nets, legs)
        minutes = (self.now - account.clock) // 60
        closed, orders = [], []
        for series in legs:
            account.worked[series.id] = self.block
            sign = 1 if nets[series] > 0 else -1
            worst = self.worst_price(bankrupt[series], sign, series, minutes)
            orders.append((series, "sell" if sign > 0 else "buy", worst))
        both = min(self.planned(account, *order, lots).filled() for order in orders)
        for series, side, worst in orders:
            made = self.take(account, series, side, lots, worst, touched, events, both)
            closed += [(series, lots_, price) for _, lots_, price in made.fills]
        self.close_fees(account, closed, bankrupt, caller, events)

    def planned(self, account, series, side, worst, lots):
        """Nothing, where the status lets nothing match."""
        if lots == 0 or series.status_at(self.now) not in ("open", "close_only"):
            nothing = Plan(lots)
            nothing.cancelled, nothing.reason = lots, "ioc"
            return nothing
        how = {"tif": "ioc", "post_only": None, "reduce_only": True, "max_fills": MOST}
        return plan(self.book, series, account.number, side, worst, lots, how, self.now, self.lots_of)

    def take(self, account, series, side, lots, worst, touched, events, both=None):
        """A reduce-only order that trades at once, at no fee; no more than both legs of a pair can."""
        made = self.planned(account, series, side, worst, lots)
        if both is not None and made.filled() > both:
            made = self.planned(account, series, side, worst, both)
            made.cancelled, made.reason = lots - both, "ioc"
        for number in {order.account for order, _, _ in made.fills}:
            self.vault.touch(self.vault.accounts[number], events, series)
        open_interest = series.open_interest
        self.carry_out(series, account, side, made, events)
        if not made.fills:
            self.push(series, open_interest, events)
        else:
            touched |= {(account.number, series.id)} | {(order.account, series.id) for order, _, _ in made.fills}
            self.push(series, open_interest, events)
        return made

    def close_fees(self, account, closed, bankrupt, caller, events):
        """Both fees of what was closed, as far as the rest could still close at its bankruptcy prices."""
        left = self.vault.equity(account) - sum(
            lots * (s.margin_mark - bankrupt[s]) * s.product.unit for s, lots in self.vault.nets(account).items())
        left = max(0, min(left, account.cash))
        due = {"fee": 0, "insurance_fee": 0}
        for kind in due:
            for product in {series.product for series, _, _ in closed}:
                notional = sum(lots * price * product.unit for series, lots, price in closed if series.product is product)
                due[kind] += up(notional * product.liquidation[kind], MILLION)
        fee = min(due["fee"], left)
        insurance = min(due["insurance_fee"], left - fee)
        first = self.vault.first_account(caller)
        share = closed[0][0].product.liquidation["caller_share"] if closed else 0
        bounty = 0 if first in (None, account.number) else fee * share // MILLION
        self.vault.move(events, "liquidation_fee", fee - bounty, account.number, 0)
        self.vault.move(events, "bounty", bounty, account.number, first)
        self.vault.move(events, "insurance_fee", insurance, account.number, 0)

    # The house.

    def bears(self, product, nets, equity):
        """Whether the house's maintenance stays within its share of equity."""
        divisor = 4 if any(self.now < one.listed_at + YOUNG for one in self.firsts(product)) else 2
        return margin.of_positions(nets, "maintenance", self.now) * divisor <= equity

    def firsts(self, product):
        return sorted(self.of_product(product), key=lambda series: series.listed_at)[:1]

    def house_due(self, account, equity):
        return equity <= 0 or self.now - account.clock >= HOUR

    def house_takes(self, account, bankrupt, touched, events):
        equity = self.vault.equity(account)
        nets = self.vault.nets(account)
        if equity >= margin.of_positions(nets, "maintenance", self.now) or not self.house_due(account, equity):
            return False
        house = self.vault.accounts[0]
        self.vault.touch(house, events)
        for series in sorted(nets, key=lambda series: series.code):
            sign = 1 if nets[series] > 0 else -1
            price = sign * min(sign * bankrupt[series], sign * series.margin_mark)
            lots = self.lots_house_bears(house, series, nets[series], price)
            if lots:
                self.vault.fill(account, series, -sign * lots, price)
                self.vault.fill(house, series, sign * lots, price)
                touched |= {(account.number, series.id), (0, series.id)}
                events.append(("tf_house_took", {"account": account.number, "series": series.id, "lots": sign * lots, "price": price}))
                self.count_interest(series)
        return True

    def lots_house_bears(self, house, series, lots, price):
        held, equity = self.vault.nets(house), self.vault.equity(house)
        had = margin.of_positions(held, "maintenance", self.now)
        sign = 1 if lots > 0 else -1
        for count in range(abs(lots), 0, -1):
            after = dict(held)
            after[series] = after.get(series, 0) + sign * count
            gain = sign * count * (series.margin_mark - price) * series.product.unit
            need = margin.of_positions(after, "maintenance", self.now)
            if need < had or self.bears(series.product, after, equity + gain):
                return count
        return 0

    def hand_over(self, account, touched, events):
        """Variation and pending go to the house at face value, and what has ended with them."""
        house = self.vault.accounts[0]
        for key in sorted(account.positions):
            position = account.positions[key]
            owed = position.variation + position.pending
            if not owed and not position.fee_due:
                continue
            mine = house.at(position.series)
            mine.variation, mine.pending = mine.variation + position.variation, mine.pending + position.pending
            mine.fee_due += position.fee_due
            position.variation = position.pending = position.fee_due = 0
            touched |= {(account.number, key), (0, key)}
            self.vault.move(events, "take_over", owed, 0, account.number)

    def recognise(self, account, events):
        """A deficit: the owner's other accounts, then the house, then a shortfall."""
        deficit = max(0, -account.cash)
        if not deficit:
            return
        owed = deficit
        for other in self.vault.siblings(account):
            self.vault.touch(other, events)
            free = self.vault.equity(other) - self.vault.initial(other, self.book, self.now)
            part = clamp(free, 0, owed)
            self.vault.move(events, "owner_cover", part, other.number, account.number)
            owed -= part
        from_owner = deficit - owed
        part = min(owed, self.house_free())
        self.vault.move(events, "insurance_cover", part, 0, account.number)
        owed -= part
        self.divide(owed, account.shares)
        self.vault.move(events, "missing", owed, "shortfall", account.number)
        events.append(("tf_deficit", {"account": account.number, "deficit": deficit, "from_owner": from_owner,
                                      "from_insurance": part, "shortfall": owed}))

    def divide(self, owed, shares):
        whole, left = sum(shares.values()), owed
        products = list(shares) or list(self.products.values())[:1]
        for product in products[:-1]:
            part = owed * shares[product] // whole if whole else 0
            self.vault.cycles[product.code].shortfall += part
            left -= part
        self.vault.cycles[products[-1].code].shortfall += left

    def house_free(self):
        """Of its cash, what the house does not need to bear its positions."""
        house = self.vault.accounts[0]
        need = 0
        for product, maintenance in self.shares(self.vault.nets(house)).items():
            young = any(self.now < one.listed_at + YOUNG for one in self.firsts(product))
            need += maintenance * (4 if young else 2)
        return max(0, min(house.cash, self.vault.equity(house) - need))

    def vault_unwind_house(self, sender, fields, events):
        series = self.series.get(fields["series"])
        if series is None:
            raise Refused("unknown_series", "nothing_to_unwind")
        house = self.vault.accounts[0]
        lots = house.lots(series)
        if not lots:
            raise Refused("nothing_to_unwind", "strike_due", "unknown_series")
        self.guard_strike(series.product)
        if house.worked.get(series.id) == self.block:
            raise Refused("liquidation_throttled")
        self.vault.touch(house, events, series)
        house.worked[series.id] = self.block
        sign = 1 if lots > 0 else -1
        touched = set()
        worst = self.worst_price(-sign * 10**12 if sign > 0 else 10**12, sign, series, 0)
        self.take(house, series, "sell" if sign > 0 else "buy", max(1, abs(lots) // 10), worst, touched, events)
        self.tell_touched(touched, events)

    def tell_touched(self, touched, events):
        for number, key in sorted(touched):
            account = self.vault.accounts[number]
            position = account.positions[key]
            events.append(("tf_position", {"account": number, "series": key, "lots": position.lots,
                                           "variation": position.variation}))
            if number:
                self.vault.settle_clock(account, self.now)
