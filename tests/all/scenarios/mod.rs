//! Dated stories, in one process with a moved calendar. Where each part of what the product does is told:
//!
//! | What | Stories |
//! |---|---|
//! | Policies and their steps | [`policies`], [`collecting`], [`disconnection`] |
//! | Channels with fallback | [`channels`], [`notices`], [`mail`], [`sms`], [`letters`] |
//! | Telephone calls | [`calls`] |
//! | Bundling, least interval, sending window | [`notices`] |
//! | Tones, and texts in the creditor's own words | [`texts`] |
//! | Editing the next step | [`step_edits`] |
//! | Holds | [`holds`], [`disorder`] |
//! | Reasons not to act, and what happens next | [`promises`], [`notices`] |
//! | Payments, credit notes, reversals, write-offs | [`payments`], [`collecting`] |
//! | Files that are imported | [`imports`] |
//! | Bank lines: matched, suggested, undone, returned | [`bank`], [`bank_flavours`] |
//! | Direct debit: mandates, batches, what came back | [`direct_debits`] |
//! | What the ledger deletes | [`deletions`] |
//! | Rules on import, and references made here | [`import_rules`] |
//! | Payment requests, and the providers that take the money | [`payment_requests`], [`payment_providers`] |
//! | Documents beside invoices | [`documents`] |
//! | Payment plans | [`plans`] |
//! | Disputes, and promises to pay | [`disputes`], [`promises_to_pay`] |
//! | The debtor's page: coming in, acting, what is refused | [`portal`], [`portal_actions`], [`portal_guard`] |
//! | Hand-over to a bailiff, and the dossier that goes with it | [`hand_over`], [`bailiffs_dossier`] |
//! | Conditions of a signal, prepared and sent | [`signals`] |
//! | Update and withdrawal | [`signal_changes`] |
//! | Feedback of the municipality | [`feedback`], [`once`] |
//! | Where an address lies; reports that are asked for or come in files; outcomes | [`municipalities`] |
//! | The overview of signals, its counters, four eyes | [`signal_overview`] |
//! | The desk's overview: counters, work lists, search | [`overview`] |
//! | The desk: signing in, roles, first page and work lists, every action | [`desk`], [`desk_overview`], [`desk_actions`] |
//! | The desk: calls, tasks, a statement of account | [`desk_calls`] |
//! | Accounting packages | [`accounting`], [`packages`] |
//! | UBL documents | [`ubl_documents`] |
//! | Tasks and notes | [`tasks_and_notes`] |
//! | Webhooks | [`webhooks`], [`webhooks_abroad`] |
//! | All of it together | [`the_main_job`] |

mod accounting;
mod bailiffs_dossier;
mod bank;
mod bank_flavours;
mod calls;
mod channels;
mod collecting;
mod deletions;
mod desk;
mod desk_actions;
mod desk_calls;
mod desk_overview;
mod direct_debits;
mod disconnection;
mod disorder;
mod disputes;
mod documents;
mod feedback;
mod hand_over;
mod holds;
mod import_rules;
mod imports;
mod letters;
mod lookalikes;
mod mail;
mod messages;
mod messages_by_mail;
mod municipalities;
mod notices;
mod once;
mod overview;
mod packages;
mod payment_providers;
mod payment_requests;
mod payments;
mod plans;
mod policies;
mod portal;
mod portal_actions;
mod portal_guard;
mod promises;
mod promises_to_pay;
mod signal_changes;
mod signal_overview;
mod signals;
mod sms;
mod statements;
mod step_edits;
mod tasks_and_notes;
mod texts;
mod the_main_job;
mod ubl_documents;
mod voice;
mod webhooks;
mod webhooks_abroad;

/// A statement of one line: so much came in, with nothing but this text.
fn bank_line_of(id: &str, amount: &str, text: &str) -> domain::bank::Statement {
    let amount: domain::Money = amount.parse().expect("an amount");
    let booked_on = jiff::civil::date(2026, 9, 9);
    let line = domain::bank::BankLine {
        id: domain::ids::BankLineId::parse(id).expect("an id"),
        booked_on,
        valued_on: None,
        amount,
        reversal: false,
        counterparty_name: None,
        counterparty_account: None,
        structured_reference: None,
        text: text.to_owned(),
        end_to_end_id: None,
        mandate_id: None,
        batch_id: None,
        return_reason: None,
        bank_reference: None,
    };
    domain::bank::Statement {
        account: "NL91ABNA0417164300".to_owned(),
        number: Some("1".to_owned()),
        closed_on: booked_on,
        opening: domain::Money::ZERO,
        closing: amount,
        lines: vec![line],
    }
}
