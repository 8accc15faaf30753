//! How a test world begins.

use serde_json::{Value, json};
use tokfut_embedded::{World, WorldSpec};

use crate::world::TestWorld;

/// A world to be: the reference deployment from 1 June 2026 on, TOK fixed at 1.6000, unless told otherwise.
#[derive(Clone, Debug)]
pub struct Setup {
    patch: Value,
    fixing: String,
}

impl Default for Setup {
    fn default() -> Self {
        Self { patch: json!({}), fixing: "1.6000".to_string() }
    }
}

impl Setup {
    /// Another beginning, e.g. `2026-12-01T00:00:00Z`.
    #[must_use]
    pub fn starting(self, time: &str) -> Self {
        self.with("/start", json!(time))
    }

    /// The first fixing of TOK.
    #[must_use]
    pub fn fixed_at(mut self, fixing: &str) -> Self {
        self.fixing = fixing.to_string();
        self
    }

    /// What the insurance fund has at first, base units.
    #[must_use]
    pub fn insured(self, base_units: i128) -> Self {
        self.with("/insurance", json!(base_units.to_string()))
    }

    /// Only so many serial months of TOK, and no quarterly ones: a market that is over soon.
    #[must_use]
    pub fn months(self, serial: u8) -> Self {
        self.with("/products/TOK/listing", json!({"serial": serial, "quarterly": 0}))
    }

    /// Another value at a place of the deployment, e.g. `/products/TOK/max_order`.
    #[must_use]
    pub fn with(mut self, place: &str, value: Value) -> Self {
        let fields: Vec<&str> = place.split('/').skip(1).collect();
        let mut at = &mut self.patch;
        for field in fields {
            at = at.as_object_mut().expect("an object").entry(field).or_insert(json!({}));
        }
        *at = value;
        self
    }

    /// The deployment alone: no fixing, no series.
    pub fn bare(&self) -> TestWorld {
        let spec = WorldSpec::patched(&self.patch).expect("a world");
        TestWorld::of(World::deploy(spec).expect("a deployment"))
    }

    /// TOK fixed, listed, struck and finalised on the first day; it is ten in the morning of the second.
    pub fn open(&self) -> TestWorld {
        let world = self.bare();
        world.day(&self.fixing);
        world.lists("TOK").succeeds();
        world.strike();
        world.finalise();
        world.morning();
        world
    }
}
