//! Pages with a form: what a debtor says, asks or changes. What was typed stands there again beside what is wrong with it.

use askama::Template;
use domain::administration::{Administration, Objection};
use domain::debtor::Debtor;
use domain::dossier::Dossier;
use domain::invoice::Invoice;
use domain::mandate::Mandate;
use domain::plan::{Every, PaymentPlan, PlanTemplate};
use domain::{Language, Money};
use jiff::civil::Date;

use super::form::{Choice, Field};
use super::frame::Base;
use super::overview::may_be_signalled;
use super::{Form, Frame, PageError, Place, Words};
use crate::format::one_line;
use crate::section::{Section, debt_help};
use crate::texts::{TextError, tag};

/// The kinds of dispute, as forms name them.
const KINDS: [&str; 5] = ["not_delivered", "complaint", "error_on_invoice", "already_paid", "other"];

#[derive(Template)]
#[template(path = "portal/dispute.html")]
struct Dispute {
    base: Base,
    kinds: Vec<Choice>,
    kind_problem: Option<String>,
    text: String,
    text_problem: Option<String>,
    file_problem: Option<String>,
}

/// Where the debtor says that an invoice is wrong.
///
/// # Errors
/// See [`PageError`].
pub fn dispute(frame: &Frame<'_>, invoice: &Invoice, form: &Form) -> Result<String, PageError> {
    let number = one_line(&invoice.number);
    let base = Base::new(frame, Place::Elsewhere, form, |t| t.dispute_title(&number))?;
    let t = &base.t;
    let kind = |kind: &&str| -> Result<Choice, TextError> {
        let chosen = form.value("kind") == *kind;
        Ok(Choice { value: (*kind).to_owned(), label: t.dispute_kind(*kind)?, chosen })
    };
    let page = Dispute {
        kinds: KINDS.iter().map(kind).collect::<Result<_, _>>()?,
        kind_problem: form.problem_of(t, "kind")?,
        text: form.value("text").to_owned(),
        text_problem: form.problem_of(t, "text")?,
        file_problem: form.problem_of(t, "file")?,
        base,
    };
    Ok(page.render()?)
}

#[derive(Template)]
#[template(path = "portal/promise.html")]
struct Promise {
    base: Base,
    lead: String,
    total: Option<String>,
    day: Field,
}

/// Where the debtor promises to pay by a day: about this invoice, or about all that can be promised. `total` is what it is
/// about, in euros; nothing where there is nothing to promise.
///
/// # Errors
/// See [`PageError`].
pub fn promise(
    frame: &Frame<'_>,
    about_one: bool,
    total: Option<Money>,
    days: (Date, Date),
    form: &Form,
) -> Result<String, PageError> {
    let base = Base::new(frame, Place::Elsewhere, form, Words::promise_title)?;
    let t = &base.t;
    let (first, last) = days;
    let day = Field::text(form, t, "day", t.promise_day()?)?.hinted(t.promise_day_hint(t.day(&last)?)?);
    let day =
        Field { least: first.to_string(), largest: last.to_string(), ..day.kind("date", "off", "text") };
    let page = Promise {
        lead: t.promise_lead(if about_one { "one" } else { "all" })?,
        total: total.map(|total| t.promise_total(t.money(&total))).transpose()?,
        day,
        base,
    };
    Ok(page.render()?)
}

/// What the page of a payment plan is about.
#[derive(Debug)]
pub enum PlanPage<'a> {
    /// There is one already, or one was asked for.
    Exists,
    /// Nothing that is open may be paid in instalments here.
    None,
    /// It can be asked for.
    Choose(PlanChoice<'a>),
}

/// What can be asked for, and what was.
#[derive(Debug)]
pub struct PlanChoice<'a> {
    /// What it is about, in euros.
    pub total: Money,
    /// Those that suit the total.
    pub templates: Vec<&'a PlanTemplate>,
    /// The first day that can be named, and the last.
    pub days: (Date, Date),
    /// What it would be.
    pub asked: Option<Box<PlanAsked>>,
}

/// A plan that would be made.
#[derive(Debug, Clone)]
pub struct PlanAsked {
    pub plan: PaymentPlan,
    /// Nobody has to agree.
    pub automatic: bool,
}

struct Row {
    name: String,
    day: String,
    amount: String,
}

struct Preview {
    rows: Vec<Row>,
    said: String,
}

#[derive(Template)]
#[template(path = "portal/plan.html")]
struct Plan {
    base: Base,
    /// Why there is no form.
    none: Option<String>,
    lead: String,
    limits: Vec<String>,
    counts: Vec<Choice>,
    count_problem: Option<String>,
    rhythms: Vec<Choice>,
    first: Option<Field>,
    preview: Option<Preview>,
    count: String,
    every: String,
    first_on: String,
}

/// Where the debtor asks for a payment plan, with what it would be.
///
/// # Errors
/// See [`PageError`].
pub fn plan(frame: &Frame<'_>, page: &PlanPage<'_>, form: &Form) -> Result<String, PageError> {
    let base = Base::new(frame, Place::Elsewhere, form, Words::plan_title)?;
    let t = &base.t;
    let mut plan = Plan {
        none: None,
        lead: String::new(),
        limits: Vec::new(),
        counts: Vec::new(),
        count_problem: form.problem_of(t, "count")?,
        rhythms: Vec::new(),
        first: None,
        preview: None,
        count: form.value("count").to_owned(),
        every: form.value("every").to_owned(),
        first_on: form.value("first").to_owned(),
        base,
    };
    let t = &plan.base.t;
    match page {
        PlanPage::Exists => plan.none = Some(t.plan_exists()?),
        PlanPage::None => plan.none = Some(t.plan_none()?),
        PlanPage::Choose(choice) => {
            plan.lead = t.plan_lead(t.money(&choice.total))?;
            plan.limits = choice.templates.iter().map(|l| limit(t, l)).collect::<Result<_, _>>()?;
            plan.counts = counts(choice, form);
            plan.rhythms = rhythms(t, choice, form)?;
            let first = Field::text(form, t, "first", t.plan_first()?)?.kind("date", "off", "text");
            let (least, largest) = (choice.days.0.to_string(), choice.days.1.to_string());
            plan.first = Some(Field { least, largest, ..first });
            plan.preview = choice.asked.as_ref().map(|asked| preview(t, asked)).transpose()?;
        }
    }
    Ok(plan.render()?)
}

fn word_of(every: Every) -> &'static str {
    match every {
        Every::Week => "week",
        Every::Month => "month",
    }
}

fn limit(t: &Words, template: &PlanTemplate) -> Result<String, TextError> {
    t.plan_limit(
        word_of(template.every),
        template.most_instalments,
        t.money(&template.minimum_instalment),
        template.first_within_days,
        if template.automatic { "yes" } else { "no" },
    )
}

fn counts(choice: &PlanChoice<'_>, form: &Form) -> Vec<Choice> {
    let most = choice.templates.iter().map(|t| t.most_instalments).max().unwrap_or_default();
    let one = |count: u16| {
        let value = count.to_string();
        Choice { chosen: form.value("count") == value, label: value.clone(), value }
    };
    (2..=most).map(one).collect()
}

fn rhythms(t: &Words, choice: &PlanChoice<'_>, form: &Form) -> Result<Vec<Choice>, TextError> {
    let mut found = Vec::new();
    for every in [Every::Month, Every::Week] {
        if choice.templates.iter().any(|template| template.every == every) {
            let label = match every {
                Every::Week => t.plan_every_week()?,
                Every::Month => t.plan_every_month()?,
            };
            let value = word_of(every);
            found.push(Choice { value: value.to_owned(), label, chosen: form.value("every") == value });
        }
    }
    Ok(found)
}

fn preview(t: &Words, asked: &PlanAsked) -> Result<Preview, TextError> {
    let row = |i: &domain::plan::Instalment| -> Result<Row, TextError> {
        Ok(Row { name: t.plan_instalment(i.number)?, day: t.day(&i.due_on)?, amount: t.money(&i.amount) })
    };
    let said =
        if asked.automatic { t.plan_automatic()? } else { t.plan_by_desk(t.day(&asked.plan.decide_by)?)? };
    Ok(Preview { rows: asked.plan.instalments.iter().map(row).collect::<Result<_, _>>()?, said })
}

/// What the page of direct debit is about.
#[derive(Debug)]
pub enum MandatePage<'a> {
    /// This creditor does not collect.
    Off,
    /// A mandate can be given, to the creditor with this identifier.
    Give { creditor_id: String },
    /// One was given.
    Given(Mandated<'a>),
}

/// A mandate that may be used.
#[derive(Debug, Clone, Copy)]
pub struct Mandated<'a>(pub &'a Mandate);

struct GiveForm {
    agree: String,
    agree_problem: Option<String>,
    agreed: bool,
    iban: Field,
    holder: Field,
}

#[derive(Template)]
#[template(path = "portal/mandate.html")]
struct MandateTemplate {
    base: Base,
    off: Option<String>,
    current: Option<String>,
    give: Option<GiveForm>,
}

/// Where the debtor gives a mandate or takes it back.
///
/// # Errors
/// See [`PageError`].
pub fn mandate(frame: &Frame<'_>, page: &MandatePage<'_>, form: &Form) -> Result<String, PageError> {
    let base = Base::new(frame, Place::Elsewhere, form, Words::mandate_title)?;
    let t = &base.t;
    let (mut off, mut current, mut give) = (None, None, None);
    match page {
        MandatePage::Off => off = Some(t.mandate_none(&base.creditor)?),
        MandatePage::Given(Mandated(mandate)) => {
            let digits: Vec<char> = mandate.iban.chars().filter(|c| !c.is_whitespace()).collect();
            let ending: String = digits.iter().skip(digits.len().saturating_sub(4)).collect();
            current = Some(t.mandate_current(ending, mandate.id.as_str())?);
        }
        MandatePage::Give { creditor_id } => {
            let iban = Field { most: 42, ..Field::text(form, t, "iban", t.mandate_iban()?)? };
            let holder = Field { most: 70, ..Field::text(form, t, "holder", t.mandate_holder()?)? };
            give = Some(GiveForm {
                agree: t.mandate_agree(&base.creditor, creditor_id)?,
                agree_problem: form.problem_of(t, "agree")?,
                agreed: form.value("agree") == "yes",
                iban,
                holder: holder.kind("text", "name", "text"),
            });
        }
    }
    Ok(MandateTemplate { base, off, current, give }.render()?)
}

/// How the debtor is reached now.
#[derive(Debug, Clone, Copy)]
pub struct Details<'a>(pub &'a Debtor);

#[derive(Template)]
#[template(path = "portal/details.html")]
struct DetailsTemplate {
    base: Base,
    email: Field,
    mobile: Field,
    phone: Field,
    languages: Vec<Choice>,
}

/// Where the debtor changes how they are reached. `form` holds what was typed, or nothing yet.
///
/// # Errors
/// See [`PageError`].
pub fn details(frame: &Frame<'_>, known: Details<'_>, form: &Form) -> Result<String, PageError> {
    let debtor = known.0;
    let form = form
        .clone()
        .with("email", debtor.emails.first().map(|e| e.as_str()).unwrap_or_default())
        .with("mobile", debtor.mobile.as_deref().unwrap_or_default())
        .with("phone", debtor.phone.as_deref().unwrap_or_default())
        .with("language", tag(debtor.language));
    let base = Base::new(frame, Place::Details, &form, Words::details_title)?;
    let t = &base.t;
    let email = Field::text(&form, t, "email", t.details_email()?)?.kind("email", "email", "email");
    let mobile = Field::text(&form, t, "mobile", t.details_mobile()?)?.kind("tel", "tel", "tel");
    let phone = Field::text(&form, t, "phone", t.details_phone()?)?.kind("tel", "off", "tel");
    let language = |(language, name): (Language, &str)| Choice {
        value: tag(language).to_owned(),
        label: name.to_owned(),
        chosen: form.value("language") == tag(language),
    };
    let page = DetailsTemplate {
        email: Field { most: 254, ..email.optional() },
        mobile: Field { most: 40, ..mobile.optional() },
        phone: Field { most: 40, ..phone.optional() },
        languages: [(Language::Nl, "Nederlands"), (Language::En, "English")].map(language).to_vec(),
        base,
    };
    Ok(page.render()?)
}

/// Whether the debtor objected.
#[derive(Debug, Clone, Copy)]
pub struct Municipality<'a>(pub &'a Dossier);

#[derive(Template)]
#[template(path = "portal/municipality.html")]
struct MunicipalityTemplate {
    base: Base,
    not: Option<String>,
    effect: String,
    objected: bool,
}

/// Where the debtor objects to early signalling, or takes that back.
///
/// # Errors
/// See [`PageError`].
pub fn municipality(
    frame: &Frame<'_>,
    known: Municipality<'_>,
    administration: &Administration,
) -> Result<String, PageError> {
    let base = Base::new(frame, Place::Elsewhere, &Form::default(), Words::municipality_title)?;
    let t = &base.t;
    let may = may_be_signalled(&known.0.debtor, administration);
    let effect = match administration.objections.crisis {
        Objection::Blocks => "blocks",
        Objection::AsksTheDesk => "asks",
    };
    let page = MunicipalityTemplate {
        not: (!may).then(|| t.municipality_not(&base.creditor)).transpose()?,
        effect: t.municipality_effect(effect)?,
        objected: !known.0.early_signalling.enabled,
        base,
    };
    Ok(page.render()?)
}

#[derive(Template)]
#[template(path = "portal/help.html")]
struct Help {
    base: Base,
    help: Section,
    town: Option<String>,
}

/// Where help with debts is.
///
/// # Errors
/// See [`PageError`].
pub fn help(frame: &Frame<'_>, debtor: &Debtor) -> Result<String, PageError> {
    let base = Base::new(frame, Place::Help, &Form::default(), Words::help_title)?;
    let t = &base.t;
    let town = debtor.address.as_ref().map(|a| one_line(&a.city)).filter(|town| !town.is_empty());
    let town = town.map(|town| t.help_town(town)).transpose()?;
    Ok(Help { help: debt_help(t.shared())?, town, base }.render()?)
}
