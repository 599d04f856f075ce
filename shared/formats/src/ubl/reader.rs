//! From elements to a [`UblDocument`], with the rules that ask for an element (BR-01 to BR-16 and the like).
//!
//! Every missing or malformed part is noted and replaced by an empty value, so that the rest is still looked at; the
//! replaced value never gets out, because a document with a refusal is not given.

use jiff::civil::Date;
use rust_decimal::Decimal;

use super::document::{
    UblAddress, UblAllowance, UblContact, UblDocument, UblId, UblKind, UblLine, UblParty, UblPaymentMeans,
    UblPrecedingInvoice, UblTaxSubtotal,
};
use super::namespace::Namespace;
use super::refusals::Refusals;
use super::{attachments, nlcius, totals};
use crate::refusal::FormatRefusal;
use crate::xml::{ElementId, Tree};

/// Reads one tree and gathers the refusals.
pub(super) struct Reader<'t> {
    pub(super) tree: &'t Tree<Namespace>,
    pub(super) kind: UblKind,
    pub(super) refusals: Refusals,
    /// What `currencyID` must say; none when the document does not say its currency.
    pub(super) currency: Option<&'t str>,
}

impl<'t> Reader<'t> {
    pub(super) fn new(tree: &'t Tree<Namespace>, kind: UblKind) -> Reader<'t> {
        Reader { tree, kind, refusals: Refusals::default(), currency: None }
    }

    pub(super) fn read(mut self) -> Result<UblDocument, Vec<FormatRefusal>> {
        let root = self.tree.root();
        self.required(root, "cbc:CustomizationID", "BR-01", "the specification identifier is missing");
        let number = self.required(root, "cbc:ID", "BR-02", "the invoice number is missing");
        let issue_date = self.required_date(root, "cbc:IssueDate", "BR-03", "the issue date is missing");
        let type_code = self.type_code();
        let currency = self.document_currency();
        let seller = self.party("cac:AccountingSupplierParty", ["BR-06", "BR-08", "BR-09"], "seller");
        let buyer = self.party("cac:AccountingCustomerParty", ["BR-07", "BR-10", "BR-11"], "buyer");
        let (lines, line_sum) = self.lines();
        let totals = totals::read(&mut self, line_sum);
        let document = UblDocument {
            kind: self.kind,
            type_code,
            number,
            issue_date,
            due_date: self.due_date(),
            currency,
            note: self.joined_texts(root, "cbc:Note", None),
            buyer_reference: self.text(root, "cbc:BuyerReference"),
            order_reference: self.text(root, "cac:OrderReference/cbc:ID"),
            preceding_invoices: self.preceding_invoices(),
            seller,
            buyer,
            payment_means: self.payment_means(),
            payment_terms: self.joined_texts(root, "cac:PaymentTerms", Some("cbc:Note")),
            tax_exclusive: totals.tax_exclusive.unwrap_or_default(),
            tax: totals.tax.unwrap_or_default(),
            tax_inclusive: totals.tax_inclusive.unwrap_or_default(),
            prepaid: totals.prepaid.unwrap_or_default(),
            rounding: totals.rounding.unwrap_or_default(),
            payable: totals.payable.unwrap_or_default(),
            lines,
            allowances: totals.allowances,
            tax_subtotals: totals.tax_subtotals,
            attachments: attachments::read(&mut self),
        };
        self.due_date_or_terms(&document);
        nlcius::check(&mut self, &document);
        let refusals = self.refusals.into_vec();
        if refusals.is_empty() { Ok(document) } else { Err(refusals) }
    }

    fn type_code(&mut self) -> String {
        let element = match self.kind {
            UblKind::Invoice => "cbc:InvoiceTypeCode",
            UblKind::CreditNote => "cbc:CreditNoteTypeCode",
        };
        self.required(self.tree.root(), element, "BR-04", "the type code is missing")
    }

    fn document_currency(&mut self) -> String {
        let root = self.tree.root();
        let currency =
            self.required(root, "cbc:DocumentCurrencyCode", "BR-05", "the currency code is missing");
        self.currency = self.find(root, "cbc:DocumentCurrencyCode").and_then(|found| self.tree.text(found));
        if self.currency.is_some_and(|currency| currency != "EUR") {
            self.refuse(
                root,
                "/cbc:DocumentCurrencyCode",
                "TIJDIG-CUR",
                "only invoices in euros are taken in",
            );
        }
        currency
    }

    fn due_date(&mut self) -> Option<Date> {
        let root = self.tree.root();
        if let Some(due) = self.find(root, "cbc:DueDate") {
            return self.date(due);
        }
        // A credit note has no cbc:DueDate in UBL 2.1.
        let means: Vec<ElementId> = self.tree.children(root, "cac:PaymentMeans").collect();
        means.into_iter().find_map(|means| {
            let due = self.find(means, "cbc:PaymentDueDate")?;
            self.date(due)
        })
    }

    /// BR-CO-25. Not for credit notes, as in the official rules: there the seller pays.
    fn due_date_or_terms(&mut self, document: &UblDocument) {
        let said = document.due_date.is_some() || document.payment_terms.is_some();
        let root = self.tree.root();
        if self.kind == UblKind::Invoice && document.payable.is_positive() && !said {
            // A due date that is there and malformed has its own refusal.
            if self.find(root, "cbc:DueDate").and_then(|due| self.tree.text(due)).is_none() {
                self.refuse(
                    root,
                    "/cbc:DueDate",
                    "BR-CO-25",
                    "an amount is due, but neither due date nor terms are given",
                );
            }
        }
    }

    fn preceding_invoices(&mut self) -> Vec<UblPrecedingInvoice> {
        let references: Vec<ElementId> =
            self.tree.children(self.tree.root(), "cac:BillingReference").collect();
        let mut invoices = Vec::new();
        for reference in references {
            if self.refusals.is_full() {
                break;
            }
            let number = self.required(
                reference,
                "cac:InvoiceDocumentReference/cbc:ID",
                "BR-55",
                "the number of the preceding invoice is missing",
            );
            let issued = self.find(reference, "cac:InvoiceDocumentReference/cbc:IssueDate");
            let issue_date = issued.and_then(|issued| self.date(issued));
            invoices.push(UblPrecedingInvoice { number, issue_date });
        }
        invoices
    }

    /// `rules` are those for the name, the address and the address's country.
    fn party(&mut self, role: &'static str, rules: [&'static str; 3], who: &str) -> UblParty {
        let (root, [name_rule, address_rule, country_rule]) = (self.tree.root(), rules);
        let at = |rest: &str| format!("{role}/cac:Party/{rest}");
        let registration_name = self.required(
            root,
            &at("cac:PartyLegalEntity/cbc:RegistrationName"),
            name_rule,
            &format!("the {who}'s registration name is missing"),
        );
        let country = if self.find(root, &at("cac:PostalAddress")).is_some() {
            let missing = format!("the country of the {who}'s address is missing");
            let country = at("cac:PostalAddress/cac:Country/cbc:IdentificationCode");
            self.country(&country, country_rule, &missing)
        } else {
            let missing = format!("the {who}'s postal address is missing");
            self.refuse(root, &format!("/{}", at("cac:PostalAddress")), address_rule, &missing);
            String::new()
        };
        UblParty {
            endpoint: self.id(root, &at("cbc:EndpointID")),
            identifiers: self.identifiers(&at("cac:PartyIdentification")),
            trading_name: self.text(root, &at("cac:PartyName/cbc:Name")),
            registration_name,
            legal_id: self.id(root, &at("cac:PartyLegalEntity/cbc:CompanyID")),
            vat_id: self.vat_id(&at("cac:PartyTaxScheme")),
            address: UblAddress {
                street: self.text(root, &at("cac:PostalAddress/cbc:StreetName")),
                additional: self.text(root, &at("cac:PostalAddress/cbc:AdditionalStreetName")),
                city: self.text(root, &at("cac:PostalAddress/cbc:CityName")),
                postcode: self.text(root, &at("cac:PostalAddress/cbc:PostalZone")),
                country,
            },
            contact: UblContact {
                name: self.text(root, &at("cac:Contact/cbc:Name")),
                phone: self.text(root, &at("cac:Contact/cbc:Telephone")),
                email: self.text(root, &at("cac:Contact/cbc:ElectronicMail")),
            },
        }
    }

    /// Two letters; whether there is such a country is not looked up.
    fn country(&mut self, path: &str, rule: &'static str, missing: &str) -> String {
        let root = self.tree.root();
        let country = self.required(root, path, rule, missing).to_uppercase();
        let shaped = country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase());
        if !country.is_empty() && !shaped {
            self.refuse(root, &format!("/{path}"), "BR-CL-14", "is no country code of ISO 3166-1");
        }
        country
    }

    fn identifiers(&mut self, path: &str) -> Vec<UblId> {
        self.all(path).into_iter().filter_map(|identification| self.id(identification, "cbc:ID")).collect()
    }

    fn vat_id(&mut self, path: &str) -> Option<String> {
        self.all(path).into_iter().find_map(|scheme| {
            let kind = self.text(scheme, "cac:TaxScheme/cbc:ID")?;
            if kind == "VAT" { self.text(scheme, "cbc:CompanyID") } else { None }
        })
    }

    fn payment_means(&mut self) -> Vec<UblPaymentMeans> {
        let mut all = Vec::new();
        for means in self.all("cac:PaymentMeans") {
            if self.refusals.is_full() {
                break;
            }
            all.push(UblPaymentMeans {
                code: self.required(
                    means,
                    "cbc:PaymentMeansCode",
                    "BR-49",
                    "the code of the payment means is missing",
                ),
                payment_id: self.text(means, "cbc:PaymentID"),
                iban: self.text(means, "cac:PayeeFinancialAccount/cbc:ID"),
                account_name: self.text(means, "cac:PayeeFinancialAccount/cbc:Name"),
                bic: self.text(means, "cac:PayeeFinancialAccount/cac:FinancialInstitutionBranch/cbc:ID"),
            });
        }
        all
    }

    /// The lines and the sum of their net amounts; no sum if there is no line or an amount cannot be read.
    fn lines(&mut self) -> (Vec<UblLine>, Option<Decimal>) {
        let (line, quantity) = match self.kind {
            UblKind::Invoice => ("cac:InvoiceLine", "cbc:InvoicedQuantity"),
            UblKind::CreditNote => ("cac:CreditNoteLine", "cbc:CreditedQuantity"),
        };
        let (mut lines, mut sum) = (Vec::new(), Some(Decimal::ZERO));
        for id in self.all(line) {
            if self.refusals.is_full() {
                return (lines, None);
            }
            let net = self.required_amount(
                id,
                "cbc:LineExtensionAmount",
                ["BR-24", "BR-DEC-23"],
                "the line's net amount is missing",
            );
            sum = sum.zip(net).map(|(sum, net)| sum + net.decimal());
            lines.push(UblLine {
                id: self.required(id, "cbc:ID", "BR-21", "the line's identifier is missing"),
                name: self.required(id, "cac:Item/cbc:Name", "BR-25", "the item's name is missing"),
                quantity: self.required_decimal(id, quantity, "BR-22", "the quantity is missing"),
                net_amount: net.unwrap_or_default(),
            });
            self.allowances(id, ["BR-41", "BR-43"], [["BR-DEC-24", "BR-DEC-25"], ["BR-DEC-27", "BR-DEC-28"]]);
        }
        if lines.is_empty() {
            self.refuse(self.tree.root(), &format!("/{line}"), "BR-16", "there is no line");
            return (lines, None);
        }
        (lines, sum)
    }

    /// The allowances and charges right under `parent`; none if one of them cannot be read.
    ///
    /// `missing` and `decimals` have the rules for an allowance first and for a charge second; `decimals` those for the
    /// amount and for the base amount.
    pub(super) fn allowances(
        &mut self,
        parent: ElementId,
        missing: [&'static str; 2],
        decimals: [[&'static str; 2]; 2],
    ) -> Option<Vec<UblAllowance>> {
        let (mut allowances, mut complete) = (Vec::new(), true);
        let found: Vec<ElementId> = self.tree.children(parent, "cac:AllowanceCharge").collect();
        for id in found {
            if self.refusals.is_full() {
                return None;
            }
            let which = match self.text(id, "cbc:ChargeIndicator").as_deref() {
                Some("false" | "0") => 0,
                Some("true" | "1") => 1,
                _ => {
                    self.refuse(id, "/cbc:ChargeIndicator", "XSD", "is neither true nor false");
                    complete = false;
                    continue;
                }
            };
            let [of_amount, of_base] = decimals[which];
            self.optional_amount(id, "cbc:BaseAmount", of_base);
            let rules = [missing[which], of_amount];
            match self.required_amount(id, "cbc:Amount", rules, "the amount is missing") {
                Some(amount) => {
                    let reason = self.text(id, "cbc:AllowanceChargeReason");
                    allowances.push(UblAllowance { is_charge: which == 1, reason, amount });
                }
                None => complete = false,
            }
        }
        complete.then_some(allowances)
    }

    /// The rows of VAT under one total, each none if it cannot be read.
    pub(super) fn tax_subtotals(&mut self, total: ElementId) -> Vec<Option<UblTaxSubtotal>> {
        let found: Vec<ElementId> = self.tree.children(total, "cac:TaxSubtotal").collect();
        found.into_iter().map(|id| self.tax_subtotal(id)).collect()
    }

    fn tax_subtotal(&mut self, id: ElementId) -> Option<UblTaxSubtotal> {
        if self.refusals.is_full() {
            return None;
        }
        let category = self.text(id, "cac:TaxCategory/cbc:ID");
        let percent = self.find(id, "cac:TaxCategory/cbc:Percent").and_then(|percent| self.decimal(percent));
        let [of_taxable, of_tax] = [["BR-45", "BR-DEC-19"], ["BR-46", "BR-DEC-20"]];
        let taxable =
            self.required_amount(id, "cbc:TaxableAmount", of_taxable, "the taxable amount is missing");
        let tax = self.required_amount(id, "cbc:TaxAmount", of_tax, "the amount of VAT is missing");
        Some(UblTaxSubtotal { category, percent, taxable: taxable?, tax: tax? })
    }
}
