#!/usr/bin/env python3
"""wasm_snip.py empties what its list names and nothing else, and tells of entries that name nothing.

usage: wasm_snip_test.py
"""

import unittest
from unittest import mock

import wasm_limits
import wasm_snip
from wasm_limits_test import module, sized, vector

# Function 0 is the import of module(), function 1 the one it defines.
PLACE = 1


def named(name, body=b"\x01\x01\x01"):
    names = vector(bytes([PLACE]) + sized(name.encode()))
    return module(body=body) + b"\0" + sized(sized(b"name") + b"\1" + sized(names))


class Snip(unittest.TestCase):
    def snip(self, wasm, pattern, where=frozenset({"vault"})):
        with mock.patch.object(wasm_snip, "UNCALLED", [(pattern, where, "a reason")]):
            return wasm_snip.snip("vault", wasm)

    def test_a_named_function_traps_and_the_module_stays_valid(self):
        wasm, done = self.snip(named("_RNvCs1a2B_4zmij6format"), r".*C4zmij(?!$).*")
        self.assertEqual(done, {0: (1, 5)})
        self.assertEqual(wasm, named("_RNvCs1a2B_4zmij6format", body=b"\x00"))
        wasm_limits.check(wasm)

    def test_the_crate_at_the_end_of_a_name_only_compiled_the_function(self):
        with self.assertRaisesRegex(LookupError, "zmij"):
            self.snip(named("_RNvMs_NtCs9x_4core3ops5rangeCs1a2B_4zmij"), r".*C4zmij(?!$).*")

    def test_an_entry_that_names_nothing_is_told(self):
        with self.assertRaisesRegex(LookupError, "take it off the list"):
            self.snip(named("_RNvCs1a2B_4itoa6format"), r".*C4zmij(?!$).*")

    def test_an_entry_for_other_contracts_changes_nothing(self):
        wasm = named("_RNvCs1a2B_4zmij6format")
        self.assertEqual(self.snip(wasm, r".*C4zmij(?!$).*", where={"market"}), (wasm, {}))


if __name__ == "__main__":
    unittest.main()
