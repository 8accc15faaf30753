//! The panel: seven publishers compute the same index, and are nearly always of one mind.

use tokfut_core::calendar::Date;
use tokfut_core::price::Price;

use super::Scene;
use crate::demo::facts::PriceChange;
use crate::demo::figures::{change, quoted, share};
use crate::demo::stage::Stage;

/// How far the one who differs may be off, in price units.
const OFF: u32 = 5;
/// One day in so many a publisher says "unavailable".
const SILENT_EVERY: u64 = 6;

/// The fixing of a date: the computed value by each, but for one a few units off, and now and then one silent.
pub fn fix(stage: &mut Stage<'_>, scene: &mut Scene, date: Date) -> anyhow::Result<()> {
    let Some(value) = stage.facts.index_on(date) else { return Ok(()) };
    let size = u64::try_from(stage.panel_size())?;
    let (differs, off) = (scene.noise.below(size), scene.noise.around(OFF));
    let silent = (scene.noise.below(SILENT_EVERY) == 0).then(|| scene.noise.below(size));
    let of = |publisher: u64| -> anyhow::Result<Option<Price>> {
        if silent == Some(publisher) {
            return Ok(None);
        }
        let off = if publisher == differs { off } else { 0 };
        let units = u128::try_from(i64::from(value.units()).saturating_add(off))?;
        Ok(Some(Price::from_wide(units)?))
    };
    let values = (0..size).map(of).collect::<anyhow::Result<Vec<_>>>()?;
    stage.fix(date, &values)?;
    tell_move(stage, date, value);
    Ok(())
}

fn tell_move(stage: &mut Stage<'_>, date: Date, value: Price) {
    let before = date.checked_sub_days(1).and_then(|day| stage.facts.index_on(day));
    let Some(before) = before.filter(|before| *before != value) else {
        if stage.facts.fixings.is_empty() {
            stage.say(format!(
                "Seven publishers sign the first fixing: {} USD per million benchmark tokens (BMT).",
                quoted(value)
            ));
        }
        return;
    };
    let moved = share(value.minus(before).units().into(), before.units().into());
    let changes = stage.facts.changes.iter().filter(|change| change.date == date);
    let changes: Vec<String> = changes.map(PriceChange::text).collect();
    let (before, after, moved) = (quoted(before), quoted(value), change(moved));
    stage.say(format!(
        "List prices change (input/cached/output, USD per million tokens): {}. The index moves from {before} to {after} ({moved}).",
        changes.join(", ")
    ));
}
