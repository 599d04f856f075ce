//! Who works at the desk, and what each role may do there: one table, and nothing beside it.

use std::fmt;
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Language;
use crate::ids::{AdministrationId, StaffId};

/// A session without a request ends after so long.
pub const IDLE: SignedDuration = SignedDuration::from_mins(30);

/// A session ends after so long, whatever is done in it: roles that were taken away end with it.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(12);

/// A session is not written anew for each request: the last one is known to a minute.
const NOTED_EVERY: SignedDuration = SignedDuration::from_secs(60);

/// How long somebody may take to sign in at the identity provider.
pub const SIGN_IN_WITHIN: SignedDuration = SignedDuration::from_mins(10);

/// Sign-ins from one part of the network within [`TRIES_WITHIN`].
const MOST_TRIES: usize = 20;

/// For how long a sign-in counts.
pub const TRIES_WITHIN: SignedDuration = SignedDuration::from_mins(10);

/// Administrations that one person may work for.
const MOST_MEMBERSHIPS: usize = 100;

/// What somebody may do in an administration, the most first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// Everything.
    Admin,
    /// Follows debtors up and decides.
    Controller,
    /// Speaks with debtors: writes down what they say, and decides nothing.
    Communication,
    /// Looks.
    ReadOnly,
}

impl Role {
    /// All of them, the one that may the most first.
    pub const ALL: [Role; 4] = [Role::Admin, Role::Controller, Role::Communication, Role::ReadOnly];

    /// As groups of the identity provider and scopes of tokens name it.
    pub fn name(self) -> &'static str {
        match self {
            Role::Admin => "admin",
            Role::Controller => "controller",
            Role::Communication => "communication",
            Role::ReadOnly => "read-only",
        }
    }

    /// Whether this role may do this.
    pub fn may(self, action: Action) -> bool {
        action.roles().contains(&self)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Why a text is no role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a role: admin, controller, communication or read-only")]
pub struct RoleError;

impl FromStr for Role {
    type Err = RoleError;

    fn from_str(text: &str) -> Result<Role, RoleError> {
        Role::ALL.into_iter().find(|role| role.name() == text).ok_or(RoleError)
    }
}

macro_rules! actions {
    ($($(#[$doc:meta])* $variant:ident = $name:literal [$($role:ident)*];)*) => {
        /// What is done at the desk.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Action {
            $($(#[$doc])* $variant,)*
        }

        impl Action {
            /// All of them.
            pub const ALL: &[Action] = &[$(Action::$variant),*];

            /// Its name, by which pages have words for it.
            pub fn name(self) -> &'static str {
                match self {
                    $(Action::$variant => $name,)*
                }
            }

            /// Who may do it.
            fn roles(self) -> &'static [Role] {
                match self {
                    $(Action::$variant => &[$(Role::$role),*],)*
                }
            }
        }
    };
}

actions! {
    /// See debtors, invoices, signals and everything that happened.
    Look = "look" [Admin Controller Communication ReadOnly];
    /// See the settings and their versions.
    LookAtSettings = "look_at_settings" [Admin Controller ReadOnly];
    /// Pause follow-up.
    PlaceHold = "place_hold" [Admin Controller Communication];
    /// End a pause that somebody asked for.
    LiftHold = "lift_hold" [Admin Controller];
    /// End a pause that the municipality's report placed: its report is set aside.
    LiftHoldOfMunicipality = "lift_hold_of_municipality" [Admin];
    /// Skip, reset, set the day of, or send the next step.
    EditStep = "edit_step" [Admin Controller];
    /// Write down that the debtor promised to pay.
    RegisterPromise = "register_promise" [Admin Controller Communication];
    /// Take a promise back.
    WithdrawPromise = "withdraw_promise" [Admin Controller Communication];
    /// Write down what came of a call.
    RecordCall = "record_call" [Admin Controller Communication];
    /// Say that a task is done.
    CloseTask = "close_task" [Admin Controller Communication];
    /// Send a statement of account.
    SendStatement = "send_statement" [Admin Controller Communication];
    /// Say who is right.
    DecideDispute = "decide_dispute" [Admin Controller];
    /// Agree with a payment plan, or not.
    DecidePlan = "decide_plan" [Admin Controller];
    /// End a payment plan that runs.
    EndPlan = "end_plan" [Admin Controller];
    /// Have the conditions of a signal looked at, and prepare it where they hold.
    PrepareSignal = "prepare_signal" [Admin Controller];
    /// Approve a prepared signal, or send it.
    SendSignal = "send_signal" [Admin Controller];
    /// Take a signal back.
    WithdrawSignal = "withdraw_signal" [Admin Controller];
    /// Write down that the debtor objects to early signalling, or no longer does.
    SetEarlySignalling = "set_early_signalling" [Admin Controller Communication];
    /// Hand a case over to a bailiff.
    HandOver = "hand_over" [Admin Controller];
    /// Take it back from the bailiff.
    TakeBack = "take_back" [Admin Controller];
}

/// A role in one administration.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Membership {
    /// Whose books.
    pub administration: AdministrationId,
    /// What may be done with them.
    pub role: Role,
}

impl Membership {
    /// Reads a group of the identity provider, `{administration}:{role}`. `None` for any other group: people are in groups
    /// that say nothing about the desk.
    pub fn of_group(group: &str) -> Option<Membership> {
        let (administration, role) = group.split_once(':')?;
        Some(Membership { administration: administration.parse().ok()?, role: role.parse().ok()? })
    }
}

/// The roles that these groups give: one in each administration, the one that may the most.
pub fn memberships<'a>(groups: impl IntoIterator<Item = &'a str>) -> Vec<Membership> {
    let mut found: Vec<Membership> = groups.into_iter().filter_map(Membership::of_group).collect();
    found.sort();
    found.dedup_by(|next, kept| next.administration == kept.administration);
    found.truncate(MOST_MEMBERSHIPS);
    found
}

/// Somebody who signed in. Kept under the hash of what their browser has.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StaffSession {
    /// The identity provider's own id of them; not a name and not an address.
    pub staff: StaffId,
    /// What they may do, as their groups said when they signed in.
    pub memberships: Vec<Membership>,
    /// The administration that they work in now; none until one of several is chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chosen: Option<AdministrationId>,
    /// The language of the pages.
    pub language: Language,
    /// When they signed in.
    pub opened_at: Timestamp,
    /// When something was last asked for, to a minute.
    pub seen_at: Timestamp,
}

impl StaffSession {
    /// One that begins now. Where there is one administration, it is chosen.
    pub fn new(
        staff: StaffId,
        memberships: Vec<Membership>,
        language: Language,
        now: Timestamp,
    ) -> StaffSession {
        let chosen = match memberships.as_slice() {
            [only] => Some(only.administration.clone()),
            _ => None,
        };
        StaffSession { staff, memberships, chosen, language, opened_at: now, seen_at: now }
    }

    /// When it ends if nothing more is asked for.
    pub fn ends_at(&self) -> Timestamp {
        (self.seen_at + IDLE).min(self.opened_at + LONGEST)
    }

    /// It may be used.
    pub fn stands_at(&self, now: Timestamp) -> bool {
        now < self.ends_at()
    }

    /// Notes that something is asked for. Whether that is worth storing.
    pub fn note(&mut self, now: Timestamp) -> bool {
        let worth = now.duration_since(self.seen_at) >= NOTED_EVERY;
        if worth {
            self.seen_at = now;
        }
        worth
    }

    /// The role in the administration that was chosen.
    pub fn membership(&self) -> Option<&Membership> {
        let chosen = self.chosen.as_ref()?;
        self.memberships.iter().find(|m| m.administration == *chosen)
    }

    /// Goes on in another administration. Whether they may.
    pub fn choose(&mut self, administration: &AdministrationId) -> bool {
        let may = self.memberships.iter().any(|m| m.administration == *administration);
        if may {
            self.chosen = Some(administration.clone());
        }
        may
    }
}

/// When sign-ins were begun from one part of the network, within [`TRIES_WITHIN`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tries(Vec<Timestamp>);

impl Tries {
    /// Counts one more, unless there were too many. Whether it may go on.
    pub fn take(&mut self, now: Timestamp) -> bool {
        self.0.retain(|at| now.duration_since(*at) < TRIES_WITHIN);
        let may = self.0.len() < MOST_TRIES;
        if may {
            self.0.push(now);
        }
        may
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    /// What each role may do. Whoever changes it here means to.
    #[test]
    fn each_role_may_do_what_stands_here() {
        let row = |action: &Action| {
            let may = |role: Role| if role.may(*action) { "yes" } else { "-" };
            format!("{} {}", action.name(), Role::ALL.map(may).join(" "))
        };
        let table = Action::ALL.iter().map(row).collect::<Vec<_>>().join("\n");
        println!("action admin controller communication read-only\n{table}");
        let expected = "\
look yes yes yes yes
look_at_settings yes yes - yes
place_hold yes yes yes -
lift_hold yes yes - -
lift_hold_of_municipality yes - - -
edit_step yes yes - -
register_promise yes yes yes -
withdraw_promise yes yes yes -
record_call yes yes yes -
close_task yes yes yes -
send_statement yes yes yes -
decide_dispute yes yes - -
decide_plan yes yes - -
end_plan yes yes - -
prepare_signal yes yes - -
send_signal yes yes - -
withdraw_signal yes yes - -
set_early_signalling yes yes yes -
hand_over yes yes - -
take_back yes yes - -";
        assert_eq!(table, expected);
    }

    #[test]
    fn a_group_names_an_administration_and_a_role() {
        let table = [
            ("eneco:admin", Some(("eneco", Role::Admin))),
            ("eneco:read-only", Some(("eneco", Role::ReadOnly))),
            ("eneco", None),
            ("eneco:Admin", None),
            ("eneco:admin:x", None),
            (":admin", None),
            ("e neco:admin", None),
            ("eu-west-1_x_Google", None),
        ];
        for (group, expected) in table {
            let found = Membership::of_group(group);
            let found = found.as_ref().map(|m| (m.administration.as_str(), m.role));
            assert_eq!(found, expected, "{group}");
        }
    }

    #[test]
    fn of_several_roles_in_one_administration_the_one_that_may_the_most_counts() {
        let found = memberships(["b:read-only", "a:communication", "staff", "b:controller"]);
        let found: Vec<_> = found.iter().map(|m| (m.administration.as_str(), m.role)).collect();
        assert_eq!(found, [("a", Role::Communication), ("b", Role::Controller)]);
    }

    #[test]
    fn a_session_ends_half_an_hour_after_the_last_request_and_twelve_hours_after_the_first() {
        let opened = at("2026-11-30T08:00:00Z");
        let staff = StaffId::parse("s-1").unwrap();
        let mut session = StaffSession::new(staff, memberships(["a:admin"]), Language::Nl, opened);
        assert!(session.stands_at(at("2026-11-30T08:29:59Z")));
        assert!(!session.stands_at(at("2026-11-30T08:30:00Z")));
        assert!(!session.note(at("2026-11-30T08:00:59Z")));
        assert!(session.note(at("2026-11-30T19:45:00Z")));
        assert!(session.stands_at(at("2026-11-30T19:59:59Z")));
        assert!(!session.stands_at(at("2026-11-30T20:00:00Z")));
    }

    #[test]
    fn nobody_chooses_an_administration_that_no_group_names() {
        let staff = StaffId::parse("s-1").unwrap();
        let now = at("2026-11-30T08:00:00Z");
        let mut session =
            StaffSession::new(staff, memberships(["a:admin", "b:read-only"]), Language::Nl, now);
        assert_eq!(session.membership(), None);
        assert!(session.choose(&AdministrationId::parse("b").unwrap()));
        assert_eq!(session.membership().map(|m| m.role), Some(Role::ReadOnly));
        assert!(!session.choose(&AdministrationId::parse("c").unwrap()));
        assert_eq!(session.membership().map(|m| m.role), Some(Role::ReadOnly));
    }

    #[test]
    fn the_twenty_first_sign_in_within_ten_minutes_waits() {
        let begun = at("2026-11-30T08:00:00Z");
        let mut tries = Tries::default();
        for _ in 0..MOST_TRIES {
            assert!(tries.take(begun));
        }
        assert!(!tries.take(begun + SignedDuration::from_secs(599)));
        assert!(tries.take(begun + SignedDuration::from_secs(600)));
    }
}
