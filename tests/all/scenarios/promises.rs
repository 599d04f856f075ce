//! What a debtor's page promises is what happens: `nextAction.on` is the day on which the next mail leaves.

use domain::calendar::{plus_days, today};
use jiff::civil::Date;
use serde_json::{Value, json};
use tests::bodies::{consumer, invoice, payment};
use tests::world::World;

/// What changes on the way, on this day at noon.
#[derive(Debug, Clone)]
enum Change {
    Put(&'static str, Value),
    Hold(Value, Option<&'static str>),
    Post(&'static str, Value),
    /// Lifts the hold that was placed so many holds ago, 0 for the last one.
    Lift(usize),
}

fn bill(debtor: &str, number: &str, due: &str, total: &str) -> Value {
    invoice(debtor, &format!("{debtor}-{number}"), "2026-09-01", due, total)
}

fn plan_of(debtor: &str, first_on: &str, instalments: u16) -> Value {
    json!({ "debtorId": debtor, "instalments": instalments, "every": "month", "firstOn": first_on,
        "proposedBy": "creditor", "approve": true })
}

/// Debtors with what happens to them.
fn debtors() -> Vec<(&'static str, Vec<(&'static str, Change)>)> {
    use Change::{Hold, Lift, Post, Put};
    let own = |debtor: &str| json!({ "debtorId": debtor });
    vec![
        ("plain", vec![("2026-09-10", Put("/v1/invoices/a1", bill("plain", "1", "2026-10-01", "80.00")))]),
        (
            "terms",
            vec![
                ("2026-09-10", Put("/v1/invoices/b1", bill("terms", "1", "2026-10-01", "121.00"))),
                ("2026-10-05", Put("/v1/invoices/b2", bill("terms", "2", "2026-11-01", "121.00"))),
                ("2026-11-05", Put("/v1/invoices/b3", bill("terms", "3", "2026-12-01", "121.00"))),
                ("2026-12-05", Put("/v1/invoices/b4", bill("terms", "4", "2027-01-01", "121.00"))),
                ("2027-01-05", Put("/v1/invoices/b5", bill("terms", "5", "2027-02-01", "121.00"))),
            ],
        ),
        (
            "christmas",
            vec![
                ("2026-12-01", Put("/v1/invoices/c1", bill("christmas", "1", "2026-12-18", "60.00"))),
                ("2026-12-01", Put("/v1/invoices/c2", bill("christmas", "2", "2026-12-11", "60.00"))),
            ],
        ),
        (
            "held",
            vec![
                ("2026-09-10", Put("/v1/invoices/e1", bill("held", "1", "2026-09-20", "80.00"))),
                ("2026-10-02", Hold(own("held"), Some("2026-10-25"))),
                ("2026-10-10", Hold(own("held"), Some("2026-11-15"))),
                ("2026-12-01", Hold(own("held"), None)),
                ("2027-01-03", Lift(0)),
            ],
        ),
        (
            "partly",
            vec![
                ("2026-09-10", Put("/v1/invoices/f1", bill("partly", "1", "2026-09-20", "80.00"))),
                ("2026-09-10", Put("/v1/invoices/f2", bill("partly", "2", "2026-10-03", "80.00"))),
                ("2026-10-02", Hold(json!({ "invoiceId": "f1" }), None)),
                ("2026-11-20", Lift(0)),
                ("2026-12-20", Put("/v1/payments/pf1", payment("f1", "80.00", "2026-12-20"))),
                (
                    "2027-01-20",
                    Put("/v1/payments/pf2", {
                        let mut storno = payment("f1", "80.00", "2027-01-20");
                        storno["kind"] = json!("reversal");
                        storno
                    }),
                ),
            ],
        ),
        (
            "planned",
            vec![
                ("2026-09-10", Put("/v1/invoices/h1", bill("planned", "1", "2026-09-20", "90.00"))),
                ("2026-09-12", Put("/v1/invoices/h2", bill("planned", "2", "2026-09-20", "90.00"))),
                ("2026-10-02", Post("/v1/payment-plans", plan_of("planned", "2026-10-31", 4))),
                ("2026-11-02", Put("/v1/payments/ph1", payment("h1", "45.00", "2026-11-02"))),
                ("2026-12-03", Put("/v1/payments/ph2", payment("h1", "45.00", "2026-12-03"))),
                // The third is paid in part, and the plan broken in January.
                ("2027-01-02", Put("/v1/payments/ph3", payment("h2", "40.00", "2027-01-02"))),
                ("2027-02-01", Post("/v1/promises", json!({ "debtorId": "planned", "payBy": "2027-02-14" }))),
            ],
        ),
        (
            "disputed",
            vec![
                ("2026-09-10", Put("/v1/invoices/k1", bill("disputed", "1", "2026-09-20", "90.00"))),
                ("2026-09-12", Put("/v1/invoices/k2", bill("disputed", "2", "2026-09-25", "90.00"))),
                (
                    "2026-10-05",
                    Post("/v1/disputes", json!({ "invoiceId": "k1", "reason": "other", "text": "not mine" })),
                ),
                (
                    "2026-11-05",
                    Post(
                        "/v1/disputes/disputed.d1/decide",
                        json!({ "decision": "rejected", "amount": null, "reason": "it is" }),
                    ),
                ),
                (
                    "2026-12-20",
                    Post("/v1/promises", json!({ "debtorId": "disputed", "payBy": "2027-01-10" })),
                ),
            ],
        ),
        (
            "late",
            vec![
                // In the books long after it fell due, and on a Sunday.
                ("2026-11-15", Put("/v1/invoices/g1", bill("late", "1", "2026-09-01", "80.00"))),
                ("2027-02-10", Put("/v1/invoices/g2", bill("late", "2", "2027-03-21", "80.00"))),
            ],
        ),
    ]
}

fn promise(view: &Value) -> Option<Date> {
    view["nextAction"]["on"].as_str().map(|on| on.parse().unwrap())
}

#[tokio::test]
async fn every_promise_of_half_a_year_is_kept_to_the_day() {
    let mut kept = 0;
    for (debtor, changes) in debtors() {
        let world = World::at("2026-09-01T10:00:00Z").await;
        let path = format!("/v1/debtors/{debtor}");
        world.put(&path, &consumer(&debtor.to_uppercase())).await;
        let mut holds = Vec::new();
        // What was promised since something last changed, with the day of the promise.
        let mut promises: Vec<(Date, Option<Date>)> = Vec::new();
        let mut day: Date = "2026-09-01".parse().unwrap();
        let end: Date = "2027-04-10".parse().unwrap();
        while day < end {
            let mails = world.mail.taken().len();
            // Long before the window opens, then through the day.
            world.go_to(&format!("{day}T03:00:00Z")).await;
            assert_eq!(world.mail.taken().len(), mails, "{debtor}: at night before {day}");
            promises.push((day, promise(&world.get(&path).await)));
            world.go_to(&format!("{day}T11:00:00Z")).await;
            let left = world.mail.taken().len() > mails;
            for (made_on, promised) in &promises {
                let due_today = *promised == Some(day);
                assert_eq!(
                    due_today, left,
                    "{debtor}: on {made_on} for {promised:?}; today {day}, left: {left}"
                );
            }
            if left {
                kept += promises.len();
                promises.clear();
            }
            for (_, change) in changes.iter().filter(|(on, _)| *on == day.to_string()) {
                promises.clear();
                match change {
                    Change::Put(path, body) => {
                        world.put(path, body).await;
                    }
                    Change::Post(path, body) => {
                        let answer = world.call("POST", path, Some(body)).await;
                        assert!(answer.status.is_success(), "{debtor}: {path}: {}", answer.body);
                    }
                    Change::Hold(scope, until) => {
                        holds.push(world.hold(scope.clone(), "reminders", *until).await)
                    }
                    Change::Lift(back) => world.lift(&holds[holds.len() - 1 - back]).await,
                }
                // What is promised at once may be for today already.
                promises.push((day, promise(&world.get(&path).await)));
            }
            let mails = world.mail.taken().len();
            world.go_to(&format!("{day}T20:00:00Z")).await;
            if world.mail.taken().len() > mails {
                assert!(promises.iter().all(|(_, p)| *p == Some(day)), "{debtor}: {promises:?} on {day}");
                kept += promises.len();
                promises.clear();
            } else {
                assert!(promises.iter().all(|(_, p)| *p != Some(day)), "{debtor}: {promises:?} on {day}");
            }
            assert_eq!(today(world.now()), day);
            day = plus_days(day, 1);
        }
        assert!(world.mail.taken().len() >= 4, "{debtor}: {}", world.mail.taken().len());
    }
    assert!(kept > 400, "{kept}");
}
