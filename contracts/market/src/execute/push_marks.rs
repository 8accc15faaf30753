//! `push_marks`: measures series anew and tells the clearing house, by anyone (clause 4.13).

use cosmwasm_std::{DepsMut, Env, Response};
use tokfut_api::event::EventLog;
use tokfut_api::vault;
use tokfut_core::series::Status;

use super::respond;
use crate::desk::{Desk, Market};
use crate::error::{ContractError, Refusal};
use crate::{commit, guard, index};

/// Series a message may name.
const MAX_SERIES: usize = 32;

/// Pushes the marks of these series of one product.
pub fn push_marks(deps: DepsMut<'_>, env: &Env, codes: &[String]) -> Result<Response, ContractError> {
    guard::count("series", codes.len(), MAX_SERIES)?;
    let market = Market::load(deps.storage, env)?;
    let (mut product, mut fixing, mut seen) = (None, None, vec![]);
    let (mut marks, mut log) = (vec![], EventLog::default());
    for code in codes {
        let desk = Desk::open(deps.storage, &market.config, code)?;
        if *product.get_or_insert(desk.series.product) != desk.series.product || seen.contains(&desk.id) {
            return Err(Refusal::MixedList("series of two products, or one twice").into());
        }
        let status = desk.status(market.now);
        if status == Status::Settled {
            return Err(Refusal::NotTrading { series: desk.code(), status }.into());
        }
        seen.push(desk.id);
        if seen.len() == 1 {
            fixing = index::latest(&deps.querier, &market.config.oracle, desk.terms.feed)?;
        }
        let scene = (&market, &desk, fixing.as_ref());
        marks.push(commit::remark(deps.storage, deps.querier, scene, &mut log)?);
    }
    respond(&market.config, &vault::ExecuteMsg::SetMarks { marks }, log)
}
