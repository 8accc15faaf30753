#!/usr/bin/env python3
"""Recomputes leaf files a second time: root, value and dispersion from the leaves and the methodology file alone, with
code of its own (Python standard library only).

usage: leaf_files.py DATA_FOLDER    the folder that holds methodology/; the leaf files are in leaves/ beside this program

Exits 1 at the first difference.
"""

import hashlib
import json
import struct
import sys
import tomllib
from datetime import date
from fractions import Fraction
from pathlib import Path

import tok_index

EPOCH = date(1970, 1, 1)
MICRO = 10**6


def sha256(data):
    return hashlib.sha256(data).digest()


def text(value):
    return struct.pack(">H", len(value.encode())) + value.encode()


def day(value):
    return struct.pack(">I", (date.fromisoformat(value) - EPOCH).days)


def micro(value):
    units = Fraction(value or 0) * MICRO
    assert units.denominator == 1
    return struct.pack(">Q", int(units))


def leaf_bytes(leaf):
    evidence = bytes.fromhex(leaf["evidence"])
    if "gpu" in leaf:
        names = b"".join(text(leaf[name]) for name in ("gpu", "provider", "product", "segment", "terms"))
        return b"TOKFUT/LEAF/1\x02" + day(leaf["date"]) + names + micro(leaf["price"]) + evidence
    listing = 0 if "input" not in leaf else 2 if "cached_input" in leaf else 1
    prices = b"".join(micro(leaf.get(name)) for name in ("input", "cached_input", "output"))
    names = text(leaf["vendor"]) + text(leaf["model"])
    return b"TOKFUT/LEAF/1\x01" + day(leaf["since"]) + names + bytes([listing]) + prices + evidence


def root(row):
    if not row:
        return bytes(32)
    while len(row) > 1:
        pairs = [row[i : i + 2] for i in range(0, len(row), 2)]
        row = [sha256(b"\x01" + pair[0] + pair[1]) if len(pair) == 2 else pair[0] for pair in pairs]
    return row[0]


def lower_median(values):
    return sorted(values)[(len(values) - 1) // 2]


def gpu_price(leaves, gpu, asked, outliers):
    """The lower median of the providers left, and their MAD."""
    quotes = {}
    for leaf in leaves:
        if (leaf["gpu"], leaf["terms"], leaf["segment"]) == (gpu, asked["terms"], asked["segment"]):
            quotes.setdefault(leaf["provider"], []).append(Fraction(leaf["price"]))
    prices = [lower_median(of_one) for of_one in quotes.values()]
    middle = lower_median(prices)
    mad = lower_median([abs(price - middle) for price in prices])
    far = outliers["mads"] * Fraction(outliers["mad_scale"]) * mad
    bound = max(far, Fraction(outliers["floor_percent"], 100) * middle)
    left = [price for price in prices if abs(price - middle) <= bound]
    assert len(left) >= asked["min_providers"], f"{len(left)} providers of {gpu}"
    median = lower_median(left)
    return median, lower_median([abs(price - median) for price in left])


def units(level, decimals):
    return (level * 10**decimals + Fraction(1, 2)).__floor__()


def fixing(leaves, methodology, on):
    decimals = methodology["index"]["decimals"]
    match methodology["index"]["rule"]:
        case "linked_basket":
            record = {}
            for leaf in leaves:
                price = None
                if "input" in leaf:
                    fresh, output = Fraction(leaf["input"]) * MICRO, Fraction(leaf["output"]) * MICRO
                    cached = Fraction(leaf["cached_input"]) * MICRO if "cached_input" in leaf else fresh / 10
                    price = 35 * fresh + 45 * cached + 20 * output
                record.setdefault((leaf["vendor"], leaf["model"]), {})[date.fromisoformat(leaf["since"])] = price
            *_, (_, value, _) = tok_index.Index(record).daily(date.fromisoformat(on))
            return value, 0
        case "median_of_quotes":
            asked = methodology["quotes"]
            median, mad = gpu_price(leaves, asked["gpu"], asked, methodology["outliers"])
            return units(median, decimals), units(mad, decimals)
        case "weighted_relatives":
            level = Fraction(0)
            for gpu in methodology["gpu"]:
                price, _ = gpu_price(leaves, gpu["name"], methodology["quotes"], methodology["outliers"])
                level += Fraction(gpu["percent"], 100) * price / Fraction(gpu["base"])
            return units(methodology["base"]["level"] * level, decimals), 0


def check(what, found, expected):
    if found != expected:
        sys.exit(f"leaf_files: {what}: {found}, the file says {expected}")


def main(data):
    methodologies = {}
    for path in (data / "methodology").glob("*.toml"):
        methodologies[sha256(path.read_bytes()).hex()] = tomllib.loads(path.read_text(encoding="utf-8"))
    files = sorted((Path(__file__).parent / "leaves").glob("*.json"))
    for path in files:
        file = json.loads(path.read_text(encoding="utf-8"))
        leaves = file["leaves"]
        hashes = [sha256(b"\x00" + leaf_bytes(leaf)) for leaf in leaves]
        for leaf, found in zip(leaves, hashes):
            check(f"{path.name}: a leaf's hash", found.hex(), leaf["hash"])
        check(f"{path.name}: root", root(hashes).hex(), file["root"])
        value, dispersion = fixing(leaves, methodologies[file["methodology"]], file["date"])
        check(f"{path.name}: value", str(value), file["value"])
        check(f"{path.name}: dispersion", str(dispersion), file["dispersion"])
    print(f"{len(files)} leaf files agree: hashes, roots, values")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
