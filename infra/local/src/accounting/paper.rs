//! Documents of invoices: as small as a reader takes them.

use quick_xml::escape::escape;

/// What SnelStart's `/ubl` gives: the invoice's number, day, and what is to be paid.
pub fn ubl(number: &str, issued: &str, total: &str) -> Vec<u8> {
    let (number, issued, total) = (escape(number), escape(issued), escape(total));
    format!(
        "<?xml version=\"1.0\" encoding=\"utf-8\"?><Invoice xmlns=\"urn:oasis:names:specification:ubl:schema:xsd:Invoice-2\" \
         xmlns:cbc=\"urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2\" \
         xmlns:cac=\"urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2\"><cbc:ID>{number}</cbc:ID>\
         <cbc:IssueDate>{issued}</cbc:IssueDate><cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>\
         <cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode><cac:LegalMonetaryTotal>\
         <cbc:PayableAmount currencyID=\"EUR\">{total}</cbc:PayableAmount></cac:LegalMonetaryTotal></Invoice>"
    )
    .into_bytes()
}

/// A page that says which invoice it is.
pub fn pdf(number: &str) -> Vec<u8> {
    let plain: String = number.chars().filter(|c| c.is_ascii_alphanumeric() || "-. ".contains(*c)).collect();
    let text = format!("BT /F1 18 Tf 72 720 Td (Factuur {plain}) Tj ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{text}\nendstream", text.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut file = "%PDF-1.4\n".to_owned();
    let mut places = Vec::with_capacity(objects.len());
    for (at, object) in objects.iter().enumerate() {
        places.push(file.len());
        file.push_str(&format!("{} 0 obj\n{object}\nendobj\n", at + 1));
    }
    let table = file.len();
    file.push_str(&format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1));
    for place in places {
        file.push_str(&format!("{place:010} 00000 n \n"));
    }
    file.push_str(&format!(
        "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n",
        objects.len() + 1
    ));
    file.into_bytes()
}
