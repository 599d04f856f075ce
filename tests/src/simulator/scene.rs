//! What a seed begins with: the creditor's settings and the debtors.

use std::collections::BTreeMap;

use domain::Money;
use domain::administration::{Administration, Creditor, Sector, SignalRules};
use domain::calling::CallRules;
use domain::channels::LetterProvider;
use domain::ids::{AdministrationId, PolicyId, StepId};
use domain::notice::Channel;
use domain::policy::{Audience, CountedFrom, Policy, Step, StepCosts};
use domain::step::{SignalKind, StepKind};
use fastrand::Rng;

/// Cents.
pub type Cents = i64;

/// One step of the drawn policy, as the checks read it.
#[derive(Debug, Clone)]
pub struct PlannedStep {
    pub id: String,
    pub kind: StepKind,
    pub after_days: u16,
    pub links_to: Option<SignalKind>,
    pub minimum: Cents,
    /// Costs and interest are claimed from it on.
    pub claims: bool,
    /// The ways that it may go, the first that works before the others.
    pub channels: Vec<Channel>,
}

/// How an accounting tool reports what is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reports {
    /// Invoices without an open amount, and every payment.
    Payments,
    /// The open amount with each version of an invoice, and every payment.
    Both,
    /// The open amount only.
    OpenAmounts,
}

#[derive(Debug, Clone)]
pub struct Person {
    pub id: String,
    pub business: bool,
    pub kvk: bool,
    pub birth_date: bool,
    pub emails: usize,
    pub postcode: &'static str,
    pub reports: Reports,
    /// How many of a hundred invoices are paid without anything else.
    pub pays: u32,
    /// Terms of a supply, or single deliveries.
    pub recurring: bool,
    pub english: bool,
    /// The number of a mobile phone, where it is known.
    pub mobile: Option<&'static str>,
    /// Usual amount of an invoice, in cents.
    pub amount: Cents,
    /// Days between two invoices.
    pub every_days: i32,
    /// Days to pay.
    pub term_days: i32,
}

#[derive(Debug, Clone)]
pub struct Scene {
    pub sector: Sector,
    pub interval_days: i32,
    pub grace_days: i32,
    pub steps: Vec<PlannedStep>,
    pub automatic: bool,
    pub minimum_outstanding: Cents,
    pub minimum_days: i32,
    pub people: Vec<Person>,
    pub creditor: &'static str,
    /// Not by mail alone.
    pub all_ways: bool,
    pub calls: CallRules,
    /// Who prints letters, where any are sent.
    pub letters: Option<LetterProvider>,
}

/// A name that no payment code holds: drawing one is most of the work of a mail, and no check looks at it.
const LONG_NAME: &str =
    "Coöperatieve vereniging Voorbeeld voor de levering van energie, warmte en drinkwater u.a.";

/// Where the postcodes of the drawn addresses lie: postcode, municipality and provider. Of the third nothing is known.
pub const POSTCODES: [(&str, &str, &str); 2] = [("3511AA", "0344", "inforing"), ("3011AA", "0599", "bkr")];
const UNKNOWN_POSTCODE: &str = "9999ZZ";

/// Everybody's number: debtors are told apart by more than that.
const MOBILE: &str = "+31612345678";

fn one_of<T: Copy>(rng: &mut Rng, choices: &[T]) -> T {
    choices[rng.usize(..choices.len())]
}

impl Scene {
    pub fn drawn(rng: &mut Rng) -> Scene {
        let lawful = [Sector::Energy, Sector::Energy, Sector::Water, Sector::Rent, Sector::HealthInsurance];
        let sector = if rng.u32(..8) == 0 { Sector::Other } else { one_of(rng, &lawful) };
        let people = 1 + usize::from(rng.u32(..5) < 2) + usize::from(rng.u32(..6) == 0);
        let mut scene = Scene {
            sector,
            interval_days: one_of(rng, &[7, 7, 7, 5, 10, 1]),
            grace_days: one_of(rng, &[7, 7, 7, 14, 3, 0]),
            steps: steps(rng),
            automatic: rng.u32(..4) != 0,
            minimum_outstanding: one_of(rng, &[100_00, 100_00, 50_00, 250_00]),
            minimum_days: one_of(rng, &[30, 30, 45]),
            creditor: if rng.u32(..16) == 0 { "Voorbeeld" } else { LONG_NAME },
            people: (1..=people).map(|number| Person::drawn(rng, number)).collect(),
            all_ways: false,
            calls: CallRules::default(),
            letters: None,
        };
        if scene.claims() {
            // The ledger's own open amount knows nothing of costs and interest.
            scene.people.iter_mut().for_each(|person| person.reports = Reports::Payments);
        }
        scene
    }

    /// Text messages and calls beside mails, drawn by numbers of their own: what else the seed draws stays as it is. What
    /// consequences in law follow from goes by mail.
    pub fn connect(&mut self, rng: &mut Rng) {
        use Channel::{Email, Phone, Sms};
        const WAYS: [&[Channel]; 7] = [
            &[Phone, Email],
            &[Phone, Sms, Email],
            &[Sms, Email],
            &[Sms, Phone, Email],
            &[Email, Phone],
            &[Phone],
            &[Email],
        ];
        self.all_ways = true;
        for step in &mut self.steps {
            let drawn = one_of(rng, &WAYS);
            if step.kind <= StepKind::FinalReminder {
                step.channels = drawn.to_vec();
            }
        }
        for person in &mut self.people {
            person.mobile = (rng.u32(..5) != 0).then_some(MOBILE);
        }
        self.calls = CallRules {
            attempts: one_of(rng, &[1, 2, 3]),
            days_between: one_of(rng, &[1, 2, 3]),
            wait_days: one_of(rng, &[2, 4, 7]),
        };
    }

    /// Letters beside the others, drawn by numbers of their own: before the other ways of a step, among them or after them. What
    /// consequences in law follow from may go by letter alone.
    pub fn write(&mut self, rng: &mut Rng) {
        let provider =
            one_of(rng, &[LetterProvider::Pingen, LetterProvider::Pingen, LetterProvider::HandOff]);
        self.letters = Some(provider);
        for step in &mut self.steps {
            let last = step.channels.len();
            match rng.u32(..6) {
                0 | 1 => step.channels.insert(0, Channel::Letter),
                2 => step.channels.insert(last.min(1), Channel::Letter),
                3 => step.channels.push(Channel::Letter),
                4 => step.channels = vec![Channel::Letter],
                _ => {}
            }
        }
    }

    /// Costs and interest are claimed at the end.
    pub fn claims(&self) -> bool {
        self.steps.iter().any(|step| step.claims)
    }

    pub fn administration(&self, id: &AdministrationId) -> Administration {
        let creditor = Creditor {
            name: self.creditor.to_owned(),
            address_lines: vec!["Postbus 1".to_owned(), "3500 AA Utrecht".to_owned()],
            iban: "NL91ABNA0417164300".to_owned(),
            bic: None,
            phone: "030 123 45 67".to_owned(),
            email: "service@voorbeeld.example".to_owned(),
            sender: "facturen@voorbeeld.example".to_owned(),
            opening_hours: None,
            platform_identification: "12345".to_owned(),
        };
        let mut administration = Administration::new(id.clone(), creditor, self.sector);
        let steps = self.steps.iter().enumerate().map(|(i, step)| Step {
            id: StepId::parse(&step.id).expect("an id"),
            kind: step.kind,
            after_days: i16::try_from(step.after_days).expect("days"),
            counted_from: if i == 0 { CountedFrom::DueDate } else { CountedFrom::PreviousStep },
            channels: step.channels.clone(),
            links_to: step.links_to,
            minimum_open: Money::from_cents(step.minimum),
            costs: if step.claims { StepCosts::Statutory } else { StepCosts::None },
            interest: step.claims,
            audience: Audience::default(),
            opening: BTreeMap::new(),
            tone: None,
        });
        let drawn = PolicyId::parse("drawn").expect("an id");
        let policy =
            Policy { id: drawn.clone(), version: 1, name: "Drawn".to_owned(), steps: steps.collect() };
        assert_eq!(policy.check(), [], "a drawn policy is a good one");
        administration.default_policy = drawn;
        administration.policies = vec![policy];
        if self.all_ways {
            administration.channels = vec![Channel::Email, Channel::Sms, Channel::Phone];
            administration.sms.identity = Some("Voorbeeld".to_owned());
        }
        if self.letters.is_some() {
            administration.channels.push(Channel::Letter);
            administration.letters.provider = self.letters;
        }
        administration.calls = self.calls;
        administration.minimum_interval_days = u16::try_from(self.interval_days).expect("days");
        administration.grace_days = u16::try_from(self.grace_days).expect("days");
        let rules = |kind| SignalRules {
            automatic: self.automatic,
            minimum_outstanding: Money::from_cents(self.minimum_outstanding),
            minimum_days: u16::try_from(self.minimum_days).expect("days"),
            ..SignalRules::standard(kind, self.sector)
        };
        administration.early = rules(SignalKind::Early);
        administration.crisis = rules(SignalKind::Crisis);
        administration
    }
}

/// The standard policy with other waits, or a shorter one, or one that leaves small amounts alone.
fn steps(rng: &mut Rng) -> Vec<PlannedStep> {
    let step = |id: &str, kind, after_days, links_to| PlannedStep {
        id: id.to_owned(),
        kind,
        after_days,
        links_to,
        minimum: 0,
        claims: false,
        channels: vec![Channel::Email],
    };
    let mut steps = vec![
        step("reminder-1", StepKind::Reminder, one_of(rng, &[7, 7, 3, 10, 0]), None),
        step("reminder-2", StepKind::Reminder, one_of(rng, &[14, 14, 7, 10]), None),
        step("final-reminder", StepKind::FinalReminder, one_of(rng, &[14, 14, 10]), Some(SignalKind::Early)),
        step("formal-notice", StepKind::FormalNotice, one_of(rng, &[14, 14, 21]), None),
        step(
            "end-of-service",
            StepKind::EndOfServiceAnnouncement,
            one_of(rng, &[20, 20, 30]),
            Some(SignalKind::Crisis),
        ),
    ];
    match rng.u32(..6) {
        0 => steps.insert(1, step("reminder-1b", StepKind::Reminder, 7, None)),
        1 => steps.truncate(3),
        2 | 3 => {
            steps.truncate(4);
            let claiming = |id, kind, days| PlannedStep { claims: true, ..step(id, kind, days, None) };
            steps.push(claiming("summons", StepKind::Summons, one_of(rng, &[17, 20, 10])));
            steps.push(claiming("second-summons", StepKind::SecondSummons, 14));
            steps.push(claiming("notice-of-default", StepKind::NoticeOfDefault, one_of(rng, &[14, 30])));
        }
        _ => {}
    }
    if rng.u32(..5) == 0 {
        let from = rng.usize(..steps.len());
        let minimum = one_of(rng, &[10_00, 25_00, 60_00]);
        steps[from..].iter_mut().for_each(|step| step.minimum = minimum);
    }
    steps
}

impl Person {
    fn drawn(rng: &mut Rng, number: usize) -> Person {
        let business = rng.u32(..6) == 0;
        let postcode = match rng.u32(..8) {
            0 => UNKNOWN_POSTCODE,
            n => POSTCODES[n as usize % POSTCODES.len()].0,
        };
        Person {
            id: format!("d{number}"),
            business,
            kvk: rng.u32(..if business { 2 } else { 12 }) == 0,
            birth_date: rng.u32(..8) != 0,
            emails: one_of(rng, &[1, 1, 1, 1, 1, 1, 2, 2, 2, 0]),
            postcode,
            reports: one_of(
                rng,
                &[Reports::Payments, Reports::Payments, Reports::Both, Reports::OpenAmounts],
            ),
            pays: one_of(rng, &[0, 0, 10, 30, 70]),
            recurring: rng.u32(..3) != 0,
            english: rng.u32(..4) == 0,
            mobile: None,
            amount: one_of(rng, &[121_00, 121_00, 89_95, 40_01, 310_00, 1_250_50]),
            every_days: one_of(rng, &[30, 30, 30, 61, 91]),
            term_days: one_of(rng, &[14, 14, 30, 8]),
        }
    }
}
