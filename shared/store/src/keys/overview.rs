//! The keys of the overview of signals: rows by what may be filtered by, and counters.
//!
//! A row says which signal and nothing else; the signal itself lies beside its dossier. Each signal has a row for every
//! filter that finds it: one without a standing and one for each of its standings, in the partition of every filter by
//! place that it fits (without one, by municipality, by provider, by both). So whatever is filtered by, the rows of one
//! page lie side by side, and are read by one query.

use domain::ids::{AdministrationId, DebtorId, SignalId};
use domain::overview::{Place, Standing};
use domain::step::SignalKind;
use jiff::Timestamp;
use jiff::civil::Date;

use super::{hashed, ordered};
use crate::table::Key;

/// Counters of one place are spread over so many items, so that signals that move at once do not wait for each other.
const SHARDS: u32 = 4;

/// The same for signals that went nowhere yet: they have no municipality to be spread by.
const SHARDS_OF_NOWHERE: u32 = 16;

const NONE: &str = "-";

/// The rows of one filter.
pub fn overview(administration: &AdministrationId, place: &Place, standing: Option<Standing>) -> String {
    let provider = place.provider.map(|p| p.to_string());
    let municipality = place.municipality.as_deref().unwrap_or(NONE);
    let provider = provider.as_deref().unwrap_or(NONE);
    let standing = standing.map_or(NONE, Standing::name);
    format!("{administration}#O#{municipality}#{provider}#{standing}")
}

/// What the rows of signals of this kind begin with.
pub fn overview_kind(kind: SignalKind) -> &'static str {
    // Read from the end: what cannot wait comes first.
    match kind {
        SignalKind::Crisis => "2#",
        SignalKind::Early => "1#",
    }
}

/// A row of one filter: crisis signals and early ones apart, each in the order in which they were prepared.
pub fn overview_row(
    administration: &AdministrationId,
    place: &Place,
    standing: Option<Standing>,
    kind: SignalKind,
    prepared_at: Timestamp,
    signal: &SignalId,
) -> Key {
    let partition = overview(administration, place, standing);
    Key::new(partition, format!("{}{}#{signal}", overview_kind(kind), ordered(prepared_at)))
}

/// The signals that one municipality's platform took in, in the order of the days.
pub fn signalled(administration: &AdministrationId, municipality: &str) -> String {
    format!("{administration}#O#{municipality}#signalled")
}

/// One of them.
pub fn signalled_row(
    administration: &AdministrationId,
    municipality: &str,
    on: Date,
    signal: &SignalId,
) -> Key {
    Key::new(signalled(administration, municipality), format!("{on}#{signal}"))
}

/// Which signal a row is about.
pub fn signal_of_row(row: &Key) -> Option<SignalId> {
    SignalId::parse(row.sort.rsplit('#').next()?).ok()
}

/// How many signals stand how, by place.
pub fn counters(administration: &AdministrationId) -> String {
    format!("{administration}#N")
}

/// What the counters of one municipality begin with.
pub fn counters_of(municipality: &str) -> String {
    format!("{municipality}#")
}

/// The counters of one place that this debtor's signals are counted in.
pub fn counter(administration: &AdministrationId, place: &Place, debtor: &DebtorId) -> Key {
    let provider = place.provider.map(|p| p.to_string());
    let municipality = place.municipality.as_deref().unwrap_or(NONE);
    let provider = provider.as_deref().unwrap_or(NONE);
    let shards = if place.municipality.is_some() { SHARDS } else { SHARDS_OF_NOWHERE };
    let shard = hashed(debtor.as_str()) % shards;
    Key::new(counters(administration), format!("{municipality}#{provider}#{shard:02}"))
}

/// Whose place these counters are of: the municipality and the provider, as far as there are any.
pub fn place_of_counter(key: &Key) -> Option<(Option<&str>, Option<&str>)> {
    let mut parts = key.sort.split('#');
    let mut part = || parts.next().map(|text| (text != NONE).then_some(text));
    Some((part()?, part()?))
}

/// What came of the signals that platforms took in during one month, by municipality.
pub fn outcomes(administration: &AdministrationId, month: Date) -> String {
    format!("{administration}#N#{:04}-{:02}", month.year(), month.month())
}

/// The outcomes of one municipality and month that this debtor's signals are counted in.
pub fn outcome_counter(
    administration: &AdministrationId,
    municipality: &str,
    month: Date,
    debtor: &DebtorId,
) -> Key {
    let shard = hashed(debtor.as_str()) % SHARDS;
    Key::new(outcomes(administration, month), format!("{municipality}#{shard:02}"))
}

/// Whose outcomes these are: the municipality's.
pub fn municipality_of_outcomes(key: &Key) -> Option<&str> {
    key.sort.split('#').next()
}

#[cfg(test)]
mod tests {
    use domain::provider::Provider;

    use super::*;

    #[test]
    fn keys_of_the_overview_are_what_they_always_were() {
        let a = AdministrationId::parse("eneco").unwrap();
        let d = DebtorId::parse("d-1").unwrap();
        let s = d.signal(3);
        let at: Timestamp = "2026-11-23T07:00:00.5Z".parse().unwrap();
        let day = jiff::civil::date(2026, 11, 23);
        let nowhere = Place::default();
        let utrecht = Place { municipality: Some("0344".to_owned()), provider: Some(Provider::Inforing) };
        let by_provider = Place { municipality: None, ..utrecht.clone() };
        let key = |k: Key| format!("{} | {}", k.partition, k.sort);
        let row = |place: &Place, standing, kind| key(overview_row(&a, place, standing, kind, at, &s));
        let pinned = [
            (row(&nowhere, None, SignalKind::Early), "eneco#O#-#-#- | 1#2026-11-23T07:00:00Z#d-1.s3"),
            (
                row(&utrecht, Some(Standing::HelpRunning), SignalKind::Crisis),
                "eneco#O#0344#inforing#help_running | 2#2026-11-23T07:00:00Z#d-1.s3",
            ),
            (
                row(&by_provider, Some(Standing::Sent), SignalKind::Early),
                "eneco#O#-#inforing#sent | 1#2026-11-23T07:00:00Z#d-1.s3",
            ),
            (key(signalled_row(&a, "0344", day, &s)), "eneco#O#0344#signalled | 2026-11-23#d-1.s3"),
            (key(counter(&a, &nowhere, &d)), "eneco#N | -#-#01"),
            (key(counter(&a, &utrecht, &d)), "eneco#N | 0344#inforing#01"),
            (key(outcome_counter(&a, "0344", day, &d)), "eneco#N#2026-11 | 0344#01"),
        ];
        for (made, expected) in pinned {
            assert_eq!(made, expected);
        }
        assert_eq!(signal_of_row(&signalled_row(&a, "0344", day, &s)), Some(s));
        assert_eq!(place_of_counter(&counter(&a, &nowhere, &d)), Some((None, None)));
        assert_eq!(place_of_counter(&counter(&a, &utrecht, &d)), Some((Some("0344"), Some("inforing"))));
        assert_eq!(municipality_of_outcomes(&outcome_counter(&a, "0344", day, &d)), Some("0344"));
    }
}
