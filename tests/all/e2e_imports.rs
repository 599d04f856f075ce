//! Files that are imported on the local cloud, by the terminal's own program.

use std::path::PathBuf;
use std::process::{Output, Stdio};
use std::time::{Duration, Instant};

use reqwest::StatusCode;
use serde_json::{Value, json};
use tests::imports::{MadeFile, made_file, rows_of_report};
use tests::stack::{Stack, workspace};

/// Far enough that nobody is reminded while other stories move the calendar.
const DUE: &str = "2098-08-15";

/// A made file on disk.
struct OnDisk {
    path: PathBuf,
    made: MadeFile,
    lines: u64,
    wrong: u64,
}

impl OnDisk {
    fn write(stack: &Stack, lines: usize, wrong: usize) -> OnDisk {
        let mut made = made_file(lines, wrong, 2026);
        made.text = made.text.replace("2026-08-15", DUE);
        let path = stack.state.join("made.ndjson");
        std::fs::write(&path, &made.text).expect("a file");
        OnDisk { path, made, lines: lines as u64, wrong: wrong as u64 }
    }

    fn report(&self) -> PathBuf {
        self.path.with_file_name("made.ndjson.refused.csv")
    }

    /// Exactly what is wrong was reported.
    fn was_reported(&self) {
        let report = std::fs::read_to_string(self.report()).expect("a report beside the file");
        let wrong = self.made.wrong.iter();
        let expected: Vec<_> =
            wrong.map(|(line, (id, field, rule))| (*line, id.clone(), field.clone(), rule.clone())).collect();
        assert_eq!(rows_of_report(&report), expected);
        std::fs::remove_file(self.report()).expect("it is there");
    }
}

/// Runs the terminal's program to its end.
async fn import(stack: &Stack, arguments: &[&str]) -> Output {
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace().join("target"), PathBuf::from);
    let mut command = tokio::process::Command::new(target.join("debug/local"));
    command.arg("import").args(arguments).stdin(Stdio::null()).kill_on_drop(true);
    for name in ["TIJDIG_URL", "TIJDIG_TOKEN"] {
        command.env(name, &stack.env[name]);
    }
    command.output().await.expect("the program runs")
}

/// The one import of this file that is newest.
async fn newest(stack: &Stack) -> Value {
    stack.get("/v1/imports?limit=1").await["items"][0].clone()
}

fn count(view: &Value, name: &str) -> u64 {
    view["counts"][name].as_u64().expect("a count")
}

/// Kills the function once the newest import is so far. Where it was then.
async fn kill_at(stack: &Stack, read: u64) -> u64 {
    loop {
        let view = newest(stack).await;
        let seen = if view["status"] == "running" { count(&view, "read") } else { 0 };
        let running = stack.processes("import-records");
        if seen >= read && !running.is_empty() {
            for id in running {
                let killed = std::process::Command::new("kill").args(["-9", &id.to_string()]).status();
                assert!(killed.expect("kill runs").success());
            }
            return seen;
        }
        assert_ne!(view["status"], "done", "it is killed on its way: {view}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// What is known of a debtor of the file, with everything that ever happened to them.
async fn known(stack: &Stack, file: &OnDisk) -> Vec<Value> {
    let last = (file.lines / 5 - 1).to_string();
    let mut seen = Vec::new();
    for debtor in ["0", "7", &last] {
        for path in [format!("/v1/debtors/m{debtor}"), format!("/v1/debtors/m{debtor}/timeline?limit=200")] {
            seen.push(stack.get(&path).await);
        }
    }
    seen
}

/// Imported while its function is killed, and once more: the same end, and nothing new.
async fn twice(stack: &Stack, file: &OnDisk) -> [Duration; 2] {
    let path = file.path.display().to_string();
    let begun = Instant::now();
    let arguments = [path.as_str()];
    let (output, killed) = tokio::join!(import(stack, &arguments), kill_at(stack, file.lines / 3));
    let first = begun.elapsed();
    assert!(killed < file.lines, "{killed}");
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(1), "something was refused: {told} {output:?}");
    assert!(told.contains(&format!("{} refused", file.wrong)), "{told}");
    let view = newest(stack).await;
    assert_eq!(view["status"], "done", "{view}");
    let good = file.lines - file.wrong;
    let counts = ["read", "accepted", "ignored", "refused"].map(|name| count(&view, name));
    assert_eq!(counts, [file.lines, good, 0, file.wrong], "{view}");
    file.was_reported();
    let before = known(stack, file).await;

    let begun = Instant::now();
    let output = import(stack, &[&path, "--format", "ndjson"]).await;
    let second = begun.elapsed();
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let again = newest(stack).await;
    assert_ne!(again["id"], view["id"]);
    let counts = ["read", "accepted", "unchanged", "ignored", "refused"].map(|name| count(&again, name));
    assert_eq!(counts, [file.lines, good, good, 0, file.wrong], "{again}");
    file.was_reported();
    assert_eq!(known(stack, file).await, before, "the second time nothing changes");
    [first, second]
}

/// The whole way: asked for, uploaded, killed, gone on with, reported; columns; and what does not work out.
/// `TIJDIG_IMPORT_LINES=100000 cargo test --workspace --test all files_are_imported -- --nocapture` is the longer run, and says how
/// long it took. One line in a hundred is wrong.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn files_are_imported_on_the_local_cloud() {
    let running = Stack::start("imports", true).await;
    let stack = &running;
    let lines = std::env::var("TIJDIG_IMPORT_LINES").ok().and_then(|text| text.parse().ok()).unwrap_or(2_000);
    let [first, second] = twice(stack, &OnDisk::write(stack, lines, lines / 100)).await;
    println!("{lines} lines: {first:?} the first time, {second:?} the second time");

    let mapping = stack.state.join("mapping.json");
    let fields = json!({ "fields": {
        "debtor.number": { "column": "Relatie" }, "debtor.name": { "column": "Naam" },
        "debtor.modifiedAt": { "constant": "2026-08-31" } } });
    std::fs::write(&mapping, fields.to_string()).expect("a file");
    let columns = stack.state.join("relaties.csv");
    std::fs::write(&columns, "Relatie;Naam\nC1;Bakkerij De Hoek\nC2;Café 't Hoekje\n").expect("a file");
    let (columns, mapping) = (columns.display().to_string(), mapping.display().to_string());
    let output = import(stack, &[&columns, "--mapping", &mapping]).await;
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    assert_eq!(stack.get("/v1/debtors/C2").await["name"], "Café 't Hoekje");

    let id = newest(stack).await["id"].as_str().expect("an id").to_owned();
    let output = import(stack, &["--look", &id]).await;
    assert!(
        output.status.success() && String::from_utf8_lossy(&output.stdout).contains("2 accepted"),
        "{output:?}"
    );

    let output = import(stack, &[&columns, "--format", "ublZip"]).await;
    let told = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.code() == Some(1) && told.contains("TIJDIG-ZIP"), "{output:?}");
    let output = import(stack, &[&columns]).await;
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(1) && told.contains("mapping"), "{output:?}");

    // Whoever has the address of an upload replaces nothing with it.
    let (status, asked) = stack.call("POST", "/v1/imports", Some(&json!({ "format": "ndjson" }))).await;
    assert_eq!(status, StatusCode::CREATED, "{asked}");
    let address = asked["uploadUrl"].as_str().expect("an address");
    assert!(address.contains("X-Amz-Signature=") && address.contains("uploads/demo/"), "{address}");
    let logs = std::fs::read_to_string(stack.state.join("functions.log")).expect("the functions' log");
    assert!(logs.contains("import-records"), "the log is that of the functions");
    for planted in ["Vries", "Oudegracht", "example.nl", "Bakkerij", "made.ndjson"] {
        assert!(!logs.contains(planted), "a log line holds {planted}");
    }
    running.stop().await;
}
