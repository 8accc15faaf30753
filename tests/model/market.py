"""Messages about orders, and the margin check of what they do (clauses 3, 4.11)."""

from collections import defaultdict

import marks
from book import MOST, plan
from duties import Duties
from rescue import Rescue
from terms import MAX_PRICE, MILLION, Refused, next_daily_time, up


class Market(Duties, Rescue):
    # Guards.

    def product_named(self, code):
        if code not in self.products:
            raise Refused("unknown_product")
        return self.products[code]

    def series_named(self, code):
        series = next((series for series in self.series.values() if series.code == code), None)
        if series is None:
            raise Refused("unknown_series")
        return series

    def of_product(self, product):
        return [self.series[id] for id in sorted(self.series) if self.series[id].product is product]

    def next_strike(self, product):
        times = [series.next_strike(self.last_strike[product.code]) for series in self.of_product(product)]
        return min((time for time in times if time is not None), default=None)

    def strike_due(self, product):
        time = self.next_strike(product)
        return time is not None and self.now >= time

    def guard_strike(self, product):
        if self.strike_due(product):
            raise Refused("strike_due")

    def permit_or(self, codes, number, sender, act, product):
        """The account, if there is nothing else against it and the sender may act for it."""
        try:
            account = self.vault.permit(number, sender, act, product, self.now)
        except Refused as refused:
            raise Refused(*codes, *refused.codes) from None
        if codes:
            raise Refused(*codes)
        return account

    def lots_of(self, account, series):
        return self.vault.accounts[account].lots(series) if account in self.vault.accounts else 0

    # Orders.

    def market_place_order(self, sender, order, events):
        codes = self.broken_by(sender, order)
        if codes:
            raise Refused(*codes)
        return self.execute(order, events)

    def broken_by(self, sender, order):
        """Every rule that the order breaks before it meets the book."""
        codes = set()
        try:
            series = self.series_named(order["series"])
        except Refused as refused:
            return refused.codes
        product = series.product
        try:
            self.vault.permit(order["account"], sender, "trade", product.code, self.now)
        except Refused as refused:
            codes |= refused.codes
        if self.strike_due(product):
            codes.add("strike_due")
        status, only = series.status_at(self.now), order.get("reduce_only", False)
        if status not in ("open", "close_only"):
            codes.add("not_trading")
        elif status == "close_only" and not only:
            codes.add("reduce_only_required")
        if not only and marks.fresh(self.feeds[product.feed], self.now, self.now) is None:
            codes.add("index_stale")
        if not 1 <= int(order["lots"]) <= product.max_order:
            codes.add("invalid_lots")
        codes |= self.broken_by_terms(order) | self.broken_by_price(series, order)
        name = order.get("client_id")
        if name is not None and self.holder(order, product):
            codes.add("duplicate_client_id")
        if "invalid_price" not in codes:
            try:
                self.plan(series, order)
            except Refused as refused:
                codes |= refused.codes
        return codes

    def holder(self, order, product):
        """Whether a client id is held: by a live order, or by one of another product that has ended, until it is reaped."""
        named = self.book.last_named(order["account"], order["client_id"])
        elsewhere = named and named.series.product is not product and not self.book.void(named)
        return named and (elsewhere or self.book.live(named, self.now))

    def broken_by_terms(self, order):
        codes = set()
        tif, worst = self.time_in_force(order), "worst" in order["price"]
        if isinstance(tif, dict) or order.get("post_only") == "slide":
            codes.add("not_available")
        if order.get("self_trade", "cancel_resting") != "cancel_resting":
            codes.add("not_available")
        if worst and tif in ("gtc", "day") or order.get("post_only") and tif in ("ioc", "fok"):
            codes.add("invalid_order")
        if not 1 <= self.max_fills(order) <= MOST:
            codes.add("invalid_max_fills")
        return codes

    def broken_by_price(self, series, order):
        (text,) = order["price"].values()
        price = self.price_of(series.product, text)
        if price is None or not 1 <= price <= MAX_PRICE:
            return {"invalid_price"}
        codes = set()
        if price % series.product.tick:
            codes.add("off_tick")
        lowest, highest = series.limits()
        if not lowest <= price <= highest:
            codes.add("outside_limits")
        return codes

    @staticmethod
    def price_of(product, text):
        whole, _, digits = text.partition(".")
        if not whole.isdigit() or len(digits) > product.decimals or "." in text and not digits.isdigit():
            return None
        return int(whole + digits.ljust(product.decimals, "0"))

    @staticmethod
    def time_in_force(order):
        return order.get("time_in_force") or ("ioc" if "worst" in order["price"] else "gtc")

    @staticmethod
    def max_fills(order):
        given = order.get("max_fills")
        return MOST if given is None else given

    def plan(self, series, order):
        (text,) = order["price"].values()
        how = {"tif": self.time_in_force(order), "post_only": order.get("post_only"),
               "reduce_only": order.get("reduce_only", False), "max_fills": self.max_fills(order)}
        price = self.price_of(series.product, text)
        return plan(self.book, series, order["account"], order["side"], price, int(order["lots"]), how, self.now, self.lots_of)

    def execute(self, order, events):
        made, rested, before, after, touched = self.trade(order, events)
        self.check_margin(before, after, rested)
        self.settled_down(touched, made.fills and self.series_named(order["series"]), events)
        return {"order": rested.id if rested else None, "filled": str(made.filled()), "resting": str(made.rests),
                "cancelled": str(made.cancelled + made.cut)}

    def trade(self, order, events):
        """All that an order does before anybody asks whether margin allows it."""
        series, vault = self.series_named(order["series"]), self.vault
        account = vault.account(order["account"])
        made = self.plan(series, order)
        touched = {account.number} | {resting.account for resting, _, _ in made.fills}
        for number in sorted(touched):
            vault.touch(vault.accounts[number], events, None if number == account.number else series)
        before = vault.picture(account, self.book)
        open_interest = series.open_interest
        self.give_up_name(order, events)
        self.carry_out(series, account, order["side"], made, events)
        rested = self.leave(series, order, made, events)
        if made.fills:
            self.push(series, open_interest, events)
        self.charge(series, account, made, events)
        return made, rested, before, vault.picture(account, self.book), touched

    def give_up_name(self, order, events):
        """A dead order makes way for one of its name."""
        named = self.book.last_named(order["account"], order.get("client_id")) if order.get("client_id") else None
        if named:
            self.take_out(named, self.why_dead(named), events)

    def carry_out(self, series, account, side, made, events):
        """Fills and removals as planned; the tape remembers the fills."""
        sign = 1 if side == "buy" else -1
        for order, lots, reason in made.steps:
            if reason:
                self.take_out(order, reason, events)
                continue
            order.lots -= lots
            events.append(("tf_fill", {
                "series": series.id, "order": order.id, "maker": order.account, "taker": account.number, "side": side,
                "price": order.price, "lots": lots, "left": order.lots}))
            if not order.lots:
                self.book.orders.remove(order)
            self.vault.fill(account, series, sign * lots, order.price)
            self.vault.fill(self.vault.accounts[order.account], series, -sign * lots, order.price)
            self.forget_worst(order.account, series)
            series.last_price, series.volume = order.price, series.volume + lots
            owners = frozenset((account.number // 8, order.account // 8))
            counts = self.now - order.placed_at >= marks.STOOD
            series.tape.append(marks.Trade(self.now, order.price, lots, owners, counts))
            account.traded = self.vault.accounts[order.account].traded = self.block
        self.count_interest(series)
        if made.cut:
            self.tell_cancelled(series, account, made.cut, "reduce_only", events)
        if made.cancelled:
            self.tell_cancelled(series, account, made.cancelled, made.reason, events)

    def count_interest(self, series):
        series.open_interest = sum(max(0, who.lots(series)) for who in self.vault.accounts.values())

    def tell_cancelled(self, series, account, lots, reason, events):
        events.append(("tf_remainder_cancelled", {
            "account": account.number, "series": series.id, "lots": lots, "reason": reason}))

    def remove(self, order, reason, events):
        self.book.orders.remove(order)
        events.append(("tf_order_removed", {"order": order.id, "account": order.account, "lots": order.lots, "reason": reason}))
        self.forget_worst(order.account, order.series)

    def why_dead(self, order):
        return "void" if self.book.void(order) else "expired" if self.book.expired(order, self.now) else "closed"

    def take_out(self, order, reason, events):
        """A removal reaches the position that it frees; void orders were let go before."""
        if not self.book.void(order):
            self.vault.touch(self.vault.accounts[order.account], events, order.series)
        self.remove(order, reason, events)

    def forget_worst(self, number, series):
        """The worst price of reduce-only orders lasts until there are none."""
        position = self.vault.accounts[number].positions.get(series.id)
        for index, side in enumerate(("buy", "sell")):
            if position and not any(o.reduce_only and o.side == side and o.series is series for o in self.book.of(number)):
                position.worst[index] = None

    def leave(self, series, order, made, events):
        """What rests."""
        if not made.rests:
            return None
        day = self.time_in_force(order) == "day"
        (text,) = order["price"].values()
        price, only = self.price_of(series.product, text), order.get("reduce_only", False)
        rested = self.book.rest(series, order["account"], order["side"], price, made.rests, only, order.get("client_id"),
                                self.now, next_daily_time(self.now) if day else None)
        if only:
            index = 0 if order["side"] == "buy" else 1
            position = self.vault.accounts[order["account"]].at(series)
            known = position.worst[index]
            position.worst[index] = price if known is None else (max, min)[index](known, price)
        events.append(("tf_order_rested", {
            "order": rested.id, "account": rested.account, "lots": rested.lots, "reduce_only": str(only).lower(),
            "client_id": rested.client_id or "-", "expires_at": rested.expires_at or "-"}))
        return rested

    def push(self, series, open_interest, events, alone=False):
        """Measures and pushes the marks. A trade removes the dead orders that it met, a push alone the void ones."""
        series.remember_mark(self.block)
        series.mark, series.margin_mark, index, met = marks.measure(
            series, self.book, self.feeds[series.product.feed], self.now, open_interest)
        for order in met:
            if self.book.void(order) or not alone:
                self.take_out(order, self.why_dead(order), events)
        series.mark_at = self.now
        events.append(("tf_marked", {"series": series.id, "mark": series.mark, "margin_mark": series.margin_mark,
                                     "index": "-" if index is None else index}))

    def charge(self, series, account, made, events):
        """Each fill's fee rounds up and a rebate down; what a message charges an account is divided at once. The taker's
        cash pays for one fill after the other, and a rebate is no more than he paid for that fill."""
        fees, due = series.product.fees, defaultdict(int)
        cash, rebates = max(0, account.cash), []
        for order, lots, price in made.fills:
            notional = lots * price * series.product.unit
            fee = min(cash, up(notional * fees["taker"], MILLION))
            cash -= fee
            due["taker_fee", account.number] += fee
            if int(fees["maker"]) >= 0:
                due["maker_fee", order.account] += up(notional * int(fees["maker"]), MILLION)
            else:
                rebate = min(fee, notional * -int(fees["maker"]) // MILLION)
                due["taker_fee", account.number] -= rebate
                rebates.append((order.account, rebate))
        for maker, rebate in rebates:
            self.vault.move(events, "maker_rebate", rebate, account.number, maker)
        for (kind, number), amount in due.items():
            self.vault.fee(events, kind, self.vault.accounts[number], amount)

    def check_margin(self, before, after, rested):
        """4.11, at the same marks before and after."""
        equity, need = after.equity(), after.initial(self.now)
        if equity >= need and after.cash >= 0:
            return
        had, needed = before.equity(), before.initial(self.now)
        held = {series: lots for series, lots, _ in before.positions}
        grown = any(abs(lots) > abs(held.get(series, 0)) or lots * held.get(series, 0) < 0
                    for series, lots, _ in after.positions)
        covered = equity >= need or min(equity, had) >= 0 and equity * needed >= had * need
        if grown or need > needed or not covered:
            raise Refused("cash_below_zero" if equity >= need else "insufficient_margin")
        if equity < need and rested:
            sign = 1 if rested.side == "buy" else -1
            if sign * (rested.price - rested.series.margin_mark) > 0:
                raise Refused("worse_than_mark")

    def settled_down(self, touched, series, events):
        for number in sorted(touched):
            account = self.vault.accounts[number]
            self.vault.settle_clock(account, self.now)
            if series:
                position = account.at(series)
                events.append(("tf_position", {"account": number, "series": series.id, "lots": position.lots,
                                               "variation": position.variation}))

    def order_of(self, fields):
        (kind, text), = fields["order"].items()
        order = self.book.find(text) if kind == "id" else self.book.last_named(fields["account"], text)
        if order is None:
            raise Refused("unknown_order", "unknown_account", "invalid_order_id")
        if order.account != fields["account"]:
            raise Refused("other_account")
        return order

    def market_cancel_order(self, sender, fields, events):
        order = self.order_of(fields)
        product = order.series.product
        codes = {"strike_due"} if self.strike_due(product) else set()
        if order.series.settled and not self.book.cancelled_all(order):
            codes.add("series_settled")
        account = self.permit_or(codes, fields["account"], sender, "cancel", product.code)
        void = self.book.void(order)
        self.take_out(order, "void" if void else "cancelled", events)
        if not void:
            self.settled_down({account.number}, None, events)

    def market_cancel_all(self, sender, fields, events):
        due = {"strike_due"} if any(map(self.strike_due, self.products.values())) else set()
        account = self.permit_or(due, fields["account"], sender, "cancel_all", None)
        self.vault.touch(account, events)
        self.void_orders(account, events)
        self.settled_down({account.number}, None, events)

    def void_orders(self, account, events):
        self.book.void_before[account.number] = self.book.next
        for position in account.positions.values():
            position.worst = [None, None]
        events.append(("tf_orders_voided", {"account": account.number, "before": self.book.next}))

    def market_reap(self, sender, fields, events):
        ids = fields["orders"]
        if not 1 <= len(ids) <= MOST:
            raise Refused("invalid_count")
        orders = [order for order in map(self.book.find, dict.fromkeys(ids)) if order]
        due = {"strike_due"} if any(map(self.strike_due, self.products.values())) else set()
        if len(orders) < len(ids) and due:
            raise Refused("strike_due", "nothing_to_reap", "unknown_series")
        products = {order.series.product for order in orders}
        if len(products) > 1:
            raise Refused("mixed_list", *due)
        for product in products:
            self.guard_strike(product)
        stale = [(order, self.reason_to_reap(order)) for order in orders]
        stale = [(order, reason) for order, reason in stale if reason]
        if not stale:
            raise Refused("nothing_to_reap", "unknown_series", "unknown_order")
        for order, reason in stale:
            self.take_out(order, reason, events)

    def reason_to_reap(self, order):
        reason = self.book.stale(order, self.now, self.lots_of)
        if reason is None and order.series.status_at(self.now) == "expired":
            return "closed"
        return reason
