//! How one value is found and read, and what is refused on the way.

use domain::Money;
use jiff::civil::Date;
use rust_decimal::Decimal;

use super::document::UblId;
use super::reader::Reader;
use crate::xml::ElementId;

/// Elements that the schema and EN 16931 let repeat. Of any other a second one is refused, because two programs
/// might each read another one of the two.
const REPEATABLE: [&str; 12] = [
    "cbc:Note",
    "cac:PartyIdentification",
    "cac:PartyTaxScheme",
    "cac:BillingReference",
    "cac:AdditionalDocumentReference",
    "cac:PaymentMeans",
    "cac:PaymentTerms",
    "cac:AllowanceCharge",
    "cac:TaxTotal",
    "cac:TaxSubtotal",
    "cac:InvoiceLine",
    "cac:CreditNoteLine",
];

impl Reader<'_> {
    /// Walks down `path`, refusing a second element where only one may be.
    pub(super) fn find(&mut self, from: ElementId, path: &str) -> Option<ElementId> {
        let tree = self.tree;
        let mut here = from;
        for name in path.split('/') {
            let mut found = tree.children(here, name);
            let first = found.next()?;
            if let Some(second) = found.next().filter(|_| !REPEATABLE.contains(&name)) {
                self.refuse(second, "", "TIJDIG-ONE", "occurs more than once");
            }
            here = first;
        }
        Some(here)
    }

    /// Every element at the end of `path` from the root; what lies before it may occur once.
    pub(super) fn all(&mut self, path: &str) -> Vec<ElementId> {
        let tree = self.tree;
        let (parent, name) = match path.rsplit_once('/') {
            Some((parent, name)) => (self.find(tree.root(), parent), name),
            None => (Some(tree.root()), path),
        };
        parent.map(|parent| tree.children(parent, name).collect()).unwrap_or_default()
    }

    pub(super) fn text(&mut self, from: ElementId, path: &str) -> Option<String> {
        let found = self.find(from, path)?;
        self.tree.text(found).map(str::to_owned)
    }

    pub(super) fn id(&mut self, from: ElementId, path: &str) -> Option<UblId> {
        let found = self.find(from, path)?;
        let id = self.tree.text(found)?.to_owned();
        Some(UblId { scheme: self.tree.attribute(found, "schemeID").map(str::to_owned), id })
    }

    pub(super) fn joined_texts(
        &mut self,
        from: ElementId,
        name: &str,
        child: Option<&str>,
    ) -> Option<String> {
        let found: Vec<ElementId> = self.tree.children(from, name).collect();
        let mut texts = Vec::new();
        for id in found {
            let id = child.map_or(Some(id), |child| self.find(id, child));
            texts.extend(id.and_then(|id| self.tree.text(id)));
        }
        (!texts.is_empty()).then(|| texts.join("\n"))
    }

    pub(super) fn required(
        &mut self,
        from: ElementId,
        path: &str,
        rule: &'static str,
        missing: &str,
    ) -> String {
        self.text(from, path).unwrap_or_else(|| {
            self.refuse(from, &format!("/{path}"), rule, missing);
            String::new()
        })
    }

    pub(super) fn required_date(
        &mut self,
        from: ElementId,
        path: &str,
        rule: &'static str,
        missing: &str,
    ) -> Date {
        if self.required(from, path, rule, missing).is_empty() {
            return Date::ZERO;
        }
        self.find(from, path).and_then(|found| self.date(found)).unwrap_or(Date::ZERO)
    }

    /// A date as Peppol wants it: without the time zone that the schema would allow. None where there is no text.
    pub(super) fn date(&mut self, id: ElementId) -> Option<Date> {
        let text = self.tree.text(id)?;
        let shaped = text.len() == 10
            && text.bytes().enumerate().all(|(at, byte)| match at {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        match text.parse::<Date>() {
            Ok(date) if shaped => Some(date),
            _ => {
                self.refuse(id, "", "PEPPOL-EN16931-F001", "is not a date written as YYYY-MM-DD");
                None
            }
        }
    }

    pub(super) fn required_decimal(
        &mut self,
        from: ElementId,
        path: &str,
        rule: &'static str,
        missing: &str,
    ) -> Decimal {
        if self.required(from, path, rule, missing).is_empty() {
            return Decimal::ZERO;
        }
        self.find(from, path).and_then(|found| self.decimal(found)).unwrap_or_default()
    }

    /// A number as `xs:decimal` has it, without exponent; bounded, so that no sum can overflow.
    pub(super) fn decimal(&mut self, id: ElementId) -> Option<Decimal> {
        let text = self.tree.text(id)?;
        let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if (whole.is_empty() && fraction.is_empty()) || !plain(whole) || !plain(fraction) {
            self.refuse(id, "", "XSD", "is not a decimal number");
            return None;
        }
        let padded = format!("{}0{whole}.{fraction}0", if text.starts_with('-') { "-" } else { "" });
        match Decimal::from_str_exact(&padded) {
            Ok(value) if value.abs() <= domain::money::LARGEST => Some(value.normalize()),
            _ => {
                self.refuse(id, "", "TIJDIG-LIMIT", "is larger than 999999999.99 or has too many decimals");
                None
            }
        }
    }

    pub(super) fn optional_amount(
        &mut self,
        from: ElementId,
        path: &str,
        decimals: &'static str,
    ) -> Option<Money> {
        let found = self.find(from, path)?;
        self.tree.text(found)?;
        self.amount(found, decimals, self.currency)
    }

    /// `rules`: when it is missing, and when it has more than two decimals.
    pub(super) fn required_amount(
        &mut self,
        from: ElementId,
        path: &str,
        rules: [&'static str; 2],
        missing: &str,
    ) -> Option<Money> {
        self.required(from, path, rules[0], missing);
        self.optional_amount(from, path, rules[1])
    }

    /// An amount of money: two decimals as written (BR-DEC), in `currency` where that is known.
    pub(super) fn amount(
        &mut self,
        id: ElementId,
        decimals: &'static str,
        currency: Option<&str>,
    ) -> Option<Money> {
        match (self.tree.attribute(id, "currencyID"), currency) {
            (None, _) => self.refuse(id, "/@currencyID", "XSD", "the amount has no currency"),
            (Some(own), Some(document)) if own != document => {
                self.refuse(id, "/@currencyID", "PEPPOL-EN16931-R051", "is not the currency of the document");
            }
            _ => {}
        }
        let text = self.tree.text(id)?;
        let value = self.decimal(id)?;
        if text.split_once('.').is_some_and(|(_, fraction)| fraction.len() > 2) {
            self.refuse(id, "", decimals, "has more than two decimals");
            return None;
        }
        match Money::new(value) {
            Ok(amount) => Some(amount),
            Err(error) => {
                self.refuse(id, "", "TIJDIG-LIMIT", &error.to_string());
                None
            }
        }
    }

    /// Refuses what is at `id`, or at `rest` below it. Paths cost a look at all siblings, so none is made in vain.
    pub(super) fn refuse(&mut self, id: ElementId, rest: &str, rule: &'static str, detail: &str) {
        if !self.refusals.is_full() {
            let path = format!("{}{rest}", self.tree.path(id));
            self.refusals.add(rule, path, detail);
        }
    }
}
