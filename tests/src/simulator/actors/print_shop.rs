//! The print shop that empties the folder: its people tell what became of a letter, late, twice, in any order or never.

use serde_json::json;

use super::super::Sim;
use super::super::calendar::{DAY, HOUR};
use super::super::engine::Event;
use super::super::model::{Intent, Request};
use super::Act;

impl Sim {
    /// A letter lies in the folder: what will be told of it.
    pub(in super::super) fn plan_words_of(&mut self, debtor: usize, notice: &str) {
        let story: &[&'static str] = match self.paper.u32(..12) {
            0 | 1 => &[],
            2 => &["returned"],
            3 => &["posted", "returned"],
            4 => &["notSent"],
            5 => &["delivered", "posted"],
            6 | 7 => &["posted", "delivered"],
            _ => &["posted"],
        };
        let mut at = self.now;
        for &outcome in story {
            at += self.paper.i64(6 * HOUR..5 * DAY);
            let copies = if self.paper.u32(..6) == 0 { 2 } else { 1 };
            for copy in 0..copies {
                let again = if copy == 0 { 0 } else { self.paper.i64(1..6 * DAY) };
                let act = Act::TellOfLetter { debtor, notice: notice.to_owned(), outcome };
                self.agenda.put(at + again, Event::Act(act));
            }
        }
    }

    pub(super) fn tell_of_letter(&mut self, debtor: usize, notice: &str, outcome: &str) {
        let request = Request {
            method: "POST",
            path: format!("/v1/notices/{notice}/delivery"),
            body: json!({ "outcome": outcome }).to_string(),
            key: None,
            debtor: Some(debtor),
            intent: Intent::LetterTold,
            asked: None,
            applied: None,
            answered: None,
        };
        self.request(self.now, request);
    }
}
