//! The mail of a notice: subject, text part and HTML part.
//!
//! [`render`] checks that the view adds up, composes one [`letter::Letter`] and lays it out twice. A mail whose
//! table does not add up, or whose costs are not those of its formal notice, is refused: it could not be taken back.
//! The words about delivery follow the medium: see [`crate::letter`] for paper.

mod layouts;
pub(crate) mod letter;
pub mod of_notice;
pub(crate) mod sections;

use domain::administration::Sector;
use domain::debtor::DebtorKind;
use domain::step::StepKind;
use domain::texts::Tone;
use domain::{Language, Money};
use jiff::civil::Date;

use crate::TextError;
use crate::own::Words;

/// Invoices in one notice at most.
pub const MOST_ITEMS: usize = 500;

/// Everything that a notice says. Texts are free text: they are brought to one line and escaped here.
#[derive(Debug, Clone)]
pub struct NoticeView<'a> {
    pub language: Language,
    /// How the debtor is spoken to.
    pub tone: Tone,
    /// What it names where it speaks of its own delivery.
    pub medium: Medium,
    /// The heaviest step among the items; an instalment reminder where there are none.
    pub kind: StepKind,
    pub creditor: CreditorView<'a>,
    /// Decides what is said about the end of service and about health.
    pub sector: Sector,
    pub debtor_name: &'a str,
    /// Consumers are addressed by name, businesses are not.
    pub debtor_kind: DebtorKind,
    pub items: Vec<ItemView<'a>>,
    /// The instalment of a payment plan that falls due, beside the items or instead of any.
    pub instalment: Option<InstalmentView>,
    /// The next instalment of a payment plan that runs: a statement tells of it, and asks nothing by it.
    pub plan: Option<InstalmentView>,
    /// The creditor's own opening in place of ours. What the law asks for is said all the same.
    pub own_opening: Option<&'a str>,
    /// The creditor's own words, filled; they go before that opening.
    pub own: Words,
    /// What is asked for. Less than the open amounts together where a credit is deducted, never more. Zero only where nothing
    /// but invoices and credit notes is sent on which nothing is to be paid.
    pub total_open: Money,
    pub payment_reference: Option<&'a str>,
    /// Payment is asked for before this day. Not said in a mail with a formal notice in it: its term begins with the
    /// delivery, and a date could cut it short.
    pub pay_before: Date,
    /// Web address (`http` or `https`) of the debtor's page.
    pub portal_url: &'a str,
    /// The collection costs that a formal notice announces; none: it says that no costs are charged.
    pub costs: Option<CostsView>,
    /// Costs and interest that are claimed on the items, part of the total.
    pub claimed: ClaimedView,
    /// Said in an announcement of the end of service only.
    pub end_of_service_on: Option<Date>,
    /// Points to debt help (Stcrt 2021, 45719 art. 1.2(b)).
    pub offers_debt_help: bool,
    /// Offers to pass contact data to the municipality and says how to object (the same, art. 1.2(d)).
    pub offers_municipality: bool,
    /// Invites to call or be called (the same, art. 1.2(a)).
    pub invites_contact: bool,
    /// Content id, without brackets, of the inline image with the EPC QR code.
    pub epc_qr_cid: Option<&'a str>,
}

/// What a notice is written on. A text message has words of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Medium {
    Mail,
    Letter,
}

impl Medium {
    /// The word by which the texts choose.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Medium::Mail => "mail",
            Medium::Letter => "letter",
        }
    }
}

/// Who asks for payment.
#[derive(Debug, Clone)]
pub struct CreditorView<'a> {
    pub name: &'a str,
    pub address_lines: Vec<&'a str>,
    pub iban: &'a str,
    pub bic: Option<&'a str>,
    pub phone: &'a str,
    pub email: &'a str,
    pub website: Option<&'a str>,
    /// When the phone is answered, in words.
    pub opening_hours: Option<&'a str>,
}

/// One invoice of the notice.
#[derive(Debug, Clone)]
pub struct ItemView<'a> {
    pub number: &'a str,
    pub issue_date: Date,
    pub due_date: Date,
    pub total: Money,
    /// What is to be paid of it: more than its total where costs or interest are claimed.
    pub open: Money,
    /// It gives money back.
    pub is_credit_note: bool,
    pub step: StepKind,
    /// Days since the due date; negative before it.
    pub days_overdue: i32,
}

/// What is claimed beside the principal (articles 6:96 and 6:119 BW), in euros; both zero where nothing is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ClaimedView {
    pub costs: Money,
    pub interest: Money,
}

/// An instalment of a payment plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InstalmentView {
    /// From 1.
    pub number: u16,
    /// How many the plan has.
    pub of: u16,
    /// What is to be paid by its day: less than the instalment where a part was paid ahead.
    pub amount: Money,
    pub due_on: Date,
    /// Days until its day.
    pub days_left: i32,
}

/// Collection costs as the formal notice names them (article 6:96(6) BW).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CostsView {
    /// The part of the total that the formal notice is about.
    pub principal: Money,
    /// The exact costs over that principal if it is not paid within the term.
    pub costs: Money,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderedMail {
    /// One line; the creditor's name and the number of invoices, no other data.
    pub subject: String,
    /// Plain text, lines under 78 columns except where one web address is longer.
    pub text: String,
    pub html: String,
}

/// Why there is no mail. Each is a defect of the caller or of this package, none will pass by itself.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    #[error("the notice has no items")]
    NoItems,
    #[error("the notice has more than {MOST_ITEMS} items")]
    TooManyItems,
    #[error("the kind of the notice is not that of its heaviest item")]
    KindDiffers,
    #[error(
        "the total is not positive, or more than the open amounts of the items and what is claimed on them together"
    )]
    TotalDiffers,
    #[error("costs are named, but no item is at its formal notice")]
    CostsWithoutFormalNotice,
    #[error("the principal of the costs is not positive, or more than what the formal notice asks for")]
    PrincipalDiffers,
    #[error("the address of the portal is not a web address")]
    PortalAddress,
    #[error(transparent)]
    Text(#[from] TextError),
    #[error("the template of the mail could not be filled")]
    Template(#[from] askama::Error),
}

/// Renders the mail of a notice.
///
/// # Errors
/// See [`MailError`].
pub fn render(view: &NoticeView<'_>) -> Result<RenderedMail, MailError> {
    check(view)?;
    let letter = letter::compose(view)?;
    Ok(RenderedMail { text: layouts::text(&letter)?, html: layouts::html(&letter)?, subject: letter.subject })
}

/// What no message may say, whichever way it goes.
pub(crate) fn check(view: &NoticeView<'_>) -> Result<(), MailError> {
    let reminds = view.instalment.map(|_| StepKind::InstalmentReminder);
    let heaviest = view.items.iter().map(|i| i.step).max().or(reminds).ok_or(MailError::NoItems)?;
    if view.items.len() > MOST_ITEMS {
        return Err(MailError::TooManyItems);
    }
    if heaviest != view.kind {
        return Err(MailError::KindDiffers);
    }
    let asks = view.total_open.is_positive() || view.asks_nothing();
    if !asks || view.total_open > view.asked_together() {
        return Err(MailError::TotalDiffers);
    }
    if let Some(named) = view.costs {
        if !view.has_formal_notice() || !named.costs.is_positive() {
            return Err(MailError::CostsWithoutFormalNotice);
        }
        if !named.principal.is_positive() || named.principal > view.formally_demanded() {
            return Err(MailError::PrincipalDiffers);
        }
    }
    if !is_web_address(view.portal_url) {
        return Err(MailError::PortalAddress);
    }
    Ok(())
}

/// Anything else, a `javascript:` address above all, is never made a link.
pub(crate) fn is_web_address(address: &str) -> bool {
    (address.starts_with("https://") || address.starts_with("http://"))
        && !address.contains(|c: char| c.is_whitespace() || c.is_control())
}

impl NoticeView<'_> {
    fn open_together(&self) -> Money {
        let items: Money = self.items.iter().map(|i| i.open).sum();
        items + self.instalment.map_or(Money::ZERO, |i| i.amount)
    }

    fn asked_together(&self) -> Money {
        self.open_together() + self.claimed.costs + self.claimed.interest
    }

    /// It sends invoices or credit notes on which nothing is to be paid, and nothing else.
    pub(crate) fn asks_nothing(&self) -> bool {
        self.kind == StepKind::InvoiceSending && self.total_open.is_zero() && self.instalment.is_none()
    }

    fn only_credit_notes(&self) -> bool {
        self.items.iter().all(|i| i.is_credit_note)
    }

    fn has_formal_notice(&self) -> bool {
        self.items.iter().any(|i| i.step == StepKind::FormalNotice)
    }

    /// What may be demanded under the formal notice: its items, as far as a credit has not covered them.
    fn formally_demanded(&self) -> Money {
        let items: Money =
            self.items.iter().filter(|i| i.step == StepKind::FormalNotice).map(|i| i.open).sum();
        items.min(self.total_open)
    }
}
