//! The dossier of a case, as a bailiff gets it: which were asked for, of which state each is, and what became of it.
//!
//! One request, one file: as long as nothing happened to the debtor and the day is the same, asking again is answered with what
//! is there or under way. The file itself is made elsewhere; what is absent here is its content.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Language;
use crate::calendar::today;
use crate::dossier::{Dossier, Draft};
use crate::ids::{AdministrationId, CaseDossierId, CaseId};
use crate::refusal::Refusal;
use crate::timeline::Event;

/// Dossiers that are kept in sight for one debtor, those of a hand-over not counted.
const MOST_KEPT: usize = 10;

/// After so long without an end, whoever builds is reminded of one that was asked for.
const REMIND_AFTER: SignedDuration = SignedDuration::from_mins(15);

/// One dossier of a case, from the request on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CaseDossier {
    /// `{debtor}.z{number}`.
    pub id: CaseDossierId,
    /// The case that it is of.
    pub case: CaseId,
    /// In which it is written.
    pub language: Language,
    /// When it was asked for: the claim in it is as of that day.
    pub requested_at: Timestamp,
    /// How many entries the timeline had when it was last known to be all that there is to tell.
    pub entries: u32,
    /// How far it is.
    pub state: CaseDossierState,
    /// When the case was handed over with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub handed_over_at: Option<Timestamp>,
}

/// How far a dossier is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "is")]
pub enum CaseDossierState {
    /// Asked for.
    Building,
    /// It can be downloaded.
    Ready {
        /// Since when.
        at: Timestamp,
        /// What was made.
        file: BuiltFile,
    },
    /// It will not be built: somebody has to ask again.
    Failed {
        /// When it was given up.
        at: Timestamp,
        /// Why.
        reason: NotBuilt,
    },
}

/// The file of a dossier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BuiltFile {
    /// Its size.
    pub bytes: u64,
    /// SHA-256 of the whole file, in hexadecimal.
    pub sha256: String,
    /// How many files are in it.
    pub files: u32,
    /// Of so many entries of the timeline it tells.
    pub entries: u32,
}

/// Why a dossier was not built.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum NotBuilt {
    /// Interest runs on a day for which the table holds no rate.
    RatesEnded,
    /// The case did not run any more.
    CaseOver,
    /// More files belong to it than a dossier holds.
    TooLarge,
    /// Another was asked for on a later day before it was built.
    Superseded,
    /// It could not be set. A defect of ours: operators are told.
    NotSet,
}

impl NotBuilt {
    /// The stable name of the reason on the HTTP surface.
    pub fn code(self) -> &'static str {
        match self {
            NotBuilt::RatesEnded => "interest_rates_ended",
            NotBuilt::CaseOver => "case_over",
            NotBuilt::TooLarge => "too_large",
            NotBuilt::Superseded => "superseded",
            NotBuilt::NotSet => "not_set",
        }
    }
}

impl CaseDossier {
    /// Where its file lies that tells of so many entries of the timeline: ids only.
    pub fn file(&self, administration: &AdministrationId, entries: u32) -> String {
        format!("dossiers/{administration}/{}.{entries}.zip", self.id)
    }

    /// Its state in one word, as the API has it.
    pub fn status(&self) -> &'static str {
        match self.state {
            CaseDossierState::Building => "building",
            CaseDossierState::Ready { .. } => "ready",
            CaseDossierState::Failed { .. } => "failed",
        }
    }

    fn is_building(&self) -> bool {
        matches!(self.state, CaseDossierState::Building)
    }
}

/// The dossier of this case that was asked for last.
pub fn latest<'a>(dossier: &'a Dossier, case: &CaseId) -> Option<&'a CaseDossier> {
    dossier.case_dossiers.iter().rev().find(|d| d.case == *case)
}

/// The dossier with this id, as long as it is kept.
pub fn find<'a>(dossier: &'a Dossier, id: &CaseDossierId) -> Option<&'a CaseDossier> {
    dossier.case_dossiers.iter().find(|d| d.id == *id)
}

/// Asks for the dossier of a case. What is being built, or was built and is still all that there is to tell, is the answer.
///
/// # Errors
/// No such case runs.
pub fn request(draft: &mut Draft, case: &CaseId, language: Language) -> Result<CaseDossier, Refusal> {
    if draft.dossier.case.as_ref() != Some(case) {
        return Err(Refusal::NoSuchCase);
    }
    let (entries, day) = (draft.dossier.counts.entries, draft.today());
    if let Some(last) = latest(&draft.dossier, case).filter(|d| d.language == language) {
        let of_today = today(last.requested_at) == day;
        let answers = match last.state {
            CaseDossierState::Building => of_today,
            CaseDossierState::Ready { .. } => of_today && last.entries == entries,
            CaseDossierState::Failed { .. } => false,
        };
        if answers {
            return Ok(last.clone());
        }
    }
    // What was to be written in the other language, or today, is built beside it.
    let late: Vec<CaseDossierId> = draft
        .dossier
        .case_dossiers
        .iter()
        .filter(|d| d.is_building() && today(d.requested_at) < day)
        .map(|d| d.id.clone())
        .collect();
    for id in late {
        fail(draft, &id, NotBuilt::Superseded);
    }
    draft.dossier.counts.case_dossiers += 1;
    let id = draft.dossier.debtor.id.case_dossier(draft.dossier.counts.case_dossiers);
    draft.record(Event::DossierRequested { case: case.clone(), dossier: id.clone() });
    let asked = CaseDossier {
        id,
        case: case.clone(),
        language,
        requested_at: draft.now,
        entries: draft.dossier.counts.entries,
        state: CaseDossierState::Building,
        handed_over_at: None,
    };
    draft.dossier.case_dossiers.push(asked.clone());
    forget_old(&mut draft.dossier);
    Ok(asked)
}

/// The file is there. Nothing changes where one was there before.
pub fn finish(draft: &mut Draft, id: &CaseDossierId, file: BuiltFile) {
    let seen = file.entries;
    let before = draft.dossier.counts.entries;
    let Some(built) = find(&draft.dossier, id).filter(|d| d.is_building()).cloned() else { return };
    draft.record(Event::DossierBuilt { case: built.case, dossier: id.clone(), sha256: file.sha256.clone() });
    let (now, after) = (draft.now, draft.dossier.counts.entries);
    for dossier in draft.dossier.case_dossiers.iter_mut().filter(|d| d.id == *id) {
        // That it was built is no reason to build it again; what happened while it was, is.
        dossier.entries = if before == seen { after } else { seen };
        dossier.state = CaseDossierState::Ready { at: now, file: file.clone() };
    }
}

/// It will not be built. Nothing changes where it came to its end before.
pub fn fail(draft: &mut Draft, id: &CaseDossierId, reason: NotBuilt) {
    let Some(given_up) = find(&draft.dossier, id).filter(|d| d.is_building()).cloned() else { return };
    let reason_code = reason.code().to_owned();
    draft.record(Event::DossierFailed { case: given_up.case, dossier: id.clone(), reason: reason_code });
    let now = draft.now;
    for dossier in draft.dossier.case_dossiers.iter_mut().filter(|d| d.id == *id) {
        dossier.state = CaseDossierState::Failed { at: now, reason };
    }
}

/// The case goes to a bailiff with what was built last: that one is kept, and named.
pub(crate) fn hand_over(draft: &mut Draft, case: &CaseId) -> Option<CaseDossierId> {
    let now = draft.now;
    let ready = |d: &&mut CaseDossier| d.case == *case && matches!(d.state, CaseDossierState::Ready { .. });
    let built = draft.dossier.case_dossiers.iter_mut().rev().find(ready)?;
    built.handed_over_at = Some(now);
    Some(built.id.clone())
}

/// Those that were asked for and are not built: whoever builds may have lost them from sight.
pub fn to_build(dossier: &Dossier, now: Timestamp) -> impl Iterator<Item = &CaseDossier> {
    dossier.case_dossiers.iter().filter(move |d| d.is_building() && d.requested_at + REMIND_AFTER <= now)
}

/// When the first of them is to be looked at.
pub(crate) fn wake_at(dossier: &Dossier) -> Option<Timestamp> {
    let waiting = dossier.case_dossiers.iter().filter(|d| d.is_building());
    waiting.map(|d| d.requested_at + REMIND_AFTER).min()
}

fn forget_old(dossier: &mut Dossier) {
    let kept = |d: &CaseDossier| d.handed_over_at.is_some() || d.is_building();
    let mut over = dossier.case_dossiers.iter().filter(|d| !kept(d)).count().saturating_sub(MOST_KEPT);
    dossier.case_dossiers.retain(|d| {
        let goes = over > 0 && !kept(d);
        over -= usize::from(goes);
        !goes
    });
}

#[cfg(test)]
#[path = "case_dossier_tests.rs"]
mod tests;
