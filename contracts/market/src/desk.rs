//! What a message needs to know of the series it is about, loaded once.

use cosmwasm_std::{Env, Storage};
use tokfut_core::calendar::{ProductCode, SeriesCode};
use tokfut_core::id::{ProductId, SeriesId};
use tokfut_core::limits::DayLimits;
use tokfut_core::price::Price;
use tokfut_core::product::Product;
use tokfut_core::series::Status;
use tokfut_core::time::Time;

use crate::error::{ContractError, Refusal};
use crate::state::{Board, CONFIG, Config, PRODUCTS, SERIES, Series, Terms};

/// The market at one moment.
#[derive(Clone, Debug)]
pub struct Market {
    /// Its configuration.
    pub config: Config,
    /// Protocol time.
    pub now: Time,
}

/// A series at one moment.
#[derive(Clone, Debug)]
pub struct Desk {
    /// Its number.
    pub id: SeriesId,
    /// What is stored of it.
    pub series: Series,
    /// Its product's terms.
    pub terms: Terms,
    /// The day's limits.
    pub limits: DayLimits,
}

impl Market {
    /// The market now.
    pub fn load(storage: &dyn Storage, env: &Env) -> Result<Self, ContractError> {
        let config = CONFIG.load(storage)?;
        let now = config.clock.at(env.block.time.seconds())?;
        Ok(Self { config, now })
    }
}

impl Desk {
    /// The series of this code.
    pub fn open(storage: &dyn Storage, config: &Config, code: &str) -> Result<Self, ContractError> {
        let named = || {
            let SeriesCode { product, month } = SeriesCode::parse(code).ok()?;
            SeriesId::of(config.product(product)?, month)
        };
        let unknown = || Refusal::UnknownSeries(code.to_string());
        let id = named().ok_or_else(unknown)?;
        let series = SERIES.may_load(storage, &id)?.ok_or_else(unknown)?;
        Self::of(id, series, config)
    }

    /// The series of this number.
    pub fn load(storage: &dyn Storage, config: &Config, id: SeriesId) -> Result<Self, ContractError> {
        Self::of(id, Series::load(storage, id)?, config)
    }

    fn of(id: SeriesId, series: Series, config: &Config) -> Result<Self, ContractError> {
        let terms = config.board(series.product)?.terms;
        let limits = series.limits(&terms)?;
        Ok(Self { id, series, terms, limits })
    }

    /// Its code as text.
    pub fn code(&self) -> String {
        self.series.code(&self.terms).to_string()
    }

    /// Its status now.
    pub fn status(&self, now: Time) -> Status {
        self.series.status(now)
    }

    /// A price as the product quotes it.
    pub fn quoted(&self, price: Price) -> String {
        price.to_decimal(self.terms.decimals)
    }
}

/// The whole terms of a product.
pub fn product(storage: &dyn Storage, id: ProductId) -> Result<Product, ContractError> {
    PRODUCTS.may_load(storage, &id)?.ok_or_else(|| Refusal::UnknownProduct(id.0.to_string()).into())
}

/// The product of this code, with its number.
pub fn product_by_code<'a>(config: &'a Config, code: &str) -> Result<(ProductId, &'a Board), ContractError> {
    let id = ProductCode::parse(code).ok().and_then(|code| config.product(code));
    let id = id.ok_or_else(|| Refusal::UnknownProduct(code.to_string()))?;
    Ok((id, config.board(id)?))
}
