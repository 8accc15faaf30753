"""Fixings: answers, lower medians, held, missed and final rounds (clause 7.3 to 7.6)."""

from terms import DAY, Refused

WINDOW, LATE, FINAL_AFTER = 7_200, 10_800, 11_700
STEPS = 30


def lower_median(values):
    return sorted(values)[(len(values) - 1) // 2]


class Feed:
    """One feed of a panel of n; a round is named by its fixing time."""

    def __init__(self, number, anchor, start, terms):
        self.number, self.anchor = number, anchor
        self.first = self.next = start - (start - anchor) % -DAY if start > anchor else anchor
        self.max_move, self.dispersion, self.outlier = (terms[key] for key in ("max_move", "max_dispersion", "outlier"))
        self.n = terms["n"]
        self.f = (self.n - 1) // 3
        self.answers = {}
        self.finals = {}
        self.voids = set()

    def number_of(self, time):
        return (time - self.anchor) // DAY

    def submit(self, time, publisher, value, now):
        answers = self.answers.get(time, {})
        codes = set()
        if time < self.first:
            codes.add("round_before_first")
        if time > now:
            codes.add("round_in_future")
        quorum = sum(said is not None for said in answers.values()) >= 2 * self.f + 1
        until = time + (WINDOW if quorum else LATE)
        if now >= until:
            codes.add("round_closed")
        if publisher in answers:
            codes.add("already_answered")
        if value == 0:
            codes.add("zero_value")
        if publisher >= self.n:
            codes.add("unknown_publisher")
        if codes:
            raise Refused(*codes)
        self.answers.setdefault(time, {})[publisher] = value

    def finalise(self, now, events, most=STEPS):
        """As many rounds as may end, in order; a run of rounds without answers is one step."""
        if now < self.next + FINAL_AFTER:
            raise Refused("nothing_to_finalise")
        for _ in range(most):
            if now < self.next + FINAL_AFTER:
                break
            self.end_round(now, events)

    def end_round(self, now, events):
        time = self.next
        if not self.answers.get(time):
            last = time
            while not self.answers.get(last + DAY) and now >= last + DAY + FINAL_AFTER:
                last += DAY
            return self.void(time, last, "missed", events)
        values = [value for value in self.answers[time].values() if value is not None]
        if len(values) < 2 * self.f + 1:
            return self.void(time, time, "missed", events)
        median = lower_median(values)
        if not self.believed(values, median):
            return self.void(time, time, "held", events)
        self.next = time + DAY
        self.finals[time] = median
        publisher = min(who for who, value in self.answers[time].items() if value == median)
        events.append(("tf_fixed", {
            "feed": self.number, "round": self.number_of(time), "fixing_time": time, "value": median,
            "sum": sum(self.finals.values()), "count": len(self.finals), "revision": 0}))
        return publisher

    def believed(self, values, median):
        last = self.finals[max(self.finals)] if self.finals else median
        away = lower_median([abs(value - median) for value in values])
        jumped = abs(median - last) * 10**6 > self.max_move * last
        scattered = away * 10**6 > self.dispersion * median
        near = sum(abs(value - median) * 10**6 <= self.outlier * median for value in values)
        return near >= self.n - self.f or not (jumped or scattered)

    def void(self, first, last, reason, events):
        self.next = last + DAY
        self.voids.update(range(first, last + 1, DAY))
        events.append(("tf_voided", {"feed": self.number, "round": self.number_of(first),
                                     "last": self.number_of(last), "reason": reason}))

    def due(self, until, now):
        """Rounds dated so early may be settled, and are not."""
        return self.next <= until and now >= self.next + FINAL_AFTER

    def latest(self, until):
        """Time and value of the latest final fixing dated so early."""
        times = [time for time in self.finals if time <= until]
        return (max(times), self.finals[max(times)]) if times else None
