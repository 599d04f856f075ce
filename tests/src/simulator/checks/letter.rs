//! A letter was given up to be printed: what is checked of mails; that it is printed once; and what becomes of it.

use domain::notice::Channel;
use jiff::civil::{Date, Weekday};

use super::super::Sim;
use super::super::calendar::{Instant, day, is_sending_day, plus, timestamp};
use super::super::edges::{Taken, Wrote};
use super::super::model::Line;
use super::super::trace::Check;
use super::super::weather::Function;
use super::mail::SECOND_TRY_AFTER;

impl Sim {
    pub(in super::super) fn posted(&mut self, letter: &Taken) {
        let notice = letter.notice.as_str();
        let owner = notice.rsplit_once('.').and_then(|(debtor, _)| self.debtor(debtor));
        let Some(debtor) = owner else {
            return self.violate(Check::Contents, format!("a letter about {notice}, which is nobody's"));
        };
        let (answered, again) = (letter.answered, letter.again);
        let lines = self.lines_stored(debtor, notice);
        self.trace
            .add(self.now, || format!("LETTER {notice} {lines:?}, answered: {answered}, again: {again}"));
        self.check_holds(debtor, notice, &lines);
        self.check_window(notice, Function::SendLetter);
        self.check_printed_once(debtor, letter, &lines);
        self.check_order(debtor, notice, &lines);
        self.check_interval(debtor, notice);
        let to = envelope(letter);
        match self.claims.get(&letter.process).cloned() {
            Some(claim) => {
                self.check_wait(debtor, notice, &lines, claim.at);
                // Amounts stand on paper with a blank at which no line is broken.
                let text = letter.page.to_string().replace('\u{a0}', " ");
                self.check_contents(debtor, notice, &lines, &claim, &text);
                self.check_named(debtor, notice, &lines, &text);
                self.check_envelope(debtor, notice, claim.at, &to);
            }
            None => self.violate(Check::MailOnce, format!("{notice} was posted without a claim")),
        }
        self.keep_promise(debtor, notice, &lines);
        self.note_mail(debtor, notice, &lines, &[to]);
        if !again && !letter.tells {
            self.plan_words_of(debtor, notice);
        }
    }

    /// Given up a second time it is the same letter, of which one is printed; and that only where nobody could know of the first
    /// and four hours went by.
    fn check_printed_once(&mut self, debtor: usize, letter: &Taken, lines: &[Line]) {
        let notice = letter.notice.as_str();
        let known = self.debtors[debtor].notices.get(notice).cloned().unwrap_or_default();
        let Some(before) = known.mails.last() else {
            self.counts.letters += 1;
            return self.check_once(debtor, notice, lines);
        };
        self.counts.second_tries += 1;
        if !letter.again {
            self.violate(Check::MailOnce, format!("{notice} is printed a second time, under another id"));
        }
        let waited = self.now - before.at >= SECOND_TRY_AFTER;
        if known.mails.len() != 1 || !waited || known.told.is_some() {
            let (times, before) = (known.mails.len() + 1, timestamp(before.at));
            let what = format!("{notice} is given up for the {times}th time, after {before}");
            self.violate(Check::MailOnce, what);
        }
    }

    /// The letter names each invoice that it is about.
    fn check_named(&mut self, debtor: usize, notice: &str, lines: &[Line], text: &str) {
        let about = |bill: &str| lines.iter().any(|line| line.bill == bill);
        let missing =
            self.debtors[debtor].book.bills().find(|bill| about(&bill.id) && !text.contains(&bill.number));
        if let Some(bill) = missing.map(|bill| bill.id.clone()) {
            self.violate(Check::Contents, format!("{notice} does not name {bill}"));
        }
    }

    /// It goes to the debtor's address, from which none came back.
    fn check_envelope(&mut self, debtor: usize, notice: &str, claimed: Instant, to: &str) {
        let known = &self.debtors[debtor];
        let Some(card) = known.card.as_ref().filter(|_| known.card_since < claimed) else { return };
        if card.postal() != to || known.failed.iter().any(|failed| failed == to) {
            self.violate(Check::Address, format!("{notice} goes to {to}"));
        }
    }

    /// The post has a letter: since a day on which it can have it. The law presumes when it is delivered.
    pub(super) fn post_told(&mut self, debtor: usize, notice: &str, posted_on: Date) {
        let today = day(self.now);
        let Some(known) = self.debtors[debtor].notices.get_mut(notice) else {
            return self.violate(Check::Timeline, format!("{notice}, which the post has, is unknown"));
        };
        let left = known.mails.first().map(|left| day(left.at));
        known.delivered = known.delivered.max(Some(presumed(posted_on)));
        // A clock that is ahead may be in the next day.
        if known.channel != Some(Channel::Letter)
            || left.is_none_or(|left| posted_on < left)
            || posted_on > plus(today, 1)
        {
            let what = format!("the post has {notice} since {posted_on}, and it left on {left:?}");
            self.violate(Check::Timeline, what);
        }
    }

    /// A letter came back: its address is not written to again, unless the debtor has another since.
    pub(super) fn check_returned(&mut self, debtor: usize, notice: &str, wrote: &Wrote) {
        self.counts.returned += 1;
        let known = &self.debtors[debtor];
        let to = known.notices.get(notice).and_then(|n| n.mails.last()?.to.first().cloned());
        let marked = wrote.dossier.iter().any(|d| d.failed_addresses.iter().any(|f| to.as_ref() == Some(f)));
        let is_theirs = known.card.as_ref().is_some_and(|card| to.as_ref() == Some(&card.postal()));
        if is_theirs && !marked {
            self.violate(Check::PassedOn, format!("{notice} came back from {to:?}, which is not marked"));
        }
    }
}

/// Who it goes to, without the name, in one line.
fn envelope(letter: &Taken) -> String {
    let lines = letter.page["recipient"].as_array().map(Vec::as_slice).unwrap_or_default();
    let lines: Vec<&str> = lines.iter().skip(1).filter_map(|line| line.as_str()).collect();
    lines.join(", ")
}

/// The second day after the post got it, on which there is post: none comes on Sundays, Mondays and public holidays
/// (HR 2016:2704).
fn presumed(posted_on: Date) -> Date {
    let comes = |on: &Date| is_sending_day(*on) && on.weekday() != Weekday::Monday;
    let mut days = (1..30).map(|days| plus(posted_on, days)).filter(comes);
    days.nth(1).expect("there is post within a month")
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_letter_is_presumed_delivered_on_the_second_day_with_post() {
        let table = [
            (date(2026, 11, 3), date(2026, 11, 5)),
            (date(2026, 11, 5), date(2026, 11, 7)),
            (date(2026, 11, 6), date(2026, 11, 10)),
            (date(2026, 12, 22), date(2026, 12, 24)),
            (date(2026, 12, 24), date(2026, 12, 30)),
        ];
        for (posted, presumed_on) in table {
            assert_eq!(presumed(posted), presumed_on, "{posted}");
        }
    }
}
