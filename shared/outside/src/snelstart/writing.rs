//! What is told back: payments as bank bookings, costs as memorial bookings, each found again by its `boekstuk`.

use serde::Deserialize;
use serde_json::{Map, Number, Value, json};

use super::records::{Factuur, Identifier};
use super::{SnelStart, code};
use crate::accounting::{Keys, PackageError, Quota, WriteBack, WriteOutcome, WrittenBack, ask, json as read};

#[derive(Deserialize)]
struct Dagboek {
    id: String,
    #[serde(default)]
    soort: Option<String>,
}

impl SnelStart {
    /// The first journal of one of these kinds.
    async fn journal(
        &self,
        keys: &Keys,
        quota: &dyn Quota,
        kinds: [&str; 2],
    ) -> Result<String, PackageError> {
        let known: Vec<Dagboek> = self.list(keys, quota, "dagboeken", None, 0).await?;
        let of_kind = |kind: &str| known.iter().find(|journal| journal.soort.as_deref() == Some(kind));
        let found = kinds.iter().find_map(|kind| of_kind(kind));
        found.map(|journal| journal.id.clone()).ok_or_else(|| PackageError::Refused("no_journal".to_owned()))
    }

    pub(super) async fn write(
        &self,
        keys: &Keys,
        quota: &dyn Quota,
        booking: &WriteBack,
    ) -> Result<WriteOutcome, PackageError> {
        let (path, journals) = match booking.what {
            WrittenBack::Payment | WrittenBack::Reversal => ("bankboekingen", ["Bank", "Kas"]),
            WrittenBack::Costs => ("memoriaalboekingen", ["Memoriaal", "Diversen"]),
        };
        let filter = format!("Boekstuk eq '{}'", booking.id);
        let there: Vec<Identifier> = self.list(keys, quota, path, Some(&filter), 0).await?;
        if let Some(found) = there.into_iter().next() {
            return Ok(WriteOutcome::Written { reference: found.id });
        }
        let journal = match &booking.journal {
            Some(chosen) => chosen.clone(),
            None => self.journal(keys, quota, journals).await?,
        };
        let lines = match booking.what {
            WrittenBack::Payment | WrittenBack::Reversal => {
                let invoice: Factuur = self.one(keys, quota, "verkoopfacturen", &booking.invoice).await?;
                let sale = invoice.verkoop_boeking;
                on_sale(booking, &sale.ok_or_else(|| PackageError::Refused("no_booking".to_owned()))?.id)?
            }
            WrittenBack::Costs => between_accounts(booking)?,
        };
        let mut body = json!({
            "datum": format!("{}T00:00:00", booking.on),
            "boekstuk": booking.id,
            "omschrijving": booking.description,
            "dagboek": { "id": journal },
        });
        if let Some(body) = body.as_object_mut() {
            body.extend(lines);
        }
        let request = self.signed(keys, self.client.post(self.url(path, &[])?).json(&body))?;
        match ask(quota, request, code).await {
            Ok(answer) => Ok(match read::<Identifier>(&answer.bytes) {
                Ok(made) => WriteOutcome::Written { reference: made.id },
                Err(_) => WriteOutcome::Unknown { reason: "receipt_not_understood".to_owned() },
            }),
            Err(PackageError::NoAnswer(reason)) => Ok(WriteOutcome::Unknown { reason }),
            Err(other) => Err(other),
        }
    }
}

/// A number as it is written in JSON, without a binary fraction in between.
fn number(amount: domain::Money) -> Result<Number, PackageError> {
    amount.to_string().parse().map_err(|_| PackageError::Malformed("the amount".to_owned()))
}

/// What comes in makes a sale smaller, what goes back makes it larger.
fn on_sale(booking: &WriteBack, sale: &str) -> Result<Map<String, Value>, PackageError> {
    let (amount, zero) = (number(booking.amount)?, number(domain::Money::ZERO)?);
    let (line, received, spent) = match booking.what {
        WrittenBack::Reversal => (number(-booking.amount)?, zero, amount),
        WrittenBack::Payment | WrittenBack::Costs => (amount.clone(), amount, zero),
    };
    let lines = json!([{ "boekingId": { "id": sale }, "omschrijving": booking.description, "bedrag": line }]);
    Ok(Map::from_iter([
        ("bedragOntvangen".to_owned(), Value::Number(received)),
        ("bedragUitgegeven".to_owned(), Value::Number(spent)),
        ("verkoopboekingBoekingsRegels".to_owned(), lines),
    ]))
}

fn between_accounts(booking: &WriteBack) -> Result<Map<String, Value>, PackageError> {
    let accounts = booking.accounts.as_ref();
    let accounts = accounts.ok_or_else(|| PackageError::Refused("no_accounts".to_owned()))?;
    let (amount, zero) = (number(booking.amount)?, number(domain::Money::ZERO)?);
    let line = |account: &str, debit: &Number, credit: &Number| json!({ "grootboek": { "id": account }, "omschrijving": booking.description, "debet": debit, "credit": credit });
    let lines = json!([line(&accounts.debit, &amount, &zero), line(&accounts.credit, &zero, &amount)]);
    Ok(Map::from_iter([("memoriaalBoekingsRegels".to_owned(), lines)]))
}
