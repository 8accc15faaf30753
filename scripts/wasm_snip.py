#!/usr/bin/env python3
"""Empties functions that are linked into a contract and are never called there: wasm-opt then drops what only they use.

usage: wasm_snip.py CONTRACT IN.wasm OUT.wasm    of a module that still has its names; says what was emptied

An emptied function traps, and a trap refuses the message as a panic does: a wrong entry here would cost a refusal, never
money. Python standard library only.
"""

import re
import sys
from pathlib import Path

from wasm_limits import Reader

ALL = {"market", "oracle", "vault"}
# (mangled names without the crates' hashes, where, why nothing calls them). Each must match something, or it goes.
UNCALLED = [
    (r".*C3std9backtraceNtB\w*_9Backtrace.*3fmt.*", ALL, "StdError has a Backtrace: disabled on wasm, shown by no text"),
    (r".*C3std12backtrace_rs.*", ALL, "what prints a backtrace"),
    # At the end of a name stands only the crate that a shared function was compiled with.
    (r".*C14rustc_demangle(?!$).*", ALL, "names of functions in a backtrace"),
    (r"_RNvXs\w*_NtNtC4core3fmt5floatdNtB\w*_7Display3fmt", ALL, "serde names floats; api::wire refuses them unnamed"),
    (r".*NtC4core3num7flt2dec.*", ALL, "the digits of floats"),
    (r".*C4zmij(?!$).*", ALL, "floats in JSON: no message, answer or event has one"),
    (
        r".*C12cosmwasm_std.*11ExternalApi.*(_batch_verify|_recover_pubkey|secp256r1_verify|_aggregate_g\d|_equality|_to_g\d)",
        ALL,
        "signatures that no contract asks the chain about",
    ),
    (
        r".*C12cosmwasm_std6errors12system_error.*11SystemError.*11Deserialize.*",
        {"vault"},
        "why the chain has no answer: the vault asks it for a balance only, which it always has",
    ),
]

IMPORT, CODE = 2, 10
TRAP = bytes([0, 0x00, 0x0B])  # no locals, unreachable, end
HASH = re.compile(r"Cs[0-9A-Za-z]*_(?=\d)")


def leb(number):
    pieces = bytearray()
    while number >= 0x80:
        pieces.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*pieces, number])


def sized(content):
    return leb(len(content)) + content


def sections(wasm):
    module = Reader(wasm)
    module.take(8)
    while module:
        yield module.byte(), module.part().data


def names(custom):
    """Index → name of functions; nothing unless it is the section of names."""
    section = Reader(custom)
    if section.name() != "name":
        return {}
    while section:
        kind, part = section.byte(), section.part()
        if kind == 1:
            return {part.number(): part.name() for _ in range(part.number())}
    return {}


def uncalled(contract, named):
    """Index → its entry's place in the list."""
    found = {}
    plain = {index: HASH.sub("C", name) for index, name in named.items()}
    for place, (pattern, where, _) in enumerate(UNCALLED):
        if contract not in where:
            continue
        matching = [index for index, name in plain.items() if re.fullmatch(pattern, name)]
        if not matching:
            raise LookupError(f"no function of {contract} is named {pattern}: take it off the list")
        found |= {index: place for index in matching}
    return found


def snip(contract, wasm):
    """The module with those functions empty, and the number and bytes of them for each entry of the list."""
    parts = list(sections(wasm))
    named = {index: name for number, content in parts if number == 0 for index, name in names(content).items()}
    imported = sum(Reader(content).number() for number, content in parts if number == IMPORT)
    empty, done, out = uncalled(contract, named), {}, bytearray(wasm[:8])
    for number, content in parts:
        if number == CODE:
            section = Reader(content)
            bodies = [section.part().data for _ in range(section.number())]
            for index, place in empty.items():
                count, size = done.get(place, (0, 0))
                done[place] = count + 1, size + len(bodies[index - imported])
                bodies[index - imported] = TRAP
            content = leb(len(bodies)) + b"".join(map(sized, bodies))
        out += bytes([number]) + sized(content)
    return bytes(out), done


def main(contract, source, target):
    try:
        wasm, done = snip(contract, Path(source).read_bytes())
    except LookupError as reason:
        sys.exit(f"wasm_snip.py: {reason}")
    Path(target).write_bytes(wasm)
    for place, (count, size) in sorted(done.items()):
        print(f"{count:4} functions, {size:6} bytes: {UNCALLED[place][2]}")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
