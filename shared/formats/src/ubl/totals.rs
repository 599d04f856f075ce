//! The document's totals and the sums that must come out (BR-12 to BR-15, BR-CO-10 to BR-CO-16, BR-DEC).

use domain::Money;
use rust_decimal::{Decimal, RoundingStrategy};

use super::document::{UblAllowance, UblTaxSubtotal};
use super::reader::Reader;
use crate::xml::ElementId;

const TOTALS: &str = "cac:LegalMonetaryTotal";

/// Amounts as far as they could be read. What the document may leave out is then zero; what is missing or malformed is
/// none, and no sum is checked with it: it has its own refusal already.
#[derive(Debug)]
pub(super) struct Totals {
    lines: Option<Money>,
    allowance_total: Option<Money>,
    charge_total: Option<Money>,
    pub(super) tax_exclusive: Option<Money>,
    pub(super) tax: Option<Money>,
    pub(super) tax_inclusive: Option<Money>,
    pub(super) prepaid: Option<Money>,
    pub(super) rounding: Option<Money>,
    pub(super) payable: Option<Money>,
    pub(super) allowances: Vec<UblAllowance>,
    pub(super) tax_subtotals: Vec<UblTaxSubtotal>,
}

/// Reads the totals and checks them; `line_sum` is none when a line's amount could not be read.
pub(super) fn read(reader: &mut Reader, line_sum: Option<Decimal>) -> Totals {
    let root = reader.tree.root();
    let allowances =
        reader.allowances(root, ["BR-31", "BR-36"], [["BR-DEC-01", "BR-DEC-02"], ["BR-DEC-05", "BR-DEC-06"]]);
    let (tax, tax_subtotals) = read_tax(reader);
    let totals = Totals {
        lines: required(reader, "cbc:LineExtensionAmount", ["BR-12", "BR-DEC-09"], "the sum of the lines"),
        allowance_total: optional(reader, "cbc:AllowanceTotalAmount", "BR-DEC-10"),
        charge_total: optional(reader, "cbc:ChargeTotalAmount", "BR-DEC-11"),
        tax_exclusive: required(
            reader,
            "cbc:TaxExclusiveAmount",
            ["BR-13", "BR-DEC-12"],
            "the total without VAT",
        ),
        tax,
        tax_inclusive: required(
            reader,
            "cbc:TaxInclusiveAmount",
            ["BR-14", "BR-DEC-14"],
            "the total with VAT",
        ),
        prepaid: optional(reader, "cbc:PrepaidAmount", "BR-DEC-16"),
        rounding: optional(reader, "cbc:PayableRoundingAmount", "BR-DEC-17"),
        payable: required(reader, "cbc:PayableAmount", ["BR-15", "BR-DEC-18"], "the amount due for payment"),
        allowances: Vec::new(),
        tax_subtotals,
    };
    check_parts(reader, &totals, line_sum, allowances.as_deref());
    check_totals(reader, &totals);
    Totals { allowances: allowances.unwrap_or_default(), ..totals }
}

fn required(reader: &mut Reader, name: &str, rules: [&'static str; 2], what: &str) -> Option<Money> {
    let root = reader.tree.root();
    reader.required_amount(root, &format!("{TOTALS}/{name}"), rules, &format!("{what} is missing"))
}

fn optional(reader: &mut Reader, name: &str, decimals: &'static str) -> Option<Money> {
    let (root, path) = (reader.tree.root(), format!("{TOTALS}/{name}"));
    if reader.text(root, &path).is_none() {
        return Some(Money::ZERO);
    }
    reader.optional_amount(root, &path, decimals)
}

/// The one total of VAT in the document's currency with its rows. A second total, in the currency that the VAT is
/// accounted for in (`cbc:TaxCurrencyCode`), takes no part in any sum.
fn read_tax(reader: &mut Reader) -> (Option<Money>, Vec<UblTaxSubtotal>) {
    let root = reader.tree.root();
    let accounting = reader.text(root, "cbc:TaxCurrencyCode");
    let mut in_document_currency = Vec::new();
    for total in reader.all("cac:TaxTotal") {
        let amount = reader.find(total, "cbc:TaxAmount");
        match amount
            .and_then(|amount| reader.tree.attribute(amount, "currencyID").map(|currency| (amount, currency)))
        {
            Some((amount, currency))
                if Some(currency) != reader.currency && accounting.as_deref() == Some(currency) =>
            {
                reader.amount(amount, "BR-DEC-15", None);
            }
            _ => in_document_currency.push(total),
        }
    }
    let [total] = in_document_currency[..] else {
        let detail = "there is not exactly one total of VAT in the document's currency";
        reader.refuse(root, "/cac:TaxTotal/cbc:TaxAmount", "BR-CO-15", detail);
        return (None, Vec::new());
    };
    let tax = reader.required_amount(
        total,
        "cbc:TaxAmount",
        ["BR-CO-15", "BR-DEC-13"],
        "the total of VAT is missing",
    );
    (tax, read_tax_subtotals(reader, total, tax))
}

/// The rows under the total, which they must add up to (BR-CO-14).
fn read_tax_subtotals(reader: &mut Reader, total: ElementId, tax: Option<Money>) -> Vec<UblTaxSubtotal> {
    let rows = reader.tax_subtotals(total);
    let read: Vec<&UblTaxSubtotal> = rows.iter().flatten().collect();
    if let Some(tax) = tax
        && !rows.is_empty()
        && read.len() == rows.len()
    {
        let sum = read.iter().map(|row| row.tax.decimal()).sum();
        expect(reader, "BR-CO-14", (total, "/cbc:TaxAmount"), tax, sum, "the amounts of VAT by category");
    }
    rows.into_iter().flatten().collect()
}

/// The lines, allowances and charges against their totals.
fn check_parts(
    reader: &mut Reader,
    totals: &Totals,
    line_sum: Option<Decimal>,
    parts: Option<&[UblAllowance]>,
) {
    if let (Some(lines), Some(sum)) = (totals.lines, line_sum) {
        expect_total(
            reader,
            "BR-CO-10",
            "cbc:LineExtensionAmount",
            lines,
            sum,
            "the net amounts of the lines",
        );
    }
    let Some(parts) = parts else { return };
    let sum = |charges: bool| {
        parts.iter().filter(|part| part.is_charge == charges).map(|part| part.amount.decimal()).sum()
    };
    for (rule, name, total, sum, what) in [
        (
            "BR-CO-11",
            "cbc:AllowanceTotalAmount",
            totals.allowance_total,
            sum(false),
            "the allowances of the document",
        ),
        ("BR-CO-12", "cbc:ChargeTotalAmount", totals.charge_total, sum(true), "the charges of the document"),
    ] {
        if let Some(total) = total {
            expect_total(reader, rule, name, total, sum, what);
        }
    }
}

/// The totals against each other.
fn check_totals(reader: &mut Reader, totals: &Totals) {
    if let (Some(lines), Some(allowances), Some(charges), Some(exclusive)) =
        (totals.lines, totals.allowance_total, totals.charge_total, totals.tax_exclusive)
    {
        let sum = (lines - allowances + charges).decimal();
        let what = "the lines less allowances plus charges";
        expect_total(reader, "BR-CO-13", "cbc:TaxExclusiveAmount", exclusive, sum, what);
    }
    if let (Some(exclusive), Some(tax), Some(inclusive)) =
        (totals.tax_exclusive, totals.tax, totals.tax_inclusive)
    {
        let sum = (exclusive + tax).decimal();
        expect_total(
            reader,
            "BR-CO-15",
            "cbc:TaxInclusiveAmount",
            inclusive,
            sum,
            "the total without VAT plus VAT",
        );
    }
    if let (Some(inclusive), Some(prepaid), Some(rounding), Some(payable)) =
        (totals.tax_inclusive, totals.prepaid, totals.rounding, totals.payable)
    {
        let sum = (inclusive - prepaid + rounding).decimal();
        let what = "the total with VAT less what was paid plus rounding";
        expect_total(reader, "BR-CO-16", "cbc:PayableAmount", payable, sum, what);
    }
}

fn expect_total(reader: &mut Reader, rule: &'static str, name: &str, said: Money, sum: Decimal, what: &str) {
    let (root, path) = (reader.tree.root(), format!("/{TOTALS}/{name}"));
    expect(reader, rule, (root, &path), said, sum, what);
}

/// Sums are rounded half up to cents before they are compared, as the official rules do.
fn expect(
    reader: &mut Reader,
    rule: &'static str,
    at: (ElementId, &str),
    said: Money,
    sum: Decimal,
    what: &str,
) {
    let sum = sum.round_dp_with_strategy(2, RoundingStrategy::MidpointAwayFromZero);
    if said.decimal() != sum {
        reader.refuse(at.0, at.1, rule, &format!("is {said}, but {what} make {sum:.2}"));
    }
}
