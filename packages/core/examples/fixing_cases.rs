//! Prints 10,000 random cases of the signed bytes, the panel's digest, the lower median and the Merkle root with what the
//! rules make of them, a JSON object a line: `tests/golden/fixing_vector.py` works them out again with code of its own.

#![allow(clippy::arithmetic_side_effects, clippy::as_conversions, clippy::indexing_slicing, clippy::unwrap_used)]

use std::io::{self, Write};

use serde_json::json;
use tokfut_core::fixing::{Frame, Observation, PublisherKey, domain, lower_median, merkle_root, set_digest};
use tokfut_core::time::Time;

const CASES: usize = 10_000;

/// Numbers that only look random, the same on every run: SplitMix64.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, limit: u64) -> u64 {
        self.next() % limit
    }

    /// Of every width as often as of any other, so that carries and leading zeros come up.
    fn wide(&mut self) -> u128 {
        let number = u128::from(self.next()) << 64 | u128::from(self.next());
        number >> self.below(128)
    }

    fn bytes(&mut self, most: u64) -> Vec<u8> {
        (0..self.below(most + 1)).map(|_| self.next() as u8).collect()
    }

    fn hash(&mut self) -> [u8; 32] {
        core::array::from_fn(|_| self.next() as u8)
    }

    fn key(&mut self) -> PublisherKey {
        match self.below(2) {
            0 => PublisherKey::Secp256k1 { parity: 2 + self.below(2) as u8, x: self.hash() },
            _ => PublisherKey::Ed25519(self.hash()),
        }
    }
}

fn case(numbers: &mut Numbers) -> serde_json::Value {
    let chain_id: String = (0..1 + numbers.below(40)).map(|_| (b'a' + numbers.below(26) as u8) as char).collect();
    let contract = numbers.bytes(40);
    let keys: Vec<PublisherKey> = (0..1 + numbers.below(31)).map(|_| numbers.key()).collect();
    let frame = Frame {
        domain: domain(&chain_id, &contract).unwrap(),
        set_digest: set_digest(&keys).unwrap(),
        methodology_hash: numbers.hash(),
        feed: numbers.next() as u32,
        round: numbers.wide() as u64,
        fixing_time: Time::new(numbers.below(1 << 32)),
        revision: numbers.below(2) as u16,
        decimals: numbers.below(19) as u8,
    };
    let leaves: Vec<Vec<u8>> = (0..1 + numbers.below(12)).map(|_| numbers.bytes(24)).collect();
    let root = merkle_root(&leaves).unwrap();
    let said = Observation {
        publisher: numbers.below(31) as u16,
        value: Some(numbers.wide()).filter(|value| value % 8 != 0),
        dispersion: numbers.wide(),
        observed_at: numbers.wide() as u64,
        input_count: leaves.len() as u32,
        inputs_root: root,
    };
    // Few different ones, so that ties come up.
    let spread = 1 + numbers.below(20);
    let values: Vec<u128> = (0..1 + numbers.below(31)).map(|_| u128::from(numbers.below(spread))).collect();
    let key = |key: &PublisherKey| json!({"scheme": key.scheme(), "key": hex::encode(key.bytes())});
    json!({
        "chain_id": chain_id,
        "contract": hex::encode(contract),
        "publishers": keys.iter().map(key).collect::<Vec<_>>(),
        "fields": {
            "methodology_hash": hex::encode(frame.methodology_hash),
            "feed": frame.feed,
            "round": frame.round,
            "fixing_time": frame.fixing_time,
            "revision": frame.revision,
            "publisher_index": said.publisher,
            "status": if said.value.is_some() { 1 } else { 2 },
            "decimals": frame.decimals,
            "value": said.value.unwrap_or(0).to_string(),
            "dispersion": said.dispersion.to_string(),
            "observed_at_ms": said.observed_at,
            "input_count": said.input_count,
        },
        "leaves": leaves.iter().map(hex::encode).collect::<Vec<_>>(),
        "values": values.iter().map(u128::to_string).collect::<Vec<_>>(),
        "message": hex::encode(keys[0].message(&frame.preimage(&said))),
        "preimage": hex::encode(frame.preimage(&said)),
        "root": hex::encode(root),
        "median": lower_median(&values).unwrap().to_string(),
    })
}

fn main() -> io::Result<()> {
    let (mut numbers, mut out) = (Numbers(1), io::BufWriter::new(io::stdout().lock()));
    for _ in 0..CASES {
        writeln!(out, "{}", case(&mut numbers))?;
    }
    out.flush()
}
