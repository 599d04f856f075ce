//! Which package may import which, and which libraries only one may use.

use std::collections::BTreeSet;
use std::process::Command;

use serde::Deserialize;
use tests::stack::workspace;

use super::{assert_complains, assert_tidy};

/// A package of the workspace, as `cargo metadata` tells it.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Package {
    pub name: String,
    manifest_path: String,
    pub dependencies: Vec<Dependency>,
    pub targets: Vec<Target>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Dependency {
    pub name: String,
    /// `dev` or `build`; nothing for a normal one.
    kind: Option<String>,
    /// Where it lies, for a package of ours.
    path: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Target {
    pub name: String,
    pub kind: Vec<String>,
}

impl Package {
    /// Its folder, from the workspace's.
    pub fn folder(&self) -> String {
        let manifest = std::path::Path::new(&self.manifest_path);
        relative(manifest.parent().and_then(|folder| folder.to_str()).unwrap_or_default())
    }
}

fn relative(path: &str) -> String {
    let root = workspace();
    let path = std::path::Path::new(path);
    path.strip_prefix(root).unwrap_or(path).to_string_lossy().into_owned()
}

/// Every package of the workspace.
pub(super) fn packages() -> Vec<Package> {
    #[derive(Deserialize)]
    struct Metadata {
        packages: Vec<Package>,
    }
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let told = Command::new(cargo)
        .args(["metadata", "--no-deps", "--offline", "--format-version", "1"])
        .current_dir(workspace())
        .output()
        .expect("cargo is there");
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    serde_json::from_slice::<Metadata>(&told.stdout).expect("cargo tells JSON").packages
}

/// Whether the package in folder `from` may import the one in folder `to`: the list of DESIGN.md section 3.
fn may_import(from: &str, to: &str) -> bool {
    match from {
        "shared/domain" => false,
        "shared/contracts" => to == "shared/domain",
        "shared/store" | "shared/runtime" | "shared/outside" | "shared/formats" | "shared/documents"
        | "shared/pages" => matches!(to, "shared/domain" | "shared/contracts"),
        // Takes records in for whoever brings them: between the functions and the store, documents among the files.
        "shared/records" => matches!(
            to,
            "shared/domain"
                | "shared/contracts"
                | "shared/formats"
                | "shared/outside"
                | "shared/runtime"
                | "shared/store"
        ),
        // Makes and follows payment requests for the API, the portal, the callback and the queue: records and providers.
        "shared/payment-requests" => matches!(
            to,
            "shared/domain"
                | "shared/contracts"
                | "shared/outside"
                | "shared/records"
                | "shared/runtime"
                | "shared/store"
        ),
        "infra/local" => to.starts_with("shared/"),
        "tests" => true,
        _ => from.starts_with("functions/") && to.starts_with("shared/"),
    }
}

fn edges(packages: &[Package]) -> Vec<String> {
    let mut complaints = Vec::new();
    for package in packages {
        for dependency in &package.dependencies {
            let Some(to) = dependency.path.as_deref().map(relative) else { continue };
            let from = package.folder();
            if !may_import(&from, &to) {
                let kind = dependency.kind.as_deref().unwrap_or("normal");
                complaints.push(format!("{from} imports {to} ({kind} dependency): no such edge is allowed."));
            }
        }
    }
    complaints
}

/// A client of an outside service, or what is large, belongs to one package; tests may use any.
const CLIENTS: [(&str, &[&str]); 9] = [
    ("aws-sdk-dynamodb", &["shared/store"]),
    ("aws-sdk-s3", &["shared/outside"]),
    ("aws-sdk-sesv2", &["shared/outside"]),
    ("aws-sdk-pinpointsmsvoicev2", &["shared/outside"]),
    ("aws-sigv4", &["shared/outside"]),
    ("aws-sdk-secretsmanager", &["shared/outside"]),
    ("aws-sdk-eventbridge", &["functions/relay"]),
    // DESIGN.md section 8: what sets pages is large, and is carried by no function but those that render.
    ("typst", &["shared/documents"]),
    // Local talks to the outside world's stand-ins and to the local cloud.
    ("reqwest", &["shared/outside", "infra/local"]),
];

fn clients(packages: &[Package]) -> Vec<String> {
    let mut complaints = Vec::new();
    for package in packages.iter().filter(|package| package.folder() != "tests") {
        let folder = package.folder();
        for dependency in &package.dependencies {
            let owner = CLIENTS.iter().find(|(client, _)| *client == dependency.name);
            if let Some((client, owners)) = owner.filter(|(_, owners)| !owners.contains(&folder.as_str())) {
                complaints.push(format!("{folder} uses {client}, which is for {} only.", owners.join(", ")));
            }
        }
    }
    complaints
}

/// Beginnings of the names of libraries that wait, talk or run things.
const NOT_FOR_DOMAIN: [&str; 13] = [
    "async", "aws", "axum", "futures", "http", "hyper", "lambda", "reqwest", "rustls", "store", "tokio",
    "tower", "tracing",
];

fn domain_waits_for_nothing(packages: &[Package]) -> Vec<String> {
    let domain = packages.iter().filter(|package| package.folder() == "shared/domain");
    let libraries = domain.flat_map(|package| &package.dependencies);
    let wrong = libraries.filter(|library| NOT_FOR_DOMAIN.iter().any(|name| library.name.starts_with(name)));
    wrong.map(|library| format!("shared/domain uses {}: the rules do no I/O.", library.name)).collect()
}

/// What only tests use is an ordinary dependency of `tests` too. Otherwise the libraries below it have fewer features in a build of the
/// functions alone, and everything is compiled twice.
fn compiled_once(packages: &[Package]) -> Vec<String> {
    let of_kind = |kind: Option<&str>| {
        let all = packages.iter().flat_map(|package| &package.dependencies);
        let some = all.filter(move |d| d.kind.as_deref() == kind && d.path.is_none());
        some.map(|dependency| dependency.name.clone()).collect::<BTreeSet<_>>()
    };
    let only_tested_with = &of_kind(Some("dev")) - &of_kind(None);
    only_tested_with
        .iter()
        .map(|name| format!("{name} is no dependency of tests: it would make a second build."))
        .collect()
}

#[test]
fn libraries_are_compiled_once_for_functions_and_tests() {
    assert_tidy(&compiled_once(&packages()));
}

#[test]
fn packages_import_only_what_the_design_allows() {
    assert_tidy(&edges(&packages()));
}

#[test]
fn each_client_is_used_by_its_one_package() {
    assert_tidy(&clients(&packages()));
}

#[test]
fn the_domain_waits_for_nothing() {
    assert_tidy(&domain_waits_for_nothing(&packages()));
}

/// A package in `folder` with these dependencies: a name, its kind, and its folder if it is ours.
fn sample(folder: &str, dependencies: &[(&str, Option<&str>, Option<&str>)]) -> Package {
    let root = workspace();
    let place = |folder: &str| root.join(folder).to_string_lossy().into_owned();
    Package {
        name: folder.rsplit('/').next().unwrap_or_default().to_owned(),
        manifest_path: place(&format!("{folder}/Cargo.toml")),
        dependencies: dependencies
            .iter()
            .map(|(name, kind, folder)| Dependency {
                name: (*name).to_owned(),
                kind: kind.map(str::to_owned),
                path: folder.map(place),
            })
            .collect(),
        targets: Vec::new(),
    }
}

#[test]
fn a_forbidden_edge_is_found_also_among_dev_dependencies() {
    let ours = |name, kind, folder| (name, kind, Some(folder));
    let packages = [
        sample("shared/domain", &[ours("contracts", Some("dev"), "shared/contracts")]),
        sample("shared/contracts", &[ours("domain", None, "shared/domain")]),
        sample("shared/store", &[ours("runtime", None, "shared/runtime"), ("serde", None, None)]),
        sample("shared/pages", &[ours("formats", None, "shared/formats")]),
        sample("shared/new", &[ours("domain", None, "shared/domain")]),
        sample("functions/relay", &[ours("authorize", None, "functions/authorize")]),
        sample("functions/relay", &[ours("local", Some("build"), "infra/local")]),
        sample("functions/relay", &[ours("tests", Some("dev"), "tests")]),
        sample("infra/local", &[ours("relay", None, "functions/relay")]),
        sample("tests", &[ours("relay", None, "functions/relay")]),
    ];
    let expected = [
        "shared/domain imports shared/contracts (dev dependency)",
        "shared/store imports shared/runtime (normal dependency)",
        "shared/pages imports shared/formats",
        "shared/new imports shared/domain",
        "functions/relay imports functions/authorize",
        "functions/relay imports infra/local (build dependency)",
        "functions/relay imports tests (dev dependency)",
        "infra/local imports functions/relay",
    ];
    assert_complains(&edges(&packages), &expected);
}

#[test]
fn a_client_in_another_package_is_found() {
    let packages = [
        sample("shared/store", &[("aws-sdk-dynamodb", None, None)]),
        sample("functions/accounting-api", &[("aws-sdk-dynamodb", None, None), ("serde", None, None)]),
        sample("shared/runtime", &[("reqwest", Some("dev"), None)]),
        sample("tests", &[("reqwest", None, None)]),
    ];
    let expected = ["functions/accounting-api uses aws-sdk-dynamodb", "shared/runtime uses reqwest"];
    assert_complains(&clients(&packages), &expected);
}

#[test]
fn a_domain_that_waits_is_found() {
    let packages = [
        sample("shared/domain", &[("jiff", None, None), ("tokio", None, None), ("async-trait", None, None)]),
        sample("shared/store", &[("tokio", None, None)]),
    ];
    let expected = ["shared/domain uses tokio", "shared/domain uses async-trait"];
    assert_complains(&domain_waits_for_nothing(&packages), &expected);
}

#[test]
fn a_library_for_some_tests_only_is_found() {
    let packages = [
        sample("shared/store", &[("dynoxide-rs", Some("dev"), None), ("proptest", Some("dev"), None)]),
        sample("shared/pages", &[("store", Some("dev"), Some("shared/store"))]),
        sample("tests", &[("proptest", None, None)]),
    ];
    assert_complains(&compiled_once(&packages), &["dynoxide-rs is no dependency of tests"]);
}
