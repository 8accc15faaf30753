//! A feed's configuration: every number within its hard bounds, every key a key; then stored.

use cosmwasm_std::{Api, HexBinary, Storage};
use tokfut_api::oracle::{FeedConfig, Publisher};
use tokfut_api::raw::STANDING;
use tokfut_core::fixing::{
    Bounds, FixingError, PanelSize, PublisherKey, RoundClock, SIGNATURE_LEN, Scheme, Standing, check_decimals,
    set_digest,
};
use tokfut_core::time::Time;

use crate::error::{ContractError, Refusal};
use crate::state::feed::{FEEDS, Feed, TEXTS, Texts};
use crate::state::version::{BOUNDS, METHODOLOGIES, Methodology, NAMES, PANELS, Panel, URIS};

/// The most feeds.
pub const MAX_FEEDS: usize = 16;

/// Stores a new feed whose first round is the first dated at or after `from`; returns that round.
pub fn list(storage: &mut dyn Storage, api: &dyn Api, feed: FeedConfig, from: Time) -> Result<u64, ContractError> {
    let FeedConfig {
        id,
        symbol,
        unit,
        decimals,
        anchor,
        interval,
        window,
        late,
        final_after,
        extension,
        max_move,
        max_dispersion,
        outlier,
        materiality,
        max_value,
        methodology_hash,
        methodology_uri,
        publishers,
    } = feed;
    if id == 0 || FEEDS.has(storage, &id) {
        return Err(Refusal::FeedId { feed: id }.into());
    }
    let clock = RoundClock { anchor, interval, window, late, final_after, extension }.checked()?;
    let bounds = Bounds { max_move, max_dispersion, outlier, materiality, max_value: max_value.u128() }.checked()?;
    text("symbol", &symbol, 1, 16)?;
    text("unit", &unit, 1, 128)?;
    text("methodology_uri", &methodology_uri, 0, 256)?;
    let methodology = Methodology { version: 1, hash: hash("methodology_hash", &methodology_hash)? };
    let (panel, names) = panel(api, publishers)?;
    let first_round = clock.at_or_after(from);
    clock.disputed_final_from(first_round)?;

    let first = (id, first_round);
    let decimals = check_decimals(decimals)?;
    FEEDS.save(storage, &id, &Feed { decimals, clock, first_round, end: None })?;
    TEXTS.save(storage, &id, &Texts { symbol, unit })?;
    STANDING.save(storage, &id, &Standing::new(first_round))?;
    PANELS.save(storage, &first, &panel)?;
    NAMES.save(storage, &first, &names)?;
    METHODOLOGIES.save(storage, &first, &methodology)?;
    URIS.save(storage, &first, &methodology_uri)?;
    BOUNDS.save(storage, &first, &bounds)?;
    Ok(first_round)
}

/// A panel and its names: enough publishers, no two keys alike, each one that can sign.
pub fn panel(api: &dyn Api, publishers: Vec<Publisher>) -> Result<(Panel, Vec<String>), ContractError> {
    PanelSize::new(publishers.len())?;
    let mut keys: Vec<PublisherKey> = Vec::with_capacity(publishers.len());
    let mut names = Vec::with_capacity(publishers.len());
    for (publisher, Publisher { name, scheme, key }) in (0u16..).zip(publishers) {
        text("publisher name", &name, 1, 64)?;
        let key = PublisherKey::parse(publisher, scheme, &key)?;
        if let Some((earlier, _)) = (0u16..).zip(&keys).find(|(_, other)| **other == key) {
            return Err(FixingError::DuplicateKey { publisher, earlier }.into());
        }
        if !can_sign(api, &key) {
            return Err(FixingError::PublisherKey { publisher, scheme }.into());
        }
        keys.push(key);
        names.push(name);
    }
    Ok((Panel { digest: set_digest(&keys)?, keys }, names))
}

/// False for a key that is no point of secp256k1, and for an Ed25519 key of small order, under which anybody's signature
/// verifies.
fn can_sign(api: &dyn Api, key: &PublisherKey) -> bool {
    let one_at = |index: usize| {
        let mut scalar = [0u8; 32];
        scalar.get_mut(index).into_iter().for_each(|byte| *byte = 1);
        scalar
    };
    match key.scheme() {
        // r = s = 1 is a well-formed signature, so an error can only come from the key.
        Scheme::Secp256k1 => api.secp256k1_verify(&[0; 32], &[one_at(31), one_at(31)].concat(), &key.bytes()).is_ok(),
        // R the neutral element (y = 1, little-endian) and s = 0 verify only where the key's order divides 8.
        Scheme::Ed25519 => {
            let mut forged = one_at(0).to_vec();
            forged.resize(SIGNATURE_LEN, 0);
            api.ed25519_verify(&[], &forged, &key.bytes()).is_ok_and(|verifies| !verifies)
        }
    }
}

/// Refuses a text shorter than `least` bytes or longer than `most`.
pub fn text(what: &'static str, text: &str, least: usize, most: usize) -> Result<(), ContractError> {
    let length = text.len();
    if (least..=most).contains(&length) { Ok(()) } else { Err(Refusal::Text { what, length, least, most }.into()) }
}

/// The 32 bytes of a hash.
pub fn hash(what: &'static str, bytes: &HexBinary) -> Result<[u8; 32], ContractError> {
    bytes.as_slice().try_into().map_err(|_| Refusal::Hash { what, length: bytes.len() }.into())
}
