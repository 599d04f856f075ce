//! Seeds of eighteen months each, whatever goes wrong; and broken copies of the rules, each of which is caught.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use tests::simulator::sabotage::SABOTAGES;
use tests::simulator::{Counts, Outcome, Setup, run};

/// Seeds of an ordinary run. More: `TIJDIG_SEEDS=20000 cargo test -p tests simulator`.
const SEEDS: u64 = 2_000;

/// Lines of a trace that a failure shows.
const TAIL: usize = 60;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().expect("a number"))
}

/// How a seed that failed is run again, and how it ended.
fn explain(seed: u64, sabotaged: &Outcome) -> String {
    let again = run(Setup { seed, sabotage: None, traced: true });
    let first = again.trace.iter().position(|line| line.contains("VIOLATION")).map_or(0, |at| at + 1);
    let tail = &again.trace[first.saturating_sub(TAIL)..first];
    let violations: Vec<String> = sabotaged.violations.iter().map(ToString::to_string).collect();
    format!(
        "TIJDIG_SEED={seed} cargo test -p tests simulator -- --nocapture\n{}\n\n{}\n",
        tail.join("\n"),
        violations.join("\n")
    )
}

#[test]
fn whatever_goes_wrong_the_rules_hold() {
    if let Some(seed) = number("TIJDIG_SEED") {
        let outcome = run(Setup { seed, sabotage: None, traced: true });
        for line in &outcome.trace {
            println!("{line}");
        }
        println!("{:?}", outcome.counts);
        assert_eq!(outcome.violations, []);
        return;
    }
    let seeds = number("TIJDIG_SEEDS").unwrap_or(SEEDS);
    let next = AtomicU64::new(0);
    let total = Mutex::new(Counts::default());
    let failed = Mutex::new(Vec::new());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::SeqCst);
                    if seed >= seeds {
                        return;
                    }
                    let outcome = run(Setup { seed, sabotage: None, traced: false });
                    total.lock().unwrap().add(&outcome.counts);
                    if !outcome.violations.is_empty() {
                        failed.lock().unwrap().push((seed, outcome));
                    }
                }
            });
        }
    });
    let mut failed = failed.into_inner().unwrap();
    failed.sort_by_key(|(seed, _)| *seed);
    println!("{:?}", total.into_inner().unwrap());
    if let Some((seed, outcome)) = failed.first() {
        let all: Vec<u64> = failed.iter().map(|(seed, _)| *seed).collect();
        panic!("{} of {seeds} seeds fail: {all:?}\n{}", failed.len(), explain(*seed, outcome));
    }
}

#[test]
fn a_seed_is_one_trace() {
    for seed in 0..4 {
        let traced = || run(Setup { seed, sabotage: None, traced: true }).trace;
        let (first, second) = (traced(), traced());
        assert!(first.len() > 300, "{}", first.len());
        assert!(first == second, "seed {seed} differs");
    }
}

/// Seeds that a broken rule is looked for in.
const SEEDS_FOR_A_BROKEN_RULE: u64 = 150;

#[test]
fn every_broken_rule_is_caught_by_its_own_check() {
    let mut missed = Vec::new();
    for (sabotage, check) in SABOTAGES {
        let mut others = Vec::new();
        let caught = (0..SEEDS_FOR_A_BROKEN_RULE).any(|seed| {
            let outcome = run(Setup { seed, sabotage: Some(sabotage), traced: false });
            others.extend(outcome.violations.iter().map(|violation| violation.check));
            outcome.violations.iter().any(|violation| violation.check == check)
        });
        if !caught {
            others.sort_unstable();
            others.dedup();
            missed.push(format!("{sabotage:?} is not caught by {check:?}, but by {others:?}"));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}
