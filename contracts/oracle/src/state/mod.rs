//! What the oracle stores. Its namespaces, all of them:
//!
//! | byte | key | record |
//! |---|---|---|
//! | 0x90 | feed | next round, latest final fixing, hint; read raw by others (`tokfut_api::raw`) |
//! | 0x91 | | clock |
//! | 0x92 | feed | decimals, times, first round and end |
//! | 0x93 | feed | texts: symbol, unit |
//! | 0x95 | feed, round | the answers of a round not yet finalised, and its dispute |
//! | 0x96 | feed, round | a final fixing with its prefix sums |
//! | 0x98 | | roles, timelock, terms of disputes |
//! | 0x99 | feed, first round | a panel |
//! | 0x9a | feed, first round | its names |
//! | 0x9b | feed, first round | a methodology's version and hash |
//! | 0x9c | feed, first round | where it is to be read |
//! | 0x9d | feed, first round | bounds |
//! | 0x9e | SHA-256 of scheme byte and key | a jailed publisher |
//! | 0x9f | address | what it may claim |

pub mod config;
pub mod credit;
pub mod feed;
pub mod fixing;
pub mod jail;
pub mod round;
pub mod version;

const CLOCK: u8 = 0x91;
const FEEDS: u8 = 0x92;
const TEXTS: u8 = 0x93;
const ROUNDS: u8 = 0x95;
const FINALS: u8 = 0x96;
const ROLES: u8 = 0x98;
const PANELS: u8 = 0x99;
const NAMES: u8 = 0x9a;
const METHODOLOGIES: u8 = 0x9b;
const URIS: u8 = 0x9c;
const BOUNDS: u8 = 0x9d;
const JAIL: u8 = 0x9e;
const CREDITS: u8 = 0x9f;
