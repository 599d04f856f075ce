//! What is wrong with a page that is shown. Each complaint is a sentence; a page without any is good.

use serde_json::{Value, json};

use super::axe;
use super::tab::Tab;

/// Nothing that is opened may be larger, in bytes with its headers as they are sent.
pub const PAGE_BYTES: u64 = 100_000;

/// What WCAG 2.2 asks for up to AA, and what is good practice beside it.
const RULES: [&str; 6] = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/// Those that depend on the theme.
const COLOURS: [&str; 2] = ["color-contrast", "link-in-text-block"];

/// The browser takes `autocomplete="bday"` for a mistake, which HTML has and WCAG asks for (criterion 1.3.5).
const UNKNOWN_TO_IT: &str = "FormInputHasWrongButWellIntendedAutocompleteValueError";

const LAYOUT: &str = include_str!("look.js");

const SEARCH: &str = r##"async (type, values) => {
  const found = await axe.run(document, {
    runOnly: { type, values }, resultTypes: ["violations"], preload: false, iframes: false,
  });
  const where = (node) => `${node.target.join(" ")} (${node.failureSummary.replace(/\s+/g, " ")})`;
  return found.violations.map((rule) => `${rule.id}: ${rule.nodes.map(where).join("; ")}`);
}"##;

/// A page that has arrived, by the events of its way.
#[derive(Debug, Clone)]
pub(super) struct Arrived {
    pub address: String,
    pub status: u64,
    pub bytes: u64,
    /// What else was asked for: a picture, a script, a frame.
    others: Vec<String>,
}

impl Arrived {
    /// `None` where it is still under way.
    pub(super) fn of(events: &[Value]) -> Option<Arrived> {
        let is = |event: &Value, method: &str| event["method"] == method;
        let main = |event: &Value| {
            is(event, "Page.frameNavigated") && event["params"]["frame"]["parentId"].is_null()
        };
        let shown = events.iter().rposition(main)?;
        events[shown..].iter().find(|event| is(event, "Page.loadEventFired"))?;
        let frame = &events[shown]["params"]["frame"];
        assert!(frame["unreachableUrl"].is_null(), "{} cannot be opened", frame["unreachableUrl"]);
        let of_document = |method: &'static str| {
            let with = move |e: &&Value| is(e, method) && e["params"]["requestId"] == frame["loaderId"];
            events.iter().filter(with).map(|event| &event["params"]).next_back()
        };
        let (answer, finished) =
            (of_document("Network.responseReceived")?, of_document("Network.loadingFinished")?);
        // The protocol has numbers of JavaScript: a count may come as 200.0.
        let number = |value: &Value| value.as_f64().unwrap_or_default().round() as u64;
        let asked = events.iter().filter(|event| is(event, "Network.requestWillBeSent"));
        let asked = asked.map(|event| &event["params"]);
        let others = asked.filter(|asked| asked["type"] != "Document" || asked["frameId"] != frame["id"]);
        let others = others.map(|asked| asked["request"]["url"].as_str().unwrap_or_default().to_owned());
        // What stands in the page itself is asked of nobody: signs of the browser's own fields do.
        let others = others.filter(|address| !address.starts_with("data:"));
        Some(Arrived {
            address: frame["url"].as_str().unwrap_or_default().to_owned(),
            status: number(&answer["response"]["status"]),
            bytes: number(&finished["encodedDataLength"]),
            others: others.collect(),
        })
    }
}

/// What the browser has to say about a page that arrived under this status: on its console, or as an issue.
fn said(events: &[Value], page: &Arrived) -> Vec<String> {
    let said = events.iter().filter_map(|event| {
        let params = &event["params"];
        match event["method"].as_str()? {
            "Log.entryAdded" => {
                let entry = &params["entry"];
                // That a page has come under a status of 400 or more is what somebody expects of it, or not: see `look`.
                let status =
                    entry["source"] == "network" && entry["url"] == *page.address && page.status >= 400;
                (entry["level"] != "verbose" && !status).then(|| entry["text"].to_string())
            }
            "Runtime.consoleAPICalled" => Some(params["args"].to_string()),
            "Runtime.exceptionThrown" => Some(params["exceptionDetails"].to_string()),
            "Audits.issueAdded" => {
                Some(params["issue"].to_string()).filter(|issue| !issue.contains(UNKNOWN_TO_IT))
            }
            _ => None,
        }
    });
    said.map(|said| format!("the browser says {said}")).collect()
}

impl Tab {
    /// Looks at the page that has arrived, which has to have this status. What is wrong with it.
    pub(super) async fn look(&self, page: &Arrived, status: u16) -> Vec<String> {
        let mut wrong = Vec::new();
        if page.status != u64::from(status) {
            wrong.push(format!("its status is {} and not {status}", page.status));
        }
        if page.bytes > PAGE_BYTES {
            wrong.push(format!("it has {} bytes", page.bytes));
        }
        wrong.extend(page.others.iter().map(|other| format!("it asks for {other}")));
        let language = self.evaluate("document.documentElement.lang").await;
        if language != self.language() {
            wrong.push(format!("it is in {language}"));
        }
        wrong.extend(sentences(&self.call(LAYOUT, &json!([self.view.width])).await));
        wrong.extend(said(&self.since(), page));
        if self.view.is_searched() {
            wrong.extend(self.search().await);
        }
        wrong
    }

    /// Looks for what some people cannot use: by every rule in light, and by those about colours in dark.
    async fn search(&self) -> Vec<String> {
        self.evaluate(&format!("{}; true", axe::source())).await;
        let mut wrong = sentences(&self.wait_for(SEARCH, &json!(["tag", RULES])).await);
        self.set_theme("dark").await;
        let dark = sentences(&self.wait_for(SEARCH, &json!(["rule", COLOURS])).await);
        self.set_theme("light").await;
        wrong.extend(dark.into_iter().map(|complaint| format!("in dark, {complaint}")));
        wrong
    }
}

fn sentences(list: &Value) -> Vec<String> {
    let list = list.as_array().expect("a list").iter();
    list.map(|sentence| sentence.as_str().expect("a sentence").to_owned()).collect()
}
