//! A stand-in of SES: takes SESv2's SendEmail, keeps the mail, and tells what became of it on the default bus as SES does.
//! On request it fails in the ways that SES fails.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mail_parser::{Address, MessageParser, MimeHeaders, PartType};
use serde::Deserialize;
use tokio::sync::Notify;

use crate::calendar::Calendar;
use crate::cloud::Cloud;
use crate::failure::{Failure, Outcome, While};
use crate::faults::{Behaviour, Fault, Faults};
use crate::mail_events;
use crate::mailbox::{Mail, Mailbox};

/// Longer than any caller waits.
const NEVER: Duration = Duration::from_secs(120);
/// After the cloud did not take an event.
const TELL_AGAIN: Duration = Duration::from_secs(1);
/// SES's own limit for a message.
const LARGEST_BYTES: usize = 40 * 1024 * 1024;

/// The stand-in. Its mails and events survive a restart, its faults do not.
#[derive(Debug)]
pub struct MailService {
    mailbox: Mailbox,
    calendar: Calendar,
    faults: Faults,
    /// Mails taken in, minus mails whose events are on the bus.
    untold: AtomicU64,
    taken_in: Notify,
}

impl MailService {
    pub fn new(mailbox: Mailbox, calendar: Calendar) -> Outcome<MailService> {
        let untold = mailbox.untold()?.len() as u64;
        Ok(MailService {
            mailbox,
            calendar,
            faults: Faults::default(),
            untold: AtomicU64::new(untold),
            taken_in: Notify::new(),
        })
    }

    pub fn mailbox(&self) -> &Mailbox {
        &self.mailbox
    }

    /// Whether every event that may be told was told.
    pub fn is_idle(&self) -> bool {
        self.faults.holds_events() || self.untold.load(Ordering::SeqCst) == 0
    }

    /// Puts the events of every mail on the bus, in order, for as long as the run lasts.
    pub async fn tell_events(&self, cloud: &Cloud) {
        loop {
            let taken_in = self.taken_in.notified();
            match self.tell_waiting(cloud).await {
                Ok(()) => taken_in.await,
                Err(failure) => {
                    eprintln!("mail events wait: {failure}");
                    tokio::time::sleep(TELL_AGAIN).await;
                }
            }
        }
    }

    async fn tell_waiting(&self, cloud: &Cloud) -> Outcome<()> {
        for mail in self.mailbox.untold()? {
            for (detail_type, detail) in mail_events::of(&mail, self.calendar.now()?) {
                if self.faults.holds_events() {
                    return Ok(());
                }
                cloud.put_aws_event("aws.ses", detail_type, &detail).await?;
            }
            self.mailbox.note_told(&mail.id)?;
            self.untold.fetch_sub(1, Ordering::SeqCst);
        }
        Ok(())
    }

    fn take(&self, request: SendEmail) -> Outcome<String> {
        let mut id = [0; 16];
        getrandom::fill(&mut id).during("naming a mail")?;
        let id: String = id.iter().map(|byte| format!("{byte:02x}")).collect();
        let mail = request.mail(id.clone(), &self.calendar)?;
        self.untold.fetch_add(1, Ordering::SeqCst);
        if let Err(failure) = self.mailbox.take(mail) {
            self.untold.fetch_sub(1, Ordering::SeqCst);
            return Err(failure);
        }
        self.taken_in.notify_one();
        Ok(id)
    }
}

/// SESv2's SendEmail, at the path that its clients use.
pub fn api(service: Arc<MailService>) -> Router {
    Router::new()
        .route("/v2/email/outbound-emails", post(send_email))
        .route("/v2/email/identities/{identity}", get(identity))
        .layer(DefaultBodyLimit::max(LARGEST_BYTES))
        .with_state(service)
}

/// SESv2's GetEmailIdentity. Every domain under `.example` is verified and signs; `unsigned.example` is verified and does not.
async fn identity(Path(identity): Path<String>) -> Response {
    let (domain, known) = (identity.as_str(), identity.ends_with(".example") && !identity.contains('@'));
    if !known {
        return refusal(StatusCode::NOT_FOUND, "NotFoundException", "Email identity does not exist.");
    }
    let status = if domain == "unsigned.example" { "PENDING" } else { "SUCCESS" };
    let dkim = serde_json::json!({ "SigningEnabled": true, "Status": status });
    let found = serde_json::json!({ "IdentityType": "DOMAIN", "VerifiedForSendingStatus": true, "DkimAttributes": dkim });
    Json(found).into_response()
}

/// `POST /local/mail/behaviour`: how it goes wrong.
pub fn behaviour(service: Arc<MailService>) -> Router {
    Router::new().route("/local/mail/behaviour", post(set_behaviour)).with_state(service)
}

async fn set_behaviour(
    State(service): State<Arc<MailService>>,
    Json(behaviour): Json<Behaviour>,
) -> StatusCode {
    service.faults.ask_for(&behaviour);
    service.taken_in.notify_one();
    StatusCode::NO_CONTENT
}

async fn send_email(State(service): State<Arc<MailService>>, Json(request): Json<SendEmail>) -> Response {
    match service.faults.take() {
        None => answer(service.take(request)),
        Some(Fault::TimeoutAfterAccepting) => {
            let accepted = service.take(request);
            // The caller gives up long before.
            tokio::time::sleep(NEVER).await;
            answer(accepted)
        }
        Some(Fault::Timeout) => {
            tokio::time::sleep(NEVER).await;
            refusal(StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailable", "asked to time out")
        }
        Some(Fault::Error500) => {
            refusal(StatusCode::INTERNAL_SERVER_ERROR, "InternalServiceErrorException", "asked to fail")
        }
        Some(Fault::Throttle) => refusal(
            StatusCode::TOO_MANY_REQUESTS,
            "TooManyRequestsException",
            "Maximum sending rate exceeded.",
        ),
        Some(Fault::Reject) => {
            refusal(StatusCode::BAD_REQUEST, "MessageRejected", "Email address is not verified.")
        }
    }
}

fn answer(taken: Outcome<String>) -> Response {
    match taken {
        Ok(id) => Json(serde_json::json!({"MessageId": id})).into_response(),
        Err(failure) => refusal(StatusCode::BAD_REQUEST, "BadRequestException", &failure.to_string()),
    }
}

fn refusal(status: StatusCode, kind: &'static str, message: &str) -> Response {
    (status, [("x-amzn-errortype", kind)], Json(serde_json::json!({"message": message}))).into_response()
}

/// The part of SendEmail's body that is used: raw messages, or a subject with a text and an HTML body.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SendEmail {
    from_email_address: Option<String>,
    #[serde(default)]
    destination: Destination,
    content: Content,
    #[serde(default)]
    email_tags: Vec<Tag>,
    configuration_set_name: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Destination {
    to_addresses: Vec<String>,
    cc_addresses: Vec<String>,
    bcc_addresses: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
enum Content {
    Raw(Raw),
    Simple(Simple),
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Raw {
    data: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Simple {
    subject: Part,
    body: Body,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Body {
    text: Option<Part>,
    html: Option<Part>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Part {
    data: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tag {
    name: String,
    value: String,
}

impl SendEmail {
    fn mail(self, id: String, calendar: &Calendar) -> Outcome<Mail> {
        let mut to = self.destination.to_addresses;
        to.extend(self.destination.cc_addresses);
        to.extend(self.destination.bcc_addresses);
        let mut mail = Mail {
            id,
            from: self.from_email_address.unwrap_or_default(),
            to,
            subject: String::new(),
            text: None,
            html: None,
            attachments: Vec::new(),
            tags: self.email_tags.into_iter().map(|tag| (tag.name, tag.value)).collect::<BTreeMap<_, _>>(),
            configuration_set: self.configuration_set_name,
            sent_at: calendar.now()?,
        };
        match self.content {
            Content::Raw(raw) => read_message(&raw.data, &mut mail)?,
            Content::Simple(simple) => {
                mail.subject = simple.subject.data;
                mail.text = simple.body.text.map(|part| part.data);
                mail.html = simple.body.html.map(|part| part.data);
            }
        }
        if mail.to.is_empty() {
            return Err(Failure::because("a mail needs a destination"));
        }
        Ok(mail)
    }
}

/// Fills in what the message itself says.
fn read_message(data: &str, mail: &mut Mail) -> Outcome<()> {
    let raw = STANDARD.decode(data).during("reading the message")?;
    let message = MessageParser::default()
        .parse(&raw)
        .ok_or_else(|| Failure::because("the message is no MIME message"))?;
    mail.subject = message.subject().unwrap_or_default().to_owned();
    // A message with one kind of part has no other: the parser would make one from the other.
    mail.text = message.text_bodies().find_map(|part| match &part.body {
        PartType::Text(text) => Some(text.to_string()),
        _ => None,
    });
    mail.html = message.html_bodies().find_map(|part| match &part.body {
        PartType::Html(html) => Some(html.to_string()),
        _ => None,
    });
    mail.attachments =
        message.attachments().map(|part| part.attachment_name().unwrap_or("(no name)").to_owned()).collect();
    if mail.from.is_empty() {
        mail.from = message.from().map(addresses).unwrap_or_default().into_iter().next().unwrap_or_default();
    }
    if mail.to.is_empty() {
        mail.to = message.to().map(addresses).unwrap_or_default();
    }
    Ok(())
}

fn addresses(address: &Address<'_>) -> Vec<String> {
    address.iter().filter_map(|one| one.address()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(raw: &str) -> SendEmail {
        let body = serde_json::json!({
            "Content": {"Raw": {"Data": STANDARD.encode(raw)}},
            "EmailTags": [{"Name": "notice", "Value": "n1"}],
            "ConfigurationSetName": "tijdig",
        });
        serde_json::from_value(body).unwrap()
    }

    /// A calendar of the test's own: tests run beside each other, and each would move the other's file.
    fn calendar(name: &str) -> Calendar {
        let file = format!("tijdig-mail-clock-{}-{name}", std::process::id());
        Calendar::open(std::env::temp_dir().join(file)).unwrap()
    }

    const MESSAGE: &str = "From: Energie <facturen@example.nl>\r\nTo: J. de Vries <j@example.nl>\r\n\
        Subject: =?utf-8?q?Herinnering_=E2=82=AC_12?=\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/mixed; boundary=m\r\n\r\n\
        --m\r\nContent-Type: multipart/alternative; boundary=a\r\n\r\n\
        --a\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nBeste klant\r\n\
        --a\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Beste klant</p>\r\n--a--\r\n\
        --m\r\nContent-Type: application/pdf; name=factuur.pdf\r\nContent-Disposition: attachment; filename=factuur.pdf\r\n\r\nx\r\n--m--\r\n";

    #[test]
    fn a_raw_message_is_read_as_its_receiver_sees_it() {
        let mail = request(MESSAGE).mail("id".to_owned(), &calendar("read")).unwrap();
        assert_eq!(mail.from, "facturen@example.nl");
        assert_eq!(mail.to, ["j@example.nl"]);
        assert_eq!(mail.subject, "Herinnering \u{20ac} 12");
        assert_eq!(mail.text.as_deref().map(str::trim), Some("Beste klant"));
        assert_eq!(mail.html.as_deref().map(str::trim), Some("<p>Beste klant</p>"));
        assert_eq!(mail.attachments, ["factuur.pdf"]);
        assert_eq!(mail.tags["notice"], "n1");
    }

    #[test]
    fn a_message_with_one_part_has_no_other() {
        let html = "To: j@example.nl\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Beste klant</p>";
        let mail = request(html).mail("id".to_owned(), &calendar("part")).unwrap();
        assert_eq!((mail.text.as_deref(), mail.html.as_deref()), (None, Some("<p>Beste klant</p>")));
    }

    #[test]
    fn a_mail_to_nobody_is_refused() {
        let to_nobody = MESSAGE.replace("To: J. de Vries <j@example.nl>\r\n", "");
        assert!(request(&to_nobody).mail("id".to_owned(), &calendar("nobody")).is_err());
    }
}
