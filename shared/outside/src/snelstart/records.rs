//! Relations and sales invoices as SnelStart has them, as the bodies that the API takes.

use std::collections::BTreeMap;

use domain::Money;
use domain::connection::Package;
use domain::debtor::Address;
use jiff::Timestamp;
use jiff::civil::DateTime;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::{Number, Value, json};

use crate::accounting::Told;

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Identifier {
    pub id: String,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Adres {
    contactpersoon: Option<String>,
    straat: Option<String>,
    postcode: Option<String>,
    plaats: Option<String>,
    land: Option<Identifier>,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct EmailVersturen {
    should_send: bool,
    email: Option<String>,
}

/// The records of a list that can be read; of the others the first field that is not as described.
pub(super) fn read_each<'v, T: Deserialize<'v>>(listed: &'v [Value]) -> (Vec<T>, Vec<Told>) {
    let (mut good, mut odd) = (Vec::with_capacity(listed.len()), Vec::new());
    for record in listed {
        match serde_path_to_error::deserialize(record) {
            Ok(read) => good.push(read),
            Err(error) => {
                let id = record["id"].as_str().unwrap_or_default();
                odd.push(unreadable(id, &error.path().to_string(), "not_as_described"));
            }
        }
    }
    (good, odd)
}

/// A relation. Only what is used here; everything but its id may be missing.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Relatie {
    id: String,
    #[serde(default)]
    relatiesoort: Option<Vec<String>>,
    #[serde(default)]
    relatiecode: Option<Value>,
    #[serde(default)]
    naam: Option<String>,
    #[serde(default)]
    vestigings_adres: Option<Adres>,
    #[serde(default)]
    correspondentie_adres: Option<Adres>,
    #[serde(default)]
    telefoon: Option<String>,
    #[serde(default)]
    mobiele_telefoon: Option<String>,
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    aanmaning_email_versturen: Option<EmailVersturen>,
    #[serde(default)]
    kvk_nummer: Option<String>,
    #[serde(default)]
    btw_nummer: Option<String>,
    #[serde(default)]
    iban: Option<String>,
    #[serde(default)]
    aanmaningsoort: Option<String>,
    #[serde(default)]
    modified_on: Option<String>,
}

/// A country.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Land {
    id: String,
    #[serde(default, rename = "landcodeISO")]
    iso: Option<String>,
}

impl Land {
    pub fn known(self) -> Option<(String, String)> {
        Some((self.id, self.iso?))
    }
}

/// A text that says something.
fn said(text: Option<&String>) -> Option<&str> {
    text.map(|t| t.trim()).filter(|t| !t.is_empty())
}

/// Without a time zone it is read as UTC: see the assumptions.
fn instant(text: Option<&String>) -> Option<Timestamp> {
    let text = said(text)?;
    let civil = || text.parse::<DateTime>().ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok();
    text.parse().ok().or_else(|| civil().map(|zoned| zoned.timestamp()))
}

/// The day of a date with or without a time.
fn day(text: Option<&String>) -> Option<String> {
    let day = said(text)?.get(..10)?;
    day.parse::<jiff::civil::Date>().ok().map(|day| day.to_string())
}

fn unreadable(id: &str, field: &str, why: &str) -> Told {
    let id = Package::SnelStart.record_id(id);
    Told::Unreadable { id, field: field.to_owned(), why: why.to_owned() }
}

/// A street with its number, as Dutch addresses are written: what follows the first number is its suffix.
fn street_and_number(line: &str) -> (String, Option<String>, Option<String>) {
    let digits = |word: &str| word.starts_with(|c: char| c.is_ascii_digit());
    let words: Vec<&str> = line.split_whitespace().collect();
    // A street may begin with a number ("1e Dwarsstraat") or hold one ("Plein 1944 12"): the last one counts.
    let Some(at) = words.iter().rposition(|word| digits(word)).filter(|at| *at > 0) else {
        return (line.to_owned(), None, None);
    };
    let number: String = words[at].chars().take_while(char::is_ascii_digit).collect();
    let rest = words[at][number.len()..].trim_start_matches(['-', '/']).to_owned();
    let suffix: Vec<&str> = std::iter::once(rest.as_str())
        .chain(words[at + 1..].iter().copied())
        .filter(|w| !w.is_empty())
        .collect();
    let suffix = suffix.join(" ");
    (words[..at].join(" "), Some(number), Some(suffix).filter(|s| !s.is_empty()))
}

impl Adres {
    fn is_filled(&self) -> bool {
        said(self.straat.as_ref()).is_some() && said(self.plaats.as_ref()).is_some()
    }

    fn dutch_postcode(&self) -> Option<String> {
        said(self.postcode.as_ref()).and_then(Address::dutch_postcode)
    }

    /// A country has to be looked up for it.
    fn is_abroad(&self) -> bool {
        self.is_filled() && self.dutch_postcode().is_none() && self.land.is_some()
    }

    fn body(&self, countries: Option<&BTreeMap<String, String>>) -> Option<Value> {
        let (straat, plaats) = (said(self.straat.as_ref())?, said(self.plaats.as_ref())?);
        let named = self.land.as_ref().and_then(|land| countries?.get(&land.id).cloned());
        let country = match self.dutch_postcode() {
            Some(_) => "NL".to_owned(),
            None => named.unwrap_or_else(|| "NL".to_owned()),
        };
        let (street, number, suffix) =
            if country == "NL" { street_and_number(straat) } else { (straat.to_owned(), None, None) };
        let postcode = match self.dutch_postcode() {
            Some(postcode) => Some(postcode),
            // A Dutch address with a postcode that is none keeps its street and place.
            None if country == "NL" => None,
            None => said(self.postcode.as_ref()).map(str::to_owned),
        };
        Some(json!({
            "street": street, "houseNumber": number, "suffix": suffix, "postcode": postcode, "city": plaats,
            "country": country,
        }))
    }
}

impl Relatie {
    /// Whether a country has to be looked up.
    pub fn is_abroad(&self) -> bool {
        self.address().is_some_and(Adres::is_abroad)
    }

    /// Where letters go.
    fn address(&self) -> Option<&Adres> {
        let filled = |adres: &&Adres| adres.is_filled();
        let letters = self.correspondentie_adres.as_ref().filter(filled);
        letters.or_else(|| self.vestigings_adres.as_ref().filter(filled))
    }

    /// Where reminders go first, then the general address; several may stand in one field.
    fn emails(&self) -> Vec<String> {
        let own = self.aanmaning_email_versturen.as_ref().filter(|e| e.should_send);
        let fields = [own.and_then(|e| said(e.email.as_ref())), said(self.email.as_ref())];
        let mut emails: Vec<String> = Vec::new();
        for email in fields.into_iter().flatten().flat_map(|field| field.split([';', ','])).map(str::trim) {
            if !email.is_empty() && !emails.iter().any(|known| known.eq_ignore_ascii_case(email)) {
                emails.push(email.to_owned());
            }
        }
        emails.truncate(10);
        emails
    }

    /// A customer, and whether they are to be dunned; nothing of whoever is none.
    pub fn told(&self, countries: Option<&BTreeMap<String, String>>) -> Vec<Told> {
        if self.relatiesoort.as_ref().is_some_and(|kinds| !kinds.iter().any(|kind| kind == "Klant")) {
            return Vec::new();
        }
        let Some(name) = said(self.naam.as_ref()) else {
            return vec![unreadable(&self.id, "naam", "missing")];
        };
        let Some(modified_at) = instant(self.modified_on.as_ref()) else {
            return vec![unreadable(&self.id, "modifiedOn", "not_an_instant")];
        };
        let number = match &self.relatiecode {
            Some(Value::Number(number)) => number.to_string(),
            Some(Value::String(text)) if !text.trim().is_empty() => text.trim().to_owned(),
            _ => self.id.clone(),
        };
        // Unknown is a consumer: the rules that protect most.
        let business = self.aanmaningsoort.as_deref() == Some("Onderneming");
        let kvk = said(self.kvk_nummer.as_ref()).map(|k| k.replace(' ', ""));
        let body = json!({
            "number": number,
            "kind": if business { "business" } else { "consumer" },
            "name": name,
            "emails": self.emails(),
            "phone": said(self.telefoon.as_ref()),
            "mobile": said(self.mobiele_telefoon.as_ref()),
            "kvkNumber": kvk,
            "vatId": said(self.btw_nummer.as_ref()),
            "iban": said(self.iban.as_ref()).map(|i| i.replace(' ', "")),
            "address": self.address().and_then(|adres| adres.body(countries)),
            "modifiedAt": modified_at.to_string(),
        });
        let id = Package::SnelStart.record_id(&self.id);
        let wanted = self.aanmaningsoort.as_deref() != Some("Nee");
        vec![Told::Debtor { id: id.clone(), body }, Told::Dunning { debtor: id, wanted }]
    }
}

/// A sales invoice.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Factuur {
    id: String,
    #[serde(default)]
    factuurnummer: Option<String>,
    #[serde(default)]
    factuur_datum: Option<String>,
    #[serde(default)]
    verval_datum: Option<String>,
    #[serde(default)]
    factuur_bedrag: Option<Number>,
    #[serde(default)]
    openstaand_saldo: Option<Number>,
    #[serde(default)]
    relatie: Option<Identifier>,
    #[serde(default)]
    pub verkoop_boeking: Option<Identifier>,
    #[serde(default)]
    modified_on: Option<String>,
}

/// As it is written: no binary fraction comes in between.
fn money(number: Option<&Number>) -> Option<Money> {
    let decimal: Decimal = number?.to_string().parse().ok()?;
    Money::new(decimal).ok()
}

impl Factuur {
    /// The invoice or credit note; nothing of an invoice about nothing.
    pub fn told(&self) -> Option<Told> {
        Some(match self.body()? {
            Ok(body) => Told::Invoice { id: Package::SnelStart.record_id(&self.id), body },
            Err((field, why)) => unreadable(&self.id, field, why),
        })
    }

    fn body(&self) -> Option<Result<Value, (&'static str, &'static str)>> {
        let Some(total) = money(self.factuur_bedrag.as_ref()) else {
            return Some(Err(("factuurBedrag", "not_an_amount")));
        };
        if total.is_zero() {
            return None;
        }
        Some(self.body_of(total))
    }

    fn body_of(&self, total: Money) -> Result<Value, (&'static str, &'static str)> {
        let open = money(self.openstaand_saldo.as_ref()).ok_or(("openstaandSaldo", "not_an_amount"))?;
        let debtor = self.relatie.as_ref().ok_or(("relatie", "missing"))?;
        let number = said(self.factuurnummer.as_ref()).ok_or(("factuurnummer", "missing"))?;
        let issued = day(self.factuur_datum.as_ref()).ok_or(("factuurDatum", "not_a_date"))?;
        let due = day(self.verval_datum.as_ref()).unwrap_or_else(|| issued.clone());
        let modified_at = instant(self.modified_on.as_ref()).ok_or(("modifiedOn", "not_an_instant"))?;
        let credit = total.is_negative();
        // What is open of the other sign was paid too much: nothing is open.
        let open = if open.is_negative() == credit { open.abs() } else { Money::ZERO };
        Ok(json!({
            "debtorId": Package::SnelStart.record_id(&debtor.id),
            "number": number,
            "kind": if credit { "creditNote" } else { "invoice" },
            "issueDate": issued,
            "dueDate": due,
            "currency": "EUR",
            "total": total.abs().to_string(),
            "open": open.to_string(),
            "modifiedAt": modified_at.to_string(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streets_are_taken_apart_at_their_last_number() {
        let table = [
            ("Oudegracht 1", ("Oudegracht", Some("1"), None)),
            ("Oudegracht 1 bis", ("Oudegracht", Some("1"), Some("bis"))),
            ("Oudegracht 12A", ("Oudegracht", Some("12"), Some("A"))),
            ("Oudegracht 12-2", ("Oudegracht", Some("12"), Some("2"))),
            ("Plein 1944 12", ("Plein 1944", Some("12"), None)),
            ("1e Dwarsstraat 7", ("1e Dwarsstraat", Some("7"), None)),
            ("1e Dwarsstraat", ("1e Dwarsstraat", None, None)),
            ("Postbus", ("Postbus", None, None)),
        ];
        for (line, (street, number, suffix)) in table {
            let expected = (street.to_owned(), number.map(str::to_owned), suffix.map(str::to_owned));
            assert_eq!(street_and_number(line), expected, "{line}");
        }
    }

    #[test]
    fn amounts_are_read_as_they_are_written() {
        let table = [
            ("121", Some(121_00)),
            ("121.0", Some(121_00)),
            ("121.1", Some(121_10)),
            ("0.07", Some(7)),
            ("-19.99", Some(-19_99)),
            ("999999999.99", Some(999_999_999_99)),
            ("1.005", None),
            ("1e12", None),
        ];
        for (text, cents) in table {
            let number: Number = serde_json::from_str(text).unwrap();
            assert_eq!(money(Some(&number)), cents.map(Money::from_cents), "{text}");
        }
        assert_eq!(money(None), None);
    }

    #[test]
    fn an_instant_without_a_zone_is_read_as_utc() {
        let table = [
            ("2026-01-31T10:00:00", Some("2026-01-31T10:00:00Z")),
            ("2026-01-31T10:00:00.123", Some("2026-01-31T10:00:00.123Z")),
            ("2026-01-31T10:00:00+01:00", Some("2026-01-31T09:00:00Z")),
            ("0001-01-01T00:00:00", Some("0001-01-01T00:00:00Z")),
            ("yesterday", None),
            ("", None),
        ];
        for (text, expected) in table {
            let expected = expected.map(|e| e.parse::<Timestamp>().unwrap());
            assert_eq!(instant(Some(&text.to_owned())), expected, "{text}");
        }
    }
}
