#!/usr/bin/env python3
"""The TOK index, methodology version 1, a second time: standard library and exact fractions only, written from the
text of the rule and sharing nothing with the Rust program.

    tok_index.py DATA            compare with DATA/tok_daily.csv; exit 1 at the first difference
    tok_index.py DATA --print    print the table instead

DATA is the folder that holds model_prices.csv. The day it ends on is that of the golden file.
"""

import csv
import re
import sys
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

BASE = date(2025, 10, 10)
LAST = date(2026, 9, 30)
ENTRY = timedelta(days=10)
DAY = timedelta(days=1)
TIER_WEIGHTS = {"T1": Fraction(15, 100), "T2": Fraction(35, 100), "T3": Fraction(50, 100)}
VENDOR_CAP = Fraction(25, 100)
LINES = {
    ("openai", "T1"): r"gpt-\d+(\.\d+)?(-sol)?",
    ("openai", "T2"): r"gpt-\d+(\.\d+)?-(mini|terra)",
    ("openai", "T3"): r"gpt-\d+(\.\d+)?-(nano|luna)",
    ("anthropic", "T1"): r"claude-(\d+(\.\d+)?-opus|opus-\d+(-\d+)?)",
    ("anthropic", "T2"): r"claude-(\d+(\.\d+)?-sonnet|sonnet-\d+(\.\d+)?)",
    ("anthropic", "T3"): r"claude-\d+(\.\d+)?-haiku",
    ("google", "T1"): r"gemini-\d+([.-]\d+)?-pro(-preview)?",
    ("google", "T2"): r"gemini-\d+([.-]\d+)?-flash(-preview)?",
    ("google", "T3"): r"gemini-\d+([.-]\d+)?-flash-lite(-preview)?",
    ("xai", "T1"): r"grok-\d+(\.\d+)?",
    ("xai", "T3"): r"grok-\d+(\.\d+)?-(mini|fast)",
    ("deepseek", "T2"): r"deepseek-(chat|v\d+-pro)",
    ("deepseek", "T3"): r"deepseek-v\d+-flash",
    ("meta-ai", "T2"): r"muse-spark-\d+(\.\d+)?",
    ("moonshot-ai", "T3"): r"kimi-k\d+(\.\d+)?(-\d{4}-preview)?",
}


def read_prices(path):
    """{(vendor, model): {date: P in 10^-8 USD per BMT, or None where the listing ends}}"""
    record = {}
    with open(path, newline="", encoding="ascii") as file:
        for row in csv.DictReader(file):
            price = None
            if row["input"]:
                micro = [Fraction(row[column] or 0) * 10**6 for column in ("input", "cached_input", "output")]
                fresh, cached, output = micro
                if not row["cached_input"]:
                    cached = fresh / 10
                price = 35 * fresh + 45 * cached + 20 * output
            record.setdefault((row["vendor"], row["model"]), {})[date.fromisoformat(row["date"])] = price
    return record


class Index:
    def __init__(self, record):
        self.record = record

    def price(self, member, day):
        """None if not listed on that day."""
        rows = [(since, price) for since, price in self.record[member].items() if since <= day]
        return max(rows, key=lambda row: row[0])[1] if rows else None

    def listed_since(self, member):
        return min(since for since, price in self.record[member].items() if price is not None)

    def constituents(self, cut_off):
        """{(vendor, tier): model}"""
        found = {}
        for (vendor, tier), pattern in LINES.items():
            models = [m for v, m in self.record if v == vendor and re.fullmatch(pattern, m, re.ASCII)]
            models = [m for m in models if self.price((vendor, m), cut_off) is not None]
            if not models:
                continue
            newest = max(self.listed_since((vendor, m)) for m in models)
            models = [m for m in models if self.listed_since((vendor, m)) == newest]
            highest = max(version(m) for m in models)
            found[vendor, tier] = min(m for m in models if version(m) == highest)
        return found

    def without_delisted(self, members, day):
        """Only those that have a price on the day and on the day before, on which they are linked."""
        stays = lambda member: all(self.price(member, at) is not None for at in (day - DAY, day))
        return {line: model for line, model in members.items() if stays((line[0], model))}

    def level(self, members, day):
        weights = weigh(members)
        return sum(weights[vendor, tier] * self.price((vendor, model), day) for (vendor, tier), model in members.items())

    def daily(self, last):
        """Each day's (date, fixing, unlinked level), the last two in 0.0001 USD."""
        members, scale, day = self.constituents(BASE), Fraction(1), BASE
        while True:
            yield day, half_up(scale * self.level(members, day)), half_up(self.level(members, day))
            if day == last:
                return
            day += DAY
            chosen = self.without_delisted(self.constituents(max(BASE, day - ENTRY)), day)
            if chosen != members:
                scale *= self.level(members, day - DAY) / self.level(chosen, day - DAY)
                members = chosen


def version(name):
    return tuple(int(number) for number in re.findall(r"[0-9]+", name))


def weigh(members):
    """{(vendor, tier): weight}"""
    tiers = [tier for _, tier in members]
    present = sum(TIER_WEIGHTS[tier] for tier in set(tiers))
    weights = {line: TIER_WEIGHTS[line[1]] / present / tiers.count(line[1]) for line in members}
    capped = set()
    while True:
        totals = {}
        for (vendor, _), weight in weights.items():
            totals[vendor] = totals.get(vendor, 0) + weight
        over = [vendor for vendor, total in totals.items() if total > VENDOR_CAP]
        if not over:
            return weights
        capped.add(over[0])
        factors = {over[0]: VENDOR_CAP / totals[over[0]]}
        free = sum(total for vendor, total in totals.items() if vendor not in capped)
        room = 1 - VENDOR_CAP * len(capped)
        for vendor in totals.keys() - capped:
            factors[vendor] = room / free
        weights = {line: weight * factors.get(line[0], 1) for line, weight in weights.items()}


def half_up(level):
    """10^-8 USD to the nearest 0.0001 USD."""
    return (level / 10**4 + Fraction(1, 2)).__floor__()


def main(arguments):
    folder = Path(arguments[0])
    index = Index(read_prices(folder / "model_prices.csv"))
    rows = [f"{day},{fixing},{unlinked}" for day, fixing, unlinked in index.daily(LAST)]
    if arguments[1:] == ["--print"]:
        print("date,fixing,unlinked", *rows, sep="\n")
        return 0
    golden = (folder / "tok_daily.csv").read_text(encoding="ascii").splitlines()[1:]
    if len(golden) != len(rows):
        print(f"{len(golden)} days in tok_daily.csv, {len(rows)} by the rule", file=sys.stderr)
        return 1
    for expected, found in zip(golden, rows):
        if expected != found:
            print(f"tok_daily.csv has {expected}, the rule gives {found}", file=sys.stderr)
            return 1
    print(f"{len(rows)} days agree")
    return 0


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))
