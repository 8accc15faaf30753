//! What is set once.

use cosmwasm_std::{Addr, Order, StdResult, Storage};
use serde::{Deserialize, Serialize};
use tokfut_api::raw::PRODUCTS;
use tokfut_core::id::ProductId;
use tokfut_core::product::Product;
use tokfut_core::rate::Rate;
use tokfut_core::time::Clock;
use tokfut_storage::{Record, Table};

use crate::error::{ContractError, Refusal};

/// What every message needs.
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct Config {
    /// The market, once connected.
    pub market: Option<Addr>,
    /// The collateral.
    pub denom: String,
    /// Protocol time.
    pub clock: Clock,
    /// Insurance's share of fees.
    pub insurance_share: Rate,
}

/// Who is who (clause 8.1).
#[derive(Serialize, Deserialize, Clone, Debug, PartialEq)]
pub struct Roles {
    /// Connects the market.
    pub governance: Addr,
    /// Receives collected fees.
    pub treasury: Addr,
}

/// The configuration.
pub const CONFIG: Record<Config> = Record::new(0xa2);
/// The configuration beside the terms of a product, for the market's messages: a read costs what it costs, however long
/// the record.
pub const TERMS: Table<ProductId, (Config, Product)> = Table::new(0xa6);
/// The roles.
pub const ROLES: Record<Roles> = Record::new(0xa3);

impl Config {
    /// Saves it, wherever it is read.
    pub fn save(&self, storage: &mut dyn Storage) -> StdResult<()> {
        CONFIG.save(storage, self)?;
        for (id, product) in products(storage)? {
            TERMS.save(storage, &id, &(self.clone(), product))?;
        }
        Ok(())
    }

    /// The market, if it is connected.
    pub fn market(&self) -> Result<&Addr, ContractError> {
        self.market.as_ref().ok_or_else(|| Refusal::NotConnected.into())
    }
}

/// The terms of a product.
pub fn product(storage: &dyn Storage, id: ProductId) -> Result<Product, ContractError> {
    PRODUCTS.may_load(storage, &id)?.ok_or_else(|| Refusal::UnknownProduct(id.0.to_string()).into())
}

/// All products, in order of their numbers; at most 16.
pub fn products(storage: &dyn Storage) -> StdResult<Vec<(ProductId, Product)>> {
    PRODUCTS.range(storage, &[], None, Order::Ascending).collect()
}

/// The product of this code, with its number.
pub fn product_by_code(storage: &dyn Storage, code: &str) -> Result<(ProductId, Product), ContractError> {
    let found = products(storage)?.into_iter().find(|(_, product)| product.code.to_string() == code);
    found.ok_or_else(|| Refusal::UnknownProduct(code.to_string()).into())
}
