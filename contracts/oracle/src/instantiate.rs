//! Instantiation: every number of every feed within its hard bounds, every key a key.

use cosmwasm_std::{Api, DepsMut, Env, HexBinary, Response};
use tokfut_api::oracle::{FeedConfig, InstantiateMsg, Publisher};
use tokfut_core::fixing::{Bounds, FeedRules, FixingError, PanelSize, PublisherKey, RoundClock, set_digest};
use tokfut_core::time::Time;

use crate::error::ContractError;
use crate::state::config::{CONFIG, Config};
use crate::state::feed::{FEEDS, Feed, TEXTS, Texts};
use crate::state::round::NEXT;

/// The most feeds.
const MAX_FEEDS: usize = 16;

/// Stores the feeds. The first round of each is the first dated at or after now.
pub fn instantiate(deps: DepsMut, env: &Env, msg: InstantiateMsg) -> Result<Response, ContractError> {
    let InstantiateMsg { administrator, clock, feeds } = msg;
    let config = Config { clock: clock.checked()?, administrator: deps.api.addr_validate(&administrator)? };
    let now = config.now(env)?;
    let count = feeds.len();
    if !(1..=MAX_FEEDS).contains(&count) {
        return Err(ContractError::FeedCount { count });
    }
    CONFIG.save(deps.storage, &config)?;
    for feed in feeds {
        let id = feed.id;
        if id == 0 || FEEDS.has(deps.storage, &id) {
            return Err(ContractError::FeedId { feed: id });
        }
        let (feed, texts) = checked(deps.api, feed, now)?;
        FEEDS.save(deps.storage, &id, &feed)?;
        TEXTS.save(deps.storage, &id, &texts)?;
        NEXT.save(deps.storage, &id, &feed.first_round)?;
    }
    Ok(Response::new())
}

fn checked(api: &dyn Api, feed: FeedConfig, now: Time) -> Result<(Feed, Texts), ContractError> {
    let FeedConfig {
        id: _,
        symbol,
        unit,
        decimals,
        anchor,
        interval,
        window,
        late,
        final_after,
        max_move,
        max_dispersion,
        outlier,
        max_value,
        methodology_hash,
        methodology_uri,
        publishers,
    } = feed;
    let clock = RoundClock { anchor, interval, window, late, final_after };
    let bounds = Bounds { max_move, max_dispersion, outlier };
    let rules = FeedRules { decimals, clock, bounds, max_value: max_value.u128() }.checked()?;
    text("symbol", &symbol, 1, 16)?;
    text("unit", &unit, 1, 128)?;
    text("methodology_uri", &methodology_uri, 0, 256)?;
    let methodology_hash = hash("methodology_hash", &methodology_hash)?;
    let panel = keys(api, &publishers)?;
    let set_digest = set_digest(&panel)?;
    let first_round = clock.at_or_after(now);
    clock.final_from(first_round)?;
    let names = publishers.into_iter().map(|publisher| publisher.name).collect();
    let feed = Feed { rules, methodology_hash, set_digest, panel, first_round };
    Ok((feed, Texts { symbol, unit, methodology_uri, names }))
}

/// The keys of a panel: enough of them, no two alike, each a point of the curve.
fn keys(api: &dyn Api, publishers: &[Publisher]) -> Result<Vec<PublisherKey>, ContractError> {
    PanelSize::new(publishers.len())?;
    let mut keys: Vec<PublisherKey> = Vec::with_capacity(publishers.len());
    for (publisher, Publisher { name, key }) in (0u16..).zip(publishers) {
        text("publisher name", name, 1, 64)?;
        let key = PublisherKey::parse(publisher, key)?;
        if let Some((earlier, _)) = (0u16..).zip(&keys).find(|(_, other)| **other == key) {
            return Err(FixingError::DuplicateKey { publisher, earlier }.into());
        }
        // r = s = 1 is a well-formed signature, so an error can only come from a key that is no point.
        let mut one = [0; 32];
        one.last_mut().into_iter().for_each(|byte| *byte = 1);
        if api.secp256k1_verify(&[0; 32], &[one, one].concat(), &key.bytes()).is_err() {
            return Err(FixingError::PublisherKey { publisher }.into());
        }
        keys.push(key);
    }
    Ok(keys)
}

fn text(what: &'static str, text: &str, least: usize, most: usize) -> Result<(), ContractError> {
    let length = text.len();
    if (least..=most).contains(&length) { Ok(()) } else { Err(ContractError::Text { what, length, least, most }) }
}

/// The 32 bytes of a hash.
pub fn hash(what: &'static str, bytes: &HexBinary) -> Result<[u8; 32], ContractError> {
    bytes.as_slice().try_into().map_err(|_| ContractError::Hash { what, length: bytes.len() })
}
