use std::collections::VecDeque;
use std::io;
use std::net::IpAddr;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;

use super::destination::{DestinationError, Destinations, Names};
use super::*;
use crate::loopback::{Loopback, Then, deserted};

/// Names that lead where they are told, one answer after the other; the last one stays.
#[derive(Debug, Default)]
struct Told {
    answers: Mutex<VecDeque<Vec<IpAddr>>>,
    asked: Mutex<Vec<String>>,
}

impl Told {
    fn that(answers: &[&[&str]]) -> Arc<Told> {
        let parse = |texts: &&[&str]| texts.iter().map(|text| text.parse().unwrap()).collect();
        Arc::new(Told { answers: Mutex::new(answers.iter().map(parse).collect()), asked: Mutex::default() })
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

#[async_trait]
impl Names for Told {
    async fn addresses(&self, host: &str) -> io::Result<Vec<IpAddr>> {
        self.asked.lock().unwrap().push(host.to_owned());
        let mut answers = self.answers.lock().unwrap();
        let next = if answers.len() > 1 { answers.pop_front() } else { answers.front().cloned() };
        next.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))
    }
}

fn message() -> Signed {
    Signed {
        id: "crm.d1.7-0".to_owned(),
        timestamp: "1614265330".to_owned(),
        signatures: "v1,abc=".to_owned(),
        body: br#"{"type":"invoice.paid"}"#.to_vec(),
    }
}

#[tokio::test]
async fn no_message_goes_where_it_may_not() {
    use DestinationError::{Credentials, NotAnAddress, NotFound, NotHttps, NotPublic, Port};
    let public: &[&str] = &["93.184.216.34", "2606:2800:220:1::1"];
    // (address, what its name leads to, refused because)
    let table: [(&str, &[&str], Result<(), DestinationError>); 34] = [
        ("https://hooks.example/in?a=b", public, Ok(())),
        ("https://hooks.example:8443", public, Ok(())),
        ("https://hooks.example:1024", public, Ok(())),
        ("https://hooks.example:1023", public, Err(Port)),
        ("https://hooks.example:22", public, Err(Port)),
        ("https://hooks.example:80", public, Err(Port)),
        ("http://hooks.example", public, Err(NotHttps)),
        ("http://hooks.example:443", public, Err(NotHttps)),
        ("ftp://hooks.example", public, Err(NotHttps)),
        ("file:///etc/passwd", public, Err(NotHttps)),
        ("hooks.example", public, Err(NotAnAddress)),
        ("https://", public, Err(NotAnAddress)),
        ("", public, Err(NotAnAddress)),
        ("https://user@hooks.example", public, Err(Credentials)),
        ("https://:pass@hooks.example", public, Err(Credentials)),
        ("https://hooks.example/#part", public, Err(Credentials)),
        ("https://hooks.example", &[], Err(NotFound)),
        ("https://169.254.169.254/latest/meta-data", public, Err(NotPublic)),
        ("https://localhost", &["127.0.0.1", "::1"], Err(NotPublic)),
        ("https://127.0.0.1", public, Err(NotPublic)),
        ("https://[::1]", public, Err(NotPublic)),
        ("https://[::ffff:169.254.169.254]", public, Err(NotPublic)),
        ("https://[64:ff9b::a9fe:a9fe]", public, Err(NotPublic)),
        // The same addresses in other spellings.
        ("https://2130706433", public, Err(NotPublic)),
        ("https://0x7f.1", public, Err(NotPublic)),
        ("https://0177.0.0.1", public, Err(NotPublic)),
        ("https://127.1", public, Err(NotPublic)),
        ("https://0", public, Err(NotPublic)),
        ("https://\u{ff11}27.0.0.1", public, Err(NotPublic)),
        // Names that lead inside.
        ("https://inside.example", &["10.0.0.7"], Err(NotPublic)),
        ("https://metadata.example", &["169.254.169.254"], Err(NotPublic)),
        ("https://half.example", &["93.184.216.34", "127.0.0.1"], Err(NotPublic)),
        ("https://six.example", &["2606:2800:220:1::1", "fd00:ec2::254"], Err(NotPublic)),
        ("https://93.184.216.34", &[], Ok(())),
    ];
    for (address, leads_to, expected) in table {
        let names = if leads_to.is_empty() { Told::that(&[]) } else { Told::that(&[leads_to]) };
        let found = Destinations::new(names).find(address).await;
        assert_eq!(found.map(|_| ()), expected, "{address} {leads_to:?}");
    }
}

#[tokio::test]
async fn only_the_local_run_reaches_this_machine_and_nothing_else_inside() {
    let table = [
        ("http://127.0.0.1:9/in", "127.0.0.1", Ok(())),
        ("http://localhost:80/in", "127.0.0.1", Ok(())),
        ("http://hooks.example", "93.184.216.34", Err(DestinationError::NotHttps)),
        ("http://10.0.0.7", "10.0.0.7", Err(DestinationError::NotHttps)),
        ("https://10.0.0.7", "10.0.0.7", Err(DestinationError::NotPublic)),
        ("https://169.254.169.254", "169.254.169.254", Err(DestinationError::NotPublic)),
    ];
    for (address, leads_to, expected) in table {
        let names = Told::that(&[&[leads_to]]);
        let found = Destinations::for_local_run(names, true).find(address).await;
        assert_eq!(found.map(|_| ()), expected, "{address}");
    }
}

#[tokio::test]
async fn a_call_goes_to_the_address_that_was_looked_at_though_the_name_leads_elsewhere_by_then() {
    let server = Loopback::start(Then::Answer { status: 204, headers: "", body: "" }).await;
    let port = server.address.port();
    // A name that leads here when it is looked at, and elsewhere ever after.
    let names = Told::that(&[&["127.0.0.1"], &["192.0.2.1"]]);
    let destinations = Arc::new(Destinations::for_local_run(names.clone(), true));
    let receivers = HttpReceivers::new(destinations).unwrap();
    let url = format!("http://rebinds.example:{port}/in");
    assert_eq!(receivers.post(&url, &message()).await, Answered::Status(204));
    assert_eq!(names.asked(), ["rebinds.example"], "it is looked up once a call");
    let request = server.requests()[0].to_lowercase();
    for part in [
        "post /in http/1.1",
        &format!("host: rebinds.example:{port}"),
        "webhook-id: crm.d1.7-0",
        "webhook-timestamp: 1614265330",
        "webhook-signature: v1,abc=",
        "content-type: application/json",
        r#"{"type":"invoice.paid"}"#,
    ] {
        assert!(request.contains(part), "{part} in {request}");
    }
    // Looked at anew for the next attempt, which by then leads where nothing may go.
    assert_eq!(receivers.post(&url, &message()).await, Answered::Not("not_https"));
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn an_answer_is_its_status_and_nothing_is_followed() {
    let elsewhere = Loopback::start(Then::Answer { status: 200, headers: "", body: "" }).await;
    let table = [
        (Then::Answer { status: 200, headers: "", body: "{}" }, Answered::Status(200)),
        (
            Then::Answer { status: 302, headers: "Location: http://127.0.0.1/\r\n", body: "" },
            Answered::Status(302),
        ),
        (Then::Answer { status: 410, headers: "", body: "gone" }, Answered::Status(410)),
        (Then::Reset, Answered::Not("connection_broken")),
        // The status is there: what comes after it is not read.
        (Then::Break, Answered::Status(200)),
    ];
    for (then, expected) in table {
        let server = Loopback::start(then.clone()).await;
        let destinations = Destinations::for_local_run(Told::that(&[]), true);
        let receivers = HttpReceivers::new(Arc::new(destinations)).unwrap();
        assert_eq!(receivers.post(&server.url(), &message()).await, expected, "{then:?}");
    }
    assert!(elsewhere.requests().is_empty());
    let destinations = Destinations::for_local_run(Told::that(&[]), true);
    let receivers = HttpReceivers::new(Arc::new(destinations)).unwrap();
    assert_eq!(receivers.post(&deserted().await, &message()).await, Answered::Not("not_connected"));
}

#[test]
fn the_secret_before_signs_beside_the_new_one_until_its_time() {
    use crate::webhook_signature::{sign, verify};
    let at = |seconds| jiff::Timestamp::from_second(seconds).unwrap();
    let first = secrets::SigningSecrets::new(&[7; 32]);
    let both = first.clone().rotated(&[8; 32], at(1_000));
    let headers =
        |secrets: &secrets::SigningSecrets, now| sign(&secrets.keys(now).unwrap(), "m", now, b"{}").unwrap();
    let table = [(at(999), 2, true), (at(1_000), 1, false)];
    for (now, signatures, old_holds) in table {
        let header = headers(&both, now);
        assert_eq!(header.split(' ').count(), signatures);
        let seconds = now.as_second().to_string();
        let holds = |of: &secrets::SigningSecrets| {
            let only = secrets::SigningSecrets { old: None, ..of.clone() };
            verify(&only.keys(now).unwrap(), "m", &seconds, &header, b"{}", now).is_ok()
        };
        assert!(holds(&both));
        assert_eq!(holds(&first), old_holds, "{now}");
    }
    assert!(!format!("{both:?}").contains("whsec_"));
}
