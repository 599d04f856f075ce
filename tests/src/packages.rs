//! One way to work with the books at any package's stand-in, so that the same can be asked of every package.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::Money;
use domain::calendar::{plus_days, today};
use domain::connection::Package;
use jiff::SignedDuration;
use jiff::civil::Date;
use local::accounting::books::{Books, ContactFields, InvoiceFields, Payment};
use local::accounting::snelstart::{Kind, money, sales_invoice};
use local::accounting::{Asked, Stand, StandIns, Weather, own_id};
use serde_json::{Value, json};

use crate::world::World;

/// The books of one administration at one package.
#[derive(Debug)]
pub struct AtPackage {
    pub package: Package,
    stand_ins: StandIns,
}

impl AtPackage {
    /// Empty books, offered from now on.
    pub async fn offered(world: &World, package: Package) -> AtPackage {
        AtPackage { package, stand_ins: world.offer_packages().await }
    }

    /// Connects the administration, and takes in what there is.
    pub async fn connect(&self, world: &World) -> Vec<String> {
        let journal = (self.package == Package::Twinfield).then_some("MEMO/1100");
        let body = json!({ "package": self.package.code(), "journal": journal });
        let brought = world.connect_package(self.package, &body).await;
        world.settle().await;
        brought
    }

    fn common(&self) -> Option<&Arc<Stand<Books>>> {
        self.stand_ins.of(self.package)
    }

    /// The package's own id of the `n`th invoice.
    pub fn own(&self, n: usize) -> String {
        own_id(self.package, true, n)
    }

    /// Our id of the `n`th invoice.
    pub fn ours(&self, n: usize) -> String {
        self.package.record_id(&self.own(n))
    }

    /// Our id of the `n`th debtor.
    pub fn debtor(&self, n: usize) -> String {
        self.package.record_id(&own_id(self.package, false, n))
    }

    pub fn put_contact(&self, n: usize) {
        let id = own_id(self.package, false, n);
        let name = format!("Klant {n}");
        match self.common() {
            Some(stand) => {
                let fields = ContactFields {
                    number: (1_001 + n).to_string(),
                    name,
                    email: Some(format!("klant{n}@example.nl")),
                    street: Some("Oudegracht 1".to_owned()),
                    postcode: Some("3511 AA".to_owned()),
                    city: Some("Utrecht".to_owned()),
                    ..ContactFields::default()
                };
                stand.change(|books, now| books.put_contact(&id, fields, now)).expect("the books");
            }
            None => {
                let relation =
                    json!({ "relatiecode": 1_001 + n, "naam": name, "aanmaningsoort": "Consument" });
                let snelstart = &self.stand_ins.snelstart;
                snelstart
                    .change(|books, now| books.put(Kind::Relation, &id, &relation, now))
                    .expect("the books");
            }
        }
    }

    /// The `n`th invoice, of a debtor, made on this day.
    pub fn put_invoice(&self, n: usize, debtor: usize, cents: i64, issued: Date) {
        let (id, contact) = (self.own(n), own_id(self.package, false, debtor));
        let (number, due) = ((26_700_000 + n).to_string(), plus_days(issued, 14));
        let total = Money::from_cents(cents);
        match self.common() {
            Some(stand) => {
                let odd = BTreeMap::new();
                let fields = InvoiceFields { number, contact, issued, due, total, odd };
                stand.change(|books, now| books.put_invoice(&id, fields, now)).expect("the books");
            }
            None => {
                let invoice = sales_invoice(&number, &contact, issued, due, total);
                let snelstart = &self.stand_ins.snelstart;
                snelstart
                    .change(|books, now| books.put(Kind::Invoice, &id, &invoice, now))
                    .expect("the books");
            }
        }
    }

    /// Somebody at the package's screen changes when it is due.
    pub fn put_off(&self, n: usize, due: Date) {
        let id = self.own(n);
        match self.common() {
            Some(stand) => {
                let changed =
                    stand.change(|books, now| books.change_invoice(&id, now, |invoice| invoice.due = due));
                assert!(changed.expect("the books"));
            }
            None => {
                let change = json!({ "vervalDatum": format!("{due}T00:00:00") });
                let snelstart = &self.stand_ins.snelstart;
                snelstart
                    .change(|books, now| books.put(Kind::Invoice, &id, &change, now))
                    .expect("the books");
            }
        }
    }

    /// Somebody pays, and it is booked there.
    pub fn pay(&self, n: usize, cents: i64) {
        let (invoice, amount) = (self.own(n), Money::from_cents(cents));
        let paid = match self.common() {
            Some(stand) => stand.change(|books, now| {
                books.pay(Payment { invoice, amount, on: today(now), mark: None }, now).is_some()
            }),
            None => self.stand_ins.snelstart.change(|books, now| books.pay(&invoice, amount, true, now)),
        };
        assert!(paid.expect("the books"));
    }

    pub fn remove(&self, n: usize) {
        let id = self.own(n);
        let removed = match self.common() {
            Some(stand) => stand.change(|books, _| books.remove_invoice(&id)),
            None => self.stand_ins.snelstart.change(|books, _| books.remove(Kind::Invoice, &id)),
        };
        assert!(removed.expect("the books"));
    }

    /// Where the package tells of changes.
    pub fn hooks(&self) -> Vec<String> {
        self.common().map(|stand| stand.books().hooks).unwrap_or_default()
    }

    /// A field of the invoice, by the package's own name, gets a value that it should not have.
    pub fn spoil(&self, n: usize, field: &str, value: Value) {
        let id = self.own(n);
        match self.common() {
            Some(stand) => {
                let spoilt = stand.change(|books, now| {
                    books.change_invoice(&id, now, |invoice| {
                        invoice.odd.insert(field.to_owned(), value);
                    })
                });
                assert!(spoilt.expect("the books"));
            }
            None => {
                let snelstart = &self.stand_ins.snelstart;
                snelstart
                    .change(|books, now| books.put(Kind::Invoice, &id, &json!({ field: value }), now))
                    .expect("the books");
            }
        }
    }

    pub fn set_weather(&self, weather: Weather) {
        match self.common() {
            Some(stand) => stand.set_weather(weather),
            None => self.stand_ins.snelstart.set_weather(weather),
        }
    }

    /// Who asked what, oldest first.
    pub fn asked(&self) -> Vec<Asked> {
        self.common().map_or_else(|| self.stand_ins.snelstart.asked(), |stand| stand.asked())
    }

    /// What is open of every invoice there, by our ids.
    pub fn open(&self) -> BTreeMap<String, Money> {
        let ours = |id: &str| self.package.record_id(id);
        match self.common() {
            Some(stand) => {
                let books = stand.books();
                books.invoices.keys().map(|id| (ours(id), books.open(id))).collect()
            }
            None => {
                let invoices = self.stand_ins.snelstart.books().listed(Kind::Invoice, |_| true);
                let open = |invoice: &Value| {
                    let id = invoice["id"].as_str().expect("an id");
                    (ours(id), money(&invoice["openstaandSaldo"]).expect("an amount"))
                };
                invoices.iter().map(open).collect()
            }
        }
    }

    /// Amounts of what came from here, oldest first.
    pub fn booked(&self) -> Vec<Money> {
        match self.common() {
            Some(stand) => {
                let books = stand.books();
                let ours = books.payments.values().filter(|payment| payment.is.mark.is_some());
                ours.map(|payment| payment.is.amount).collect()
            }
            None => {
                let booked = self.stand_ins.snelstart.books().listed(Kind::BankBooking, |_| true);
                let amount = |booking: &Value| {
                    let amount = |field: &str| money(&booking[field]).expect("an amount");
                    amount("bedragOntvangen") - amount("bedragUitgegeven")
                };
                booked.iter().map(amount).collect()
            }
        }
    }

    /// Every invoice there is one here with as much open, and no window of the log has more requests than are allowed.
    pub async fn assert_alike(&self, world: &World, when: &str) {
        let package = self.package;
        let view = world.get(&format!("/v1/connections/{package}")).await;
        for (id, open) in self.open() {
            let here = world.get(&format!("/v1/invoices/{id}")).await["open"].clone();
            assert_eq!(here, json!(open), "{package}: {id} {when}: {view}");
        }
        assert_eq!(view["state"], "active", "{package} {when}: {view}");
        self.assert_within_limits();
    }

    pub fn assert_within_limits(&self) {
        let (package, asked) = (self.package, self.asked());
        let limits = self.common().map_or_else(|| self.stand_ins.snelstart.limits(), |stand| stand.limits());
        for window in limits.windows {
            for (i, first) in asked.iter().enumerate() {
                let length = SignedDuration::from_secs(window.seconds);
                let within = asked[i..].iter().take_while(|a| a.at.duration_since(first.at) < length).count();
                assert!(
                    within <= window.most,
                    "{package}: {within} in {} s from {}",
                    window.seconds,
                    first.at
                );
            }
        }
        assert!(asked.iter().all(|a| a.at_once <= limits.at_once), "{package}: too many at once");
    }
}
