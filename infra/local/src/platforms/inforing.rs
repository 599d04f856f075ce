//! The stand-in of Inforing: one address, messages with an action.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::{Json, Router};
use domain::Money;
use domain::provider::Provider;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::Platforms;
use super::check::{self, Check, Facts, Fault};
use super::ledger::{Operation, Received, Taken};

const FIELDS: [&str; 26] = [
    "identificatienummer",
    "actie",
    "meldingnummer",
    "datum",
    "melding.externKenmerk",
    "melding.soort",
    "melding.sector",
    "melding.warmeOverdracht",
    "melding.achterstand.bedrag",
    "melding.achterstand.sinds",
    "melding.achterstand.maanden",
    "melding.klantnr",
    "melding.gemeente",
    "melding.afsluitingOp",
    "melding.vervangt",
    "melding.inwoner.voorletters",
    "melding.inwoner.tussenvoegsel",
    "melding.inwoner.naam",
    "melding.inwoner.geboortedatum",
    "melding.inwoner.woonadres.straat",
    "melding.inwoner.woonadres.nummer",
    "melding.inwoner.woonadres.toevoeging",
    "melding.inwoner.woonadres.postcode",
    "melding.inwoner.woonadres.plaats",
    "melding.inwoner.contact.soort",
    "melding.inwoner.contact.waarde",
];

pub(super) fn routes() -> Router<Arc<Platforms>> {
    Router::new().route("/api/meldingen", post(receive))
}

async fn receive(State(platforms): State<Arc<Platforms>>, headers: HeaderMap, body: Bytes) -> Response {
    let header =
        |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let field = |name: &str| body[name].as_str().filter(|text| !text.is_empty()).map(str::to_owned);
    let identification = field("identificatienummer");
    let Some(identification) =
        identification.filter(|_| header("x-api-key") == platforms.settings.inforing.key)
    else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    if body["actie"] == "terugmeldingen" {
        let (reports, next, more) =
            platforms.told_after(Provider::Inforing, &identification, field("vanaf").as_deref());
        let told: Vec<Value> = reports
            .into_iter()
            .map(|r| {
                json!({"volgnummer": r.id, "meldingnummer": r.provider_reference, "resultaat": r.code, "op": r.at})
            })
            .collect();
        let more = if more { "J" } else { "N" };
        return Json(json!({"status": "OK", "terugmeldingen": told, "vervolg": next, "meer": more}))
            .into_response();
    }
    let idempotency_key = header("idempotency-key");
    if idempotency_key.is_empty() {
        return refusal(&[Fault::new("Idempotency-Key", "ontbreekt")]);
    }
    let operation = match body["actie"].as_str() {
        Some("aanmaken") => Operation::Create,
        Some("wijzigen") => Operation::Update,
        Some("intrekken") => Operation::Withdraw,
        Some(_) | None => return refusal(&[Fault::new("actie", "ongeldig")]),
    };
    let reference = field("meldingnummer");
    if (operation == Operation::Create) == reference.is_some() {
        let code = if reference.is_some() { "onverwacht" } else { "ontbreekt" };
        return refusal(&[Fault::new("meldingnummer", code)]);
    }
    let today = platforms.now().to_zoned(TimeZone::UTC).date();
    let facts = match operation {
        Operation::Create | Operation::Update => facts(&body, today),
        Operation::Withdraw => withdrawal(&body),
    };
    let provider = Provider::Inforing;
    let received = Received { provider, operation, reference, identification, idempotency_key, body, facts };
    platforms.serve(received, answer).await
}

fn answer(taken: Taken) -> Response {
    match taken {
        Taken::In { reference } => {
            Json(json!({"status": "GEACCEPTEERD", "meldingnummer": reference})).into_response()
        }
        Taken::Refused(faults) => refusal(&faults),
        Taken::KeyReused => (StatusCode::CONFLICT, Json(json!({"status": "AFGEWEZEN"}))).into_response(),
        Taken::NoSuchSignal => (StatusCode::NOT_FOUND, Json(json!({"status": "ONBEKEND"}))).into_response(),
    }
}

fn refusal(faults: &[Fault]) -> Response {
    let faults: Vec<Value> =
        faults.iter().map(|fault| json!({"veld": fault.field, "code": fault.code})).collect();
    let body = json!({"status": "AFGEWEZEN", "fouten": faults});
    (StatusCode::UNPROCESSABLE_ENTITY, Json(body)).into_response()
}

fn facts(body: &Value, today: Date) -> Result<Option<Facts>, Vec<Fault>> {
    let mut check = Check::new(body, &FIELDS);
    check.must("datum", check::date);
    check.must("melding.externKenmerk", check::text);
    let kind = check.word("melding.soort", &["VROEG", "CRISIS"]);
    let sector = check.word("melding.sector", &["ENERGIE", "WARMTE", "WATER", "HUUR", "ZORG"]);
    check.word("melding.warmeOverdracht", &["J", "N"]);
    let amount = check.must("melding.achterstand.bedrag", amount);
    check.must("melding.achterstand.sinds", |value| check::date(value).filter(|date| *date <= today));
    check.must("melding.achterstand.maanden", check::whole_number);
    if matches!(sector, Some("ENERGIE" | "WATER")) {
        check.must("melding.klantnr", check::text);
    }
    let municipality = check.must("melding.gemeente", check::municipality);
    check.may("melding.afsluitingOp", check::date);
    check.may("melding.vervangt", check::text);
    check.may("melding.inwoner.voorletters", check::text);
    check.may("melding.inwoner.tussenvoegsel", check::text);
    check.must("melding.inwoner.naam", check::text);
    check.must("melding.inwoner.geboortedatum", |value| check::date(value).filter(|date| *date < today));
    check.must("melding.inwoner.woonadres.straat", check::text);
    check.must("melding.inwoner.woonadres.nummer", check::house_number);
    check.may("melding.inwoner.woonadres.toevoeging", check::text);
    check.must("melding.inwoner.woonadres.postcode", check::postcode);
    check.must("melding.inwoner.woonadres.plaats", check::text);
    check.may("melding.inwoner.contact", contacts);
    check.done(Facts {
        kind: if kind == Some("CRISIS") { "crisis" } else { "early" }.to_owned(),
        amount: amount.unwrap_or_default().to_string(),
        municipality: municipality.unwrap_or_default().to_owned(),
    })
}

fn withdrawal(body: &Value) -> Result<Option<Facts>, Vec<Fault>> {
    let mut check = Check::new(body, &["identificatienummer", "actie", "meldingnummer", "datum"]);
    check.must("datum", check::date);
    check.nothing_but_faults()
}

fn amount(value: &Value) -> Option<Money> {
    Money::parse_amount(value.as_str()?).ok().filter(|amount| amount.is_positive())
}

fn contacts(value: &Value) -> Option<()> {
    let good = |contact: &Value| {
        matches!(contact["soort"].as_str(), Some("TELEFOON" | "EMAIL"))
            && check::text(&contact["waarde"]).is_some()
    };
    value.as_array()?.iter().all(good).then_some(())
}
