//! Inforing's platform RIS, now xxllnc Vroegsignalering.
//!
//! **Assumed**, because Inforing does not publish its interface: one address to which messages with an action are
//! posted (`aanmaken`, `wijzigen`, `intrekken`), the field names, amounts as text with two decimals, push
//! feedback, reports that are asked for by a mark (`terugmeldingen`, with `vanaf`, `vervolg` and `meer`), and the answers (200 with `status` and `meldingnummer`; 422 with `fouten[{veld, code}]`). Address, path
//! and header names are configuration ([`InforingConfig`]).
//! **Known** (LAW.md section 8): an identification number and an API key are needed, a birth date is mandatory, and
//! deaths are not reported.
//!
//! What is absent: a field for the citizen service number (BSN).

use async_trait::async_trait;
use domain::Money;
use domain::administration::Sector;
use domain::provider::Provider;
use domain::step::SignalKind;
use jiff::Timestamp;
use jiff::civil::Date;
use reqwest::header::HeaderName;
use reqwest::{Client, RequestBuilder};
use serde::{Deserialize, Serialize};

use crate::http::{BaseUrl, HttpError, Secret};
use crate::platform::{
    Answered, Capabilities, CodeMap, MunicipalPlatform, Operation, RawReport, ReportPage, ReportsError,
    SignalMessage, SubmitOutcome, Told, outcome_of, page_of,
};

/// The vendor's codes are not known: feedback carries the neutral ones.
pub const CODES: CodeMap = CodeMap { provider: Provider::Inforing, version: 1, own: &[] };

/// Where the platform is and how it wants to be spoken to.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct InforingConfig {
    pub base_url: String,
    pub api_key: Secret,
    #[serde(default = "messages_path")]
    pub messages_path: String,
    #[serde(default = "api_key_header")]
    pub api_key_header: String,
    #[serde(default = "idempotency_header")]
    pub idempotency_header: String,
}

fn messages_path() -> String {
    "api/meldingen".to_owned()
}

fn api_key_header() -> String {
    "X-Api-Key".to_owned()
}

fn idempotency_header() -> String {
    "Idempotency-Key".to_owned()
}

impl InforingConfig {
    /// The assumed path and header names at this address.
    pub fn new(base_url: impl Into<String>, api_key: Secret) -> InforingConfig {
        InforingConfig {
            base_url: base_url.into(),
            api_key,
            messages_path: messages_path(),
            api_key_header: api_key_header(),
            idempotency_header: idempotency_header(),
        }
    }
}

/// The adapter.
#[derive(Debug, Clone)]
pub struct Inforing {
    client: Client,
    base: BaseUrl,
    config: InforingConfig,
}

impl Inforing {
    /// Checks the address and the header names. `client` is one of [`crate::http::client`].
    pub fn new(client: Client, config: InforingConfig) -> Result<Inforing, HttpError> {
        let base = BaseUrl::parse(&config.base_url)?;
        for header in [&config.api_key_header, &config.idempotency_header] {
            HeaderName::from_bytes(header.as_bytes()).map_err(|_| HttpError::Address)?;
        }
        Ok(Inforing { client, base, config })
    }

    fn request(
        &self,
        operation: Operation,
        message: &SignalMessage,
        identification: &str,
    ) -> Result<RequestBuilder, &'static str> {
        let (actie, meldingnummer, melding) = match operation {
            Operation::Create => ("aanmaken", None, Some(melding(operation, message)?)),
            Operation::Update => ("wijzigen", Some(reference(message)?), Some(melding(operation, message)?)),
            Operation::Withdraw => ("intrekken", Some(reference(message)?), None),
        };
        let url = self.base.join(&self.config.messages_path, &[]).map_err(|_| "address: bad")?;
        let request = self.identified(self.client.post(url));
        let request = request.header(&self.config.idempotency_header, &message.idempotency_key);
        Ok(request.json(&Bericht {
            identificatienummer: identification,
            actie,
            meldingnummer,
            datum: message.signalled_on,
            melding,
        }))
    }
}

impl Inforing {
    /// Who asks. Where a certificate says so, there may be no key.
    fn identified(&self, request: RequestBuilder) -> RequestBuilder {
        match self.config.api_key.expose() {
            "" => request,
            key => request.header(&self.config.api_key_header, key),
        }
    }
}

fn reference(message: &SignalMessage) -> Result<&str, &'static str> {
    message.supersedes.as_deref().ok_or("supersedes: missing")
}

#[async_trait]
impl MunicipalPlatform for Inforing {
    fn provider(&self) -> Provider {
        Provider::Inforing
    }

    fn capabilities(&self) -> Capabilities {
        self.provider().capabilities()
    }

    async fn submit(
        &self,
        operation: Operation,
        message: &SignalMessage,
        identification: &str,
    ) -> SubmitOutcome {
        match self.request(operation, message, identification) {
            Ok(request) => outcome_of(request, read).await,
            Err(error) => SubmitOutcome::Rejected { errors: vec![error.to_owned()] },
        }
    }

    async fn reports(&self, identification: &str, after: Option<&str>) -> Result<ReportPage, ReportsError> {
        let url = self.base.join(&self.config.messages_path, &[]);
        let url = url.map_err(|_| ReportsError::Unavailable("address".to_owned()))?;
        let body = Opvraging { identificatienummer: identification, actie: "terugmeldingen", vanaf: after };
        page_of(self.identified(self.client.post(url)).json(&body), read_reports).await
    }
}

#[derive(Serialize)]
struct Opvraging<'a> {
    identificatienummer: &'a str,
    actie: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    vanaf: Option<&'a str>,
}

#[derive(Deserialize)]
struct Terugmeldingen {
    terugmeldingen: Vec<serde_json::Value>,
    #[serde(default)]
    vervolg: Option<String>,
    /// `J` or `N`.
    #[serde(default)]
    meer: String,
}

#[derive(Deserialize)]
struct Terugmelding {
    volgnummer: String,
    meldingnummer: String,
    resultaat: String,
    op: Timestamp,
}

fn read_reports(body: &[u8]) -> Option<Told> {
    let told: Terugmeldingen = serde_json::from_slice(body).ok()?;
    let report = |value: serde_json::Value| {
        let one: Terugmelding = serde_json::from_value(value).ok()?;
        Some(RawReport {
            id: Some(one.volgnummer),
            reference: one.meldingnummer,
            code: one.resultaat,
            at: one.op,
        })
    };
    let reports = told.terugmeldingen.into_iter().map(report).collect();
    Some(Told { reports, mark: told.vervolg, more: told.meer == "J" })
}

#[derive(Serialize)]
struct Bericht<'a> {
    identificatienummer: &'a str,
    actie: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    meldingnummer: Option<&'a str>,
    /// The day of the signal.
    datum: Date,
    #[serde(skip_serializing_if = "Option::is_none")]
    melding: Option<Melding<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Melding<'a> {
    extern_kenmerk: &'a str,
    soort: &'static str,
    sector: &'static str,
    warme_overdracht: &'static str,
    achterstand: Achterstand,
    klantnr: &'a str,
    gemeente: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    afsluiting_op: Option<Date>,
    /// The number of the report whose place a new one takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    vervangt: Option<&'a str>,
    inwoner: Inwoner<'a>,
}

#[derive(Serialize)]
struct Achterstand {
    /// Euros with two decimals, as text.
    bedrag: Money,
    sinds: Date,
    maanden: u16,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Inwoner<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    voorletters: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tussenvoegsel: Option<&'a str>,
    naam: &'a str,
    geboortedatum: Date,
    woonadres: Woonadres<'a>,
    contact: Vec<Contact<'a>>,
}

#[derive(Serialize)]
struct Woonadres<'a> {
    straat: &'a str,
    nummer: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    toevoeging: Option<&'a str>,
    postcode: &'a str,
    plaats: &'a str,
}

#[derive(Serialize)]
struct Contact<'a> {
    soort: &'static str,
    waarde: &'a str,
}

fn melding(operation: Operation, message: &SignalMessage) -> Result<Melding<'_>, &'static str> {
    if !message.arrears.is_positive() {
        return Err("melding.achterstand.bedrag: ongeldig");
    }
    Ok(Melding {
        extern_kenmerk: &message.id,
        soort: match message.kind {
            SignalKind::Early => "VROEG",
            SignalKind::Crisis => "CRISIS",
        },
        sector: sector(message.sector).ok_or("melding.sector: niet_toegestaan")?,
        warme_overdracht: if message.warm_handover { "J" } else { "N" },
        achterstand: Achterstand {
            bedrag: message.arrears,
            sinds: message.arrears_since,
            maanden: message.months_in_arrears,
        },
        klantnr: &message.client_number,
        gemeente: &message.municipality_code,
        afsluiting_op: message.planned_end_of_supply,
        vervangt: message.supersedes.as_deref().filter(|_| operation == Operation::Create),
        inwoner: inwoner(message),
    })
}

fn inwoner(message: &SignalMessage) -> Inwoner<'_> {
    let person = &message.person;
    let address = &message.address;
    let phones = person.phones.iter().map(|phone| Contact { soort: "TELEFOON", waarde: phone });
    let emails = person.emails.iter().map(|email| Contact { soort: "EMAIL", waarde: email });
    Inwoner {
        voorletters: person.initials.as_deref(),
        tussenvoegsel: person.prefix.as_deref(),
        naam: &person.surname,
        geboortedatum: person.birth_date,
        woonadres: Woonadres {
            straat: &address.street,
            nummer: &address.house_number,
            toevoeging: address.suffix.as_deref(),
            postcode: &address.postcode,
            plaats: &address.city,
        },
        contact: phones.chain(emails).collect(),
    }
}

/// Whoever may not signal has no word.
fn sector(sector: Sector) -> Option<&'static str> {
    match sector {
        Sector::Energy => Some("ENERGIE"),
        Sector::Heat => Some("WARMTE"),
        Sector::Water => Some("WATER"),
        Sector::Rent => Some("HUUR"),
        Sector::HealthInsurance => Some("ZORG"),
        Sector::Other => None,
    }
}

#[derive(Deserialize)]
struct Antwoord {
    #[serde(default)]
    meldingnummer: Option<String>,
    #[serde(default)]
    fouten: Vec<Fout>,
}

#[derive(Deserialize)]
struct Fout {
    veld: String,
    code: String,
}

fn read(body: &[u8]) -> Option<Answered> {
    let answer: Antwoord = serde_json::from_slice(body).ok()?;
    let faults = answer.fouten.into_iter().map(|fout| (fout.veld, fout.code)).collect();
    Some(Answered { reference: answer.meldingnummer, faults })
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::http;
    use crate::loopback::{Loopback, Then};
    use crate::platform::Receipt;
    use crate::sample;

    async fn submit(operation: Operation, message: &SignalMessage) -> (SubmitOutcome, Vec<String>) {
        let then = Then::Answer {
            status: 200,
            headers: "",
            body: r#"{"status":"GEACCEPTEERD","meldingnummer":"RIS/1"}"#,
        };
        let server = Loopback::start(then).await;
        let config = InforingConfig::new(server.url(), Secret::new("hush"));
        let inforing = Inforing::new(http::client(http::TIMEOUT).unwrap(), config).unwrap();
        (inforing.submit(operation, message, "8899").await, server.requests())
    }

    fn body(requests: &[String]) -> serde_json::Value {
        serde_json::from_str(requests[0].split_once("\r\n\r\n").unwrap().1).unwrap()
    }

    #[tokio::test]
    async fn a_signal_is_one_message_with_an_action() {
        let message = SignalMessage {
            kind: SignalKind::Crisis,
            planned_end_of_supply: Some(date(2027, 1, 20)),
            ..sample::message()
        };
        let (outcome, requests) = submit(Operation::Create, &message).await;
        assert_eq!(outcome, SubmitOutcome::Accepted(Receipt { provider_reference: "RIS/1".to_owned() }));
        assert!(requests[0].starts_with("POST /api/meldingen HTTP/1.1\r\n"));
        let head = requests[0].to_ascii_lowercase();
        assert!(head.contains("x-api-key: hush") && head.contains("idempotency-key: d1.s1.create"));
        let expected = serde_json::json!({
            "identificatienummer": "8899", "actie": "aanmaken", "datum": "2026-11-24",
            "melding": {
                "externKenmerk": "d1.s1", "soort": "CRISIS", "sector": "ENERGIE", "warmeOverdracht": "J",
                "achterstand": {"bedrag": "363.50", "sinds": "2026-09-15", "maanden": 2},
                "klantnr": "D-1001", "gemeente": "0344", "afsluitingOp": "2027-01-20",
                "inwoner": {
                    "voorletters": "J.", "tussenvoegsel": "de", "naam": "Vries", "geboortedatum": "1985-04-12",
                    "woonadres": {"straat": "Oudegracht", "nummer": "1", "toevoeging": "bis", "postcode": "3511AA",
                        "plaats": "Utrecht"},
                    "contact": [{"soort": "TELEFOON", "waarde": "+31612345678"},
                        {"soort": "EMAIL", "waarde": "j.devries@example.nl"}],
                },
            },
        });
        assert_eq!(body(&requests), expected);
    }

    #[tokio::test]
    async fn a_new_signal_names_the_one_whose_place_it_takes() {
        let message = SignalMessage { supersedes: Some("RIS/1".to_owned()), ..sample::message() };
        let (_, requests) = submit(Operation::Create, &message).await;
        assert_eq!(body(&requests)["melding"]["vervangt"], "RIS/1");
        assert!(body(&requests).get("meldingnummer").is_none());
    }

    #[tokio::test]
    async fn updates_and_withdrawals_name_the_signal() {
        let message = SignalMessage { supersedes: Some("RIS/1".to_owned()), ..sample::message() };
        let (_, requests) = submit(Operation::Update, &message).await;
        assert_eq!(body(&requests)["actie"], "wijzigen");
        assert_eq!(body(&requests)["meldingnummer"], "RIS/1");
        let (_, requests) = submit(Operation::Withdraw, &message).await;
        let expected = serde_json::json!({
            "identificatienummer": "8899", "actie": "intrekken", "meldingnummer": "RIS/1", "datum": "2026-11-24",
        });
        assert_eq!(body(&requests), expected, "a withdrawal says no more than it must");
    }

    #[tokio::test]
    async fn what_cannot_be_said_is_not_sent() {
        let other = SignalMessage { sector: Sector::Other, ..sample::message() };
        let nothing = SignalMessage { arrears: Money::ZERO, ..sample::message() };
        let table = [
            (Operation::Create, other, "melding.sector: niet_toegestaan"),
            (Operation::Create, nothing, "melding.achterstand.bedrag: ongeldig"),
            (Operation::Update, sample::message(), "supersedes: missing"),
            (Operation::Withdraw, sample::message(), "supersedes: missing"),
        ];
        for (operation, message, error) in table {
            let (outcome, requests) = submit(operation, &message).await;
            assert_eq!(outcome, SubmitOutcome::Rejected { errors: vec![error.to_owned()] });
            assert!(requests.is_empty());
        }
    }
}
