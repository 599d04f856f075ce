//! Where things are, and that each function has all that belongs to it.

use std::collections::BTreeSet;

use super::edges::{Package, packages};
use super::{assert_complains, assert_tidy, files, read};

/// What the top level holds beside files whose names begin with a dot.
const TOP_LEVEL: [&str; 9] = [
    "Cargo.lock",
    "Cargo.toml",
    "README.md",
    "events",
    "functions",
    "infra",
    "samconfig.toml",
    "shared",
    "tests",
];

/// A `main` wires: it has no more lines than this.
const MAIN_LINES: usize = 25;

fn top_level(files: &[String]) -> Vec<String> {
    let names: BTreeSet<&str> = files.iter().filter_map(|path| path.split('/').next()).collect();
    let strangers = names.into_iter().filter(|name| !name.starts_with('.') && !TOP_LEVEL.contains(name));
    strangers.map(|name| format!("{name} stands at the top level, whose names are fixed.")).collect()
}

/// One folder below `functions`, with what belongs to it elsewhere.
#[derive(Debug, Clone)]
struct Function {
    folder: String,
    package: Option<String>,
    binaries: Vec<String>,
    main_lines: usize,
    golden_inputs: usize,
}

fn functions(files: &[String], packages: &[Package]) -> Vec<Function> {
    let folders: BTreeSet<&str> =
        files.iter().filter_map(|path| path.strip_prefix("functions/")?.split('/').next()).collect();
    let described = folders.into_iter().map(|folder| {
        let package = packages.iter().find(|package| package.folder() == format!("functions/{folder}"));
        let targets = package.map(|package| package.targets.as_slice()).unwrap_or_default();
        let binaries = targets.iter().filter(|target| target.kind.iter().any(|kind| kind == "bin"));
        let main = format!("functions/{folder}/src/main.rs");
        let golden = |path: &&String| {
            path.strip_prefix(&format!("events/{folder}/")).is_some_and(|name| name.ends_with(".json"))
        };
        Function {
            folder: folder.to_owned(),
            package: package.map(|package| package.name.clone()),
            binaries: binaries.map(|target| target.name.clone()).collect(),
            main_lines: if files.contains(&main) { read(&main).lines().count() } else { 0 },
            golden_inputs: files.iter().filter(golden).count(),
        }
    });
    described.collect()
}

/// `record-delivery` as the template's resources are called: `RecordDelivery`.
pub(super) fn pascal_case(name: &str) -> String {
    let capital = |word: &str| {
        let (first, rest) = word.split_at(word.len().min(1));
        first.to_ascii_uppercase() + rest
    };
    name.split('-').map(capital).collect()
}

/// `template` is infra/functions.yaml, `makefile` infra/Makefile.
fn whole(functions: &[Function], template: &str, makefile: &str) -> Vec<String> {
    let mut complaints = Vec::new();
    for function in functions {
        let name = &function.folder;
        let resource = pascal_case(name);
        let mut complain = |what: String| complaints.push(format!("functions/{name} {what}"));
        if function.package.as_ref() != Some(name) {
            complain("is not a package of that name.".to_owned());
        }
        if function.binaries != [name.clone()] {
            complain(format!("has the binaries {:?} and not one of its own name.", function.binaries));
        }
        if !(1..=MAIN_LINES).contains(&function.main_lines) {
            complain(format!(
                "has a main.rs of {} lines: it wires, in 1 to {MAIN_LINES}.",
                function.main_lines
            ));
        }
        if !template.contains(&format!("\n  {resource}:\n    Type: AWS::Serverless::Function\n")) {
            complain(format!("has no resource {resource} in infra/functions.yaml."));
        }
        if !makefile.contains(&format!("$(eval $(call binary,{resource},{name}))")) {
            complain(format!("is not built as {resource} by infra/Makefile."));
        }
        if function.golden_inputs == 0 {
            complain(format!("has no golden input in events/{name}/."));
        }
    }
    complaints
}

/// Folders of golden inputs that belong to no function.
fn orphans(files: &[String], functions: &[Function]) -> Vec<String> {
    let folders: BTreeSet<&str> = files
        .iter()
        .filter_map(|path| path.strip_prefix("events/")?.split_once('/').map(|(folder, _)| folder))
        .collect();
    let known = |folder: &str| folder == "published" || functions.iter().any(|f| f.folder == folder);
    let orphans = folders.into_iter().filter(|folder| !known(folder));
    orphans.map(|folder| format!("events/{folder} belongs to no function.")).collect()
}

/// `manifests` are paths with their texts.
fn lints(manifests: &[(String, String)]) -> Vec<String> {
    let without = manifests.iter().filter(|(_, text)| !text.contains("[lints]\nworkspace = true\n"));
    without.map(|(path, _)| format!("{path} does not take over the workspace's lints.")).collect()
}

#[test]
fn the_top_level_holds_only_what_the_design_names() {
    assert_tidy(&top_level(&files()));
}

#[test]
fn every_function_is_whole() {
    let (files, packages) = (files(), packages());
    let functions = functions(&files, &packages);
    assert!(functions.len() >= 11, "{functions:#?}");
    assert_tidy(&whole(&functions, &read("infra/functions.yaml"), &read("infra/Makefile")));
    assert_tidy(&orphans(&files, &functions));
}

#[test]
fn every_package_takes_over_the_workspaces_lints() {
    let manifest = |package: &Package| format!("{}/Cargo.toml", package.folder());
    let manifests =
        packages().iter().map(manifest).map(|path| (path.clone(), read(&path))).collect::<Vec<_>>();
    assert_tidy(&lints(&manifests));
}

#[test]
fn a_stranger_at_the_top_level_is_found() {
    let files = ["README.md", ".ci/run", "docs/a.md", "functions/relay/Cargo.toml", "notes.txt"];
    let complaints = top_level(&files.map(str::to_owned));
    assert_complains(&complaints, &["docs stands", "notes.txt stands"]);
}

#[test]
fn a_function_that_lacks_something_is_found() {
    let good = Function {
        folder: "record-delivery".to_owned(),
        package: Some("record-delivery".to_owned()),
        binaries: vec!["record-delivery".to_owned()],
        main_lines: 12,
        golden_inputs: 1,
    };
    let template = "Resources:\n  RecordDelivery:\n    Type: AWS::Serverless::Function\n";
    let makefile = "$(eval $(call binary,RecordDelivery,record-delivery))";
    assert_complains(&whole(std::slice::from_ref(&good), template, makefile), &[]);
    let table: [(Function, &str); 6] = [
        (Function { package: Some("delivery".to_owned()), ..good.clone() }, "is not a package of that name"),
        (Function { binaries: vec!["bootstrap".to_owned()], ..good.clone() }, "not one of its own name"),
        (Function { main_lines: 26, ..good.clone() }, "a main.rs of 26 lines"),
        (Function { main_lines: 0, ..good.clone() }, "a main.rs of 0 lines"),
        (Function { golden_inputs: 0, ..good.clone() }, "no golden input"),
        (Function { main_lines: 25, ..good.clone() }, ""),
    ];
    for (function, expected) in table {
        let expected = if expected.is_empty() { vec![] } else { vec![expected] };
        assert_complains(&whole(&[function], template, makefile), &expected);
    }
    let elsewhere = [template.replace("Serverless::Function", "SQS::Queue"), makefile.replace("Record", "")];
    let expected = ["no resource RecordDelivery", "not built as RecordDelivery"];
    assert_complains(&whole(std::slice::from_ref(&good), &elsewhere[0], &elsewhere[1]), &expected);
    let files = ["events/record-delivery/a.json", "events/published/A.v1.json", "events/gone/b.json"];
    assert_complains(&orphans(&files.map(str::to_owned), &[good]), &["events/gone belongs"]);
}

#[test]
fn a_package_without_the_lints_is_found() {
    let manifests = [
        ("a/Cargo.toml", "[package]\nname = \"a\"\n\n[lints]\nworkspace = true\n"),
        ("b/Cargo.toml", "[package]\nname = \"b\"\n"),
    ];
    let manifests = manifests.map(|(path, text)| (path.to_owned(), text.to_owned()));
    assert_complains(&lints(&manifests), &["b/Cargo.toml"]);
}
