//! One entry of a camt.053 statement, and the transactions in it.

use domain::Money;

use super::namespace::Iso;
use super::reading::{date, find, is_credit, money, text};
use crate::refusal::FormatRefusal;
use crate::statement::{self, Movement, Told};
use crate::xml::{ElementId, Tree};

/// One transaction of an entry (`TxDtls`).
#[derive(Debug)]
pub(super) struct Detail {
    /// In euros without sign, where the bank gives it so.
    amount: Option<Money>,
    /// Its own direction, where it has one.
    credit: Option<bool>,
    told: Told,
    debtor: Party,
    creditor: Party,
}

#[derive(Debug, Default)]
struct Party {
    name: Option<String>,
    account: Option<String>,
}

impl Party {
    /// Somebody, and not the owner of the statement's account.
    fn is_another(&self, own: Option<&str>) -> bool {
        let other_account = self.account.is_some() && self.account.as_deref() != own;
        other_account || (self.account.is_none() && self.name.is_some())
    }
}

pub(super) fn detail(tree: &Tree<Iso>, id: ElementId) -> Detail {
    let at = |path: &str| text(tree, id, path);
    let amount = ["Amt", "AmtDtls/TxAmt/Amt", "AmtDtls/InstdAmt/Amt"].iter().find_map(|path| {
        let found = find(tree, id, path).filter(|found| tree.attribute(*found, "Ccy") == Some("EUR"))?;
        statement::amount(tree.text(found)?, '.').ok()
    });
    let credit = match at("CdtDbtInd").as_deref() {
        Some("CRDT") => Some(true),
        Some("DBIT") => Some(false),
        _ => None,
    };
    let mut told = Told {
        end_to_end_id: at("Refs/EndToEndId"),
        mandate_id: at("Refs/MndtId"),
        batch_id: at("Refs/PmtInfId"),
        bank_reference: at("Refs/AcctSvcrRef"),
        return_reason: at("RtrInf/Rsn/Cd").or_else(|| at("RtrInf/Rsn/Prtry")),
        ..Told::default()
    };
    told.reversal = find(tree, id, "RtrInf").is_some();
    remittance(tree, id, &mut told);
    if told.texts.is_empty() {
        told.texts.extend(at("AddtlTxInf"));
    }
    Detail { amount, credit, told, debtor: party(tree, id, "Dbtr"), creditor: party(tree, id, "Cdtr") }
}

/// What the payer wrote, in words and as structured references.
fn remittance(tree: &Tree<Iso>, id: ElementId, told: &mut Told) {
    let Some(remittance) = find(tree, id, "RmtInf") else { return };
    let words = |id: ElementId| tree.text(id).map(str::to_owned);
    told.texts.extend(tree.children(remittance, "Ustrd").filter_map(words));
    for structured in tree.children(remittance, "Strd") {
        told.structured.extend(text(tree, structured, "CdtrRefInf/Ref"));
        for document in tree.children(structured, "RfrdDocInf") {
            told.texts.extend(text(tree, document, "Nb"));
        }
        told.texts.extend(tree.children(structured, "AddtlRmtInf").filter_map(words));
    }
}

/// `role` is `Dbtr` or `Cdtr`. From version 08 the party stands one level deeper.
fn party(tree: &Tree<Iso>, id: ElementId, role: &str) -> Party {
    let at = |path: String| text(tree, id, &format!("RltdPties/{path}"));
    let name = at(format!("{role}/Nm"))
        .or_else(|| at(format!("{role}/Pty/Nm")))
        .or_else(|| at(format!("Ultmt{role}/Nm")))
        .or_else(|| at(format!("Ultmt{role}/Pty/Nm")));
    let account = at(format!("{role}Acct/Id/IBAN")).or_else(|| at(format!("{role}Acct/Id/Othr/Id")));
    Party { name, account }
}

/// The lines of one entry: none when it is not booked.
pub(super) fn movements(
    tree: &Tree<Iso>,
    id: ElementId,
    details: Vec<Detail>,
    path: &str,
) -> Result<Vec<Movement>, FormatRefusal> {
    let status = text(tree, id, "Sts/Cd").or_else(|| text(tree, id, "Sts"));
    if status.as_deref() != Some("BOOK") {
        return Ok(Vec::new());
    }
    let entry = Entry::read(tree, id, path)?;
    if let Some(parts) = entry.parts(&details) {
        let together = parts.into_iter().zip(details);
        return Ok(together.map(|(amount, detail)| entry.movement(amount, Some(detail))).collect());
    }
    let only = if details.len() == 1 { details.into_iter().next() } else { None };
    Ok(vec![entry.movement(entry.amount, only)])
}

struct Entry {
    booked_on: jiff::civil::Date,
    valued_on: Option<jiff::civil::Date>,
    amount: Money,
    reversal: bool,
    bank_reference: Option<String>,
    batch_id: Option<String>,
    information: Option<String>,
    /// The statement's account.
    own: Option<String>,
}

impl Entry {
    fn read(tree: &Tree<Iso>, id: ElementId, path: &str) -> Result<Entry, FormatRefusal> {
        let amount = money(tree, id, "Amt", path)?;
        let day = |name: &str| find(tree, id, name).and_then(|found| date(tree, found));
        let valued_on = day("ValDt");
        let booked_on = day("BookgDt").or(valued_on).ok_or_else(|| {
            FormatRefusal::new("XSD", format!("{path}/BookgDt"), "the day of booking is missing")
        })?;
        let flag = text(tree, id, "RvslInd");
        Ok(Entry {
            booked_on,
            valued_on,
            amount: if is_credit(tree, id, path)? { amount } else { -amount },
            reversal: matches!(flag.as_deref(), Some("true" | "1")),
            bank_reference: text(tree, id, "AcctSvcrRef"),
            batch_id: text(tree, id, "NtryDtls/Btch/PmtInfId"),
            information: text(tree, id, "AddtlNtryInf"),
            own: tree.parent(id).and_then(|statement| text(tree, statement, "Acct/Id/IBAN")),
        })
    }

    /// The amounts of several transactions, if the bank gives all of them and they make the entry's.
    fn parts(&self, details: &[Detail]) -> Option<Vec<Money>> {
        if details.len() < 2 {
            return None;
        }
        let signed = |detail: &Detail| {
            let credit = detail.credit.unwrap_or(!self.amount.is_negative());
            detail.amount.map(|amount| if credit { amount } else { -amount })
        };
        let parts: Vec<Money> = details.iter().map(signed).collect::<Option<_>>()?;
        (parts.iter().copied().sum::<Money>() == self.amount).then_some(parts)
    }

    fn movement(&self, amount: Money, detail: Option<Detail>) -> Movement {
        let mut told = match detail {
            Some(detail) => self.with_counterparty(detail, amount),
            None => Told::default(),
        };
        told.reversal |= self.reversal;
        told.bank_reference = told.bank_reference.or_else(|| self.bank_reference.clone());
        told.batch_id = told.batch_id.or_else(|| self.batch_id.clone());
        if told.texts.is_empty() && told.structured.is_empty() {
            told.texts.extend(self.information.clone());
        }
        Movement { booked_on: self.booked_on, valued_on: self.valued_on, amount, told }
    }

    /// Money that comes in is from the debtor, money that goes out is for the creditor. What comes back has the parties of
    /// the transaction that it takes back: there it is the other way round.
    fn with_counterparty(&self, detail: Detail, amount: Money) -> Told {
        let Detail { mut told, debtor, creditor, .. } = detail;
        let (usual, other) = if amount.is_negative() { (creditor, debtor) } else { (debtor, creditor) };
        let comes_back = self.reversal || told.reversal;
        let party = if comes_back && other.is_another(self.own.as_deref()) { other } else { usual };
        told.counterparty_name = party.name;
        told.counterparty_account = party.account;
        told
    }
}
