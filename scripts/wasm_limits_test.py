#!/usr/bin/env python3
"""wasm_limits.py refuses what the CosmWasm VM refuses, and takes what it takes. The bounds were tried on VM 3.0.7 itself.

usage: wasm_limits_test.py
"""

import unittest

import wasm_limits

NUMBER, FUNCTION_TYPE = 0x7F, 0x60


def leb(value):
    pieces = []
    while value >= 0x80:
        pieces.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*pieces, value])


def vector(*items):
    return leb(len(items)) + b"".join(items)


def sized(content):
    return leb(len(content)) + content


def section(number, content):
    return bytes([number]) + sized(content)


def module(
    body=b"", locals_=0, parameters=0, results=0, memory=b"\0\x11", table=b"\1\1\1",
    import_=("env", "abort"), extra="requires_iterator", exports=wasm_limits.EXPORTS,
):  # fmt: skip
    """A module with one function, which every export names. It is valid but for what the test asks for."""
    function_type = bytes([FUNCTION_TYPE]) + leb(parameters) + bytes([NUMBER] * parameters)
    function_type += leb(results) + bytes([NUMBER] * results)
    names = [sized(name.encode()) + b"\0\1" for name in sorted({*exports, extra})]
    code = vector(*([leb(locals_) + bytes([NUMBER])] if locals_ else [])) + body + b"\x0b"
    return b"\0asm\1\0\0\0" + b"".join(
        [
            section(1, vector(function_type)),
            section(2, vector(b"".join(sized(part.encode()) for part in import_) + b"\0\0")),
            section(3, vector(b"\0")),
            section(4, vector(b"\x70" + table)),
            section(5, vector(memory)),
            section(7, vector(*names)),
            section(10, vector(sized(code))),
        ]
    )


class Limits(unittest.TestCase):
    def takes(self, **differences):
        wasm_limits.check(module(**differences))

    def refuses(self, reason, **differences):
        with self.assertRaisesRegex(wasm_limits.Refused, reason):
            wasm_limits.check(module(**differences))

    def test_a_plain_contract_is_taken(self):
        self.takes()

    def test_sign_extension_floats_and_saturating_conversions_are_taken(self):
        self.takes(body=b"\x41\2\xc0\x1a")
        self.takes(body=b"\x44" + bytes(8) + b"\xfc\2\x1a")

    def test_the_code_of_later_extensions_is_refused(self):
        self.refuses("0xFC 10: bulk", body=b"\x41\0\x41\0\x41\0\xfc\x0a\0\0")
        self.refuses("0xd0", body=b"\xd0\x70\x1a")
        self.refuses("0xfd", body=b"\x41\0\xfd\x11\x1a")
        self.refuses("0xfe", body=b"\x41\0\xfe\x10\2\0\x1a")
        self.refuses("0x12", body=b"\x12\1")
        self.refuses("another table", body=b"\x41\0\x11\0\x80\x80\x80\x80\0")

    def test_locals_and_parameters_end_at_100(self):
        self.takes(locals_=100, parameters=100)
        self.refuses("101 locals", locals_=101)
        self.refuses("101 parameters", parameters=101)
        self.refuses("several results", results=2)

    def test_memory_and_table_are_bounded(self):
        self.takes(memory=b"\0" + leb(512), table=b"\1\1" + leb(2500))
        self.refuses("513", memory=b"\0" + leb(513))
        self.refuses("to 20 pages", memory=b"\1\x11\x14")
        self.refuses("2501", table=b"\1\1" + leb(2501))
        self.refuses("None", table=b"\0\1")

    def test_only_the_imports_of_the_vm_are_there(self):
        self.refuses("env.clock", import_=("env", "clock"))
        self.refuses("wasi.abort", import_=("wasi", "abort"))

    def test_capabilities_no_released_chain_announces_are_refused(self):
        self.takes(extra="requires_cosmwasm_2_1")
        self.refuses("cosmwasm_2_2", extra="requires_cosmwasm_2_2")
        self.refuses("cosmwasm_3_0", extra="requires_cosmwasm_3_0")

    def test_the_entry_points_must_be_there(self):
        self.refuses("no export execute", exports=wasm_limits.EXPORTS - {"execute"})
        self.refuses("several interface versions", extra="interface_version_9")

    def test_a_module_that_is_cut_off_or_too_big_is_refused(self):
        whole = module()
        for length in (4, 30, len(whole) - 1):
            with self.assertRaises(wasm_limits.Refused):
                wasm_limits.check(whole[:length])
        self.refuses("more than", body=b"\1" * wasm_limits.MAX_BYTES)


if __name__ == "__main__":
    unittest.main()
