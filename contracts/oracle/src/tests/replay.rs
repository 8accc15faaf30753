//! I13: a replayed, re-signed, cross-chain or cross-contract observation is refused; so is a signature in another form.

use cosmwasm_std::HexBinary;
use k256::ecdsa::Signature;
use tokfut_api::oracle::*;

use super::world::*;

fn open() -> World {
    let mut world = World::of(7);
    world.at(FIRST, 0);
    world
}

fn good(world: &World) -> Observation {
    world.signed(FIRST, unsigned(0, 16_210))
}

#[test]
fn a_signature_is_worth_nothing_on_another_chain() {
    let mut world = open();
    let observation = good(&world);
    world.env.block.chain_id = "another-chain-1".to_string();
    assert_eq!(world.refuses(FIRST, vec![observation]), "bad_signature");
}

#[test]
fn a_signature_is_worth_nothing_in_another_contract() {
    let mut world = open();
    let observation = good(&world);
    world.env.contract.address = world.deps.api.addr_make("another oracle");
    assert_eq!(world.refuses(FIRST, vec![observation]), "bad_signature");
}

#[test]
fn a_signature_is_worth_nothing_for_another_feed() {
    let mut world = open();
    let observations = vec![good(&world)];
    let msg = ExecuteMsg::Submit { feed: 2, round: FIRST, revision: 0, observations };
    assert_eq!(world.refused(msg), "bad_signature");
}

#[test]
fn a_signature_is_worth_nothing_in_another_round() {
    let mut world = open();
    let observation = good(&world);
    world.at(FIRST + 1, 0);
    assert_eq!(world.refuses(FIRST + 1, vec![observation]), "bad_signature");
}

#[test]
fn a_signature_is_worth_nothing_for_other_rules() {
    let observation = good(&open());
    let changes: [fn(&mut FeedConfig); 4] = [
        |feed| feed.methodology_hash = HexBinary::from([0x34; 32]),
        |feed| feed.publishers[6].key = feed_config(1, 8).publishers[7].key.clone(),
        |feed| feed.publishers.truncate(6),
        |feed| feed.decimals = 5,
    ];
    for change in changes {
        let mut feed = feed_config(1, 7);
        change(&mut feed);
        let mut world = World::with(vec![feed]).unwrap();
        world.at(FIRST, 0);
        assert_eq!(world.refuses(FIRST, vec![observation.clone()]), "bad_signature");
    }
    let mut same = open();
    same.submit(FIRST, vec![observation]).unwrap();
}

#[test]
fn the_second_form_of_a_signature_is_refused() {
    let mut world = open();
    let observation = unsigned(0, 16_210);
    let signature = Signature::from_slice(&world.signature(1, FIRST, 0, &observation)).unwrap();
    let (r, s) = signature.split_scalars();
    let high = Signature::from_scalars(*r, -*s).unwrap();
    let high = HexBinary::from(high.to_bytes().to_vec());
    // The verification itself would take it.
    let asked: PreimageResponse =
        world.ask(QueryMsg::Preimage { feed: 1, round: FIRST, revision: 0, observation: observation.clone() }).unwrap();
    let key = feed_config(1, 7).publishers[0].key.clone();
    let api: &dyn cosmwasm_std::Api = &world.deps.api;
    assert!(api.secp256k1_verify(&asked.sha256, &high, &key).unwrap());
    assert_eq!(world.refuses(FIRST, vec![Observation { signature: high, ..observation }]), "high_s");
}

#[test]
fn a_malleated_or_senseless_signature_is_refused() {
    let mut world = open();
    let observation = good(&world);
    let mut tried = |signature: Vec<u8>| {
        world.refuses(FIRST, vec![Observation { signature: signature.into(), ..observation.clone() }])
    };
    for byte in [0, 31, 32, 63] {
        let mut signature = observation.signature.to_vec();
        signature[byte] ^= 1;
        assert_eq!(tried(signature), "bad_signature");
    }
    assert_eq!(tried(vec![0; 64]), "bad_signature");
    assert_eq!(tried([[0xff; 32], [1; 32]].concat()), "bad_signature");
    assert_eq!(tried(vec![0xff; 64]), "high_s");
    assert_eq!(tried(vec![]), "invalid_signature");
    assert_eq!(tried(vec![1; 63]), "invalid_signature");
    assert_eq!(tried([observation.signature.as_slice(), &[0]].concat()), "invalid_signature");
}

#[test]
fn a_chain_whose_name_has_no_length_signs_nothing() {
    let mut world = open();
    let observation = good(&world);
    world.env.block.chain_id = "x".repeat(65_536);
    assert_eq!(world.refuses(FIRST, vec![observation]), "overflow");
}
