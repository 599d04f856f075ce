//! The house rules as tests. Each rule is a function from what it looks at to complaints, one sentence each; each is
//! tried on a sample that breaks it, so that a rule that finds nothing is known to look.

mod edges;
mod layout;
mod readme;
mod source;
pub(crate) mod template;

use std::process::Command;

use tests::stack::workspace;

/// The paths of every file that git has or would take, from the workspace's folder.
fn files() -> Vec<String> {
    let listed = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(workspace())
        .output()
        .expect("git is there");
    assert!(listed.status.success(), "{}", String::from_utf8_lossy(&listed.stderr));
    let text = String::from_utf8(listed.stdout).expect("paths are UTF-8");
    let paths = text.split_terminator('\0').filter(|path| workspace().join(path).is_file());
    paths.map(str::to_owned).collect()
}

pub(crate) fn read(path: &str) -> String {
    std::fs::read_to_string(workspace().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Fails with every complaint on a line of its own.
fn assert_tidy(complaints: &[String]) {
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

/// Fails unless there is one complaint for each of these, in this order, that says so.
fn assert_complains(complaints: &[String], expected: &[&str]) {
    let fits = complaints.len() == expected.len()
        && complaints.iter().zip(expected).all(|(complaint, part)| complaint.contains(part));
    assert!(fits, "expected {expected:#?}\nfound {complaints:#?}");
}
