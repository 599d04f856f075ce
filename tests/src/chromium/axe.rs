//! axe-core: the rules by which pages are searched for what some people cannot use. It comes from npm, as `tests/axe` pins it, and is
//! kept in `.local/axe`.

use std::fs::File;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use crate::stack::workspace;

const LOCK: &str = include_str!("../../axe/package-lock.json");

static SOURCE: OnceLock<String> = OnceLock::new();

/// Its source, fetched now when it is not there yet.
///
/// # Panics
/// There is no npm, or it cannot fetch.
pub(super) fn source() -> &'static str {
    SOURCE.get_or_init(|| {
        let folder = workspace().join(".local/axe");
        std::fs::create_dir_all(&folder).expect("a folder for axe");
        // Two runs may start at once on a clean clone; the second waits for what the first one fetches.
        let lock = File::create(folder.join("lock")).expect("a lock");
        lock.lock().expect("the lock of axe");
        let installed = folder.join("installed.json");
        if !std::fs::read_to_string(&installed).is_ok_and(|text| text == LOCK) {
            fetch(&folder);
            std::fs::write(&installed, LOCK).expect("a note of what is installed");
        }
        std::fs::read_to_string(folder.join("node_modules/axe-core/axe.min.js")).expect("axe's source")
    })
}

fn fetch(folder: &Path) {
    for file in ["package.json", "package-lock.json"] {
        std::fs::copy(workspace().join("tests/axe").join(file), folder.join(file)).expect("what is pinned");
    }
    let fetched = Command::new("npm")
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent"])
        .current_dir(folder)
        .status()
        .expect("No npm was found: axe-core comes by it. Install it (apt-get install npm).");
    assert!(fetched.success(), "npm could not fetch axe-core");
}
