//! A debtor's browser: it keeps cookies as browsers do, sends the forms of the pages that it shows, and follows where it is
//! sent.

use std::collections::BTreeMap;
use std::sync::Mutex;

use axum::body::Body;
use http::{HeaderMap, Request, StatusCode};
use http_body_util::BodyExt;
use tower::ServiceExt;

use super::World;
use crate::queues::lock;
use crate::stories::link_in;

/// A page as a browser got it.
#[derive(Debug, Clone)]
pub struct Page {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
    pub body: String,
}

impl Page {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default()
    }

    /// What the first field of this name holds.
    pub fn field(&self, name: &str) -> String {
        let mark = format!("name=\"{name}\" value=\"");
        let found = self.body.split_once(&mark).and_then(|(_, rest)| rest.split_once('"'));
        found.map(|(value, _)| value.to_owned()).unwrap_or_default()
    }

    pub fn has(&self, text: &str) -> bool {
        self.body.contains(text)
    }
}

/// What one person's browser keeps.
#[derive(Debug)]
pub struct Browser<'w> {
    world: &'w World,
    cookies: Mutex<BTreeMap<String, String>>,
}

impl World {
    /// A browser that was never here.
    pub fn browser(&self) -> Browser<'_> {
        Browser { world: self, cookies: Mutex::default() }
    }

    /// The link in the last mail that has one: what stands behind the portal's address.
    pub fn last_link(&self) -> String {
        let links = self.mail.taken().into_iter().rev().find_map(|taken| link_in(&taken.mail.text));
        links.expect("a mail with a link")
    }

    /// The code in the last mail.
    pub fn last_code(&self) -> String {
        let mail = self.mail.taken().pop().expect("a mail").mail;
        let line = mail.text.lines().find(|l| l.len() == 6 && l.bytes().all(|b| b.is_ascii_digit()));
        line.expect("a code in the last mail").to_owned()
    }
}

impl Browser<'_> {
    /// Another browser with the same cookies.
    #[must_use]
    pub fn copy(&self) -> Self {
        Browser { world: self.world, cookies: Mutex::new(lock(&self.cookies).clone()) }
    }

    pub fn cookie(&self, name: &str) -> Option<String> {
        lock(&self.cookies).get(name).cloned()
    }

    pub fn keep(&self, name: &str, value: &str) {
        lock(&self.cookies).insert(name.to_owned(), value.to_owned());
    }

    async fn ask(&self, method: &str, path: &str, content_type: &str, body: Vec<u8>) -> Page {
        let cookies: Vec<String> =
            lock(&self.cookies).iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut request = Request::builder().method(method).uri(path).header("content-type", content_type);
        if !cookies.is_empty() {
            request = request.header("cookie", cookies.join("; "));
        }
        let request = request.body(Body::from(body)).expect("a request");
        let response = self.world.portal.clone().oneshot(request).await.expect("routers do not fail");
        let (parts, body) = response.into_parts();
        for set in parts.headers.get_all("set-cookie") {
            self.take(set.to_str().expect("a cookie"));
        }
        let bytes = body.collect().await.expect("a body").to_bytes().to_vec();
        let body = String::from_utf8_lossy(&bytes).into_owned();
        Page { status: parts.status, headers: parts.headers, bytes, body }
    }

    fn take(&self, set: &str) {
        let (pair, rest) = set.split_once(';').expect("attributes");
        let (name, value) = pair.split_once('=').expect("a name and a value");
        for attribute in ["Path=/", "Secure", "HttpOnly", "SameSite=Lax"] {
            assert!(rest.split("; ").any(|a| a.trim() == attribute), "{attribute}: {set}");
        }
        assert!(name.starts_with("__Host-") && !rest.contains("Domain"), "{set}");
        if rest.contains("Max-Age=0") {
            lock(&self.cookies).remove(name);
        } else {
            self.keep(name, value);
        }
    }

    pub async fn get(&self, path: &str) -> Page {
        self.ask("GET", path, "text/plain", Vec::new()).await
    }

    /// Sends a form.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let encode =
            |text: &str| -> String {
                text.bytes()
                    .map(|b| {
                        if b.is_ascii_alphanumeric() {
                            char::from(b).to_string()
                        } else {
                            format!("%{b:02X}")
                        }
                    })
                    .collect()
            };
        let pairs: Vec<String> = fields.iter().map(|(k, v)| format!("{}={}", encode(k), encode(v))).collect();
        self.ask("POST", path, "application/x-www-form-urlencoded", pairs.join("&").into_bytes()).await
    }

    /// Sends a form with a file.
    pub async fn upload(&self, path: &str, fields: &[(&str, &str)], file: (&str, &[u8])) -> Page {
        let boundary = "a-boundary-that-is-nowhere-else";
        let mut body = Vec::new();
        for (name, value) in fields {
            let part =
                format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend(part.into_bytes());
        }
        let head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{}\"\r\nContent-Type: \
             application/octet-stream\r\n\r\n",
            file.0
        );
        body.extend(head.into_bytes());
        body.extend(file.1);
        body.extend(format!("\r\n--{boundary}--\r\n").into_bytes());
        self.ask("POST", path, &format!("multipart/form-data; boundary={boundary}"), body).await
    }

    /// Shows a page, fills its form in beside what it holds already, and sends it.
    pub async fn fill(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let shown = self.get(path).await;
        let (token, once) = (shown.field("form_token"), shown.field("once"));
        let mut all = vec![("form_token", token.as_str()), ("once", once.as_str())];
        all.extend(fields);
        self.post(path, &all).await
    }

    /// Follows where the page sends the browser.
    pub async fn follow(&self, page: &Page) -> Page {
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
        self.get(page.header("location")).await
    }

    /// Asks for a code at this link; the mail service has it afterwards.
    pub async fn ask_code(&self, link: &str) -> Page {
        let path = format!("/portal/{link}");
        let page = self.fill(&path, &[("send", "email")]).await;
        self.world.settle().await;
        page
    }

    /// Comes in by the link of the last mail and a fresh code.
    pub async fn come_in(&self) -> Page {
        let link = self.world.last_link();
        self.come_in_by(&link).await
    }

    /// Comes in by this link.
    pub async fn come_in_by(&self, link: &str) -> Page {
        let asked = self.ask_code(link).await;
        assert_eq!(asked.status, StatusCode::OK, "{}", asked.body);
        let code = self.world.last_code();
        let entered = self.fill(&format!("/portal/{link}"), &[("code", &code)]).await;
        let page = self.follow(&entered).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        page
    }
}
