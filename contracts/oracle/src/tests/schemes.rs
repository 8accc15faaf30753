//! Ed25519 publishers beside secp256k1 ones (clause 7.2).

use cosmwasm_std::HexBinary;
use tokfut_api::oracle::*;
use tokfut_core::fixing::Scheme;

use super::world::*;

/// A feed whose publishers of odd index sign with Ed25519.
fn mixed() -> FeedConfig {
    let mut feed = feed_config(1, 7);
    for (number, publisher) in feed.publishers.iter_mut().enumerate().filter(|(number, _)| number % 2 == 1) {
        let key = ed25519_zebra::VerificationKey::from(&ed25519(number));
        (publisher.scheme, publisher.key) = (Scheme::Ed25519, HexBinary::from(<[u8; 32]>::from(key)));
    }
    feed
}

fn open() -> World {
    let mut world = World::with(vec![mixed()]).unwrap();
    world.at(FIRST, 0);
    world
}

#[test]
fn both_schemes_answer_one_round() {
    let mut world = open();
    assert_eq!(world.ask::<Vec<FeedConfig>>(QueryMsg::Feeds {}).unwrap(), [mixed()]);
    world.answer(FIRST, &[16_190, 16_200, 16_205, 16_210, 16_210, 16_225, 16_230]);
    world.at(FIRST, FINAL_AFTER).finalise(1).unwrap();
    assert_eq!(world.round(FIRST).value, Some(16_210u128.into()));
}

#[test]
fn each_scheme_is_told_what_to_sign() {
    let world = open();
    let [secp256k1, ed25519] = [0, 1].map(|publisher| world.preimage(1, FIRST, 0, &unsigned(publisher, 5)));
    assert_eq!((secp256k1.scheme, secp256k1.message), (Scheme::Secp256k1, secp256k1.sha256));
    assert_eq!((ed25519.scheme, ed25519.message), (Scheme::Ed25519, ed25519.preimage));
    let restated = world.preimage(1, FIRST, 1, &unsigned(0, 5)).preimage;
    assert_eq!((&secp256k1.preimage[132..134], &restated[132..134]), (&[0, 0][..], &[0, 1][..]));
}

#[test]
fn an_ed25519_signature_is_bound_to_its_bytes_and_has_one_form() {
    let mut world = open();
    let good = world.signed(FIRST, unsigned(1, 16_210));
    let mut tried = |change: &dyn Fn(&mut Observation)| {
        let mut changed = good.clone();
        change(&mut changed);
        world.refuses(FIRST, vec![changed])
    };
    assert_eq!(tried(&|o| o.value = 16_211u128.into()), "bad_signature");
    assert_eq!(tried(&|o| o.publisher = 3), "bad_signature");
    assert_eq!(tried(&|o| o.publisher = 0), "bad_signature");
    assert_eq!(tried(&|o| o.signature = HexBinary::from([0; 64])), "bad_signature");
    assert_eq!(tried(&|o| o.signature = HexBinary::from([0; 63])), "invalid_signature");
    // s + the order of the curve, little-endian: the same number in another form.
    let order = hex::decode("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010").unwrap();
    let malleated = |o: &mut Observation| {
        let mut signature = o.signature.to_vec();
        let mut carry = 0u16;
        for (byte, add) in signature[32..].iter_mut().zip(&order) {
            carry += u16::from(*byte) + u16::from(*add);
            *byte = carry as u8;
            carry >>= 8;
        }
        assert_eq!(carry, 0);
        o.signature = signature.into();
    };
    assert_eq!(tried(&malleated), "bad_signature");
    world.submit(FIRST, vec![good]).unwrap();
}

#[test]
fn an_ed25519_publisher_equivocates_likewise() {
    let mut world = open();
    let proof = world.proof(FIRST, 1, [1, 2]);
    world.execute(proof, &[]).unwrap();
    let told: PublishersResponse = world.ask(QueryMsg::Publishers { feed: 1, round: None }).unwrap();
    assert!(told.publishers[1].jailed && !told.publishers[0].jailed);
}

#[test]
fn keys_under_which_anybody_can_sign_are_refused() {
    let refused = |key: HexBinary| {
        let mut feed = mixed();
        feed.publishers[1].key = key;
        code(&World::with(vec![feed]).err().unwrap())
    };
    // The neutral element, and a point of order 8.
    let mut neutral = [0; 32];
    neutral[0] = 1;
    assert_eq!(refused(HexBinary::from(neutral)), "invalid_publisher_key");
    let order_8 = "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05";
    assert_eq!(refused(HexBinary::from_hex(order_8).unwrap()), "invalid_publisher_key");
    assert_eq!(refused(HexBinary::from([7; 33])), "invalid_publisher_key");
    assert_eq!(refused(mixed().publishers[3].key.clone()), "duplicate_publisher_key");
}
