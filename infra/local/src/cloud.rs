//! The local cloud as a child process: started, asked, and stopped so that it saves its state.

use std::net::{SocketAddr, TcpListener};
use std::process::Stdio;
use std::time::Duration;

use rustix::process::{Pid, Signal};
use serde::Deserialize;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, Command};

use crate::failure::{Failure, Outcome, While};
use crate::folders::Folders;
use crate::python;

pub const REGION: &str = "eu-central-1";
/// The account that the cloud sees when a caller's key is not an account's number.
pub const ACCOUNT: &str = "000000000000";

const PROGRAM: &str = include_str!("cloud.py");
/// Starting takes about a second; a loaded machine takes longer.
const START_LIMIT: Duration = Duration::from_secs(60);
/// It writes all that it holds when it ends: a hundred thousand invoices are gigabytes.
const STOP_LIMIT: Duration = Duration::from_secs(600);
/// After so long whoever waits is told what for.
const SAYS_WHY: Duration = Duration::from_secs(5);
/// Between two looks at something that another process does and does not announce.
pub const LOOK_AGAIN: Duration = Duration::from_millis(60);
/// Looks in a row that must find the cloud idle: work passes from one holder to the next under the cloud's own
/// eyes, so one look would nearly do.
const LOOKS: u32 = 3;

/// Speaks with the cloud. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Cloud {
    endpoint: String,
    http: reqwest::Client,
}

/// The process behind a [`Cloud`].
#[derive(Debug)]
pub struct CloudProcess {
    child: Child,
    group: Pid,
    /// The cloud ends when this closes; waiting for the child would close it if it stayed there.
    _lifeline: ChildStdin,
}

/// What is still under way in the cloud.
#[derive(Debug, Deserialize)]
struct Idle {
    queues: serde_json::Map<String, serde_json::Value>,
    unread: i64,
    running: i64,
}

impl Idle {
    fn is_idle(&self) -> bool {
        self.queues.is_empty() && self.unread == 0 && self.running == 0
    }
}

/// Where the stand-ins of AWS's services are that the cloud itself has not, or not whole.
#[derive(Debug)]
pub struct StandInsOfAws {
    mail: String,
    sms: String,
    voice: String,
}

impl StandInsOfAws {
    /// Behind the front door at this address.
    pub fn at(door: SocketAddr) -> StandInsOfAws {
        StandInsOfAws {
            mail: format!("http://{door}{}", crate::MAIL_PATH),
            sms: format!("http://{door}{}", crate::SMS_PATH),
            voice: format!("http://{door}{}", crate::VOICE_PATH),
        }
    }
}

/// Starts the cloud, with what the functions get from their surroundings.
pub async fn start(folders: &Folders, stand_ins: &StandInsOfAws) -> Outcome<(Cloud, CloudProcess)> {
    let python = python::environment().await?;
    let port = free_port()?;
    let endpoint = format!("http://127.0.0.1:{port}");
    let program = folders.scratch().join("cloud.py");
    std::fs::write(&program, PROGRAM).during("writing the cloud's program")?;
    let log = std::fs::File::create(folders.cloud_log()).during("making the cloud's log")?;
    // The functions inherit these. Nothing of the developer's own surroundings may reach them, least of all credentials.
    let mut child = Command::new(python)
        .arg(program)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("TMPDIR", folders.scratch())
        .env("AWS_ACCESS_KEY_ID", "test")
        .env("AWS_SECRET_ACCESS_KEY", "test")
        .env("AWS_ENDPOINT_URL", &endpoint)
        .env("AWS_ENDPOINT_URL_SESV2", &stand_ins.mail)
        .env("AWS_ENDPOINT_URL_PINPOINT_SMS_VOICE_V2", &stand_ins.sms)
        .env("AWS_ENDPOINT_URL_CONNECT", &stand_ins.voice)
        .env("BIND_HOST", "127.0.0.1")
        .env("GATEWAY_PORT", port.to_string())
        .env("MINISTACK_REGION", REGION)
        .env("PERSIST_STATE", "1")
        .env("STATE_DIR", folders.cloud_state())
        .env("S3_PERSIST", "1")
        .env("S3_DATA_DIR", folders.cloud_files())
        .env("LOG_LEVEL", "WARNING")
        .env("SFTP_ENABLED", "0")
        .env("IOT_MTLS_ENABLED", "0")
        .env("DOCKER_HOST", "unix:///nonexistent")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(log)
        // A group of its own: Ctrl-C must reach us only, so that we stop it in order, and its functions with it.
        .process_group(0)
        .spawn()
        .during("starting the local cloud")?;
    let group = child
        .id()
        .and_then(|id| Pid::from_raw(id.cast_signed()))
        .ok_or_else(|| Failure::because("the local cloud ended at once"))?;
    let output = child.stdout.take().ok_or_else(|| Failure::because("the local cloud has no output"))?;
    let lifeline = child.stdin.take().ok_or_else(|| Failure::because("the local cloud has no input"))?;
    let follow = follow(output, folders.function_log());
    tokio::spawn(async move {
        if let Err(failure) = follow.await {
            eprintln!("the functions' logs cannot be followed: {failure}");
        }
    });
    // Whoever asks gets redirections as they are: the front door passes them on.
    let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
    let http = http.build().during("making an HTTP client")?;
    let mut process = CloudProcess { child, group, _lifeline: lifeline };
    let cloud = Cloud { endpoint, http };
    if let Err(failure) = cloud.wait_until_up(&mut process).await {
        process.stop().await?;
        return Err(Failure::because(format!("{failure} (see {})", folders.cloud_log().display())));
    }
    Ok((cloud, process))
}

/// Queue addresses do not depend on the port, so it may differ from run to run.
fn free_port() -> Outcome<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).during("finding a free port")?;
    Ok(listener.local_addr().during("finding a free port")?.port())
}

/// Shows what the functions write, and keeps it.
async fn follow(output: impl tokio::io::AsyncRead + Unpin, into: std::path::PathBuf) -> Outcome<()> {
    let mut file = tokio::fs::File::create(into).await.during("making the functions' log")?;
    let mut lines = BufReader::new(output).split(b'\n');
    while let Some(mut line) = lines.next_segment().await.during("reading the functions' output")? {
        println!("{}", String::from_utf8_lossy(&line));
        line.push(b'\n');
        file.write_all(&line).await.during("writing the functions' log")?;
        file.flush().await.during("writing the functions' log")?;
    }
    Ok(())
}

impl CloudProcess {
    /// Asks the cloud to end, waits until it has saved its state, and leaves no function behind.
    pub async fn stop(mut self) -> Outcome<()> {
        // Without an id it has ended already, and the number may be another's.
        if self.child.id().is_some() {
            signal(rustix::process::kill_process(self.group, Signal::TERM))?;
        }
        let mut ended = tokio::time::timeout(SAYS_WHY, self.child.wait()).await;
        if ended.is_err() {
            println!("the local cloud is saving what it holds");
            ended = tokio::time::timeout(STOP_LIMIT, self.child.wait()).await;
        }
        signal(rustix::process::kill_process_group(self.group, Signal::KILL))?;
        match ended {
            Ok(status) => status.during("waiting for the local cloud").map(|_| ()),
            Err(_) => {
                Err(Failure::because("the local cloud did not stop in time; what it kept may be incomplete"))
            }
        }
    }

    /// Waits until the cloud ends by itself, which it should not.
    pub async fn ended(&mut self) -> Outcome<()> {
        let status = self.child.wait().await.during("waiting for the local cloud")?;
        Err(Failure::because(format!("the local cloud ended: {status}")))
    }
}

/// A process that is gone already needs no signal.
fn signal(sent: rustix::io::Result<()>) -> Outcome<()> {
    match sent {
        Err(rustix::io::Errno::SRCH) => Ok(()),
        other => other.during("stopping the local cloud"),
    }
}

impl Cloud {
    /// Where the cloud's AWS endpoints are.
    pub fn endpoint(&self) -> &str {
        &self.endpoint
    }

    pub fn http(&self) -> &reqwest::Client {
        &self.http
    }

    async fn wait_until_up(&self, process: &mut CloudProcess) -> Outcome<()> {
        let up = async {
            while self.look().await.is_err() {
                tokio::time::sleep(LOOK_AGAIN).await;
            }
        };
        tokio::select! {
            up = tokio::time::timeout(START_LIMIT, up) => up.map_err(|_| Failure::because("the local cloud did not start in time")),
            ended = process.ended() => ended,
        }
    }

    async fn look(&self) -> Outcome<Idle> {
        let answer = self
            .http
            .get(format!("{}/_local/idle", self.endpoint))
            .send()
            .await
            .during("asking the local cloud")?;
        answer
            .error_for_status()
            .during("asking the local cloud")?
            .json()
            .await
            .during("asking the local cloud")
    }

    /// Waits until no queue holds a message, no stream an unread record and no function runs; `also` says whether the
    /// stand-ins have nothing left to tell either.
    pub async fn wait_until_idle(&self, limit: Duration, also: impl Fn() -> bool) -> Outcome<()> {
        let last = std::sync::Mutex::new(String::new());
        let idle = async {
            let mut looks = 0;
            while looks < LOOKS {
                let seen = self.look().await?;
                looks = if seen.is_idle() && also() { looks + 1 } else { 0 };
                if let Ok(mut last) = last.lock() {
                    *last = format!("{seen:?}");
                }
                tokio::time::sleep(LOOK_AGAIN).await;
            }
            Ok(())
        };
        match tokio::time::timeout(limit, idle).await {
            Ok(outcome) => outcome,
            Err(_) => {
                let last = last.lock().map(|last| last.clone()).unwrap_or_default();
                Err(Failure::because(format!("work did not end within {} s: {last}", limit.as_secs())))
            }
        }
    }

    /// Calls a function and waits for its answer.
    pub async fn invoke(&self, function: &str, event: &serde_json::Value) -> Outcome<serde_json::Value> {
        let what = format!("calling {function}");
        let address = format!("{}/2015-03-31/functions/{function}/invocations", self.endpoint);
        let answer = self.http.post(address).json(event).send().await.during(&what)?;
        let failed = answer.headers().contains_key("x-amz-function-error") || !answer.status().is_success();
        let body = answer.text().await.during(&what)?;
        if failed {
            Err(Failure::because(format!("{what}: {body}")))
        } else {
            serde_json::from_str(&body).during(&what)
        }
    }

    /// Puts an event whose source is AWS itself on the default bus, which only a stand-in may do.
    pub async fn put_aws_event(
        &self,
        source: &str,
        detail_type: &str,
        detail: &serde_json::Value,
    ) -> Outcome<()> {
        let entries = serde_json::json!({"Entries": [{"Source": source, "DetailType": detail_type, "Detail": detail.to_string()}]});
        let address = format!("{}/_local/aws-events", self.endpoint);
        let answer = self.http.post(address).json(&entries).send().await.during("putting an event")?;
        let answer: serde_json::Value =
            answer.error_for_status().during("putting an event")?.json().await.during("putting an event")?;
        if answer["FailedEntryCount"] == 0 {
            Ok(())
        } else {
            Err(Failure::because(format!("putting an event: {answer}")))
        }
    }
}
