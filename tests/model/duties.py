"""What anyone may do and somebody must, and the roles: listing, marks, strikes, statuses (clauses 2.2, 2.4, 4.13, 5)."""

import marks
from series import MAY_BECOME, REDUCES_RISK, Series
from terms import DAY, Refused, clamp, last_daily_time
from treasury import Treasury

TIMELOCK = DAY
# Rounds that `finalise` ends if it does not say how many.
ASKED_FOR = 10


class Duties(Treasury):
    def oracle_finalise(self, sender, fields, events):
        if fields["feed"] not in self.feeds:
            raise Refused("unknown_feed")
        self.feeds[fields["feed"]].finalise(self.now, events, fields.get("limit", ASKED_FOR))

    def market_list_series(self, sender, fields, events):
        product = self.product_named(fields["product"])
        there = {series.month for series in self.of_product(product)}
        missing = [month for month in product.months(self.now) if month not in there]
        if not missing:
            raise Refused("nothing_to_list", "strike_due", "index_terminated")
        if marks.terminated(self.feeds[product.feed], self.now):
            raise Refused("index_terminated", "strike_due")
        self.guard_strike(product)
        living = [series for series in self.of_product(product) if not series.settled]
        latest = self.feeds[product.feed].latest(self.now)
        if not living and latest is None:
            raise Refused("no_reference_price")
        for month in missing:
            if living:
                near = min(living, key=lambda series: (abs(series.month.index() - month.index()), series.month.index()))
                begins = near.settlement, near.unclamped, near.found_at
            else:
                begins = latest[1], latest[1], latest[1]
            series = Series(product, month, *begins, self.now)
            self.series[series.id] = series
            events.append(("tf_series_listed", {"series": series.id, "code": series.code, "price": series.settlement}))

    def market_push_marks(self, sender, fields, events):
        codes = fields["series"]
        if not 1 <= len(codes) <= 32:
            raise Refused("invalid_count")
        group = [self.series_named(code) for code in codes]
        if len({series.product for series in group}) > 1 or len(set(codes)) < len(codes):
            raise Refused("mixed_list", "not_trading")
        for series in group:
            if series.settled:
                raise Refused("not_trading")
            self.push(series, series.open_interest, events, alone=True)

    def market_strike(self, sender, fields, events):
        product = self.product_named(fields["product"])
        due = self.next_strike(product)
        if due is None or self.now < due:
            raise Refused("strike_not_due")
        at, feed = last_daily_time(self.now), self.feeds[product.feed]
        if feed.due(at, self.now):
            feed.finalise(self.now, events)
            if feed.due(at, self.now):
                raise Refused("fixings_due")
        number = self.vault.strike(product, at, self.now)
        self.last_strike[product.code] = at
        over = marks.terminated(feed, at)
        ended = False
        for series in self.of_product(product):
            kind = series.strike_at(at)
            ended = ended or over and kind == "daily"
            if kind:
                self.strike_series(series, over or kind == "final", at, number, events)
        if ended:
            events.append(("tf_product_terminated", {"product": product.number, "cycle": number, "at": at}))
        events.append(("tf_cycle_struck", {"product": product.number, "cycle": number, "at": at}))

    def strike_series(self, series, last, at, number, events):
        feed = self.feeds[series.product.feed]
        if last:
            method, price = marks.final(series, feed, at)
            unclamped, fixing = price, series.found_at
        else:
            method, value, fixing = marks.daily(series, self.book, feed, at)
            unclamped = marks.round_to(value, series.unclamped)
            price = clamp(unclamped, *series.limits())
        series.remember_mark(self.block)
        self.vault.owe(series, price, last)
        series.settlement, series.unclamped, series.found_at = price, unclamped, fixing
        if method == 1:
            series.anchor = marks.anchor(price, fixing)
        series.mark = series.margin_mark = price
        series.mark_at = self.now
        series.first_day, series.volume = False, 0
        series.settlements.append({"cycle": number, "at": at, "price": price, "unclamped": unclamped,
                                   "method": method, "last": last})
        if last:
            series.settled, series.open_interest = True, 0
        events.append(("tf_struck", {"series": series.id, "cycle": number, "at": at, "price": price,
                                     "unclamped": unclamped, "method": method, "last": str(last).lower()}))

    def market_set_status(self, sender, fields, events):
        series, status = self.series_named(fields["series"]), fields["status"]
        if sender != "@guardian" or status not in REDUCES_RISK:
            raise Refused("unauthorized", "invalid_transition")
        if status not in MAY_BECOME.get(series.status_at(self.now), ()):
            raise Refused("invalid_transition", "unauthorized")
        self.become(series, status, events)

    def become(self, series, status, events):
        series.status, series.opens_at = status, None
        events.append(("tf_status_changed", {"series": series.id, "status": status}))

    def market_schedule_open(self, sender, fields, events):
        series = self.series_named(fields["series"])
        if sender != "@governance":
            raise Refused("unauthorized")
        if "open" not in MAY_BECOME.get(series.status_at(self.now), ()):
            raise Refused("invalid_transition")
        series.opens_at = self.now + TIMELOCK
        events.append(("tf_opening_scheduled", {"series": series.id, "opens_at": series.opens_at}))

    def market_reopen(self, sender, fields, events):
        series = self.series_named(fields["series"])
        if series.opens_at is None:
            raise Refused("not_scheduled")
        if self.now < series.opens_at:
            raise Refused("timelocked")
        if "open" not in MAY_BECOME.get(series.status_at(self.now), ()):
            raise Refused("invalid_transition")
        self.become(series, "open", events)
