//! The functions' binaries: built by cargo, and laid where the local cloud starts them from.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use serde::Deserialize;
use tokio::process::Command;

use crate::failure::{Failure, Outcome, While};
use crate::folders;

const ABOUT_THIS_PACKAGE: [&str; 5] =
    ["CARGO_MANIFEST_", "CARGO_PKG_", "CARGO_CRATE_", "CARGO_BIN_", "CARGO_PRIMARY_"];

/// One line of cargo's `--message-format=json`; the other kinds of lines lack what is asked for here.
#[derive(Debug, Deserialize)]
struct Artifact {
    executable: Option<PathBuf>,
    manifest_path: Option<PathBuf>,
}

/// Builds the workspace's binaries with the profile that tests use, and lays those of `functions/` in `into`, by name.
pub async fn build(into: &Path) -> Outcome<BTreeMap<String, PathBuf>> {
    let root = folders::workspace();
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    // What `cargo run` and `cargo test` say about our own package: build scripts of libraries that look at it would run again, and the
    // libraries be built again, at every start.
    for (name, _) in std::env::vars_os() {
        let told =
            name.to_str().is_some_and(|name| ABOUT_THIS_PACKAGE.iter().any(|start| name.starts_with(start)));
        if told {
            command.env_remove(name);
        }
    }
    let output = command
        .args(["build", "--workspace", "--bins", "--message-format=json-render-diagnostics"])
        .current_dir(&root)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .await
        .during("starting cargo")?;
    if !output.status.success() {
        return Err(Failure::because("the functions do not build"));
    }
    let functions = root.join("functions");
    let mut binaries = BTreeMap::new();
    for line in output.stdout.split(|byte| *byte == b'\n') {
        // Lines of another kind than an artifact with an executable are none of ours.
        let Ok(Artifact { executable: Some(executable), manifest_path: Some(manifest) }) =
            serde_json::from_slice(line)
        else {
            continue;
        };
        if !manifest.starts_with(&functions) {
            continue;
        }
        let name = executable.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let laid = into.join(&name);
        lay(&executable, &laid)?;
        binaries.insert(name, laid);
    }
    Ok(binaries)
}

/// A link, not a path into cargo's folder: a build while the functions run must not change what they run.
fn lay(from: &Path, to: &Path) -> Outcome<()> {
    let next = to.with_extension("next");
    match std::fs::remove_file(&next) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error).during("laying a binary")?,
        _ => {}
    }
    if std::fs::hard_link(from, &next).is_err() {
        // Another file system: a copy does as well.
        std::fs::copy(from, &next).during("copying a binary")?;
    }
    std::fs::rename(&next, to).during("laying a binary")
}
