use super::*;
use crate::ids::DebtorId;
use crate::signal_cases;

const MORNING: &str = "2026-10-06T08:00:00Z";
const LATER: &str = "2026-10-06T09:00:00Z";
/// In Amsterdam the day begins at ten in the evening, in UTC.
const NEXT_DAY: &str = "2026-10-06T22:00:00Z";

fn case() -> CaseId {
    DebtorId::parse("d1").unwrap().case(1)
}

fn running() -> Dossier {
    let mut dossier = signal_cases::dossier();
    dossier.case = Some(dossier.debtor.id.case(1));
    dossier
}

fn draft_at(dossier: Dossier, now: &str) -> Draft {
    Draft::of(dossier, now.parse().unwrap(), "test")
}

fn asked(dossier: Dossier, now: &str) -> (Dossier, CaseDossier) {
    let mut draft = draft_at(dossier, now);
    let case = draft.dossier.case.clone().unwrap_or_else(case);
    let asked = request(&mut draft, &case, Language::Nl).unwrap();
    (draft.dossier, asked)
}

fn built(dossier: Dossier, id: &CaseDossierId, now: &str) -> Dossier {
    let mut draft = draft_at(dossier, now);
    let seen = draft.dossier.counts.entries;
    finish(&mut draft, id, file(seen));
    draft.dossier
}

fn file(entries: u32) -> BuiltFile {
    BuiltFile { bytes: 10, sha256: "ab".repeat(32), files: 3, entries }
}

#[test]
fn asking_twice_asks_once() {
    let (dossier, first) = asked(running(), MORNING);
    let (dossier, again) = asked(dossier, LATER);
    assert_eq!((&first, dossier.case_dossiers.len()), (&again, 1));
    let dossier = built(dossier, &first.id, LATER);
    let (dossier, again) = asked(dossier, LATER);
    assert_eq!((&again.id, again.status()), (&first.id, "ready"));
    assert_eq!(dossier.counts.case_dossiers, 1);
}

#[test]
fn something_that_happened_or_another_day_or_language_asks_anew() {
    let (dossier, first) = asked(running(), MORNING);
    let ready = built(dossier.clone(), &first.id, LATER);
    let mut happened = draft_at(ready.clone(), LATER);
    happened.record(Event::DebtorChanged { fields: vec![] });
    assert_ne!(asked(happened.dossier, LATER).1.id, first.id);
    assert_ne!(asked(ready.clone(), NEXT_DAY).1.id, first.id);
    let mut draft = draft_at(ready, LATER);
    let case = first.case.clone();
    assert_ne!(request(&mut draft, &case, Language::En).unwrap().id, first.id);
    // What was not built by the next day is not waited for.
    let (dossier, second) = asked(dossier, NEXT_DAY);
    assert_ne!(second.id, first.id);
    let state = &find(&dossier, &first.id).unwrap().state;
    assert!(matches!(state, CaseDossierState::Failed { reason: NotBuilt::Superseded, .. }), "{state:?}");
}

#[test]
fn what_happened_while_it_was_built_is_not_in_it() {
    let (dossier, first) = asked(running(), MORNING);
    let seen = dossier.counts.entries;
    let mut draft = draft_at(dossier, LATER);
    draft.record(Event::DebtorChanged { fields: vec![] });
    finish(&mut draft, &first.id, file(seen));
    assert_ne!(asked(draft.dossier, LATER).1.id, first.id);
}

#[test]
fn one_that_failed_is_asked_for_anew_and_ends_once() {
    let (dossier, first) = asked(running(), MORNING);
    let mut draft = draft_at(dossier, LATER);
    fail(&mut draft, &first.id, NotBuilt::TooLarge);
    finish(&mut draft, &first.id, file(0));
    fail(&mut draft, &first.id, NotBuilt::NotSet);
    assert_eq!(draft.entries().len(), 1);
    assert_eq!(find(&draft.dossier, &first.id).unwrap().status(), "failed");
    assert_ne!(asked(draft.dossier, LATER).1.id, first.id);
}

#[test]
fn no_case_has_no_dossier() {
    let mut draft = draft_at(running(), MORNING);
    let other = draft.dossier.debtor.id.case(2);
    assert_eq!(request(&mut draft, &other, Language::Nl), Err(Refusal::NoSuchCase));
    assert!(draft.is_unchanged());
}

#[test]
fn whoever_builds_is_reminded_after_a_quarter_of_an_hour() {
    let (dossier, _) = asked(running(), MORNING);
    let table = [("2026-10-06T08:14:59Z", 0), ("2026-10-06T08:15:00Z", 1), (NEXT_DAY, 1)];
    for (now, waiting) in table {
        assert_eq!(to_build(&dossier, now.parse().unwrap()).count(), waiting, "{now}");
    }
    assert_eq!(wake_at(&dossier), Some("2026-10-06T08:15:00Z".parse().unwrap()));
    assert_eq!(wake_at(&running()), None);
}

#[test]
fn the_last_ten_are_kept_and_those_of_a_hand_over() {
    let mut dossier = running();
    for round in 0..14 {
        let (next, made) = asked(dossier, LATER);
        dossier = built(next, &made.id, LATER);
        let mut draft = draft_at(dossier, LATER);
        if round == 0 {
            let case = made.case.clone();
            assert_eq!(hand_over(&mut draft, &case), Some(made.id));
        }
        draft.record(Event::DebtorChanged { fields: vec![] });
        dossier = draft.dossier;
    }
    let numbers: Vec<u32> = dossier.case_dossiers.iter().filter_map(|d| d.id.number()).collect();
    assert_eq!(numbers, [1, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]);
}
