//! One tab: what somebody does in it, and the page that it shows. Every page of ours that arrives in it is looked at, and what is
//! wrong is told at the end.

use std::path::Path;
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::look::Arrived;
use super::{Chromium, Events, PATIENCE};
use crate::queues::lock;

/// How somebody sees pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct View {
    /// In pixels, as all sizes here.
    pub width: u32,
    pub height: u32,
    /// `nl` or `en`: see [`Tab::choose_language`].
    pub language: &'static str,
    /// Whether pages may run scripts.
    pub scripts: bool,
}

impl View {
    /// Whether axe looks at pages too, which takes longer than all else: narrow in Dutch and wide in English. Its rules need scripts, and
    /// pages of ours are the same without.
    pub(super) fn is_searched(&self) -> bool {
        self.scripts && (self.width < NARROW) == (self.language == "nl")
    }
}

/// Screens that are less wide are those of phones, in pixels.
const NARROW: u32 = 600;

/// A tab in somebody's own browser.
#[derive(Debug)]
pub struct Tab {
    chromium: &'static Chromium,
    session: String,
    /// The browser that it belongs to, as the protocol names it.
    context: Value,
    events: Arc<Events>,
    /// Where pages are that it looks at, without a slash at the end.
    home: String,
    pub(super) view: View,
    /// What pages have to be in.
    language: Mutex<&'static str>,
    /// Where the events of this page begin.
    from: Mutex<usize>,
    /// Of the last page of ours.
    bytes: Mutex<u64>,
    complaints: Mutex<Vec<String>>,
}

/// Brings an element into sight and says where it is, or why nobody can click on it.
const FIND: &str = r#"(selector) => {
  const found = document.querySelector(selector);
  if (!found) return { no: "is not there" };
  found.scrollIntoView({ block: "center", behavior: "instant" });
  const box = found.getClientRects()[0];
  if (!box) return { no: "is not in sight" };
  const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
  const hit = document.elementFromPoint(x, y);
  if (!found.contains(hit)) return { no: `is covered by ${hit && hit.outerHTML.slice(0, 100)}` };
  return { x, y };
}"#;

/// Makes a field ready to be typed in, or sets what is not typed but chosen. What is in it.
const READY: &str = r#"(selector, text) => {
  const field = document.querySelector(selector);
  if (!field) return null;
  field.focus();
  if (field.matches("select, input[type=date]")) field.value = text;
  else field.select();
  return field.value;
}"#;

const VALUE: &str = "(selector) => document.querySelector(selector).value";

const TEXT: &str = r#"(selector) => {
    const found = document.querySelector(selector);
    return found && (found.innerText ?? found.textContent);
}"#;

impl Tab {
    pub(super) fn new(
        chromium: &'static Chromium,
        session: String,
        context: Value,
        events: Arc<Events>,
        home: &str,
        view: View,
    ) -> Tab {
        Tab {
            chromium,
            session,
            context,
            events,
            home: home.to_owned(),
            view,
            language: Mutex::new("nl"),
            from: Mutex::default(),
            bytes: Mutex::default(),
            complaints: Mutex::default(),
        }
    }

    pub(super) async fn prepare(&self) {
        for part in ["Page", "Network", "Log", "Runtime", "Audits"] {
            self.ask(&format!("{part}.enable"), json!({})).await;
        }
        let View { width, height, scripts, .. } = self.view;
        let size =
            json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < NARROW });
        self.ask("Emulation.setDeviceMetricsOverride", size).await;
        self.set_theme("light").await;
        self.ask("Emulation.setScriptExecutionDisabled", json!({ "value": !scripts })).await;
    }

    async fn ask(&self, method: &str, params: Value) -> Value {
        self.chromium.ask(Some(&self.session), method, params).await
    }

    /// `light` or `dark`, as the person's machine is set.
    pub(super) async fn set_theme(&self, theme: &str) {
        let wanted = json!({ "features": [{ "name": "prefers-color-scheme", "value": theme }] });
        self.ask("Emulation.setEmulatedMedia", wanted).await;
    }

    pub(super) fn language(&self) -> &'static str {
        *lock(&self.language)
    }

    /// What happened since this page was asked for.
    pub(super) fn since(&self) -> Vec<Value> {
        lock(&self.events.all)[*lock(&self.from)..].to_vec()
    }

    async fn run(&self, expression: &str, waits: bool) -> Value {
        let wanted = json!({ "expression": expression, "returnByValue": true, "awaitPromise": waits });
        let mut answer = self.ask("Runtime.evaluate", wanted).await;
        assert!(answer["exceptionDetails"].is_null(), "{}", answer["exceptionDetails"]);
        answer["result"]["value"].take()
    }

    /// The value of an expression on the page, also where pages may run no scripts.
    pub(super) async fn evaluate(&self, expression: &str) -> Value {
        self.run(expression, false).await
    }

    /// What a function gives for these arguments.
    pub(super) async fn call(&self, function: &str, arguments: &Value) -> Value {
        self.run(&format!("({function})(...{arguments})"), false).await
    }

    /// What an asynchronous function gives in the end; only where pages may run scripts.
    pub(super) async fn wait_for(&self, function: &str, arguments: &Value) -> Value {
        self.run(&format!("({function})(...{arguments})"), true).await
    }

    /// The page that arrives after this was done.
    async fn arrives(&self, method: &str, doing: impl Future<Output = ()>) -> Arrived {
        let from = lock(&self.events.all).len();
        *lock(&self.from) = from;
        doing.await;
        let waiting = async {
            loop {
                let arrived = Arrived::of(&lock(&self.events.all)[from..]);
                match arrived {
                    Some(arrived) => return arrived,
                    None => self.events.news.notified().await,
                }
            }
        };
        let arrived = tokio::time::timeout(PATIENCE, waiting).await;
        arrived.unwrap_or_else(|_| panic!("{method}: no page arrived: {:#?}", self.since()))
    }

    async fn looked_at(&self, page: Arrived, status: u16) {
        if !page.address.starts_with(&self.home) {
            return;
        }
        *lock(&self.bytes) = page.bytes;
        let wrong = self.look(&page, status).await;
        let View { width, scripts, .. } = self.view;
        let path = &page.address[self.home.len()..];
        let scripts = if scripts { "" } else { " without scripts" };
        let place = format!("{path} at {width} in {}{scripts}", self.language());
        lock(&self.complaints).extend(wrong.into_iter().map(|complaint| format!("{place}: {complaint}")));
    }

    /// Opens a page of ours, as if its address was typed.
    pub async fn open(&self, path: &str) {
        self.open_to(path, 200).await;
    }

    /// The same, where the page has to come under this status.
    pub async fn open_to(&self, path: &str, status: u16) {
        let address = format!("{}{path}", self.home);
        let doing = async {
            self.ask("Page.navigate", json!({ "url": address })).await;
        };
        let page = self.arrives(path, doing).await;
        self.looked_at(page, status).await;
    }

    /// Clicks on a link or a button, which leads to a page.
    pub async fn go(&self, selector: &str) {
        self.go_to(selector, 200).await;
    }

    /// The same, where the page has to come under this status.
    pub async fn go_to(&self, selector: &str, status: u16) {
        let page = self.arrives(selector, self.click(selector)).await;
        self.looked_at(page, status).await;
    }

    /// Clicks on the first element that fits.
    ///
    /// # Panics
    /// There is none, or something lies over it.
    pub async fn click(&self, selector: &str) {
        let found = self.call(FIND, &json!([selector])).await;
        assert!(found["no"].is_null(), "{selector} {} on {}", found["no"], self.path().await);
        for kind in ["mousePressed", "mouseReleased"] {
            let (x, y) = (&found["x"], &found["y"]);
            let event = json!({ "type": kind, "x": x, "y": y, "button": "left", "clickCount": 1 });
            self.ask("Input.dispatchMouseEvent", event).await;
        }
    }

    /// Types into a field in place of what is in it, or chooses.
    ///
    /// # Panics
    /// There is no such field, or it does not take this.
    pub async fn fill(&self, selector: &str, text: &str) {
        let ready = self.call(READY, &json!([selector, text])).await;
        assert!(!ready.is_null(), "{selector} is not there on {}", self.path().await);
        if ready != text {
            self.ask("Input.insertText", json!({ "text": text })).await;
        }
        assert_eq!(self.call(VALUE, &json!([selector])).await, text, "{selector}");
    }

    /// Chooses a file for a field.
    pub async fn attach(&self, selector: &str, file: &Path) {
        let expression = format!("document.querySelector({})", json!(selector));
        let field = self.ask("Runtime.evaluate", json!({ "expression": expression })).await;
        let wanted = json!({ "files": [file], "objectId": field["result"]["objectId"] });
        self.ask("DOM.setFileInputFiles", wanted).await;
    }

    /// The words in the first element that fits; `None` where none does.
    pub async fn text(&self, selector: &str) -> Option<String> {
        self.call(TEXT, &json!([selector])).await.as_str().map(str::to_owned)
    }

    pub async fn has(&self, selector: &str) -> bool {
        self.text(selector).await.is_some()
    }

    /// Where it is: path and query, or the whole address on another site.
    pub async fn path(&self) -> String {
        let address = self.evaluate("location.href").await;
        let address = address.as_str().expect("an address");
        address.strip_prefix(&self.home).unwrap_or(address).to_owned()
    }

    /// How large the last page was, in bytes with its headers as they were sent.
    pub fn bytes(&self) -> u64 {
        *lock(&self.bytes)
    }

    /// Goes on in the view's language, by the choice that stands on every page.
    pub async fn choose_language(&self) {
        let wanted = self.view.language;
        if self.language() == wanted {
            return;
        }
        *lock(&self.language) = wanted;
        self.go(&format!("nav.bar a[hreflang={wanted}]")).await;
    }

    /// Pages come in Dutch again, as to everybody who signs in anew.
    pub fn forget_language(&self) {
        *lock(&self.language) = "nl";
    }

    /// The whole page as a PNG, in `light` or `dark`.
    pub async fn picture(&self, theme: &str) -> Vec<u8> {
        self.set_theme(theme).await;
        let size = self.ask("Page.getLayoutMetrics", json!({})).await["cssContentSize"].take();
        let (width, height) = (&size["width"], &size["height"]);
        let clip = json!({ "x": 0, "y": 0, "width": width, "height": height, "scale": 1 });
        let wanted = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let picture = self.ask("Page.captureScreenshot", wanted).await;
        self.set_theme("light").await;
        BASE64_STANDARD.decode(picture["data"].as_str().expect("a picture")).expect("base64")
    }

    /// Closes the browser. What was wrong with the pages that it showed.
    pub async fn complaints(self) -> Vec<String> {
        self.chromium.forget(&self.session);
        self.chromium
            .ask(None, "Target.disposeBrowserContext", json!({ "browserContextId": self.context }))
            .await;
        lock(&self.complaints).clone()
    }

    /// Closes the browser, whose pages have to have been good.
    pub async fn close(self) {
        let complaints = self.complaints().await;
        assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
    }
}
