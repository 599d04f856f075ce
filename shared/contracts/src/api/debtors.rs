//! Debtors: what an accounting tool puts, and what it reads back.

use domain::Language;
use domain::calendar::today;
use domain::debtor::{Address, Debtor, DebtorKind, EmailAddress, Person};
use domain::dossier::Dossier;
use domain::ids::{DebtorId, PolicyId};
use domain::next::{Next, Nothing, next};
use domain::step::StepKind;
use domain::{Violation, administration::Administration};
use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::direct_debits::DebitView;
use super::disputes::DisputeView;
use super::fields::Fields;
use super::holds::HoldView;
use super::mandates::MandateView;
use super::plans::PlanView;
use super::promises::PromiseView;

/// A debtor as it is put. Optional fields may be null.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DebtorBody {
    /// The number that the creditor's own people and letters use.
    pub number: String,
    pub kind: DebtorKindName,
    pub name: String,
    pub person: Option<PersonBody>,
    #[serde(default)]
    pub emails: Option<Vec<String>>,
    pub phone: Option<String>,
    pub mobile: Option<String>,
    #[serde(default)]
    pub language: LanguageName,
    /// Eight digits. Whoever has one is a business.
    pub kvk_number: Option<String>,
    pub vat_id: Option<String>,
    pub iban: Option<String>,
    pub address: Option<AddressBody>,
    pub policy_id: Option<String>,
    #[serde(default)]
    pub labels: Option<Vec<String>>,
    /// When the source system last changed the record, RFC 3339. An older version never overwrites a newer one.
    #[schema(value_type = String, format = DateTime)]
    pub modified_at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum DebtorKindName {
    Consumer,
    Business,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum LanguageName {
    #[default]
    Nl,
    En,
}

/// The natural person behind a consumer. There is no field for a citizen service number (BSN).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PersonBody {
    pub initials: Option<String>,
    pub prefix: Option<String>,
    pub surname: String,
    pub birth_date: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AddressBody {
    pub street: String,
    pub house_number: Option<String>,
    pub suffix: Option<String>,
    pub postcode: Option<String>,
    pub city: String,
    /// ISO 3166-1 alpha-2; NL when absent.
    pub country: Option<String>,
}

impl DebtorBody {
    /// The debtor, or everything that is wrong with the body.
    pub fn into_debtor(self, id: DebtorId) -> Result<Debtor, Vec<Violation>> {
        let mut fields = Fields::new();
        let number = fields.text("number", &self.number, 64);
        let name = fields.text("name", &self.name, 200);
        let person = self.person.and_then(|p| person(&mut fields, p));
        let emails = emails(&mut fields, self.emails.as_deref());
        let phone = phone(&mut fields, "phone", self.phone.as_deref());
        let mobile = phone_like(&mut fields, self.mobile.as_deref());
        let kvk_number = kvk(&mut fields, self.kvk_number.as_deref());
        let vat_id = fields.optional_text("vatId", self.vat_id.as_deref(), 20);
        let iban = fields.optional_text("iban", self.iban.as_deref(), 42);
        let address = self.address.and_then(|a| address(&mut fields, a));
        let policy_id = self.policy_id.as_deref().and_then(|id| fields.id("policyId", id, PolicyId::parse));
        let labels = fields.texts("labels", self.labels.as_deref(), 64);
        let debtor = number.zip(name).map(|(number, name)| Debtor {
            id,
            number,
            name,
            kind: match self.kind {
                DebtorKindName::Consumer => DebtorKind::Consumer,
                DebtorKindName::Business => DebtorKind::Business,
            },
            person,
            emails,
            phone,
            mobile,
            language: match self.language {
                LanguageName::Nl => Language::Nl,
                LanguageName::En => Language::En,
            },
            kvk_number,
            vat_id,
            iban,
            address,
            policy_id,
            labels,
            modified_at: self.modified_at,
        });
        fields.finish(debtor)
    }
}

fn person(fields: &mut Fields, body: PersonBody) -> Option<Person> {
    let surname = fields.text("person.surname", &body.surname, 120);
    let initials = fields.optional_text("person.initials", body.initials.as_deref(), 30);
    let prefix = fields.optional_text("person.prefix", body.prefix.as_deref(), 30);
    let birth_date = fields.optional_date("person.birthDate", body.birth_date.as_deref());
    Some(Person { initials, prefix, surname: surname?, birth_date })
}

fn emails(fields: &mut Fields, emails: Option<&[String]>) -> Vec<EmailAddress> {
    let emails = emails.unwrap_or_default();
    if emails.len() > 10 {
        fields.refuse("emails", "too_many", "has at most 10 addresses");
    }
    let mut parsed = Vec::new();
    for (i, text) in emails.iter().enumerate() {
        match EmailAddress::parse(text) {
            Ok(email) => parsed.push(email),
            Err(error) => fields.refuse(&format!("emails[{i}]"), "not_an_email_address", &error.to_string()),
        }
    }
    parsed
}

fn phone_like(fields: &mut Fields, text: Option<&str>) -> Option<String> {
    phone(fields, "mobile", text)
}

fn phone(fields: &mut Fields, path: &str, text: Option<&str>) -> Option<String> {
    let text = fields.optional_text(path, text, 30)?;
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let allowed = text.chars().all(|c| c.is_ascii_digit() || " +-()./".contains(c));
    if !allowed || !(7..=15).contains(&digits) {
        fields.refuse(path, "not_a_phone_number", "has 7 to 15 digits, with spaces, '+', '-' and brackets");
        return None;
    }
    Some(text)
}

fn kvk(fields: &mut Fields, text: Option<&str>) -> Option<String> {
    let text = fields.optional_text("kvkNumber", text, 12)?;
    if text.len() != 8 || !text.chars().all(|c| c.is_ascii_digit()) {
        fields.refuse("kvkNumber", "not_a_kvk_number", "has eight digits");
        return None;
    }
    Some(text)
}

fn address(fields: &mut Fields, body: AddressBody) -> Option<Address> {
    let street = fields.text("address.street", &body.street, 200);
    let city = fields.text("address.city", &body.city, 100);
    let house_number = fields.optional_text("address.houseNumber", body.house_number.as_deref(), 10);
    let suffix = fields.optional_text("address.suffix", body.suffix.as_deref(), 20);
    let country = body.country.as_deref().map_or("NL".to_owned(), |c| c.trim().to_uppercase());
    if country.len() != 2 || !country.chars().all(|c| c.is_ascii_uppercase()) {
        fields.refuse("address.country", "not_a_country", "is a country code of two letters (ISO 3166-1)");
    }
    let mut postcode = fields.optional_text("address.postcode", body.postcode.as_deref(), 16);
    if country == "NL"
        && let Some(text) = &postcode
    {
        postcode = Address::dutch_postcode(text);
        if postcode.is_none() {
            fields.refuse(
                "address.postcode",
                "not_a_postcode",
                "has four digits and two letters, such as 3511AA",
            );
        }
    }
    Some(Address { street: street?, house_number, suffix, postcode, city: city?, country })
}

/// A debtor as it is read: what was put, with how they stand and what happens next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DebtorView {
    pub id: String,
    #[serde(flatten)]
    pub body: DebtorBody,
    /// Everything open less what the debtor has to their credit, in euros.
    pub balance: String,
    /// Open with a due date in the past, in euros.
    pub overdue: String,
    /// Open invoices, in number.
    pub open_invoices: usize,
    /// What is sent next and when; null where nothing is.
    pub next_action: Option<NextActionView>,
    /// Why nothing is sent; null where something is.
    pub no_action: Option<NoActionView>,
    pub holds: Vec<HoldView>,
    /// The payment plan that runs; where none does, the one that was proposed.
    pub plan: Option<PlanView>,
    /// Those that are not over, and the last that are.
    pub disputes: Vec<DisputeView>,
    /// Those that are open, and the last that are not.
    pub promises: Vec<PromiseView>,
    /// Mandates for direct debit, ended ones included.
    pub mandates: Vec<MandateView>,
    /// Collections by direct debit that are under way, and the last that are not.
    pub direct_debits: Vec<DebitView>,
    pub signals: Vec<super::signals::SignalView>,
    pub early_signalling: EarlySignallingView,
    pub tasks: Vec<TaskView>,
    pub case_id: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NextActionView {
    /// The heaviest kind of step in the notice, such as `finalReminder`.
    pub step: String,
    #[schema(value_type = String, format = Date)]
    pub on: Option<Date>,
    pub invoice_ids: Vec<String>,
    /// The notice, where one is being sent already.
    pub notice_id: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NoActionView {
    pub reason: String,
    pub hold_id: Option<String>,
    /// The last day of the hold; of `collected_by_direct_debit` the day of collection.
    #[schema(value_type = Option<String>, format = Date)]
    pub until: Option<Date>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EarlySignallingView {
    pub enabled: bool,
    pub reason: Option<String>,
}

/// Opt out of early signalling, or in again.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EarlySignallingBody {
    pub enabled: bool,
    pub reason: String,
}

/// Something that a person has to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TaskView {
    pub id: String,
    pub about: String,
    pub subject: String,
    #[schema(value_type = String, format = DateTime)]
    pub opened_at: Timestamp,
}

impl DebtorView {
    pub fn of(dossier: &Dossier, administration: &Administration, now: Timestamp) -> DebtorView {
        let (next_action, no_action) = next_views(dossier, administration, now);
        let holds = dossier.holds.iter().chain(&administration.holds).filter(|h| h.stands_at(now));
        DebtorView {
            id: dossier.debtor.id.to_string(),
            body: body_of(&dossier.debtor),
            balance: dossier.balance(today(now)).to_string(),
            overdue: dossier.overdue(today(now)).to_string(),
            open_invoices: dossier.open_invoices().count(),
            next_action,
            no_action,
            holds: holds.map(HoldView::of).collect(),
            plan: plan_view(dossier),
            disputes: dossier.disputes.iter().map(|d| DisputeView::of(d, &dossier.debtor.id)).collect(),
            promises: dossier.promises.iter().map(|p| PromiseView::of(p, dossier)).collect(),
            mandates: dossier
                .mandates
                .iter()
                .map(|m| MandateView::of(m, &dossier.debtor.id, today(now)))
                .collect(),
            direct_debits: dossier.debits.iter().map(|d| DebitView::of(d, &dossier.debtor.id)).collect(),
            signals: dossier
                .signals
                .iter()
                .map(|s| super::signals::SignalView::of(s, &dossier.debtor.id))
                .collect(),
            early_signalling: EarlySignallingView {
                enabled: dossier.early_signalling.enabled,
                reason: dossier.early_signalling.reason.clone(),
            },
            tasks: dossier
                .tasks
                .iter()
                .map(|t| TaskView {
                    id: t.id.to_string(),
                    about: t.about.clone(),
                    subject: t.subject.clone(),
                    opened_at: t.opened_at,
                })
                .collect(),
            case_id: dossier.case.as_ref().map(ToString::to_string),
            updated_at: dossier.updated_at,
        }
    }
}

fn plan_view(dossier: &Dossier) -> Option<PlanView> {
    let running = dossier.plans.iter().find(|p| p.is_running());
    let plan = running.or_else(|| dossier.plans.iter().find(|p| p.lives()))?;
    Some(PlanView::of(plan, dossier))
}

/// What happens next to a debtor, or why nothing does: one of the two.
pub fn next_views(
    dossier: &Dossier,
    administration: &Administration,
    now: Timestamp,
) -> (Option<NextActionView>, Option<NoActionView>) {
    match next(dossier, administration, now) {
        Next::Notice { on, steps } => {
            let kind = steps.iter().map(|(_, _, kind)| *kind).max();
            let action = NextActionView {
                step: kind.map(|k| k.name().to_owned()).unwrap_or_default(),
                on: Some(on),
                invoice_ids: steps.into_iter().map(|(invoice, ..)| invoice.to_string()).collect(),
                notice_id: None,
            };
            (Some(action), None)
        }
        Next::Instalment { on, .. } => {
            let step = StepKind::InstalmentReminder.name().to_owned();
            (Some(NextActionView { step, on: Some(on), invoice_ids: Vec::new(), notice_id: None }), None)
        }
        Next::UnderWay(id) => {
            let notice = dossier.notice(&id);
            let action = NextActionView {
                step: notice.map(|n| n.kind.name().to_owned()).unwrap_or_default(),
                on: notice.map(|n| today(n.prepared_at)),
                invoice_ids: notice
                    .map(|n| n.lines.iter().map(|l| l.invoice.to_string()).collect())
                    .unwrap_or_default(),
                notice_id: Some(id.to_string()),
            };
            (Some(action), None)
        }
        Next::Nothing(nothing) => {
            let reason = nothing.code().to_owned();
            let (hold_id, until) = match nothing {
                Nothing::Held { hold, until } => (Some(hold.to_string()), until),
                Nothing::CollectedByDebit { hold, on } => (Some(hold.to_string()), Some(on)),
                _ => (None, None),
            };
            (None, Some(NoActionView { reason, hold_id, until }))
        }
    }
}

fn body_of(debtor: &Debtor) -> DebtorBody {
    DebtorBody {
        number: debtor.number.clone(),
        kind: match debtor.kind {
            DebtorKind::Consumer => DebtorKindName::Consumer,
            DebtorKind::Business => DebtorKindName::Business,
        },
        name: debtor.name.clone(),
        person: debtor.person.as_ref().map(|p| PersonBody {
            initials: p.initials.clone(),
            prefix: p.prefix.clone(),
            surname: p.surname.clone(),
            birth_date: p.birth_date.map(|d| d.to_string()),
        }),
        emails: Some(debtor.emails.iter().map(|e| e.as_str().to_owned()).collect()),
        phone: debtor.phone.clone(),
        mobile: debtor.mobile.clone(),
        language: match debtor.language {
            Language::Nl => LanguageName::Nl,
            Language::En => LanguageName::En,
        },
        kvk_number: debtor.kvk_number.clone(),
        vat_id: debtor.vat_id.clone(),
        iban: debtor.iban.clone(),
        address: debtor.address.as_ref().map(|a| AddressBody {
            street: a.street.clone(),
            house_number: a.house_number.clone(),
            suffix: a.suffix.clone(),
            postcode: a.postcode.clone(),
            city: a.city.clone(),
            country: Some(a.country.clone()),
        }),
        policy_id: debtor.policy_id.as_ref().map(ToString::to_string),
        labels: Some(debtor.labels.clone()),
        modified_at: debtor.modified_at,
    }
}
