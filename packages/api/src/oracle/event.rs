//! What the oracle tells in events.

use tokfut_core::time::Time;

crate::events! {
    /// A publisher's answer was taken.
    Observed = "tf_observed" {
        /// The feed.
        feed: u32,
        /// The round.
        round: u64,
        /// The publisher's index.
        publisher: u16,
        /// The value; `-` if unavailable.
        value: Option<u128>,
        /// Merkle root over its quotes, hex.
        inputs_root: String,
        /// 0, or 1 of a restatement.
        revision: u16,
    }
    /// A round became final.
    Fixed = "tf_fixed" {
        /// The feed.
        feed: u32,
        /// The round.
        round: u64,
        /// When it fixed.
        fixing_time: Time,
        /// The value.
        value: u128,
        /// The publisher whose number it is.
        publisher: u16,
        /// Σ of all final values up to and with it.
        sum: u128,
        /// How many they are.
        count: u64,
        /// 0, or 1 if it was restated.
        revision: u16,
    }
    /// A round, or a run of missed ones, ended without a fixing.
    Voided = "tf_voided" {
        /// The feed.
        feed: u32,
        /// The round, or the first of the run.
        round: u64,
        /// The last of the run; the same for a single round.
        last: u64,
        /// `missed`, `held` or `disputed`.
        reason: String,
    }
    /// A fixing was disputed, with a bond.
    Disputed = "tf_disputed" {
        /// The feed.
        feed: u32,
        /// The round.
        round: u64,
        /// Who.
        by: String,
        /// What he put up.
        bond: u128,
        /// SHA-256 of his reasons, hex.
        evidence: String,
        /// From when the round may be finalised now, unless it is ruled before.
        until: Time,
    }
    /// A dispute was ruled.
    Ruled = "tf_ruled" {
        /// The feed.
        feed: u32,
        /// The round.
        round: u64,
        /// `void` or `dismiss`.
        ruling: String,
    }
    /// A bond became somebody's to claim.
    Credited = "tf_credited" {
        /// Whose.
        account: String,
        /// How much.
        amount: u128,
        /// `upheld`, `dismissed` or `lapsed`.
        reason: String,
    }
    /// Credits were paid out.
    Claimed = "tf_claimed" {
        /// To whom.
        account: String,
        /// How much.
        amount: u128,
    }
    /// A publisher was proven to have signed two different answers, and is jailed.
    Jailed = "tf_jailed" {
        /// The feed.
        feed: u32,
        /// The round.
        round: u64,
        /// The revision.
        revision: u16,
        /// The publisher's index in that round's panel.
        publisher: u16,
        /// SHA-256 of scheme byte and key, hex.
        identity: String,
    }
    /// A change will take effect.
    Announced = "tf_announced" {
        /// The feed; `-` of a release.
        feed: Option<u32>,
        /// `add_feed`, `panel`, `methodology`, `bounds`, `resume`, `terminate` or `release`.
        change: String,
        /// The first round that it counts for; `-` if it takes effect at a time.
        round: Option<u64>,
        /// When it takes effect.
        from: Time,
    }
    /// An announced change will not take effect.
    Withdrawn = "tf_withdrawn" {
        /// The feed.
        feed: u32,
        /// As announced.
        change: String,
    }
    /// A feed's consumers should only let risk fall.
    ClosedOnly = "tf_closed_only" {
        /// The feed.
        feed: u32,
    }
}
