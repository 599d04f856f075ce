//! The Python environment that the local cloud runs in: made once, from pinned requirements.

use std::fs::File;
use std::path::{Path, PathBuf};

use tokio::process::Command;

use crate::failure::{Failure, Outcome, While};
use crate::folders;

const REQUIREMENTS: &str = include_str!("../requirements.txt");

/// The interpreter of an environment that has the requirements, made now when it is not there yet.
pub async fn environment() -> Outcome<PathBuf> {
    let folder = folders::python_environment();
    let parent = folder.parent().unwrap_or(&folder);
    std::fs::create_dir_all(parent).during("making the folder for Python")?;
    // Two runs may start at once on a clean clone; the second waits for the first one's environment.
    let lock = File::create(parent.join("venv.lock")).during("making the lock of the Python environment")?;
    lock.lock().during("waiting for the Python environment")?;

    let python = folder.join("bin/python");
    let installed = folder.join("installed.txt");
    if std::fs::read_to_string(&installed).is_ok_and(|text| text == REQUIREMENTS) {
        return Ok(python);
    }
    println!("making the Python environment (once)");
    let requirements = folders::workspace().join("infra/local/requirements.txt");
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder)).await?;
    run(Command::new(&python)
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"])
        .arg(requirements))
    .await?;
    write(&installed)?;
    Ok(python)
}

fn write(installed: &Path) -> Outcome<()> {
    std::fs::write(installed, REQUIREMENTS).during("noting what is installed")
}

async fn run(command: &mut Command) -> Outcome<()> {
    let status = command.status().await.during("starting Python 3 (is it installed, with venv?)")?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::because(format!("making the Python environment failed: {status}")))
    }
}
