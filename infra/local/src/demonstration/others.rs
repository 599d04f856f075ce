//! The other packages: a few debtors in the books of each, and a connection that was made as its user would.

use domain::Money;
use domain::calendar::{plus_days, today};
use domain::connection::Package;
use jiff::Timestamp;
use reqwest::Client;
use serde_json::json;

use super::Demonstration;
use crate::accounting::books::{Books, ContactFields, InvoiceFields};
use crate::accounting::own_id;
use crate::failure::{Outcome, While};

/// Days between an invoice and its due date, and how long ago the invoices were made: nothing of them is due yet.
const TERM_DAYS: i32 = 14;
const AGE_DAYS: i32 = 6;

/// Company or person, last name, first name.
const CONTACTS: [(bool, &str, Option<&str>); 3] =
    [(false, "van Dam", Some("Lotte")), (false, "Osman", Some("Yusuf")), (true, "Kapsalon Noord B.V.", None)];

/// Cents of the invoices of each.
const TOTALS: [i64; 2] = [84_70, 112_53];

impl Demonstration<'_> {
    /// Fills the books of the other packages and connects the administration with each.
    pub(super) async fn connect_others(&self, http: &Client) -> Outcome<()> {
        for package in Package::ALL {
            let Some(stand) = self.packages.of(package) else { continue };
            stand.change(|books, now| fill(books, package, now))?;
            self.connect_with(http, package).await?;
        }
        Ok(())
    }

    async fn connect_with(&self, http: &Client, package: Package) -> Outcome<()> {
        // Twinfield does not tell which account a bank has: its journal is chosen.
        let journal = (package == Package::Twinfield).then_some("MEMO/1100");
        let asked = json!({ "package": package.code(), "journal": journal });
        let asked_for = self.post(http, "/v1/connections", &asked).await?;
        match asked_for["activationUrl"].as_str() {
            Some(link) => {
                let followed = http.get(link).send().await.during("agreeing to a connection")?;
                followed.error_for_status().during("agreeing to a connection")?;
            }
            None => {
                let key = json!({ "key": self.credentials.key_at(package) });
                let path = self.url(&format!("/v1/connections/{package}/key"));
                self.call(http.put(path).json(&key)).await?;
            }
        }
        self.clock.wait_until_idle().await?;
        self.has_to_work(http, package).await
    }
}

/// What an interrupted run put there already stays.
fn fill(books: &mut Books, package: Package, now: Timestamp) {
    let issued = plus_days(today(now), -AGE_DAYS);
    for (n, (is_business, name, first_name)) in CONTACTS.into_iter().enumerate() {
        let contact = own_id(package, false, n);
        if books.contacts.contains_key(&contact) {
            continue;
        }
        let fields = ContactFields {
            number: (1_001 + n).to_string(),
            name: name.to_owned(),
            first_name: first_name.map(str::to_owned),
            is_business,
            email: Some(format!("{package}{n}@example.nl")),
            phone: Some(format!("030-12345{n:02}")),
            kvk: is_business.then(|| "12345678".to_owned()),
            street: Some(format!("Oudegracht {}", 10 + n)),
            postcode: Some("3511 AA".to_owned()),
            city: Some("Utrecht".to_owned()),
            ..ContactFields::default()
        };
        books.put_contact(&contact, fields, now);
        for (of, cents) in TOTALS.into_iter().enumerate() {
            let at = n * TOTALS.len() + of;
            let invoice = InvoiceFields {
                number: (26_700_001 + at).to_string(),
                contact: contact.clone(),
                issued,
                due: plus_days(issued, TERM_DAYS),
                total: Money::from_cents(cents),
                odd: Default::default(),
            };
            books.put_invoice(&own_id(package, true, at), invoice, now);
        }
    }
}
