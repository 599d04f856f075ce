//! Where the local run keeps things. One folder, one run at a time.

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

use domain::connection::Package;

use crate::failure::{Failure, Outcome, While};

/// The folders of one run. The lock on them ends with the process, however it ends.
#[derive(Debug)]
pub struct Folders {
    root: PathBuf,
    _lock: File,
}

/// The folder that Cargo.toml of the workspace is in.
pub fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").components().fold(PathBuf::new(), |mut path, part| {
        match part {
            std::path::Component::ParentDir => {
                path.pop();
            }
            other => path.push(other),
        }
        path
    })
}

impl Folders {
    /// Takes the folder for this run; `fresh` empties what earlier runs kept.
    pub fn take(state: Option<&Path>, fresh: bool) -> Outcome<Folders> {
        let asked = state.map_or_else(|| workspace().join(".local"), Path::to_owned);
        std::fs::create_dir_all(&asked).during("making the folder for data")?;
        let root = asked.canonicalize().during("finding the folder for data")?;
        let lock = File::create(root.join("lock")).during("making the lock file")?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Failure::because(format!("another run uses {} (try --state)", root.display())));
            }
            Err(TryLockError::Error(error)) => Err(error).during("locking the folder for data")?,
        }
        let folders = Folders { root, _lock: lock };
        if fresh {
            remove(&folders.data())?;
        }
        for folder in [folders.cloud_state(), folders.scratch(), folders.binaries(), folders.letters()] {
            std::fs::create_dir_all(folder).during("making the folder for data")?;
        }
        Ok(folders)
    }

    /// What `--fresh` empties.
    fn data(&self) -> PathBuf {
        self.root.join("data")
    }

    pub fn cloud_state(&self) -> PathBuf {
        self.data().join("cloud")
    }

    /// What lies in the cloud's buckets.
    pub fn cloud_files(&self) -> PathBuf {
        self.data().join("files")
    }

    pub fn mailbox(&self) -> PathBuf {
        self.data().join("mailbox.ndjson")
    }

    /// Text messages, with what became of them.
    pub fn messages(&self) -> PathBuf {
        self.data().join("messages.ndjson")
    }

    /// The PDFs that the stand-in of Pingen took in.
    pub fn letters(&self) -> PathBuf {
        self.data().join("letters")
    }

    pub fn platforms(&self) -> PathBuf {
        self.data().join("platforms.jsonl")
    }

    /// The books of an accounting package's stand-in.
    pub fn books(&self, package: Package) -> PathBuf {
        self.data().join(format!("{package}.json"))
    }

    /// What the payment providers' stand-ins have.
    pub fn payments(&self) -> PathBuf {
        self.data().join("payments.json")
    }

    /// What the receiver of webhooks got, and its secret.
    pub fn webhooks(&self) -> PathBuf {
        self.data().join("webhooks.json")
    }

    /// There while the demonstration's story is being told: a run that was stopped in the middle goes on with it.
    pub fn story_begun(&self) -> PathBuf {
        self.data().join("story-begun")
    }

    pub fn clock(&self) -> PathBuf {
        self.data().join("clock")
    }

    pub fn deployed(&self) -> PathBuf {
        self.data().join("deployed.json")
    }

    /// The demonstration's credentials, for shells and tests.
    pub fn credentials(&self) -> PathBuf {
        self.root.join("env")
    }

    /// Every line that a function wrote in this run.
    pub fn function_log(&self) -> PathBuf {
        self.root.join("functions.log")
    }

    pub fn cloud_log(&self) -> PathBuf {
        self.root.join("cloud.log")
    }

    pub fn scratch(&self) -> PathBuf {
        self.root.join("tmp")
    }

    pub fn binaries(&self) -> PathBuf {
        self.root.join("functions")
    }
}

/// Where the Python environment is: one for the workspace, whatever folder the data are in.
pub fn python_environment() -> PathBuf {
    workspace().join(".local/venv")
}

fn remove(folder: &Path) -> Outcome<()> {
    match std::fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).during("emptying the folder for data")
        }
        _ => Ok(()),
    }
}
