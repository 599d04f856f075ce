//! BKR's platform VPS (Vindplaats Schulden).
//!
//! **Assumed**, because BKR does not publish its interface: a REST resource per signal with JSON bodies, the address,
//! paths and header names (all of them configuration, [`BkrConfig`]), the field names, a bearer-like authorisation
//! header, an idempotency header, push feedback, reports that are asked for by a mark (`terugmeldingen?na=`, with
//! `volgende` and `meer`), and the answers (201 or 200 with `referentie`; 422 with `fouten[{pad, code}]`). Field names follow the municipalities' vocabulary (VNG DDAS 1.2) where it has a word:
//! `crisissignaal`, `warmeOverdracht`, `bedrag` in whole euros, `ontstaansdatum`, `signaaldatum`, partner types.
//! **Known** (LAW.md section 8): an identification number is needed, a birth date is mandatory, and BKR reports deaths.
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
use reqwest::{Client, Method, RequestBuilder};
use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};

use crate::http::{BaseUrl, HttpError, Secret};
use crate::platform::{
    Answered, Capabilities, CodeMap, MunicipalPlatform, Operation, RawReport, ReportPage, ReportsError,
    SignalMessage, SubmitOutcome, Told, outcome_of, page_of,
};

/// The vendor's codes are not known: feedback carries the neutral ones.
pub const CODES: CodeMap = CodeMap { provider: Provider::Bkr, version: 1, own: &[] };

/// Where the platform is and how it wants to be spoken to.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BkrConfig {
    pub base_url: String,
    /// Value of the authorisation header, scheme included.
    pub authorisation: Secret,
    /// Signals are created here, and changed below it.
    #[serde(default = "signals_path")]
    pub signals_path: String,
    /// Below a signal: where its withdrawal is posted.
    #[serde(default = "withdrawal_path")]
    pub withdrawal_path: String,
    /// Where reports are asked for, if they are.
    #[serde(default = "reports_path")]
    pub reports_path: String,
    #[serde(default = "authorisation_header")]
    pub authorisation_header: String,
    #[serde(default = "identification_header")]
    pub identification_header: String,
    #[serde(default = "idempotency_header")]
    pub idempotency_header: String,
}

fn signals_path() -> String {
    "signalen".to_owned()
}

fn withdrawal_path() -> String {
    "intrekking".to_owned()
}

fn reports_path() -> String {
    "terugmeldingen".to_owned()
}

fn authorisation_header() -> String {
    "X-BKR-Authorization".to_owned()
}

fn identification_header() -> String {
    "X-Identificatienummer".to_owned()
}

fn idempotency_header() -> String {
    "Idempotency-Key".to_owned()
}

impl BkrConfig {
    /// The assumed paths and header names at this address.
    pub fn new(base_url: impl Into<String>, authorisation: Secret) -> BkrConfig {
        BkrConfig {
            base_url: base_url.into(),
            authorisation,
            signals_path: signals_path(),
            withdrawal_path: withdrawal_path(),
            reports_path: reports_path(),
            authorisation_header: authorisation_header(),
            identification_header: identification_header(),
            idempotency_header: idempotency_header(),
        }
    }
}

/// The adapter.
#[derive(Debug, Clone)]
pub struct Bkr {
    client: Client,
    base: BaseUrl,
    config: BkrConfig,
}

impl Bkr {
    /// Checks the address and the header names. `client` is one of [`crate::http::client`].
    pub fn new(client: Client, config: BkrConfig) -> Result<Bkr, HttpError> {
        let base = BaseUrl::parse(&config.base_url)?;
        for header in
            [&config.authorisation_header, &config.identification_header, &config.idempotency_header]
        {
            HeaderName::from_bytes(header.as_bytes()).map_err(|_| HttpError::Address)?;
        }
        Ok(Bkr { client, base, config })
    }

    fn request(
        &self,
        operation: Operation,
        message: &SignalMessage,
        identification: &str,
    ) -> Result<RequestBuilder, &'static str> {
        let reference = message.supersedes.as_deref().ok_or("supersedes: missing");
        let (method, below) = match operation {
            Operation::Create => (Method::POST, Vec::new()),
            Operation::Update => (Method::PUT, vec![reference?]),
            Operation::Withdraw => (Method::POST, vec![reference?, self.config.withdrawal_path.as_str()]),
        };
        let url = self.base.join(&self.config.signals_path, &below).map_err(|_| "address: bad")?;
        let request = self.identified(self.client.request(method, url), identification);
        let request = request.header(&self.config.idempotency_header, &message.idempotency_key);
        Ok(match operation {
            Operation::Create | Operation::Update => request.json(&signaal(operation, message)?),
            Operation::Withdraw => {
                request.json(&Intrekking { kenmerk: &message.id, intrekdatum: message.signalled_on })
            }
        })
    }
}

impl Bkr {
    /// Who asks. Where a certificate says so, there may be no key.
    fn identified(&self, request: RequestBuilder, identification: &str) -> RequestBuilder {
        let request = request.header(&self.config.identification_header, identification);
        match self.config.authorisation.expose() {
            "" => request,
            key => request.header(&self.config.authorisation_header, key),
        }
    }
}

#[async_trait]
impl MunicipalPlatform for Bkr {
    fn provider(&self) -> Provider {
        Provider::Bkr
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
        let url = self.base.join(&self.config.reports_path, &[]);
        let mut url = url.map_err(|_| ReportsError::Unavailable("address".to_owned()))?;
        if let Some(mark) = after {
            url.query_pairs_mut().append_pair("na", mark);
        }
        let request = self.identified(self.client.get(url), identification);
        page_of(request, read_reports).await
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Terugmeldingen {
    terugmeldingen: Vec<serde_json::Value>,
    #[serde(default)]
    volgende: Option<String>,
    #[serde(default)]
    meer: bool,
}

#[derive(Deserialize)]
struct Terugmelding {
    id: String,
    referentie: String,
    code: String,
    tijdstip: Timestamp,
}

fn read_reports(body: &[u8]) -> Option<Told> {
    let told: Terugmeldingen = serde_json::from_slice(body).ok()?;
    let report = |value: serde_json::Value| {
        let one: Terugmelding = serde_json::from_value(value).ok()?;
        Some(RawReport { id: Some(one.id), reference: one.referentie, code: one.code, at: one.tijdstip })
    };
    let reports = told.terugmeldingen.into_iter().map(report).collect();
    Some(Told { reports, mark: told.volgende, more: told.meer })
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Signaal<'a> {
    kenmerk: &'a str,
    partnertype: &'static str,
    crisissignaal: bool,
    warme_overdracht: bool,
    /// Whole euros.
    bedrag: u64,
    ontstaansdatum: Date,
    signaaldatum: Date,
    maanden_achterstand: u16,
    klantnummer: &'a str,
    gemeentecode: &'a str,
    geplande_afsluitdatum: Option<Date>,
    /// The reference of the signal whose place a new one takes.
    #[serde(skip_serializing_if = "Option::is_none")]
    vervangt: Option<&'a str>,
    persoon: Persoon<'a>,
    adres: Adres<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Persoon<'a> {
    voorletters: Option<&'a str>,
    voorvoegsel: Option<&'a str>,
    achternaam: &'a str,
    geboortedatum: Date,
    telefoonnummers: &'a [String],
    emailadressen: &'a [String],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Adres<'a> {
    postcode: &'a str,
    huisnummer: &'a str,
    huisnummertoevoeging: Option<&'a str>,
    straatnaam: &'a str,
    woonplaats: &'a str,
}

#[derive(Serialize)]
struct Intrekking<'a> {
    kenmerk: &'a str,
    intrekdatum: Date,
}

fn signaal(operation: Operation, message: &SignalMessage) -> Result<Signaal<'_>, &'static str> {
    let person = &message.person;
    let address = &message.address;
    Ok(Signaal {
        kenmerk: &message.id,
        partnertype: partner_type(message.sector).ok_or("partnertype: niet_toegestaan")?,
        crisissignaal: message.kind == SignalKind::Crisis,
        warme_overdracht: message.warm_handover,
        bedrag: whole_euros(message.arrears).ok_or("bedrag: ongeldig")?,
        ontstaansdatum: message.arrears_since,
        signaaldatum: message.signalled_on,
        maanden_achterstand: message.months_in_arrears,
        klantnummer: &message.client_number,
        gemeentecode: &message.municipality_code,
        geplande_afsluitdatum: message.planned_end_of_supply,
        vervangt: message.supersedes.as_deref().filter(|_| operation == Operation::Create),
        persoon: Persoon {
            voorletters: person.initials.as_deref(),
            voorvoegsel: person.prefix.as_deref(),
            achternaam: &person.surname,
            geboortedatum: person.birth_date,
            telefoonnummers: &person.phones,
            emailadressen: &person.emails,
        },
        adres: Adres {
            postcode: &address.postcode,
            huisnummer: &address.house_number,
            huisnummertoevoeging: address.suffix.as_deref(),
            straatnaam: &address.street,
            woonplaats: &address.city,
        },
    })
}

/// Partner types of DDAS 1.2. Whoever may not signal has none. "Warmte" is assumed.
fn partner_type(sector: Sector) -> Option<&'static str> {
    match sector {
        Sector::Energy => Some("Energie"),
        Sector::Heat => Some("Warmte"),
        Sector::Water => Some("Water"),
        Sector::Rent => Some("Huur"),
        Sector::HealthInsurance => Some("Zorg"),
        Sector::Other => None,
    }
}

/// Half a euro goes up. Nothing owed is no signal.
fn whole_euros(amount: Money) -> Option<u64> {
    let euros = amount.decimal().round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
    if euros > Decimal::ZERO { euros.to_u64() } else { None }
}

#[derive(Deserialize)]
struct Antwoord {
    #[serde(default)]
    referentie: Option<String>,
    #[serde(default)]
    fouten: Vec<Fout>,
}

#[derive(Deserialize)]
struct Fout {
    pad: String,
    code: String,
}

fn read(body: &[u8]) -> Option<Answered> {
    let answer: Antwoord = serde_json::from_slice(body).ok()?;
    let faults = answer.fouten.into_iter().map(|fout| (fout.pad, fout.code)).collect();
    Some(Answered { reference: answer.referentie, faults })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http;
    use crate::loopback::{Loopback, Then};
    use crate::platform::Receipt;
    use crate::sample;

    async fn submit(operation: Operation, message: &SignalMessage) -> (SubmitOutcome, Vec<String>) {
        let then = Then::Answer { status: 201, headers: "", body: r#"{"referentie":"VPS-1","extra":1}"# };
        let server = Loopback::start(then).await;
        let config = BkrConfig::new(format!("{}/api", server.url()), Secret::new("Bearer hush"));
        let bkr = Bkr::new(http::client(http::TIMEOUT).unwrap(), config).unwrap();
        (bkr.submit(operation, message, "4711").await, server.requests())
    }

    #[tokio::test]
    async fn a_signal_is_written_in_the_municipalities_words() {
        let (outcome, requests) = submit(Operation::Create, &sample::message()).await;
        assert_eq!(outcome, SubmitOutcome::Accepted(Receipt { provider_reference: "VPS-1".to_owned() }));

        let (head, body) = requests[0].split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("POST /api/signalen HTTP/1.1\r\n"), "{head}");
        let head = head.to_ascii_lowercase();
        for header in [
            "x-bkr-authorization: bearer hush",
            "x-identificatienummer: 4711",
            "idempotency-key: d1.s1.create",
        ] {
            assert!(head.contains(header), "{header}");
        }
        let body: serde_json::Value = serde_json::from_str(body).unwrap();
        let expected = serde_json::json!({
            "kenmerk": "d1.s1", "partnertype": "Energie", "crisissignaal": false, "warmeOverdracht": true,
            "bedrag": 364, "ontstaansdatum": "2026-09-15", "signaaldatum": "2026-11-24", "maandenAchterstand": 2,
            "klantnummer": "D-1001", "gemeentecode": "0344", "geplandeAfsluitdatum": null,
            "persoon": {"voorletters": "J.", "voorvoegsel": "de", "achternaam": "Vries", "geboortedatum": "1985-04-12",
                "telefoonnummers": ["+31612345678"], "emailadressen": ["j.devries@example.nl"]},
            "adres": {"postcode": "3511AA", "huisnummer": "1", "huisnummertoevoeging": "bis",
                "straatnaam": "Oudegracht", "woonplaats": "Utrecht"},
        });
        assert_eq!(body, expected);
    }

    #[tokio::test]
    async fn a_new_signal_names_the_one_whose_place_it_takes() {
        let message = SignalMessage { supersedes: Some("VPS-1".to_owned()), ..sample::message() };
        let (_, requests) = submit(Operation::Create, &message).await;
        let said: serde_json::Value =
            serde_json::from_str(requests[0].split("\r\n\r\n").nth(1).unwrap()).unwrap();
        assert_eq!(said["vervangt"], "VPS-1");
    }

    #[tokio::test]
    async fn updates_and_withdrawals_name_the_signal() {
        let message = SignalMessage { supersedes: Some("VPS-1".to_owned()), ..sample::message() };
        let (_, requests) = submit(Operation::Update, &message).await;
        assert!(requests[0].starts_with("PUT /api/signalen/VPS-1 HTTP/1.1\r\n"));
        let (_, requests) = submit(Operation::Withdraw, &message).await;
        assert!(requests[0].starts_with("POST /api/signalen/VPS-1/intrekking HTTP/1.1\r\n"));
        assert!(!requests[0].contains("Vries"), "a withdrawal says no more than it must");
    }

    #[tokio::test]
    async fn what_cannot_be_said_is_not_sent() {
        let other = SignalMessage { sector: Sector::Other, ..sample::message() };
        let nothing = SignalMessage { arrears: Money::from_cents(49), ..sample::message() };
        let table = [
            (Operation::Create, other, "partnertype: niet_toegestaan"),
            (Operation::Create, nothing, "bedrag: ongeldig"),
            (Operation::Update, sample::message(), "supersedes: missing"),
            (Operation::Withdraw, sample::message(), "supersedes: missing"),
        ];
        for (operation, message, error) in table {
            let (outcome, requests) = submit(operation, &message).await;
            assert_eq!(outcome, SubmitOutcome::Rejected { errors: vec![error.to_owned()] });
            assert!(requests.is_empty());
        }
    }

    #[test]
    fn amounts_are_rounded_to_whole_euros() {
        let table =
            [(363_49, Some(363)), (363_50, Some(364)), (50, Some(1)), (49, None), (0, None), (-5_00, None)];
        for (cents, euros) in table {
            assert_eq!(whole_euros(Money::from_cents(cents)), euros, "{cents}");
        }
    }
}
