//! Writes a message.

use domain::Money;
use domain::calendar::amsterdam;
use domain::creditor_id;
use domain::debit_batch::Sequence;
use domain::mandate::Scheme;
use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

use super::latin::{self, is_latin};
use super::{Block, Creditor, Message, Pain008Error, Transaction, Version};
use crate::iban;

/// Longest name, in characters.
const NAME: usize = 70;

/// Longest text for the debtor, in characters.
const TEXT: usize = 140;

/// The largest amount of one transaction, in cents.
const LARGEST: i64 = 999_999_999_99;

type Written = Result<(), Pain008Error>;

/// The message as a bank takes it in.
///
/// # Errors
/// [`Pain008Error`] says which rule it breaks.
pub fn write(message: &Message, version: Version) -> Result<Vec<u8>, Pain008Error> {
    check(message)?;
    let mut xml = Xml { writer: Writer::new_with_indent(Vec::new(), b' ', 1), version };
    xml.event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    xml.document(message)?;
    let mut bytes = xml.writer.into_inner();
    bytes.push(b'\n');
    Ok(bytes)
}

fn check(message: &Message) -> Written {
    identifier(&message.id)?;
    creditor_id::check(&message.creditor.creditor_id).map_err(|_| Pain008Error::CreditorId)?;
    account(&message.creditor.iban)?;
    name(&message.creditor.name)?;
    if message.blocks.is_empty() {
        return Err(Pain008Error::Empty);
    }
    for block in &message.blocks {
        identifier(&block.id)?;
        if block.transactions.is_empty() {
            return Err(Pain008Error::Empty);
        }
        for transaction in &block.transactions {
            identifier(&transaction.end_to_end_id)?;
            identifier(&transaction.mandate_id)?;
            account(&transaction.debtor_iban)?;
            name(&transaction.debtor_name)?;
            if !(Money::from_cents(1)..=Money::from_cents(LARGEST)).contains(&transaction.amount) {
                return Err(Pain008Error::Amount);
            }
        }
    }
    Ok(())
}

fn identifier(text: &str) -> Written {
    let slashes = text.starts_with('/') || text.ends_with('/') || text.contains("//");
    let fits = (1..=35).contains(&text.len()) && text.chars().all(is_latin) && !slashes;
    if fits { Ok(()) } else { Err(Pain008Error::Identifier) }
}

fn account(text: &str) -> Written {
    iban::check(text).map(|_| ()).map_err(|_| Pain008Error::Iban)
}

fn name(text: &str) -> Written {
    let latin = latin::text(text, NAME);
    if latin.chars().any(|c| c.is_ascii_alphanumeric() || c == '.') {
        Ok(())
    } else {
        Err(Pain008Error::Name)
    }
}

/// Count and sum of transactions.
fn sums<'a>(transactions: impl Iterator<Item = &'a Transaction>) -> (usize, Money) {
    transactions.fold((0, Money::ZERO), |(count, sum), one| (count + 1, sum + one.amount))
}

struct Xml {
    writer: Writer<Vec<u8>>,
    version: Version,
}

impl Xml {
    fn event(&mut self, event: Event<'_>) -> Written {
        self.writer.write_event(event).map_err(|_| Pain008Error::Document)
    }

    /// An element with others in it.
    fn within(&mut self, name: &str, content: impl FnOnce(&mut Xml) -> Written) -> Written {
        self.event(Event::Start(quick_xml::events::BytesStart::new(name)))?;
        content(self)?;
        self.event(Event::End(quick_xml::events::BytesEnd::new(name)))
    }

    /// An element below these others, with a text.
    fn at(&mut self, path: &[&str], text: &str) -> Written {
        let Some((name, below)) = path.split_first() else {
            return self.event(Event::Text(BytesText::new(text)));
        };
        self.within(name, |xml| xml.at(below, text))
    }

    fn document(&mut self, message: &Message) -> Written {
        let namespace = self.version.namespace();
        let start = quick_xml::events::BytesStart::new("Document").with_attributes([("xmlns", namespace)]);
        self.event(Event::Start(start))?;
        self.within("CstmrDrctDbtInitn", |xml| {
            xml.header(message)?;
            message.blocks.iter().try_for_each(|block| xml.block(&message.creditor, block))
        })?;
        self.event(Event::End(quick_xml::events::BytesEnd::new("Document")))
    }

    fn header(&mut self, message: &Message) -> Written {
        let (count, sum) = sums(message.blocks.iter().flat_map(|b| &b.transactions));
        self.within("GrpHdr", |xml| {
            xml.at(&["MsgId"], &message.id)?;
            let created = amsterdam(message.created_at).strftime("%Y-%m-%dT%H:%M:%S").to_string();
            xml.at(&["CreDtTm"], &created)?;
            xml.at(&["NbOfTxs"], &count.to_string())?;
            xml.at(&["CtrlSum"], &sum.to_string())?;
            xml.at(&["InitgPty", "Nm"], &latin::text(&message.creditor.name, NAME))
        })
    }

    fn block(&mut self, creditor: &Creditor, block: &Block) -> Written {
        let (count, sum) = sums(block.transactions.iter());
        self.within("PmtInf", |xml| {
            xml.at(&["PmtInfId"], &block.id)?;
            xml.at(&["PmtMtd"], "DD")?;
            xml.at(&["BtchBookg"], "true")?;
            xml.at(&["NbOfTxs"], &count.to_string())?;
            xml.at(&["CtrlSum"], &sum.to_string())?;
            xml.within("PmtTpInf", |xml| {
                xml.at(&["SvcLvl", "Cd"], "SEPA")?;
                xml.at(&["LclInstrm", "Cd"], scheme(block.scheme))?;
                xml.at(&["SeqTp"], sequence(block.sequence))
            })?;
            xml.at(&["ReqdColltnDt"], &block.collect_on.to_string())?;
            xml.at(&["Cdtr", "Nm"], &latin::text(&creditor.name, NAME))?;
            xml.account("CdtrAcct", &creditor.iban)?;
            xml.bank("CdtrAgt", creditor.bic.as_deref())?;
            xml.at(&["ChrgBr"], "SLEV")?;
            xml.within("CdtrSchmeId", |xml| {
                xml.within("Id", |xml| {
                    xml.within("PrvtId", |xml| {
                        xml.within("Othr", |xml| {
                            xml.at(&["Id"], &creditor.creditor_id)?;
                            xml.at(&["SchmeNm", "Prtry"], "SEPA")
                        })
                    })
                })
            })?;
            block.transactions.iter().try_for_each(|transaction| xml.transaction(transaction))
        })
    }

    /// Without the spaces that people put between its parts.
    fn account(&mut self, name: &str, text: &str) -> Written {
        let electronic = iban::check(text).map_err(|_| Pain008Error::Iban)?;
        self.at(&[name, "Id", "IBAN"], &electronic)
    }

    fn bank(&mut self, name: &str, bic: Option<&str>) -> Written {
        match (bic, self.version) {
            (Some(bic), Version::V02) => self.at(&[name, "FinInstnId", "BIC"], bic),
            (Some(bic), Version::V08) => self.at(&[name, "FinInstnId", "BICFI"], bic),
            (None, _) => self.at(&[name, "FinInstnId", "Othr", "Id"], "NOTPROVIDED"),
        }
    }

    fn transaction(&mut self, transaction: &Transaction) -> Written {
        self.within("DrctDbtTxInf", |xml| {
            xml.at(&["PmtId", "EndToEndId"], &transaction.end_to_end_id)?;
            let amount = quick_xml::events::BytesStart::new("InstdAmt").with_attributes([("Ccy", "EUR")]);
            xml.event(Event::Start(amount))?;
            xml.at(&[], &transaction.amount.to_string())?;
            xml.event(Event::End(quick_xml::events::BytesEnd::new("InstdAmt")))?;
            xml.within("DrctDbtTx", |xml| {
                xml.within("MndtRltdInf", |xml| {
                    xml.at(&["MndtId"], &transaction.mandate_id)?;
                    xml.at(&["DtOfSgntr"], &transaction.signed_on.to_string())?;
                    if transaction.account_changed {
                        xml.at(&["AmdmntInd"], "true")?;
                        xml.at(&["AmdmntInfDtls", "OrgnlDbtrAcct", "Id", "Othr", "Id"], "SMNDA")?;
                    }
                    Ok(())
                })
            })?;
            xml.bank("DbtrAgt", transaction.debtor_bic.as_deref())?;
            xml.at(&["Dbtr", "Nm"], &latin::text(&transaction.debtor_name, NAME))?;
            xml.account("DbtrAcct", &transaction.debtor_iban)?;
            let text = latin::text(&transaction.text, TEXT);
            if text.is_empty() { Ok(()) } else { xml.at(&["RmtInf", "Ustrd"], &text) }
        })
    }
}

fn scheme(scheme: Scheme) -> &'static str {
    match scheme {
        Scheme::Core => "CORE",
        Scheme::B2b => "B2B",
    }
}

fn sequence(sequence: Sequence) -> &'static str {
    match sequence {
        Sequence::First => "FRST",
        Sequence::Recurrent => "RCUR",
        Sequence::OneOff => "OOFF",
    }
}
