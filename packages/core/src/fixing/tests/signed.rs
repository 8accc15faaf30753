//! What is signed, and by whom.

use super::*;

const VECTOR: &str = include_str!("../../../data/fixing-vector.json");

fn key(byte: u8) -> PublisherKey {
    PublisherKey::parse(0, Scheme::Secp256k1, &[[2].as_slice(), &[byte; 32]].concat()).unwrap()
}

#[test]
fn the_published_vector_is_rebuilt_byte_for_byte() {
    let vector: serde_json::Value = serde_json::from_str(VECTOR).unwrap();
    let text = |pointer: &str| vector.pointer(pointer).unwrap().as_str().unwrap().to_string();
    let number = |pointer: &str| vector.pointer(pointer).unwrap().as_u64().unwrap();
    let bytes = |pointer: &str| -> [u8; 32] { hex::decode(text(pointer)).unwrap().try_into().unwrap() };
    let domain = domain(&text("/chain_id"), &bytes("/contract_canonical_hex")).unwrap();
    assert_eq!(domain, bytes("/domain"));
    let frame = Frame {
        domain,
        set_digest: bytes("/fields/set_digest"),
        methodology_hash: bytes("/fields/methodology_hash"),
        feed: number("/fields/feed") as u32,
        round: number("/fields/round"),
        fixing_time: Time::new(number("/fields/fixing_time")),
        revision: number("/fields/revision") as u16,
        decimals: number("/fields/decimals") as u8,
    };
    let observation = Observation {
        publisher: number("/fields/publisher_index") as u16,
        value: Some(text("/fields/value").parse().unwrap()),
        dispersion: text("/fields/dispersion").parse().unwrap(),
        observed_at: number("/fields/observed_at_ms"),
        input_count: number("/fields/input_count") as u32,
        inputs_root: bytes("/fields/inputs_root"),
    };
    let preimage = frame.preimage(&observation);
    assert_eq!(hex::encode(&preimage), text("/preimage_hex"));
    assert_eq!(preimage.len(), PREIMAGE_LEN);
    assert_eq!(digest(&preimage), bytes("/sha256"));
    let key = hex::decode(text("/public_key_compressed_hex")).unwrap();
    let key = PublisherKey::parse(3, Scheme::Secp256k1, &key).unwrap();
    assert_eq!(key.check_signature(&hex::decode(text("/signature_hex")).unwrap()), Ok(()));
    assert_eq!(key.message(&preimage), bytes("/sha256"));

    // "Unavailable" is status 2 and value 0, and so never the bytes of a value.
    let silent = frame.preimage(&Observation { value: None, ..observation });
    assert_eq!((silent[136], &silent[144..160]), (2, &[0; 16][..]));
    assert_eq!(silent.len(), PREIMAGE_LEN);
}

#[test]
fn no_two_chains_or_contracts_have_one_domain() {
    let a = domain("ab", b"c").unwrap();
    assert_ne!(a, domain("a", b"bc").unwrap());
    assert_ne!(a, domain("abc", b"").unwrap());
    assert!(domain(&"x".repeat(65_536), b"").is_err());
}

#[test]
fn s_is_at_most_half_the_order() {
    let signature = |s: &[u8; 32]| [&[1; 32][..], s].concat();
    let mut above = HALF_ORDER;
    above[31] += 1;
    let check = |signature: &[u8]| key(1).check_signature(signature);
    assert_eq!(check(&signature(&HALF_ORDER)), Ok(()));
    assert_eq!(check(&signature(&above)), Err(FixingError::HighS));
    assert_eq!(check(&[0; 65]), Err(FixingError::SignatureLength { length: 65 }));
    // Ed25519's s is little-endian and bounded by its own verification.
    let ed25519 = PublisherKey::Ed25519([7; 32]);
    assert_eq!(ed25519.check_signature(&signature(&above)), Ok(()));
    assert_eq!(ed25519.check_signature(&[0; 63]), Err(FixingError::SignatureLength { length: 63 }));
}

#[test]
fn a_panel_bears_a_third_of_liars() {
    let numbers = |size| (panel(size).faulty(), panel(size).min_obs(), panel(size).super_obs());
    assert_eq!(numbers(4), (1, 3, 3));
    assert_eq!(numbers(6), (1, 3, 5));
    assert_eq!(numbers(7), (2, 5, 5));
    assert_eq!(numbers(31), (10, 21, 21));
    assert_eq!(PanelSize::new(3), Err(FixingError::Panel { size: 3 }));
    assert_eq!(PanelSize::new(32), Err(FixingError::Panel { size: 32 }));
}

#[test]
fn a_panels_digest_is_its_schemes_and_keys_in_order() {
    let [a, b] = [key(1), key(2)];
    let c = PublisherKey::parse(0, Scheme::Ed25519, &[2; 32]).unwrap();
    let written = [b"TOKFUT/FIX/SET/1".as_slice(), &[0, 2], &[1, 2], &[1; 32], &[1, 2], &[2; 32]].concat();
    assert_eq!(set_digest(&[a, b]).unwrap(), digest(&written));
    assert_ne!(set_digest(&[a, b]).unwrap(), set_digest(&[b, a]).unwrap());
    let mixed = [b"TOKFUT/FIX/SET/1".as_slice(), &[0, 2], &[1, 2], &[1; 32], &[2], &[2; 32]].concat();
    assert_eq!(set_digest(&[a, c]).unwrap(), digest(&mixed));
    assert_eq!((c.scheme(), c.bytes()), (Scheme::Ed25519, vec![2; 32]));
    assert_eq!((c.identity(), c.message(&[7; 224])), (digest(&[2; 33]), vec![7; 224]));
    let refused = |scheme, bad: &[u8]| {
        assert_eq!(PublisherKey::parse(5, scheme, bad), Err(FixingError::PublisherKey { publisher: 5, scheme }));
    };
    for bad in [&[2; 32][..], &[2; 34], &[4; 33], &[]] {
        refused(Scheme::Secp256k1, bad);
    }
    for bad in [&[2; 31][..], &[2; 33], &[]] {
        refused(Scheme::Ed25519, bad);
    }
}
