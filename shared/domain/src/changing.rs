//! Changes of an administration's policies, settings and signal rules. Each counts its own versions, and the version
//! that a change replaces is kept: entries on timelines name it.

use serde::{Deserialize, Serialize};

use crate::Violation;
use crate::administration::{Administration, SignalRules};
use crate::ids::PolicyId;
use crate::policy::Policy;
use crate::refusal::Refusal;
use crate::settings::Settings;
use crate::step::SignalKind;

/// Policies of one administration at most.
pub const MOST_POLICIES: usize = 50;

/// An administration as a change leaves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The administration as it is to be stored.
    pub administration: Administration,
    /// What it replaces; `None` where there was nothing before it.
    pub earlier: Option<Earlier>,
}

/// A version that is no longer in force.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Earlier {
    /// A policy as it was before.
    Policy(Policy),
    /// The rules of one kind of signal as they were before.
    Rules {
        /// Of which signals.
        kind: SignalKind,
        /// What held before.
        rules: SignalRules,
    },
    /// The settings as they were before.
    Settings(Box<Settings>),
}

/// Everything that is wrong with a policy for this administration; paths are those of the API body.
pub fn check_policy(administration: &Administration, policy: &Policy) -> Vec<Violation> {
    let mut found = policy.check();
    for (i, step) in policy.steps.iter().enumerate() {
        for (j, channel) in step.channels.iter().enumerate() {
            if !administration.channels.contains(channel) {
                let detail = "is not connected: connect it first, or leave it out";
                let path = format!("steps[{i}].channels[{j}]");
                found.push(Violation::new(path, "channel_not_connected", detail));
            }
        }
    }
    found
}

/// Puts a policy in place of the one with its id, or beside the others. `None` where it says the same already.
///
/// `last_version` is that of the last policy with this id, where it was removed; 0 where there was none. What the policy
/// itself says about its version does not count.
///
/// # Errors
/// [`Refusal::TooManyPolicies`].
pub fn put_policy(
    administration: &Administration,
    mut policy: Policy,
    last_version: u32,
) -> Result<Option<Change>, Refusal> {
    let mut administration = administration.clone();
    let Some(known) = administration.policies.iter_mut().find(|p| p.id == policy.id) else {
        if administration.policies.len() >= MOST_POLICIES {
            return Err(Refusal::TooManyPolicies);
        }
        policy.version = last_version + 1;
        administration.policies.push(policy);
        return Ok(Some(Change { administration, earlier: None }));
    };
    if known.name == policy.name && known.steps == policy.steps {
        return Ok(None);
    }
    policy.version = known.version + 1;
    let earlier = Some(Earlier::Policy(std::mem::replace(known, policy)));
    Ok(Some(Change { administration, earlier }))
}

/// Takes a policy away. Debtors and invoices that name it follow the next one that applies. `None` where there is none.
///
/// # Errors
/// [`Refusal::PolicyInUse`] while the administration itself names it.
pub fn remove_policy(administration: &Administration, id: &PolicyId) -> Result<Option<Change>, Refusal> {
    let mut administration = administration.clone();
    let Some(at) = administration.policies.iter().position(|p| p.id == *id) else { return Ok(None) };
    let of_condition = administration.policy_of_condition.values().any(|p| p == id);
    if administration.default_policy == *id || of_condition {
        return Err(Refusal::PolicyInUse);
    }
    let earlier = Some(Earlier::Policy(administration.policies.remove(at)));
    Ok(Some(Change { administration, earlier }))
}

/// Puts these settings in force. `None` where they say the same already.
pub fn put_settings(administration: &Administration, settings: &Settings) -> Option<Change> {
    let earlier = Settings::of(administration);
    let wanted = Settings { version: earlier.version, ..settings.clone() };
    if wanted == earlier {
        return None;
    }
    let mut administration = administration.clone();
    Settings { version: earlier.version + 1, ..wanted }.apply(&mut administration);
    Some(Change { administration, earlier: Some(Earlier::Settings(Box::new(earlier))) })
}

/// Puts these rules for signals of one kind in force. `None` where they say the same already.
///
/// # Errors
/// [`Refusal::SectorMayNotSignal`].
pub fn put_rules(
    administration: &Administration,
    kind: SignalKind,
    rules: &SignalRules,
) -> Result<Option<Change>, Refusal> {
    if !administration.sector.may_signal() {
        return Err(Refusal::SectorMayNotSignal);
    }
    let earlier = administration.rules(kind).clone();
    if *rules == (SignalRules { version: rules.version, ..earlier.clone() }) {
        return Ok(None);
    }
    let mut administration = administration.clone();
    let rules = SignalRules { version: earlier.version + 1, ..rules.clone() };
    match kind {
        SignalKind::Early => administration.early = rules,
        SignalKind::Crisis => administration.crisis = rules,
    }
    Ok(Some(Change { administration, earlier: Some(Earlier::Rules { kind, rules: earlier }) }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::administration::{Creditor, Sector};
    use crate::ids::AdministrationId;
    use crate::notice::Channel;

    fn administration(sector: Sector) -> Administration {
        let creditor = Creditor {
            name: "a".into(),
            address_lines: Vec::new(),
            iban: "NL91ABNA0417164300".into(),
            bic: None,
            phone: "1".into(),
            email: "a@b.nl".into(),
            sender: "a@b.nl".into(),
            opening_hours: None,
            platform_identification: "1".into(),
        };
        Administration::new(AdministrationId::parse("a").unwrap(), creditor, sector)
    }

    fn named(id: &str) -> Policy {
        Policy { id: PolicyId::parse(id).unwrap(), version: 77, ..Policy::standard() }
    }

    #[test]
    fn versions_go_on_where_the_last_policy_of_this_id_ended() {
        let first = administration(Sector::Energy);
        let made = put_policy(&first, named("soft"), 0).unwrap().unwrap();
        assert_eq!((made.administration.policies[1].version, made.earlier), (1, None));
        assert_eq!(put_policy(&made.administration, named("soft"), 0), Ok(None));
        let other = Policy { name: "Soft".into(), ..named("soft") };
        let second = put_policy(&made.administration, other, 0).unwrap().unwrap();
        assert_eq!(second.administration.policies[1].version, 2);
        assert!(matches!(&second.earlier, Some(Earlier::Policy(p)) if p.version == 1));
        let removed = remove_policy(&second.administration, &named("soft").id).unwrap().unwrap();
        assert!(matches!(&removed.earlier, Some(Earlier::Policy(p)) if p.version == 2));
        assert_eq!(remove_policy(&removed.administration, &named("soft").id), Ok(None));
        let again = put_policy(&removed.administration, named("soft"), 2).unwrap().unwrap();
        assert_eq!(again.administration.policies[1].version, 3);
    }

    #[test]
    fn a_policy_that_the_settings_name_stays() {
        let mut settings = administration(Sector::Energy);
        settings.policies.push(named("soft"));
        settings.policy_of_condition.insert("monthly".into(), named("soft").id);
        for id in ["standard", "soft"] {
            assert_eq!(remove_policy(&settings, &named(id).id), Err(Refusal::PolicyInUse), "{id}");
        }
        for n in settings.policies.len()..MOST_POLICIES {
            settings.policies.push(named(&format!("p{n}")));
        }
        assert_eq!(put_policy(&settings, named("one-more"), 0), Err(Refusal::TooManyPolicies));
    }

    #[test]
    fn a_channel_that_is_not_connected_is_named_with_its_place() {
        let settings = administration(Sector::Energy);
        let mut policy = Policy::standard();
        policy.steps[1].channels = vec![Channel::Email, Channel::Sms];
        let found: Vec<_> = check_policy(&settings, &policy).into_iter().map(|v| (v.path, v.code)).collect();
        assert_eq!(found, [("steps[1].channels[1]".to_owned(), "channel_not_connected")]);
    }

    #[test]
    fn settings_and_rules_count_for_themselves_and_the_same_again_is_no_change() {
        let first = administration(Sector::Energy);
        let settings = Settings { grace_days: 3, ..Settings::of(&first) };
        let change = put_settings(&first, &settings).unwrap();
        let changed = change.administration;
        assert_eq!((changed.settings_version, changed.grace_days, changed.early.version), (2, 3, 1));
        assert_eq!(change.earlier, Some(Earlier::Settings(Box::new(Settings::of(&first)))));
        assert_eq!(put_settings(&changed, &settings), None);
        let rules = SignalRules { automatic: false, ..first.early.clone() };
        let change = put_rules(&changed, SignalKind::Early, &rules).unwrap().unwrap();
        let changed = change.administration;
        assert_eq!((changed.settings_version, changed.early.version, changed.crisis.version), (2, 2, 1));
        assert_eq!(put_rules(&changed, SignalKind::Early, &rules), Ok(None));
        let other = administration(Sector::Other);
        assert_eq!(put_rules(&other, SignalKind::Early, &rules), Err(Refusal::SectorMayNotSignal));
    }
}
