//! What a message needs to know of the series it is about, loaded once.

use cosmwasm_std::{Env, Storage};
use tokfut_core::calendar::SeriesCode;
use tokfut_core::id::{ProductId, SeriesId};
use tokfut_core::limits::DayLimits;
use tokfut_core::price::Price;
use tokfut_core::product::Product;
use tokfut_core::series::Status;
use tokfut_core::time::Time;

use crate::error::{ContractError, Refusal};
use crate::state::{BY_CODE, CONFIG, CodeKey, Config, DIARY, PRODUCTS, Series};

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
    pub product: Product,
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
    pub fn open(storage: &dyn Storage, code: &str) -> Result<Self, ContractError> {
        let unknown = || Refusal::UnknownSeries(code.to_string());
        let parsed = SeriesCode::parse(code).map_err(|_| unknown())?;
        let id = BY_CODE.may_load(storage, &CodeKey(parsed))?.ok_or_else(unknown)?;
        Self::load(storage, id)
    }

    /// The series of this number.
    pub fn load(storage: &dyn Storage, id: SeriesId) -> Result<Self, ContractError> {
        let series = Series::load(storage, id)?;
        let product = product(storage, series.product)?;
        Self::of(id, series, product)
    }

    /// The series with its terms, both loaded before.
    pub fn of(id: SeriesId, series: Series, product: Product) -> Result<Self, ContractError> {
        let limits = series.limits(&product)?;
        Ok(Self { id, series, product, limits })
    }

    /// Its code as text.
    pub fn code(&self) -> String {
        self.series.code(&self.product).to_string()
    }

    /// Its status now.
    pub fn status(&self, now: Time) -> Status {
        self.series.status(now)
    }

    /// A price as the product quotes it.
    pub fn quoted(&self, price: Price) -> String {
        price.to_decimal(self.product.decimals)
    }
}

/// The terms of a product.
pub fn product(storage: &dyn Storage, id: ProductId) -> Result<Product, ContractError> {
    PRODUCTS.may_load(storage, &id)?.ok_or_else(|| Refusal::UnknownProduct(id.0.to_string()).into())
}

/// The product of this code, with its number.
pub fn product_by_code(storage: &dyn Storage, code: &str) -> Result<(ProductId, Product), ContractError> {
    let count = DIARY.load(storage)?.len();
    for number in 1..=u8::try_from(count).unwrap_or(u8::MAX) {
        let id = ProductId(number);
        let product = product(storage, id)?;
        if product.code.to_string() == code {
            return Ok((id, product));
        }
    }
    Err(Refusal::UnknownProduct(code.to_string()).into())
}
