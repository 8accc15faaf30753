//! Who acts in the demo, and with how much money.

use serde::Serialize;
use tokfut_core::money::Amount;

/// Base units of one dollar.
const USD: u128 = 1_000_000;

/// What governance gives the insurance fund before trading opens.
pub const INSURANCE: Amount = usd(120_000);

/// Somebody with an account.
#[derive(Serialize, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// Quotes both sides around its forecast.
    Maker,
    /// Buys compute every day, and hedges most of it.
    App,
    /// Sells compute, and sells futures against it.
    Provider,
    /// Sells when it expects a fall.
    Trend,
    /// Buys what it finds cheap.
    Value,
    /// Speculates with some room.
    Steady,
    /// Speculates at the edge of its margin.
    Edge,
    /// Pushes marks, strikes, finalises, liquidates.
    Keeper,
}

impl Actor {
    /// All of them, in the order in which they open accounts.
    pub const ALL: [Self; 8] =
        [Self::Maker, Self::App, Self::Provider, Self::Trend, Self::Value, Self::Steady, Self::Edge, Self::Keeper];

    /// Its name on the chain.
    pub const fn user(self) -> &'static str {
        match self {
            Self::Maker => "maker",
            Self::App => "app",
            Self::Provider => "provider",
            Self::Trend => "trend",
            Self::Value => "value",
            Self::Steady => "steady",
            Self::Edge => "edge",
            Self::Keeper => "keeper",
        }
    }

    /// Its name in the report.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Maker => "Market maker",
            Self::App => "AI app",
            Self::Provider => "Model provider",
            Self::Trend => "Trend fund",
            Self::Value => "Value fund",
            Self::Steady => "Speculator A",
            Self::Edge => "Speculator B",
            Self::Keeper => "Keeper",
        }
    }

    /// What it is there for, in a few words.
    pub const fn part(self) -> &'static str {
        match self {
            Self::Maker => "quotes both sides around its forecast",
            Self::App => "buys tokens every day; hedges July and August",
            Self::Provider => "sells tokens; sells futures against its revenue",
            Self::Trend => "sells short, and more when prices fall",
            Self::Value => "buys what it finds cheap",
            Self::Steady => "long August with 18 % of margin",
            Self::Edge => "long September at the edge of its margin",
            Self::Keeper => "strikes, finalises, pushes marks, liquidates; earns the bounty",
        }
    }

    /// What it pays in on the first day; nothing for those who pay in as they go.
    pub const fn deposit(self) -> Amount {
        match self {
            Self::Maker => usd(400_000),
            Self::App => usd(60_000),
            Self::Provider => usd(250_000),
            Self::Trend => usd(500_000),
            Self::Value => usd(900_000),
            Self::Steady | Self::Edge | Self::Keeper => Amount::ZERO,
        }
    }
}

/// Whole dollars.
pub const fn usd(dollars: u128) -> Amount {
    Amount::new(dollars.saturating_mul(USD))
}
