//! Signals and what came of them in the words of DDAS (*Data delen over Armoede en Schulden*), version 1.2: the exchange model
//! that municipalities deliver to Statistics Netherlands with.
//!
//! VNG publishes it as `v1.2/json_schema_Uitwisselmodel.json` of its repository `ddas-vroegsignalering`, which was read (as
//! it stood with the commit of version 1.2). The schema that the tests validate against
//! ([tests/ddas](../tests/all/ddas/uitwisselmodel-1.2.json)) was written anew from it, rule for rule and without its texts: it
//! is not the official file. `TIJDIG_DDAS_SCHEMA` names one to validate against as well.
//!
//! **Ours, and not settled**: a creditor delivers what it knows, so a signal's *client* is the debtor by address and birth
//! date, never by a citizen service number; suppliers of heat are `Energie`, since the model has no word for them; a case
//! (*vroegsignaalzaak*) is one signal that the municipality reported on, with the last result that it gave.

use domain::Money;
use domain::administration::Sector;
use domain::calendar::today;
use domain::debtor::{Address, Debtor};
use domain::feedback::{Help, NotPickedUp, Outcome};
use domain::overview::signalled_on;
use domain::signal::Signal;
use domain::step::SignalKind;
use jiff::Timestamp;
use jiff::civil::Date;
use rust_decimal::RoundingStrategy;
use rust_decimal::prelude::ToPrimitive;
use serde::Serialize;

/// A document for one municipality and one period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Document {
    /// First day of the period.
    pub startdatum_levering: Date,
    /// Last day of the period.
    pub einddatum_levering: Date,
    /// To the second, in UTC.
    pub aanleverdatum_en_tijd: String,
    /// Of whose software made it.
    pub code_gegevensleverancier: String,
    pub leveringen: [Levering; 1],
}

/// What one municipality got.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Levering {
    pub teller: u32,
    /// Four digits, without "GM".
    pub gemeentecode: String,
    pub aanleverende_organisatie: Organisatie,
    pub vroegsignalen: Vec<Vroegsignaal>,
    pub vroegsignaalzaken: Vec<Vroegsignaalzaak>,
}

/// Who delivers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Organisatie {
    pub naam: String,
}

/// A signal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Vroegsignaal {
    #[serde(rename = "ID")]
    pub id: String,
    pub crisissignaal: bool,
    pub warme_overdracht: bool,
    /// Whole euros.
    pub bedrag: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ontstaansdatum: Option<Date>,
    pub signaaldatum: Date,
    pub status: &'static str,
    pub signaalpartner: Signaalpartner,
    pub client: Client,
}

/// Which kind of creditor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Signaalpartner {
    #[serde(rename = "type")]
    pub kind: &'static str,
}

/// The person, by address. There is no place for a citizen service number here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Client {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub geboortedatum: Option<Date>,
    pub postcode: String,
    pub huisnummer: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub huisnummertoevoeging: Option<String>,
}

/// What the municipality did about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Vroegsignaalzaak {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resultaat: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub datum_opgepakt: Option<Date>,
    pub vroegsignalen: [Verwijzing; 1],
}

/// Which signal a case is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verwijzing {
    #[serde(rename = "ID")]
    pub id: String,
}

impl Document {
    /// An empty one.
    pub fn new(
        (from, to): (Date, Date),
        made_at: Timestamp,
        supplier: &str,
        municipality: &str,
        creditor: &str,
    ) -> Document {
        let levering = Levering {
            teller: 1,
            gemeentecode: municipality.to_owned(),
            aanleverende_organisatie: Organisatie { naam: creditor.to_owned() },
            vroegsignalen: Vec::new(),
            vroegsignaalzaken: Vec::new(),
        };
        Document {
            startdatum_levering: from,
            einddatum_levering: to,
            aanleverdatum_en_tijd: made_at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
            code_gegevensleverancier: supplier.to_owned(),
            leveringen: [levering],
        }
    }

    /// Adds a signal, and its case where the municipality reported on it. Says whether it could be told: not where no
    /// platform took it in, nor where the debtor's address is not known any more.
    pub fn add(&mut self, signal: &Signal, sector: Sector, debtor: &Debtor) -> bool {
        let [levering] = &mut self.leveringen;
        let told = signalled_on(signal).zip(partner(sector)).zip(client(debtor));
        let Some(((signaaldatum, kind), client)) = told else { return false };
        levering.vroegsignalen.push(Vroegsignaal {
            id: signal.id.to_string(),
            crisissignaal: signal.kind == SignalKind::Crisis,
            warme_overdracht: false,
            bedrag: whole_euros(signal.arrears),
            ontstaansdatum: signal.arrears_since,
            signaaldatum,
            status: status(signal),
            signaalpartner: Signaalpartner { kind },
            client,
        });
        levering.vroegsignaalzaken.extend(case(signal));
        true
    }
}

fn partner(sector: Sector) -> Option<&'static str> {
    match sector {
        Sector::Energy | Sector::Heat => Some("Energie"),
        Sector::Water => Some("Water"),
        Sector::Rent => Some("Huur"),
        Sector::HealthInsurance => Some("Zorg"),
        Sector::Other => None,
    }
}

fn client(debtor: &Debtor) -> Option<Client> {
    let address = debtor.address.as_ref()?;
    Some(Client {
        geboortedatum: debtor.person.as_ref().and_then(|person| person.birth_date),
        postcode: address.postcode.as_deref().and_then(Address::dutch_postcode)?,
        huisnummer: address.house_number.clone()?,
        huisnummertoevoeging: address.suffix.clone(),
    })
}

/// Half a euro goes up.
fn whole_euros(amount: Money) -> i64 {
    let euros = amount.decimal().round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
    euros.to_i64().unwrap_or_default()
}

/// The last report says how the municipality stands to a signal.
fn status(signal: &Signal) -> &'static str {
    let reports = signal.feedback.iter().rev().map(|report| report.outcome);
    reports.filter_map(status_after).next().unwrap_or("Nog niet opgepakt")
}

fn status_after(outcome: Outcome) -> Option<&'static str> {
    match outcome {
        Outcome::Received | Outcome::Unknown => None,
        Outcome::NotPickedUp(why) => Some(not_picked_up(why)),
        Outcome::Deceased => Some("Inwoner is overleden"),
        Outcome::NotResident => Some("Persoon is geen inwoner (meer) in de gemeente"),
        Outcome::KnownToDebtHelp => Some("Inwoner al bekend bij schuldhulpverlening"),
        Outcome::PickedUp
        | Outcome::OtherTrajectory
        | Outcome::NoContact
        | Outcome::LostContact
        | Outcome::HelpDeclined
        | Outcome::SolvedOrArranged
        | Outcome::HelpAccepted(_)
        | Outcome::HelpEnded => Some("Opgepakt"),
    }
}

fn not_picked_up(why: NotPickedUp) -> &'static str {
    match why {
        NotPickedUp::Repeated => "Niet opgepakt: herhaalde melding",
        NotPickedUp::Unjustified => "Niet opgepakt: onterecht signaal",
        NotPickedUp::Other => "Niet opgepakt: andere reden",
    }
}

/// What came of a case. That help ended says nothing of what it was.
fn result(outcome: Outcome) -> Option<&'static str> {
    match outcome {
        Outcome::Received | Outcome::PickedUp | Outcome::HelpEnded | Outcome::Unknown => None,
        Outcome::NotPickedUp(why) => Some(not_picked_up(why)),
        Outcome::Deceased => Some("Inwoner is overleden"),
        Outcome::NotResident => Some("Persoon is geen inwoner (meer) in de gemeente"),
        Outcome::KnownToDebtHelp => Some("Inwoner al bekend bij schuldhulpverlening"),
        Outcome::OtherTrajectory => Some("Inwoner heeft al een ander lopend traject"),
        Outcome::NoContact => Some("Definitief geen contact kunnen krijgen"),
        Outcome::LostContact => Some("Geen reactie na eerder contact"),
        Outcome::HelpDeclined => Some("Inwoner regelt het zelf/hoeft geen hulp vanuit vroegsignalering"),
        Outcome::SolvedOrArranged => Some("Inwoner heeft zelf al betaald/betalingsregeling getroffen"),
        Outcome::HelpAccepted(None) => Some("Vervolghulp en/of verwijzing"),
        Outcome::HelpAccepted(Some(Help::QuickFix)) => Some("(Budget)advies en/of quick fix"),
        Outcome::HelpAccepted(Some(Help::Financial)) => Some("Vervolghulp en/of verwijzing financieel"),
        Outcome::HelpAccepted(Some(Help::NonFinancial)) => {
            Some("Vervolghulp en/of verwijzing niet financieel")
        }
    }
}

fn case(signal: &Signal) -> Option<Vroegsignaalzaak> {
    let reports = || signal.feedback.iter();
    let resultaat = reports().rev().find_map(|report| result(report.outcome));
    let picked_up = reports().find(|report| status_after(report.outcome) == Some("Opgepakt"));
    let datum_opgepakt = picked_up.map(|report| today(report.at));
    (resultaat.is_some() || datum_opgepakt.is_some()).then(|| Vroegsignaalzaak {
        resultaat,
        datum_opgepakt,
        vroegsignalen: [Verwijzing { id: signal.id.to_string() }],
    })
}
