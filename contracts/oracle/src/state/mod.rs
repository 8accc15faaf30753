//! What the oracle stores. Its namespaces, all of them:
//!
//! | byte | key | record |
//! |---|---|---|
//! | 0x90 | feed | the latest final fixing; read raw by others (`tokfut_api::raw`) |
//! | 0x91 | | administrator, clock |
//! | 0x92 | feed | rules, methodology, panel |
//! | 0x93 | feed | texts: symbol, unit, methodology address, names |
//! | 0x94 | feed | the next round to be finalised |
//! | 0x95 | feed, round | the answers of a round not yet finalised |
//! | 0x96 | feed, round | a final fixing with its prefix sums |

pub mod config;
pub mod feed;
pub mod fixing;
pub mod round;

const CONFIG: u8 = 0x91;
const FEEDS: u8 = 0x92;
const TEXTS: u8 = 0x93;
const NEXT: u8 = 0x94;
const ANSWERS: u8 = 0x95;
const FINALS: u8 = 0x96;
