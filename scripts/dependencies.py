#!/usr/bin/env python3
"""Checks the crates of the workspace and all they are built of: which crate may use which, and under which licences.

usage: cargo metadata --all-features --format-version 1 | dependencies.py

Prints what is wrong and exits 1. Python standard library only.
"""

import json
import re
import sys

# Crate (without "tokfut-") → those of ours it may be linked with. What only its tests use is free, but for two things:
# contracts never use one another, and the crate `tests` keeps to its row.
CONTRACTS = {"market", "oracle", "vault"}
PURE = {"core"}
WIRE = PURE | {"storage", "api"}
CHAIN = WIRE | CONTRACTS | {"scenario", "embedded"}
OFF_CHAIN = {"core", "api", "scenario", "client"}
MAY_USE = {
    "core": set(),
    "storage": PURE,
    "api": PURE | {"storage"},
    **dict.fromkeys(CONTRACTS, WIRE),
    "scenario": PURE | {"api"},
    "embedded": WIRE | CONTRACTS | {"scenario"},
    "testkit": CHAIN,
    "tests": CHAIN | {"testkit"},
    "client": PURE | {"api", "scenario"},
    "publisher": OFF_CHAIN,
    "keeper": OFF_CHAIN,
    "cli": OFF_CHAIN | {"publisher", "keeper", "embedded"},
}

# What `core` must never be linked with: anything that knows a chain, a clock, a file or a wire.
IMPURE = re.compile(r"cosmwasm-.*|cw\d?|cw-.*|cw2|tokio|rand|getrandom|chrono|time|reqwest|hyper")

LICENCES = {
    "0BSD", "Apache-2.0", "Apache-2.0 WITH LLVM-exception", "BSD-1-Clause", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0",
    "CC0-1.0", "CDLA-Permissive-2.0", "ISC", "MIT", "MIT-0", "Unicode-3.0", "Unlicense", "Zlib",
}  # fmt: skip


def permitted(expression):
    """Whether an SPDX expression leaves a choice among LICENCES. The old "/" means OR."""
    tokens = re.findall(r"[()]|[^\s()/]+|/", expression)

    def atom():
        if tokens[0] == "(":
            tokens.pop(0)
            value = either()
            tokens.pop(0)
            return value
        name = tokens.pop(0)
        if tokens[:1] == ["WITH"]:
            name = f"{name} WITH {tokens[1]}"
            del tokens[:2]
        return name in LICENCES

    def both():
        value = atom()
        while tokens[:1] == ["AND"]:
            tokens.pop(0)
            value = atom() and value
        return value

    def either():
        value = both()
        while tokens[:1] in (["OR"], ["/"]):
            tokens.pop(0)
            value = both() or value
        return value

    return either()


def licences(metadata):
    for package in metadata["packages"]:
        licence = package["license"]
        if not licence or not permitted(licence):
            yield f"{package['name']} {package['version']} is licensed {licence or 'by a file of its own'}"


def ours(name):
    return name.removeprefix("tokfut-") if name.startswith("tokfut-") else None


def between_crates(metadata):
    for package in metadata["packages"]:
        crate = ours(package["name"])
        if crate is None:
            continue
        if crate not in MAY_USE:
            yield f"{package['name']} is not in the table MAY_USE of scripts/dependencies.py"
            continue
        for dependency in package["dependencies"]:
            used, linked = ours(dependency["name"]), dependency["kind"] != "dev"
            if used is None:
                continue
            if crate in CONTRACTS and used in CONTRACTS:
                yield f"the contract {crate} uses the contract {used}"
            elif (linked or crate == "tests") and used not in MAY_USE[crate]:
                yield f"{crate} uses {used}, against the table MAY_USE of scripts/dependencies.py"


def core_is_pure(metadata):
    names = {package["id"]: package["name"] for package in metadata["packages"]}
    edges = {node["id"]: node["deps"] for node in metadata["resolve"]["nodes"]}
    way = {package: ["tokfut-core"] for package, name in names.items() if name == "tokfut-core"}
    if not way:
        yield "there is no tokfut-core"
    rest = list(way)
    while rest:
        package = rest.pop()
        if IMPURE.fullmatch(names[package]):
            yield f"core is not pure: {' → '.join(way[package])}"
        for edge in edges[package]:
            if edge["pkg"] not in way and any(kind["kind"] is None for kind in edge["dep_kinds"]):
                way[edge["pkg"]] = [*way[package], names[edge["pkg"]]]
                rest.append(edge["pkg"])


def main():
    metadata = json.load(sys.stdin)
    wrong = [*core_is_pure(metadata), *between_crates(metadata), *licences(metadata)]
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
