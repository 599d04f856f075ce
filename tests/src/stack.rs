//! The local stack as its users see it: started as a process of its own beside any other, spoken to over HTTP, stopped
//! at the end.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Child;
use tokio::task::JoinHandle;

/// How long the first start may take: it makes a Python environment and links the functions.
const START: Duration = Duration::from_secs(900);

/// How long it may take to end: it writes all that it holds.
const STOP: Duration = Duration::from_secs(660);

/// A running stack.
#[derive(Debug)]
pub struct Stack {
    process: Child,
    told: JoinHandle<()>,
    pub url: String,
    /// AWS endpoint of the local cloud.
    pub cloud: String,
    pub env: BTreeMap<String, String>,
    pub state: PathBuf,
    /// From its first line of code to ready; building it is not in it.
    pub took: Duration,
    http: Client,
}

/// The workspace's folder.
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ lies in the workspace").to_owned()
}

/// Builds everything that runs, with the same features for all, and says where the program is.
fn program() -> PathBuf {
    let mut build = Command::new(env!("CARGO"));
    // What cargo tells a test about its own package would make this build do libraries over again.
    for (name, _) in std::env::vars_os() {
        let told = ["CARGO_MANIFEST_", "CARGO_PKG_", "CARGO_CRATE_", "CARGO_BIN_", "CARGO_PRIMARY_"];
        if name.to_str().is_some_and(|n| told.iter().any(|t| n.starts_with(t))) {
            build.env_remove(&name);
        }
    }
    let build = build
        .args(["build", "--workspace", "--bins", "--quiet"])
        .current_dir(workspace())
        .stdin(Stdio::null())
        .status()
        .expect("cargo runs");
    assert!(build.success(), "the functions build");
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace().join("target"), PathBuf::from);
    target.join("debug/local")
}

impl Stack {
    /// Starts a stack with nothing but an administration, with data of its own. `fresh` throws away what an earlier run
    /// of this name kept.
    pub async fn start(name: &str, fresh: bool) -> Stack {
        let state = workspace().join("target/stacks").join(name);
        std::fs::create_dir_all(&state).expect("a folder for data");
        let mut command = tokio::process::Command::new(program());
        command.args(["--empty", "--port", "0", "--state"]).arg(&state);
        if fresh {
            command.arg("--fresh");
        }
        let mut process = command
            .current_dir(workspace())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the local run starts");
        let mut lines = BufReader::new(process.stdout.take().expect("its output")).lines();
        let (mut url, mut cloud) = (String::new(), String::new());
        let started = Instant::now();
        while url.is_empty() {
            let left = START.saturating_sub(started.elapsed());
            let line = tokio::time::timeout(left, lines.next_line()).await.expect("ready in time");
            let line = line.expect("readable output").expect("a ready line before the end");
            if let Some(rest) = line.strip_prefix("AWS endpoint") {
                cloud = rest.split_whitespace().next().unwrap_or_default().to_owned();
            }
            if let Some(rest) = line.strip_prefix("ready ") {
                url = rest.trim().to_owned();
            }
        }
        let took = started.elapsed();
        let env = read_env(&state.join("env"));
        // The local run has installed no provider in this process.
        let installed = rustls::crypto::ring::default_provider().install_default();
        if installed.is_err() {
            assert!(rustls::crypto::CryptoProvider::get_default().is_some());
        }
        let http = Client::builder().timeout(Duration::from_secs(600)).build().expect("a client");
        // What it tells from here on is read as well: a full pipe would hold it up.
        let told = tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
        Stack { process, told, url, cloud, env, state, took, http }
    }

    /// Asks it to stop as Ctrl-C does, and waits until it has.
    pub async fn stop(mut self) {
        let id = self.process.id().expect("it runs").to_string();
        let asked = Command::new("kill").args(["-INT", &id]).status().expect("kill runs");
        assert!(asked.success());
        self.told.await.expect("its output ends");
        let ended = tokio::time::timeout(STOP, self.process.wait()).await;
        assert!(ended.expect("it stops in time").expect("it can be waited for").success());
    }

    /// A call with the demonstration's token.
    pub async fn call(&self, method: &str, path: &str, body: Option<&Value>) -> (StatusCode, Value) {
        let bytes = body.map(Value::to_string).unwrap_or_default();
        self.send(method, path, &[("content-type", "application/json")], bytes.into_bytes()).await
    }

    /// A call with the demonstration's token, other headers and any body.
    pub async fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Vec<u8>,
    ) -> (StatusCode, Value) {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let mut request = self.http.request(method, format!("{}{path}", self.url)).body(body);
        if path.starts_with("/v1") && !headers.iter().any(|(name, _)| *name == "authorization") {
            request = request.bearer_auth(&self.env["TIJDIG_TOKEN"]);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = request.send().await.expect("an answer");
        let status = answer.status();
        let text = answer.text().await.expect("a body");
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    /// Puts a record that has to be taken in.
    pub async fn put(&self, path: &str, body: &Value) {
        let (status, answer) = self.call("PUT", path, Some(body)).await;
        assert!(status.is_success(), "PUT {path}: {status} {answer}");
    }

    /// Reads what has to be there.
    pub async fn get(&self, path: &str) -> Value {
        let (status, answer) = self.send("GET", path, &[("accept", "application/json")], Vec::new()).await;
        assert_eq!(status, StatusCode::OK, "GET {path}: {answer}");
        answer
    }

    /// Follows a link as a browser does. The page at its end.
    pub async fn visit(&self, address: &str) -> String {
        let answer = self.http.get(address).send().await.expect("an answer");
        assert!(answer.status().is_success(), "{address}: {}", answer.status());
        answer.text().await.expect("a page")
    }

    pub async fn now(&self) -> Timestamp {
        let now = self.get("/local/clock").await;
        now["now"].as_str().expect("an instant").parse().expect("an instant")
    }

    /// Moves the calendar, and comes back when all that fell due on the way is done.
    pub async fn go_to(&self, now: Timestamp) {
        let body = json!({ "now": now.to_string() });
        let (status, answer) = self.call("POST", "/local/clock", Some(&body)).await;
        assert_eq!(status, StatusCode::OK, "the calendar moves: {answer}");
    }

    /// Every mail, oldest first.
    pub async fn mails(&self) -> Vec<Value> {
        self.get("/local/mailbox").await["items"].as_array().expect("a list").clone()
    }

    /// What the platforms took in, oldest first.
    pub async fn signals(&self) -> Vec<Value> {
        self.get("/local/signals").await["items"].as_array().expect("a list").clone()
    }

    /// A call of SQS's JSON protocol.
    pub async fn sqs(&self, action: &str, body: &Value) -> Value {
        let request = self
            .http
            .post(&self.cloud)
            .header("x-amz-target", format!("AmazonSQS.{action}"))
            .header("content-type", "application/x-amz-json-1.0")
            .header(
                "authorization",
                "AWS4-HMAC-SHA256 Credential=test/20260101/eu-central-1/sqs/aws4_request, SignedHeaders=host, Signature=0",
            )
            .body(body.to_string());
        let answer = request.send().await.expect("an answer of the queue service");
        let text = answer.text().await.expect("a body");
        serde_json::from_str(&text).unwrap_or(Value::String(text))
    }

    /// The processes of a function that run now.
    pub fn processes(&self, function: &str) -> Vec<u32> {
        let wanted = format!("AWS_LAMBDA_FUNCTION_NAME=tijdig-{function}\0");
        let state = self.state.display().to_string();
        let mut found = Vec::new();
        for entry in std::fs::read_dir("/proc").expect("processes").flatten() {
            let Some(id) = entry.file_name().to_str().and_then(|n| n.parse::<u32>().ok()) else { continue };
            let environment = std::fs::read(entry.path().join("environ")).unwrap_or_default();
            let environment = String::from_utf8_lossy(&environment);
            // Several stacks may run: the clock's file tells them apart.
            if environment.contains(&wanted) && environment.contains(&state) {
                found.push(id);
            }
        }
        found
    }
}

fn read_env(file: &Path) -> BTreeMap<String, String> {
    let text = std::fs::read_to_string(file).expect("credentials");
    text.lines()
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.trim_matches('"').to_owned()))
        .collect()
}
