//! What the book cannot take goes to the house; what is missing then is shared out (clauses 6.5, 6.6).

use tokfut_api::vault::{DeficitRecognised, HouseTook};
use tokfut_core::clearing::Pending;
use tokfut_core::id::{AccountId, ProductId, SeriesId};
use tokfut_core::liquidation::house_takes;
use tokfut_core::money::{Amount, SignedAmount};
use tokfut_core::pots::{PostingKind, Pot};
use tokfut_core::price::{Price, Side};
use tokfut_core::waterfall::{Cover, HOUSE_SHARE, cover, divide, house_free};

use crate::error::ContractError;
use crate::ledger::Ledger;
use crate::state::products;

/// The house takes the lots left, series by series, at their bankruptcy prices (E ≤ 0: at the mark), as far as it may.
/// Of an account without lots then, variation and pending too, at face value: its cash tells the truth.
pub fn rest(ledger: &mut Ledger<'_>, account: AccountId, prices: &[(SeriesId, Price)]) -> Result<(), ContractError> {
    let portfolio = ledger.portfolio(account)?;
    let bankrupt = portfolio.equity()?.gain().is_zero();
    for holding in &portfolio.holdings {
        let now = ledger.now;
        let share = ledger.diary(holding.id)?.house_share(now);
        for leg in &holding.legs {
            let (Some(held), series) = (leg.lots.side(), leg.series) else { continue };
            let agreed = prices.iter().find(|(id, _)| *id == series).map(|(_, price)| *price);
            let agreed = agreed.filter(|_| !bankrupt).unwrap_or(leg.mark);
            // The mark may have moved past it with the fills: the house gives nothing away.
            let price = match held {
                Side::Buy => agreed.min(leg.mark),
                Side::Sell => agreed.max(leg.mark),
            };
            let house = ledger.portfolio(AccountId::HOUSE)?;
            let lots = house_takes(&house, (holding, leg), price, share)?;
            if lots.is_zero() {
                continue;
            }
            ledger.trade(series, (AccountId::HOUSE, held), account, (lots, price))?;
            ledger.log.push(HouseTook { account, series, lots: held.net(lots)?, price });
        }
    }
    if ledger.portfolio(account)?.is_flat() { at_face_value(ledger, account) } else { Ok(()) }
}

/// Moves variation and pending to the house, and as much cash the other way: equity of both stays.
fn at_face_value(ledger: &mut Ledger<'_>, account: AccountId) -> Result<(), ContractError> {
    for (series, position) in ledger.positions_of(account)? {
        let pending = position.pending.unwrap_or_default();
        let face: SignedAmount = position.variation.checked_add(pending.value)?;
        ledger.alter(account, series, |own| {
            (own.variation, own.banked, own.pending) = (SignedAmount::ZERO, Default::default(), None);
            Ok(())
        })?;
        ledger.alter(AccountId::HOUSE, series, |own| {
            own.variation = own.variation.checked_add(position.variation)?;
            own.banked = own.banked.checked_add(position.banked)?;
            let sum = joined(own.pending.take().unwrap_or_default(), &pending)?;
            own.pending = (sum != Pending::default()).then_some(sum);
            Ok(())
        })?;
        ledger.post_signed(PostingKind::TakeOver, (Pot::Insurance, Pot::of(account)), face)?;
    }
    Ok(())
}

fn joined(own: Pending, other: &Pending) -> Result<Pending, ContractError> {
    Ok(Pending {
        value: own.value.checked_add(other.value)?,
        carried: own.carried.checked_add(other.carried)?,
        banked: own.banked.checked_add(other.banked)?,
        expired: own.expired.checked_add(other.expired)?,
    })
}

/// Recognises the deficit of an account without lots and below zero: its owner's other accounts pay, then the house,
/// the rest is the shortfall of the products it came from. The account stands at zero.
pub fn recognise(ledger: &mut Ledger<'_>, account: AccountId) -> Result<(), ContractError> {
    let portfolio = ledger.portfolio(account)?;
    let deficit = portfolio.cash.loss();
    if !portfolio.is_flat() || deficit.is_zero() || !portfolio.equity()?.is_negative() {
        return Ok(());
    }
    let mut siblings = vec![];
    for sibling in ledger.owner(account)?.clone().others(account) {
        siblings.push((sibling, ledger.portfolio(sibling)?.health()?.free()));
    }
    let margins = bearers(ledger, account)?;
    let mut share = HOUSE_SHARE;
    for (product, _) in &margins {
        let now = ledger.now;
        share = share.min(ledger.diary(*product)?.house_share(now));
    }
    let house = house_free(&ledger.portfolio(AccountId::HOUSE)?, share)?;
    let Cover { from_owner, from_insurance, shortfall } = cover(deficit, &siblings, house)?;
    let debtor = Pot::of(account);
    let mut by_owner = Amount::ZERO;
    for (sibling, part) in from_owner {
        ledger.post(PostingKind::OwnerCover, Pot::of(sibling), debtor, part)?;
        by_owner = by_owner.checked_add(part)?;
    }
    ledger.post(PostingKind::InsuranceCover, Pot::Insurance, debtor, from_insurance)?;
    if !shortfall.is_zero() {
        for (product, part) in divide(shortfall, &margins)? {
            let diary = ledger.diary(product)?;
            diary.shortfall = diary.shortfall.checked_add(part)?;
        }
        ledger.post(PostingKind::Missing, Pot::Shortfall, debtor, shortfall)?;
    }
    ledger.log.push(DeficitRecognised { account, deficit, from_owner: by_owner, from_insurance, shortfall });
    Ok(())
}

/// The products that bear a shortfall of the account, in order of code, by MM when its liquidation began. Of an account
/// that held nothing then: all products, and none by margin, so that it falls to the last.
fn bearers(ledger: &mut Ledger<'_>, account: AccountId) -> Result<Vec<(ProductId, Amount)>, ContractError> {
    let clock = ledger.account(account)?.liquidation.as_ref();
    let margins = clock.map(|clock| clock.margins.clone()).unwrap_or_default();
    if !margins.is_empty() {
        return Ok(margins);
    }
    let mut all = vec![];
    for (id, product) in products(ledger.storage())? {
        let place = all.partition_point(|(code, _)| *code < product.code);
        all.insert(place, (product.code, id));
    }
    Ok(all.into_iter().map(|(_, id)| (id, Amount::ZERO)).collect())
}
