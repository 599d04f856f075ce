//! Headless Chromium, driven over its DevTools protocol: one process for all tests of a run, and for each walk somebody's own
//! browser in it, with cookies that nobody else has.
//!
//! Chromium is spoken to by a pipe: each message is one JSON with a zero byte behind it. That needs no port and no library, and the
//! browser ends by itself with whoever started it. What is absent: waiting for a time; whatever is waited for is an event.

mod axe;
mod look;
mod tab;

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::{Notify, oneshot};

use crate::queues::lock;
use crate::stack::workspace;

pub use tab::{Tab, View};

/// How long anything may take before it is taken for something that never comes.
const PATIENCE: Duration = Duration::from_secs(60);

/// What it is called where it is installed.
const NAMES: [&str; 4] = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome"];

/// Only pages of ours are opened in it, and whoever runs tests may be in a container, where there is no sandbox to be had.
const ARGUMENTS: [&str; 9] = [
    "--headless",
    "--no-sandbox",
    "--remote-debugging-pipe",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--hide-scrollbars",
    "--no-first-run",
];

/// Puts the pipe where Chromium looks for it: it reads at 3 and writes at 4.
const THROUGH: &str = "exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >/dev/null";

static SHARED: OnceLock<Option<Chromium>> = OnceLock::new();

/// A running browser.
#[derive(Debug)]
pub struct Chromium {
    process: Mutex<Child>,
    input: Mutex<ChildStdin>,
    next: AtomicU64,
    inbox: Arc<Inbox>,
    /// What it says beside the protocol.
    log: PathBuf,
}

/// What comes from it.
#[derive(Debug, Default)]
struct Inbox {
    answers: Mutex<HashMap<u64, oneshot::Sender<Value>>>,
    tabs: Mutex<HashMap<String, Arc<Events>>>,
}

/// What happened in one tab, oldest first.
#[derive(Debug, Default)]
struct Events {
    all: Mutex<Vec<Value>>,
    news: Notify,
}

impl Inbox {
    fn take(&self, message: Value) {
        if let Some(id) = message["id"].as_u64() {
            let waiting = lock(&self.answers).remove(&id);
            // Nobody waits any more where a test failed meanwhile.
            let taken = waiting.map(|waiting| waiting.send(message));
            drop(taken);
            return;
        }
        let tab = message["sessionId"].as_str().and_then(|session| lock(&self.tabs).get(session).cloned());
        if let Some(tab) = tab {
            lock(&tab.all).push(message);
            tab.news.notify_one();
        }
    }
}

fn listen(output: ChildStdout, inbox: &Inbox) {
    let mut output = BufReader::new(output);
    loop {
        let mut message = Vec::new();
        match output.read_until(0, &mut message) {
            Ok(length) if length > 0 => message.pop(),
            Ok(_) | Err(_) => break,
        };
        inbox.take(serde_json::from_slice(&message).expect("Chromium writes JSON"));
    }
    // Whoever still waits for an answer hears that there is none.
    lock(&inbox.answers).clear();
}

/// Where it is installed.
fn program() -> PathBuf {
    if let Some(named) = std::env::var_os("TIJDIG_CHROMIUM") {
        return PathBuf::from(named);
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = NAMES.iter().find_map(|name| {
        std::env::split_paths(&path).map(|folder| folder.join(name)).find(|program| program.is_file())
    });
    found.expect(
        "No Chromium was found. Install it (apt-get install chromium), or say where it is with TIJDIG_CHROMIUM; \
         TIJDIG_WITHOUT_BROWSER=yes leaves the tests in a browser out.",
    )
}

/// A folder for this process; those of processes that have ended are thrown away.
fn profile() -> PathBuf {
    let all = workspace().join("target/chromium");
    std::fs::create_dir_all(&all).expect("a folder for the browser");
    for entry in std::fs::read_dir(&all).expect("a folder").flatten() {
        let name = entry.file_name();
        let owner = name.to_str().and_then(|name| name.split('.').next()).unwrap_or_default();
        if !Path::new("/proc").join(owner).exists() {
            let gone = entry.path();
            let thrown =
                if gone.is_dir() { std::fs::remove_dir_all(&gone) } else { std::fs::remove_file(&gone) };
            // Another run may throw the same away.
            assert!(thrown.is_ok() || !gone.exists(), "{thrown:?}");
        }
    }
    all.join(std::process::id().to_string())
}

impl Chromium {
    /// The browser of this run, started when it is first asked for. `None` where it was said that there is none:
    /// `TIJDIG_WITHOUT_BROWSER=yes`.
    ///
    /// # Panics
    /// No Chromium is installed, or it does not start.
    pub fn shared() -> Option<&'static Chromium> {
        let shared = SHARED.get_or_init(|| {
            if std::env::var("TIJDIG_WITHOUT_BROWSER").is_ok_and(|without| without == "yes") {
                eprintln!("TIJDIG_WITHOUT_BROWSER=yes: nothing is tested in a browser.");
                return None;
            }
            Some(Chromium::start())
        });
        shared.as_ref()
    }

    fn start() -> Chromium {
        let (program, profile) = (program(), profile());
        let log = profile.with_extension("log");
        let mut process = Command::new("sh")
            .args(["-c", THROUGH])
            .arg(&program)
            .args(ARGUMENTS)
            .arg(format!("--user-data-dir={}", profile.display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(File::create(&log).expect("a log of the browser"))
            .spawn()
            .expect("a shell starts the browser");
        let input = Mutex::new(process.stdin.take().expect("its input"));
        let output = process.stdout.take().expect("its output");
        let inbox = Arc::new(Inbox::default());
        let ears = inbox.clone();
        std::thread::spawn(move || listen(output, &ears));
        Chromium { process: Mutex::new(process), input, next: AtomicU64::new(1), inbox, log }
    }

    /// Asks for something, of a tab where a session is named. What is answered.
    async fn ask(&self, session: Option<&str>, method: &str, params: Value) -> Value {
        let id = self.next.fetch_add(1, Ordering::SeqCst);
        let mut message = json!({ "id": id, "method": method, "params": params });
        if let Some(session) = session {
            message["sessionId"] = json!(session);
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        let (sender, answer) = oneshot::channel();
        lock(&self.inbox.answers).insert(id, sender);
        let written = lock(&self.input).write_all(&bytes);
        let answer = match written {
            Ok(()) => tokio::time::timeout(PATIENCE, answer).await,
            Err(_) => panic!("{method}: {}", self.ended()),
        };
        let answer = answer.unwrap_or_else(|_| panic!("{method}: no answer within {PATIENCE:?}"));
        let mut answer = answer.unwrap_or_else(|_| panic!("{method}: {}", self.ended()));
        assert!(answer["error"].is_null(), "{method}: {}", answer["error"]);
        answer["result"].take()
    }

    fn ended(&self) -> String {
        let status = lock(&self.process).try_wait();
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        format!("the browser has ended ({status:?}): {log}")
    }

    /// Somebody's own browser, with one tab, which shows pages of this place and looks at each of them.
    pub async fn tab(&'static self, home: &str, view: View) -> Tab {
        let context = self.ask(None, "Target.createBrowserContext", json!({})).await;
        let wanted = json!({ "url": "about:blank", "browserContextId": context["browserContextId"] });
        let target = self.ask(None, "Target.createTarget", wanted).await;
        let wanted = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = self.ask(None, "Target.attachToTarget", wanted).await;
        let session = attached["sessionId"].as_str().expect("a session").to_owned();
        let events = Arc::new(Events::default());
        lock(&self.inbox.tabs).insert(session.clone(), events.clone());
        let tab = Tab::new(self, session, context["browserContextId"].clone(), events, home, view);
        tab.prepare().await;
        tab
    }

    fn forget(&self, session: &str) {
        lock(&self.inbox.tabs).remove(session);
    }
}
