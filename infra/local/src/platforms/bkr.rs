//! The stand-in of BKR: a resource per signal.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use domain::provider::Provider;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Platforms;
use super::check::{self, Check, Facts, Fault};
use super::ledger::{Operation, Received, Taken};

const FIELDS: [&str; 23] = [
    "kenmerk",
    "partnertype",
    "crisissignaal",
    "warmeOverdracht",
    "bedrag",
    "ontstaansdatum",
    "signaaldatum",
    "maandenAchterstand",
    "klantnummer",
    "gemeentecode",
    "geplandeAfsluitdatum",
    "vervangt",
    "persoon.voorletters",
    "persoon.voorvoegsel",
    "persoon.achternaam",
    "persoon.geboortedatum",
    "persoon.telefoonnummers",
    "persoon.emailadressen",
    "adres.postcode",
    "adres.huisnummer",
    "adres.huisnummertoevoeging",
    "adres.straatnaam",
    "adres.woonplaats",
];

pub(super) fn routes() -> Router<Arc<Platforms>> {
    Router::new()
        .route("/signalen", post(create))
        .route("/signalen/{reference}", put(update))
        .route("/signalen/{reference}/intrekking", post(withdraw))
        .route("/terugmeldingen", get(reports))
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct After {
    na: Option<String>,
}

/// Who asks, or nothing where the key is another one.
fn identified(platforms: &Platforms, headers: &HeaderMap) -> Option<String> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let identification = header("x-identificatienummer");
    let knows = header("x-bkr-authorization") == platforms.settings.bkr.key && !identification.is_empty();
    knows.then(|| identification.to_owned())
}

async fn reports(
    State(platforms): State<Arc<Platforms>>,
    Query(after): Query<After>,
    headers: HeaderMap,
) -> Response {
    let Some(identification) = identified(&platforms, &headers) else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    let (reports, next, more) = platforms.told_after(Provider::Bkr, &identification, after.na.as_deref());
    let told: Vec<Value> = reports
        .into_iter()
        .map(|r| json!({"id": r.id, "referentie": r.provider_reference, "code": r.code, "tijdstip": r.at}))
        .collect();
    Json(json!({"terugmeldingen": told, "volgende": next, "meer": more})).into_response()
}

async fn create(State(platforms): State<Arc<Platforms>>, headers: HeaderMap, body: Bytes) -> Response {
    receive(&platforms, Operation::Create, None, &headers, &body).await
}

async fn update(
    State(platforms): State<Arc<Platforms>>,
    Path(reference): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    receive(&platforms, Operation::Update, Some(reference), &headers, &body).await
}

async fn withdraw(
    State(platforms): State<Arc<Platforms>>,
    Path(reference): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    receive(&platforms, Operation::Withdraw, Some(reference), &headers, &body).await
}

async fn receive(
    platforms: &Platforms,
    operation: Operation,
    reference: Option<String>,
    headers: &HeaderMap,
    body: &[u8],
) -> Response {
    let header =
        |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    let Some(identification) = identified(platforms, headers) else {
        return StatusCode::UNAUTHORIZED.into_response();
    };
    let idempotency_key = header("idempotency-key");
    if idempotency_key.is_empty() {
        return refusal(&[Fault::new("Idempotency-Key", "ontbreekt")]);
    }
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    let today = platforms.now().to_zoned(TimeZone::UTC).date();
    let facts = match operation {
        Operation::Create | Operation::Update => facts(&body, today),
        Operation::Withdraw => withdrawal(&body),
    };
    let received = Received {
        provider: Provider::Bkr,
        operation,
        reference,
        identification,
        idempotency_key,
        body,
        facts,
    };
    platforms.serve(received, answer).await
}

fn answer(taken: Taken) -> Response {
    match taken {
        Taken::In { reference } => {
            (StatusCode::CREATED, Json(json!({"referentie": reference}))).into_response()
        }
        Taken::Refused(faults) => refusal(&faults),
        Taken::KeyReused => StatusCode::CONFLICT.into_response(),
        Taken::NoSuchSignal => StatusCode::NOT_FOUND.into_response(),
    }
}

fn refusal(faults: &[Fault]) -> Response {
    let faults: Vec<Value> =
        faults.iter().map(|fault| json!({"pad": fault.field, "code": fault.code})).collect();
    (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({"fouten": faults}))).into_response()
}

fn facts(body: &Value, today: Date) -> Result<Option<Facts>, Vec<Fault>> {
    let mut check = Check::new(body, &FIELDS);
    check.must("kenmerk", check::text);
    let partner = check.word("partnertype", &["Energie", "Warmte", "Water", "Huur", "Zorg"]);
    let crisis = check.must("crisissignaal", Value::as_bool);
    check.must("warmeOverdracht", Value::as_bool);
    let amount = check.must("bedrag", |value| check::whole_number(value).filter(|euros| *euros > 0));
    check.must("ontstaansdatum", |value| check::date(value).filter(|date| *date <= today));
    check.must("signaaldatum", check::date);
    check.must("maandenAchterstand", check::whole_number);
    if matches!(partner, Some("Energie" | "Water")) {
        check.must("klantnummer", check::text);
    }
    let municipality = check.must("gemeentecode", check::municipality);
    check.may("geplandeAfsluitdatum", check::date);
    check.may("vervangt", check::text);
    check.may("persoon.voorletters", check::text);
    check.may("persoon.voorvoegsel", check::text);
    check.must("persoon.achternaam", check::text);
    check.must("persoon.geboortedatum", |value| check::date(value).filter(|date| *date < today));
    check.may("persoon.telefoonnummers", check::texts);
    check.may("persoon.emailadressen", check::texts);
    check.must("adres.postcode", check::postcode);
    check.must("adres.huisnummer", check::house_number);
    check.may("adres.huisnummertoevoeging", check::text);
    check.must("adres.straatnaam", check::text);
    check.must("adres.woonplaats", check::text);
    check.done(Facts {
        kind: if crisis == Some(true) { "crisis" } else { "early" }.to_owned(),
        amount: format!("{}.00", amount.unwrap_or_default()),
        municipality: municipality.unwrap_or_default().to_owned(),
    })
}

fn withdrawal(body: &Value) -> Result<Option<Facts>, Vec<Fault>> {
    let mut check = Check::new(body, &["kenmerk", "intrekdatum"]);
    check.must("kenmerk", check::text);
    check.must("intrekdatum", check::date);
    check.nothing_but_faults()
}
