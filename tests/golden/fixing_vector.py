#!/usr/bin/env python3
"""Checks signed bytes, lower medians and Merkle roots with code of its own (Python standard library only).

usage: fixing_vector.py DATA_FOLDER          the folder that holds fixing-vector.json
       fixing_vector.py DATA_FOLDER CASES    and a file of cases, as `cargo run -p tokfut-core --example fixing_cases`
                                             prints them

Rebuilds the domain, the 224 signed bytes and their SHA-256 from the vector's fields, verifies the signature on
secp256k1 and its low s, and takes the lower median of the worked example; of each case the signed bytes, what is signed
of them, the median and the root. Exits 1 on the first difference.
"""

import hashlib
import json
import pathlib
import struct
import sys

P = 2**256 - 2**32 - 977
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
G = (
    0x79BE667EF9DCBBAC55A06295CE870B07029BFCDB2DCE28D959F2815B16F81798,
    0x483ADA7726A3C4655DA4FBFC0E1108A8FD17B448A68554199C47D08FFB10D4B8,
)


def domain(chain_id, contract):
    chain = chain_id.encode()
    parts = b"TOKFUT/DOMAIN/1", struct.pack(">H", len(chain)), chain, struct.pack(">H", len(contract)), contract
    return hashlib.sha256(b"".join(parts)).digest()


def preimage(domain_bytes, fields):
    value = int(fields["value"])
    return b"".join(
        [
            b"TOKFUT/FIX/OBS/1",
            domain_bytes,
            bytes.fromhex(fields["set_digest"]),
            bytes.fromhex(fields["methodology_hash"]),
            struct.pack(">IQQHH", *(fields[k] for k in ("feed", "round", "fixing_time", "revision", "publisher_index"))),
            struct.pack(">BB6x", fields["status"], fields["decimals"]),
            value.to_bytes(16, "big"),
            int(fields["dispersion"]).to_bytes(16, "big"),
            struct.pack(">QI4x", fields["observed_at_ms"], fields["input_count"]),
            bytes.fromhex(fields["inputs_root"]),
        ]
    )


def add(a, b):
    if a is None or b is None:
        return a or b
    if a[0] == b[0] and (a[1] + b[1]) % P == 0:
        return None
    slope = 3 * a[0] * a[0] * pow(2 * a[1], -1, P) if a == b else (b[1] - a[1]) * pow(b[0] - a[0], -1, P)
    x = (slope * slope - a[0] - b[0]) % P
    return x, (slope * (a[0] - x) - a[1]) % P


def times(number, point):
    total = None
    while number:
        if number & 1:
            total = add(total, point)
        point, number = add(point, point), number >> 1
    return total


def point(compressed):
    x = int.from_bytes(compressed[1:], "big")
    y = pow(x**3 + 7, (P + 1) // 4, P)
    if (y * y - x**3 - 7) % P or compressed[0] not in (2, 3):
        raise ValueError("not a point of the curve")
    return (x, y) if y % 2 == compressed[0] % 2 else (x, P - y)


def verifies(digest, signature, key):
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if not (0 < r < ORDER and 0 < s <= ORDER // 2):
        return False
    inverse = pow(s, -1, ORDER)
    found = add(times(int.from_bytes(digest, "big") * inverse % ORDER, G), times(r * inverse % ORDER, point(key)))
    return found is not None and found[0] % ORDER == r


def set_digest(publishers):
    schemes = {"secp256k1": b"\1", "ed25519": b"\2"}
    members = b"".join(schemes[member["scheme"]] + bytes.fromhex(member["key"]) for member in publishers)
    return hashlib.sha256(b"TOKFUT/FIX/SET/1" + struct.pack(">H", len(publishers)) + members).digest()


def merkle_root(leaves):
    """By the tree's shape: the left part is the largest power of two below the number of leaves."""
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    left = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + merkle_root(leaves[:left]) + merkle_root(leaves[left:])).digest()


def lower_median(values):
    """The value that has at least half of all values, itself included, at or below it; the least such one."""
    return min(v for v in values if 2 * sum(w <= v for w in values) >= len(values))


def check(what, found, expected):
    if found != expected:
        show = lambda x: x.hex() if isinstance(x, bytes) else x
        sys.exit(f"fixing_vector: {what} is {show(found)}, not {show(expected)}")


def check_case(case):
    fields = case["fields"]
    leaves = [bytes.fromhex(leaf) for leaf in case["leaves"]]
    fields["inputs_root"] = merkle_root(leaves).hex()
    fields["set_digest"] = set_digest(case["publishers"]).hex()
    signed = preimage(domain(case["chain_id"], bytes.fromhex(case["contract"])), fields)
    check("root", fields["inputs_root"], case["root"])
    check("preimage", signed.hex(), case["preimage"])
    scheme = case["publishers"][0]["scheme"]
    check("message", hashlib.sha256(signed).hexdigest() if scheme == "secp256k1" else signed.hex(), case["message"])
    check("lower median", str(lower_median([int(value) for value in case["values"]])), case["median"])


def main():
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    vector = json.loads((pathlib.Path(sys.argv[1]) / "fixing-vector.json").read_text())
    fields = vector["fields"]
    domain_bytes = domain(vector["chain_id"], bytes.fromhex(vector["contract_canonical_hex"]))
    check("domain", domain_bytes, bytes.fromhex(vector["domain"]))
    signed = preimage(domain_bytes, fields)
    check("length", len(signed), 224)
    check("preimage", signed, bytes.fromhex(vector["preimage_hex"]))
    end = 0
    for name, offset, width, _ in vector["layout"]:
        check(f"offset of {name}", offset, end)
        end = offset + width
    check("layout's end", end, 224)
    digest = hashlib.sha256(signed).digest()
    check("sha256", digest, bytes.fromhex(vector["sha256"]))

    key, signature = bytes.fromhex(vector["public_key_compressed_hex"]), bytes.fromhex(vector["signature_hex"])
    check("public key", times(int(vector["private_key_hex"], 16), G), point(key))
    check("signature verifies", verifies(digest, signature, key), True)
    for byte in (0, 111, 115, 143, 223):
        changed = bytes(b ^ (i == byte) for i, b in enumerate(signed))
        check("signature over other bytes", verifies(hashlib.sha256(changed).digest(), signature, key), False)
    high = signature[:32] + (ORDER - int.from_bytes(signature[32:], "big")).to_bytes(32, "big")
    check("signature of high s", verifies(digest, high, key), False)

    example = [16190, 16200, 16205, 16210, 16210, 16225, 16230, 16300, 18000]
    check("lower median", lower_median(example), 16210)
    check("lower median of an even number", lower_median([4, 1, 3, 2]), 2)
    print("fixing_vector: domain, preimage, sha256, signature and lower median agree")
    if len(sys.argv) == 3:
        cases = pathlib.Path(sys.argv[2]).read_text().splitlines()
        check("number of cases", len(cases), 10_000)
        for case in cases:
            check_case(json.loads(case))
        print(f"fixing_vector: {len(cases)} random cases agree in signed bytes, panel, median and root")


if __name__ == "__main__":
    main()
