//! Seeds of eighteen months each, whatever goes wrong; and broken copies of the rules, each of which is caught.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use tests::simulator::sabotage::{SABOTAGES, Sabotage};
use tests::simulator::trace::Check;
use tests::simulator::{Counts, Outcome, Setup, run};

/// Seeds of an ordinary run. More: `TIJDIG_SEEDS=20000 cargo test --workspace --test all simulator`.
const SEEDS: u64 = 2_000;

/// Seeds that a broken rule is looked for in.
const SEEDS_FOR_A_BROKEN_RULE: u64 = 600;

/// Lines of a trace that a failure shows.
const TAIL: usize = 60;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().expect("a number"))
}

/// Does each piece of work, as many at once as the machine has processors. The results are in the order of the work.
fn spread<T: Sync, R: Send>(work: &[T], each: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::new());
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let place = next.fetch_add(1, Ordering::SeqCst);
                    let Some(piece) = work.get(place) else { return };
                    let result = each(piece);
                    results.lock().unwrap().push((place, result));
                }
            });
        }
    });
    let mut results = results.into_inner().unwrap();
    results.sort_by_key(|(place, _)| *place);
    results.into_iter().map(|(_, result)| result).collect()
}

/// How a seed that failed is run again, and how it ended.
fn explain(seed: u64, failed: &Outcome) -> String {
    let again = run(Setup { seed, sabotage: None, traced: true });
    let first = again.trace.iter().position(|line| line.contains("VIOLATION")).map_or(0, |at| at + 1);
    let tail = &again.trace[first.saturating_sub(TAIL)..first];
    let violations: Vec<String> = failed.violations.iter().map(ToString::to_string).collect();
    format!(
        "TIJDIG_SEED={seed} cargo test --workspace --test all simulator -- --nocapture\n{}\n\n{}\n",
        tail.join("\n"),
        violations.join("\n")
    )
}

/// One seed, with its whole trace: `TIJDIG_SEED=42 cargo test --workspace --test all simulator -- --nocapture`.
fn replay(seed: u64) {
    let outcome = run(Setup { seed, sabotage: None, traced: true });
    for line in &outcome.trace {
        println!("{line}");
    }
    println!("{:?}", outcome.counts);
    assert_eq!(outcome.violations, []);
}

#[test]
fn whatever_goes_wrong_the_rules_hold() {
    if let Some(seed) = number("TIJDIG_SEED") {
        return replay(seed);
    }
    let seeds: Vec<u64> = (0..number("TIJDIG_SEEDS").unwrap_or(SEEDS)).collect();
    let outcomes = spread(&seeds, |seed| run(Setup { seed: *seed, sabotage: None, traced: false }));
    let mut counts = Counts::default();
    outcomes.iter().for_each(|outcome| counts.add(&outcome.counts));
    println!("{counts:?}");
    let failed: Vec<(&u64, &Outcome)> =
        seeds.iter().zip(&outcomes).filter(|(_, outcome)| !outcome.violations.is_empty()).collect();
    if let Some((seed, outcome)) = failed.first() {
        let all: Vec<&u64> = failed.iter().map(|(seed, _)| *seed).collect();
        panic!("{} of {} seeds fail: {all:?}\n{}", failed.len(), seeds.len(), explain(**seed, outcome));
    }
    // What is never done is never checked.
    let Counts { mails, signals, holds, second_mails, promises_kept, struck, charges, causes, .. } = counts;
    let Counts { texts, calls, .. } = counts;
    let often = [mails / 10, signals / 2, holds / 3, promises_kept / 10, struck / 3];
    let enough = often.into_iter().chain([second_mails * 50, charges * 20, causes, texts, calls]);
    if seeds.len() as u64 >= SEEDS {
        assert!(enough.into_iter().all(|count| count * 4 >= seeds.len() as u64), "{counts:?}");
        // At most five in ten thousand messages come twice: those of which nobody could know.
        assert!(second_mails * 2_000 <= mails + texts, "{counts:?}");
    }
}

#[test]
fn a_seed_is_one_trace() {
    let seeds: Vec<u64> = (0..6).collect();
    let same = spread(&seeds, |seed| {
        let traced = || run(Setup { seed: *seed, sabotage: None, traced: true }).trace;
        let (first, second) = (traced(), traced());
        first.len() > 300 && first == second
    });
    assert_eq!(same, [true; 6]);
}

/// The first seed in which the check catches the broken rule, or what else was found instead.
fn caught(sabotage: Sabotage, check: Check) -> Result<u64, Vec<Check>> {
    let mut others = Vec::new();
    for seed in 0..SEEDS_FOR_A_BROKEN_RULE {
        let outcome = run(Setup { seed, sabotage: Some(sabotage), traced: false });
        if outcome.violations.iter().any(|violation| violation.check == check) {
            return Ok(seed);
        }
        others.extend(outcome.violations.iter().map(|violation| violation.check));
    }
    others.sort_unstable();
    others.dedup();
    Err(others)
}

#[test]
fn every_broken_rule_is_caught_by_its_own_check() {
    let found = spread(&SABOTAGES, |(sabotage, check)| caught(*sabotage, *check));
    let mut missed = Vec::new();
    for ((sabotage, check), found) in SABOTAGES.iter().zip(found) {
        match found {
            Ok(seed) => println!("{sabotage:?} is caught by {check:?} in seed {seed}"),
            Err(others) => missed.push(format!("{sabotage:?} is not caught by {check:?}, but by {others:?}")),
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}
