#!/usr/bin/env python3
"""Holds contracts' wasm against what the CosmWasm VM 3.0 accepts, and against our own size limit.

usage: wasm_limits.py CONTRACT.wasm...    prints a line for each; exit 1 and the reasons if one would be refused

Reads the whole module, every instruction included: an opcode not listed here belongs to an extension (bulk memory,
reference types, SIMD, threads...) that chains refuse. Python standard library only.
"""

import hashlib
import sys
from pathlib import Path

MAX_BYTES = 400_000  # ours; chains accept 819,200
MAX_MEMORY_PAGES = 512
MAX_TABLE = 2_500
MAX_FUNCTIONS = 20_000
MAX_PARAMETERS = 100
MAX_LOCALS = 100

IMPORTS = {
    "abort", "debug", "query_chain",
    "db_read", "db_write", "db_remove", "db_scan", "db_next", "db_next_key", "db_next_value",
    "addr_validate", "addr_canonicalize", "addr_humanize",
    "secp256k1_verify", "secp256k1_recover_pubkey", "secp256r1_verify", "secp256r1_recover_pubkey",
    "ed25519_verify", "ed25519_batch_verify",
    "bls12_381_aggregate_g1", "bls12_381_aggregate_g2", "bls12_381_pairing_equality",
    "bls12_381_hash_to_g1", "bls12_381_hash_to_g2",
}  # fmt: skip
EXPORTS = {"interface_version_8", "allocate", "deallocate", "instantiate", "execute", "query", "migrate"}
# What every released chain announces. cosmwasm_2_2 and later are left out: a contract that asks for them is refused.
CAPABILITIES = {"iterator", "stargate"} | {f"cosmwasm_{version}" for version in ("1_1", "1_2", "1_3", "1_4", "2_0", "2_1")}

FUNCTION, TABLE, MEMORY, GLOBAL = range(4)
TYPES = {0x7C, 0x7D, 0x7E, 0x7F}

# Opcode → its immediates: u = unsigned LEB, s = signed LEB, b = block type, 4 and 8 = so many bytes, t = branch
# table, z = the zero byte that names the only table or memory.
IMMEDIATES = {
    **dict.fromkeys([0x00, 0x01, 0x05, 0x0B, 0x0F, 0x1A, 0x1B], ""),
    **dict.fromkeys([0x02, 0x03, 0x04], "b"),
    **dict.fromkeys([0x0C, 0x0D, 0x10, *range(0x20, 0x25)], "u"),
    0x0E: "t",
    0x11: "uz",
    **dict.fromkeys(range(0x28, 0x3F), "uu"),
    **dict.fromkeys([0x3F, 0x40], "z"),
    **{0x41: "s", 0x42: "s", 0x43: "4", 0x44: "8"},
    **dict.fromkeys(range(0x45, 0xC5), ""),
}
SATURATING_CONVERSIONS = range(8)  # after the prefix 0xFC; from 8 on it is bulk memory


class Refused(Exception):
    """Why a chain would not take the module."""


def need(fact, reason):
    if not fact:
        raise Refused(reason)


class Reader:
    """The bytes of a module or of a section, from the front."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def __bool__(self):
        return self.at < len(self.data)

    def take(self, count):
        piece = self.data[self.at : self.at + count]
        need(len(piece) == count, "the module is cut off")
        self.at += count
        return piece

    def byte(self):
        return self.take(1)[0]

    def number(self):
        """A LEB128 number; signed ones are only skipped, so their sign does not matter."""
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def name(self):
        return self.take(self.number()).decode()

    def part(self):
        return Reader(self.take(self.number()))

    def limits(self):
        flag = self.byte()
        need(flag in (0, 1), "a shared or 64-bit memory or table")
        return self.number(), self.number() if flag else None


def instructions(code):
    """Reads instructions to the end of the reader, or of a constant expression."""
    while code:
        opcode = code.byte()
        if opcode == 0xFC:
            extended = code.number()
            need(extended in SATURATING_CONVERSIONS, f"opcode 0xFC {extended}: bulk memory or later")
            continue
        need(opcode in IMMEDIATES, f"opcode {opcode:#04x}: an extension of wasm")
        for immediate in IMMEDIATES[opcode]:
            if immediate in "us":
                code.number()
            elif immediate == "b":
                need(code.byte() in TYPES | {0x40}, "a block with parameters or several results")
            elif immediate == "z":
                need(code.byte() == 0, "another table or memory than the first")
            elif immediate == "t":
                for _ in range(code.number() + 1):
                    code.number()
            else:
                code.take(int(immediate))
        if opcode == 0x0B:
            yield


def constant(reader):
    next(instructions(reader))


def types(section):
    for _ in range(section.number()):
        need(section.byte() == 0x60, "a type that is no function")
        parameters, results = section.take(section.number()), section.take(section.number())
        need(TYPES.issuperset(parameters + results), "a type of value beyond the four numbers")
        need(len(parameters) <= MAX_PARAMETERS, f"a function with {len(parameters)} parameters")
        need(len(results) <= 1, "a function with several results")


def imports(section):
    for _ in range(section.number()):
        module, name, kind = section.name(), section.name(), section.byte()
        need(kind == FUNCTION and module == "env" and name in IMPORTS, f"the import {module}.{name}")
        section.number()


def functions(section):
    count = section.number()
    need(count <= MAX_FUNCTIONS, f"{count} functions")
    for _ in range(count):
        section.number()


def tables(section):
    need(section.number() == 1 and section.byte() == 0x70, "tables other than one of functions")
    _, maximum = section.limits()
    need(maximum is not None and maximum <= MAX_TABLE, f"a table of up to {maximum} functions")


def memories(section):
    need(section.number() == 1, "several memories")
    initial, maximum = section.limits()
    need(initial <= MAX_MEMORY_PAGES and maximum is None, f"a memory of {initial} to {maximum} pages")


def globals_(section):
    for _ in range(section.number()):
        need(section.byte() in TYPES and section.byte() in (0, 1), "a global that is no number")
        constant(section)


def exports(section):
    names = set()
    for _ in range(section.number()):
        name, kind, _ = section.name(), section.byte(), section.number()
        if kind == FUNCTION:
            names.add(name)
    missing = EXPORTS - names
    need(not missing, f"no export {', '.join(sorted(missing))}")
    asked = {name.removeprefix("requires_") for name in names if name.startswith("requires_")}
    need(asked <= CAPABILITIES, f"asks for the capability {', '.join(sorted(asked - CAPABILITIES))}")
    versions = [name for name in names if name.startswith("interface_version_")]
    need(len(versions) == 1, "several interface versions")


def elements(section):
    for _ in range(section.number()):
        need(section.number() == 0, "an element segment that is not active")
        constant(section)
        for _ in range(section.number()):
            section.number()


def code(section):
    for _ in range(section.number()):
        body = section.part()
        locals_ = 0
        for _ in range(body.number()):
            locals_ += body.number()
            need(body.byte() in TYPES, "a local that is no number")
        need(locals_ <= MAX_LOCALS, f"a function with {locals_} locals")
        for _ in instructions(body):
            pass


def data(section):
    for _ in range(section.number()):
        need(section.number() == 0, "a data segment that is not active")
        constant(section)
        section.part()


SECTIONS = {1: types, 2: imports, 3: functions, 4: tables, 5: memories, 6: globals_, 7: exports, 9: elements, 10: code, 11: data}  # fmt: skip


def check(wasm):
    module = Reader(wasm)
    need(module.take(8) == b"\0asm\1\0\0\0", "no wasm of version 1")
    seen = set()
    while module:
        number, section = module.byte(), module.part()
        seen.add(number)
        if number == 0:
            continue
        need(number in SECTIONS, f"section {number}: an extension of wasm")
        SECTIONS[number](section)
        need(not section, f"section {number} has bytes to spare")
    need(seen >= {5, 7}, "no memory or no exports")
    need(len(wasm) <= MAX_BYTES, f"{len(wasm)} bytes, more than {MAX_BYTES}")


def main(paths):
    refused = 0
    for path in paths:
        wasm = Path(path).read_bytes()
        try:
            check(wasm)
            print(f"{path}: {len(wasm)} bytes, sha256 {hashlib.sha256(wasm).hexdigest()}")
        except Refused as reason:
            refused += 1
            print(f"{path}: refused: {reason}", file=sys.stderr)
    return 1 if refused else 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))
