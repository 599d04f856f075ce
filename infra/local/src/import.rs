//! `import FILE`: uploads a file to a running Tijdig, shows how far it is taken in, and brings back what was refused.
//!
//! The file is read while it is sent, never held. The import goes on without this program: whoever breaks off may look
//! again with `--look`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bytes::Bytes;
use clap::Args;
use futures_util::stream;
use indicatif::{HumanBytes, HumanCount, ProgressBar, ProgressStyle};
use reqwest::{Body, Method, RequestBuilder};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::fs::File;
use tokio::io::AsyncReadExt;

use crate::failure::{Failure, Outcome, While};

/// Bytes of one read of the file.
const PIECE: usize = 256 * 1024;
/// Between two looks at an import.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Looks in a row that may fail before the program gives up: the import itself goes on.
const MOST_FAILURES: u32 = 20;

/// Import a file: lines of JSON, CSV, a ZIP archive of UBL documents, camt.053 or MT940. The address is in TIJDIG_URL, the
/// token in TIJDIG_TOKEN (`.local/env` has both for the local run). Ends with 0 where all of it was taken in, else with 1.
#[derive(Debug, Clone, Args)]
pub struct Import {
    /// The file.
    #[arg(required_unless_present = "look")]
    pub file: Option<PathBuf>,
    /// ndjson, csv, ublZip, camt053 or mt940. Default: what the file's name says.
    #[arg(long)]
    pub format: Option<String>,
    /// For csv: a JSON file that says which column is which field, or the id of a mapping that is kept.
    #[arg(long)]
    pub mapping: Option<String>,
    /// Where the report of what was refused goes. Default: beside the file.
    #[arg(long)]
    pub report: Option<PathBuf>,
    /// Look at an import that was begun before.
    #[arg(long, value_name = "IMPORT", conflicts_with_all = ["file", "format", "mapping"])]
    pub look: Option<String>,
}

/// A new import, as the API answers.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct AskedFor {
    import_id: String,
    upload_url: String,
    headers: Vec<Header>,
    most_bytes: u64,
}

#[derive(Debug, Deserialize)]
struct Header {
    name: String,
    value: String,
}

/// An import as the API shows it.
#[derive(Debug, Deserialize)]
struct View {
    status: String,
    reason: Option<String>,
    detail: Option<String>,
    progress: Progress,
    counts: Counts,
}

#[derive(Debug, Deserialize)]
struct Progress {
    done: u64,
    total: Option<u64>,
    unit: String,
}

#[derive(Debug, Deserialize)]
struct Counts {
    read: u64,
    accepted: u64,
    unchanged: u64,
    ignored: u64,
    refused: u64,
}

#[derive(Debug, Deserialize)]
struct Report {
    url: String,
}

/// Speaks with the API.
#[derive(Debug)]
pub(crate) struct Api {
    http: reqwest::Client,
    url: String,
    token: String,
}

impl Api {
    pub(crate) fn of_environment() -> Outcome<Api> {
        let text = |name: &str| {
            let value = std::env::var(name).ok().filter(|value| !value.is_empty());
            value.ok_or_else(|| Failure::because(format!("{name} is not set (see .local/env)")))
        };
        let http = reqwest::Client::builder().build().during("making an HTTP client")?;
        let url = text("TIJDIG_URL")?.trim_end_matches('/').to_owned();
        Ok(Api { http, url, token: text("TIJDIG_TOKEN")? })
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, format!("{}{path}", self.url)).bearer_auth(&self.token)
    }
}

/// The answer, or what the problem says.
pub(crate) async fn answer<T: DeserializeOwned>(request: RequestBuilder, what: &str) -> Outcome<T> {
    let answer = request.send().await.during(what)?;
    let status = answer.status();
    let text = answer.text().await.during(what)?;
    if !status.is_success() {
        return Err(Failure::because(format!("{what}: {status} {}", problem(&text))));
    }
    serde_json::from_str(&text).during(what)
}

/// A problem in one sentence.
fn problem(text: &str) -> String {
    let Ok(problem) = serde_json::from_str::<Value>(text) else { return String::new() };
    let field = |value: &Value, name: &str| value[name].as_str().unwrap_or_default().to_owned();
    let errors = problem["errors"].as_array().cloned().unwrap_or_default();
    let errors = errors.iter().map(|error| format!("{} {}", field(error, "path"), field(error, "detail")));
    let errors: Vec<String> = errors.collect();
    if errors.is_empty() { field(&problem, "detail") } else { errors.join("; ") }
}

/// Imports the file. Whether all of it was taken in.
pub async fn run(import: &Import) -> Outcome<bool> {
    let api = Api::of_environment()?;
    let id = match (&import.look, &import.file) {
        (Some(id), _) => id.clone(),
        (None, Some(file)) => {
            tokio::select! {
                id = upload(&api, import, file) => id?,
                _ = tokio::signal::ctrl_c() => {
                    return Err(Failure::because("broken off before the file was uploaded: nothing is imported"));
                }
            }
        }
        (None, None) => return Err(Failure::because("names no file")),
    };
    let view = tokio::select! {
        view = follow(&api, &id) => view.map_err(|failure| Failure::because(format!("{failure}; {}", look_again(&id))))?,
        _ = tokio::signal::ctrl_c() => {
            return Err(Failure::because(look_again(&id)));
        }
    };
    let counts = &view.counts;
    println!(
        "import {id}: {}, {} read, {} accepted ({} unchanged), {} ignored, {} refused",
        view.status, counts.read, counts.accepted, counts.unchanged, counts.ignored, counts.refused
    );
    if let Some(reason) = &view.reason {
        println!("{reason}: {}", view.detail.as_deref().unwrap_or_default());
    }
    if counts.refused > 0 {
        let place = bring_report(&api, import, &id).await?;
        println!("what was refused, and why: {}", place.display());
    }
    Ok(view.status == "done" && counts.refused == 0)
}

fn look_again(id: &str) -> String {
    format!("the import goes on; look again with: cargo run -p local -- import --look {id}")
}

/// Asks for an import and sends the file. The import's id.
async fn upload(api: &Api, import: &Import, path: &Path) -> Outcome<String> {
    let file = File::open(path).await.during(format!("opening {}", path.display()))?;
    let size = file.metadata().await.during("reading the file's size")?.len();
    let body = asked(import, path)?;
    let asked: AskedFor =
        answer(api.request(Method::POST, "/v1/imports").json(&body), "asking for an import").await?;
    if size > asked.most_bytes {
        let most = HumanBytes(asked.most_bytes);
        return Err(Failure::because(format!("the file has {}; {most} are taken", HumanBytes(size))));
    }
    let bar = bar(size, "uploading");
    let mut request = api.http.put(&asked.upload_url).header("content-length", size);
    for Header { name, value } in &asked.headers {
        request = request.header(name, value);
    }
    let sent = request.body(pieces(file, bar.clone())).send().await.during("uploading the file")?;
    bar.finish_and_clear();
    if !sent.status().is_success() {
        return Err(Failure::because(format!("uploading the file: {}", sent.status())));
    }
    Ok(asked.import_id)
}

/// The file, read while it is sent.
fn pieces(file: File, bar: ProgressBar) -> Body {
    Body::wrap_stream(stream::try_unfold(file, move |mut file| {
        let bar = bar.clone();
        async move {
            let mut piece = vec![0; PIECE];
            let length = file.read(&mut piece).await?;
            piece.truncate(length);
            bar.inc(u64::try_from(length).unwrap_or_default());
            Ok::<_, std::io::Error>((length > 0).then(|| (Bytes::from(piece), file)))
        }
    }))
}

fn asked(import: &Import, path: &Path) -> Outcome<Value> {
    let format = match &import.format {
        Some(format) => format.clone(),
        None => format_of(path)
            .ok_or_else(|| Failure::because("the file's name does not say its format (try --format)"))?
            .to_owned(),
    };
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    let mut body = json!({ "format": format, "fileName": name });
    match &import.mapping {
        Some(mapping) if Path::new(mapping).is_file() => {
            let text = std::fs::read(mapping).during("reading the mapping")?;
            body["mapping"] = serde_json::from_slice(&text).during("reading the mapping")?;
        }
        Some(id) => body["mappingId"] = json!(id),
        None => {}
    }
    Ok(body)
}

/// What a file's name says of its format.
fn format_of(path: &Path) -> Option<&'static str> {
    let extension = path.extension()?.to_str()?.to_ascii_lowercase();
    Some(match extension.as_str() {
        "ndjson" | "jsonl" => "ndjson",
        "csv" | "tsv" => "csv",
        "zip" => "ublZip",
        "xml" => "camt053",
        "940" | "mt940" | "sta" | "swi" => "mt940",
        _ => return None,
    })
}

/// Looks until the import has ended.
async fn follow(api: &Api, id: &str) -> Outcome<View> {
    let bar = bar(0, "taking in");
    let mut failures = 0;
    loop {
        let request = api.request(Method::GET, &format!("/v1/imports/{id}"));
        match answer::<View>(request, "looking at the import").await {
            Ok(view) => {
                failures = 0;
                show(&bar, &view);
                if matches!(view.status.as_str(), "done" | "failed") {
                    bar.finish_and_clear();
                    return Ok(view);
                }
            }
            Err(failure) if failures == MOST_FAILURES => return Err(failure),
            Err(_) => failures += 1,
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
}

fn show(bar: &ProgressBar, view: &View) {
    let View { progress, counts, .. } = view;
    if let Some(total) = progress.total {
        bar.set_length(total);
    }
    bar.set_position(progress.done);
    let unit = if progress.unit == "bytes" { "" } else { &progress.unit };
    let (read, refused) = (HumanCount(counts.read), HumanCount(counts.refused));
    bar.set_message(format!("taking in {unit} {read} read, {refused} refused"));
}

/// Drawn to the terminal, if there is one.
fn bar(length: u64, message: &'static str) -> ProgressBar {
    let bar = ProgressBar::new(length).with_message(message);
    // A template of ours, which is right.
    if let Ok(style) = ProgressStyle::with_template("{bar:40} {percent:>3}% {elapsed_precise} {msg}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// Brings the report back. Where it is.
async fn bring_report(api: &Api, import: &Import, id: &str) -> Outcome<PathBuf> {
    let request = api.request(Method::GET, &format!("/v1/imports/{id}/refused"));
    let report: Report = answer(request, "asking for the report").await?;
    let got = api.http.get(&report.url).send().await.during("fetching the report")?;
    let bytes =
        got.error_for_status().during("fetching the report")?.bytes().await.during("fetching the report")?;
    let place = match (&import.report, &import.file) {
        (Some(report), _) => report.clone(),
        (None, Some(file)) => beside(file),
        (None, None) => PathBuf::from(format!("{id}.refused.csv")),
    };
    tokio::fs::write(&place, bytes).await.during(format!("writing {}", place.display()))?;
    Ok(place)
}

/// `a.ndjson` has its report in `a.ndjson.refused.csv`.
fn beside(file: &Path) -> PathBuf {
    let mut name = OsString::from(file);
    name.push(".refused.csv");
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_files_name_says_its_format_where_it_can() {
        let table = [
            ("a.ndjson", Some("ndjson")),
            ("a.JSONL", Some("ndjson")),
            ("b/c.csv", Some("csv")),
            ("d.zip", Some("ublZip")),
            ("e.xml", Some("camt053")),
            ("f.940", Some("mt940")),
            ("g", None),
            ("h.xlsx", None),
        ];
        for (name, format) in table {
            assert_eq!(format_of(Path::new(name)), format, "{name}");
        }
    }

    #[test]
    fn a_problem_is_told_in_its_own_words() {
        let table = [
            (r#"{"detail":"is away"}"#, "is away"),
            (
                r#"{"detail":"2 errors","errors":[{"path":"format","detail":"is csv"},{"path":"a","detail":"b"}]}"#,
                "format is csv; a b",
            ),
            ("<html>", ""),
        ];
        for (text, told) in table {
            assert_eq!(problem(text), told, "{text}");
        }
    }
}
