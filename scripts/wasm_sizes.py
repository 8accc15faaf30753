#!/usr/bin/env python3
"""Says what a contract's wasm is made of: bytes by crate, then the largest functions.

usage: wasm_sizes.py CONTRACT.wasm...    of modules that still have their names: `scripts/wasm --sizes` builds them

A function counts for the crate that defines it; what is read or written as JSON or postcard for the library that does
it, for it is compiled once a type. Python standard library only.
"""

import re
import sys
from collections import Counter
from pathlib import Path

from wasm_limits import Reader

IMPORT, CODE, DATA = 2, 10, 11
CRATE = re.compile(r"Cs[0-9A-Za-z]*_(\d+)_?")
LIBRARIES = ("serde_json", "postcard", "tokfut_storage", "rustc_demangle")
LARGEST = 15


def crates(mangled):
    """The crates that a mangled name (v0) mentions, in order."""
    for match in CRATE.finditer(mangled):
        name = mangled[match.end() : match.end() + int(match[1])]
        if re.fullmatch(r"[a-z][a-z0-9_]*", name):
            yield name


def owner(mangled):
    named = list(crates(mangled))
    if not named:
        return "(entry points, intrinsics)"
    return next((library for library in LIBRARIES if library in named), named[0])


def functions(wasm):
    """Name and size of each function, and the size of the data."""
    module, names, sizes, imported, data = Reader(wasm), {}, [], 0, 0
    module.take(8)
    while module:
        number, section = module.byte(), module.part()
        if number == IMPORT:
            imported = section.number()
        elif number == CODE:
            sizes = [len(section.part().data) for _ in range(section.number())]
        elif number == DATA:
            data = len(section.data)
        elif number == 0 and section.name() == "name":
            while section:
                kind, part = section.byte(), section.part()
                for _ in range(part.number() if kind == 1 else 0):
                    index = part.number()
                    names[index] = part.name()
    return [(names.get(imported + place, "?"), size) for place, size in enumerate(sizes)], data


def main(paths):
    for path in paths:
        found, data = functions(Path(path).read_bytes())
        by_crate = Counter({"(data: texts, tables)": data})
        for name, size in found:
            by_crate[owner(name)] += size
        print(f"{Path(path).stem}: {sum(by_crate.values())} bytes of code and data")
        for crate, size in by_crate.most_common():
            print(f"{size:9} {crate}")
        print("  the largest functions:")
        for name, size in sorted(found, key=lambda one: -one[1])[:LARGEST]:
            print(f"{size:9} {name[:120]}")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    main(sys.argv[1:])
