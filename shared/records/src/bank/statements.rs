//! A statement taken in: each line once, whichever file brings it.

use std::collections::BTreeMap;
use std::ops::Range;

use contracts::failure::Failure;
use domain::Money;
use domain::administration::Administration;
use domain::bank::{BankLine, Statement};
use domain::bank_line::{Ignoring, KeptLine, LineState, Match};
use domain::matching::{NoMatch, Proposal, Verdict, judge};
use futures_util::{StreamExt, TryStreamExt, stream};
use jiff::civil::Date;
use store::{Along, StatementCounts, StoredStatement, until_no_conflict};

use super::payment_id;
use super::returned::Gone;
use crate::{Origin, Records};

/// Payers whose lines are taken in at once.
const AT_ONCE: usize = 8;

/// What became of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementTaken {
    /// The statement, with what became of its lines.
    pub statement: StoredStatement,
    /// The statement before it ends in another balance.
    pub gap: Option<Gap>,
}

/// Two statements of one account that do not meet: something between them is missing, or comes twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// The day on which the statement before closed.
    pub closed_on: Date,
    /// Its closing balance, in euros.
    pub closing: Money,
    /// The opening balance of this one.
    pub opening: Money,
}

/// Whether a statement goes on where the one before it ended.
pub fn gap(before: Option<&StoredStatement>, statement: &StoredStatement) -> Option<Gap> {
    let before = before.filter(|b| b.closing != statement.opening)?;
    Some(Gap { closed_on: before.closed_on, closing: before.closing, opening: statement.opening })
}

impl Records {
    /// Takes a statement in: its lines are matched, and booked where the rules are certain enough. The same statement again,
    /// or another one with the same lines, changes nothing; one that was taken in half goes on where it stopped.
    ///
    /// # Errors
    /// Only what keeps every line out, such as a store that is away.
    pub async fn take_statement(
        &self,
        origin: &Origin,
        statement: &Statement,
    ) -> Result<StatementTaken, Failure> {
        let counts = self.take_lines(origin, statement, 0..statement.lines.len()).await?;
        self.keep_statement(origin, statement, counts).await
    }

    /// Takes some lines of a statement in, as [`Records::take_statement`] does with all of them: for statements that are
    /// taken in part by part. The statement itself is kept with the last of them.
    ///
    /// # Errors
    /// Only what keeps every line out, such as a store that is away.
    pub async fn take_lines(
        &self,
        origin: &Origin,
        statement: &Statement,
        lines: Range<usize>,
    ) -> Result<StatementCounts, Failure> {
        let settings = self.administration(&origin.administration).await?.value;
        let settings = &settings;
        let lines = statement.lines.get(lines).unwrap_or_default();
        let of_one = |lines| self.take_lines_of_one(origin, settings, &statement.account, lines);
        let groups: Vec<_> = by_payer(lines).into_iter().map(of_one).collect();
        let groups = stream::iter(groups).buffer_unordered(AT_ONCE);
        let taken: Vec<Vec<(KeptLine, bool)>> = groups.try_collect().await?;
        Ok(count(taken.iter().flatten()))
    }

    /// Takes the lines of one payer in, in their order.
    async fn take_lines_of_one(
        &self,
        origin: &Origin,
        settings: &Administration,
        account: &str,
        lines: Vec<&BankLine>,
    ) -> Result<Vec<(KeptLine, bool)>, Failure> {
        let mut taken = Vec::with_capacity(lines.len());
        for line in lines {
            taken.push(self.take_line(origin, settings, account, line).await?);
        }
        Ok(taken)
    }

    /// Keeps a statement whose lines were all taken in, with what became of them.
    ///
    /// # Errors
    /// The store is away.
    pub async fn keep_statement(
        &self,
        origin: &Origin,
        statement: &Statement,
        counts: StatementCounts,
    ) -> Result<StatementTaken, Failure> {
        let stored = StoredStatement {
            id: StoredStatement::id_of(statement),
            account: statement.account.clone(),
            number: statement.number.clone(),
            closed_on: statement.closed_on,
            opening: statement.opening,
            closing: statement.closing,
            counts,
            taken_at: self.now()?,
            by: origin.by.clone(),
        };
        self.store.put_statement(&origin.administration, &stored).await?;
        let before = self.store.statement_before(&origin.administration, &stored).await?;
        Ok(StatementTaken { gap: gap(before.as_ref(), &stored), statement: stored })
    }

    /// Takes one line in. `true` where it was known.
    async fn take_line(
        &self,
        origin: &Origin,
        settings: &Administration,
        account: &str,
        movement: &BankLine,
    ) -> Result<(KeptLine, bool), Failure> {
        let taken = until_no_conflict(|| async {
            if let Some(known) = self.store.bank_line(&origin.administration, &movement.id).await? {
                return Ok((known.value, true));
            }
            let line = KeptLine::taken_in(movement.clone(), account, &origin.by, self.now()?);
            match self.decide(origin, settings, line.clone(), true).await {
                // A rule of the dossier is in the way, and a person sees the line.
                Err(Failure::Rejected { .. } | Failure::BadInput(_)) => {
                    Ok((self.decide(origin, settings, line, false).await?, false))
                }
                decided => Ok((decided?, false)),
            }
        });
        let (line, known) = taken.await?;
        Ok((self.go_on(origin, settings, line).await?, known))
    }

    /// Decides what a new line is and stores it; `book` where that may be without anybody's word.
    async fn decide(
        &self,
        origin: &Origin,
        settings: &Administration,
        mut line: KeptLine,
        book: bool,
    ) -> Result<KeptLine, Failure> {
        let movement = line.movement.clone();
        if book && let Some(state) = self.of_direct_debits(origin, &movement).await? {
            line.state = state;
            return self.store_line(origin, settings, line, None, Vec::new()).await;
        }
        let verdict = if movement.amount.is_positive() {
            self.verdict(&origin.administration, &movement, &settings.bank).await?
        } else {
            match self.gone(origin, &movement).await? {
                Gone::TakesBack(found) => judge(found, &settings.bank, NoMatch::OriginalNotFound),
                Gone::OriginalNotFound => Verdict::Unmatched(NoMatch::OriginalNotFound),
                Gone::NotOurs => {
                    line.state = LineState::Ignored(Ignoring::NotOurs);
                    return self.store_line(origin, settings, line, None, Vec::new()).await;
                }
            }
        };
        let mut along = Vec::new();
        match verdict {
            Verdict::Automatic(proposal) if book => {
                along = self.begin(origin, &mut line, proposal).await?;
            }
            Verdict::Automatic(proposal) => suggest(&mut line, vec![proposal]),
            Verdict::Suggested(proposals) => suggest(&mut line, proposals),
            Verdict::Unmatched(why) => line.state = LineState::Unmatched(why),
        }
        self.store_line(origin, settings, line, None, along).await
    }

    async fn begin(
        &self,
        origin: &Origin,
        line: &mut KeptLine,
        proposal: Proposal,
    ) -> Result<Vec<Along>, Failure> {
        let now = self.now()?;
        let id = line.id().clone();
        let name = |number| payment_id(&id, number);
        let Some(original) = proposal.takes_back.clone() else {
            line.proposals = vec![proposal.clone()];
            line.begin_match(Match::of(proposal.parts.clone(), Some(proposal)), name, &origin.by, now)?;
            return Ok(Vec::new());
        };
        let mut original = self.standing_line(origin, &original, line).await?;
        let wanted = self.taking_back(origin, &original.value, Some(proposal.clone())).await?;
        line.proposals = vec![proposal];
        line.begin_match(wanted, name, &origin.by, now)?;
        original.value.set_taken_back(Some(&id), &origin.by, now);
        Ok(vec![Along::BankLine { line: Box::new(original.value), known: Some(original.version) }])
    }
}

fn suggest(line: &mut KeptLine, proposals: Vec<Proposal>) {
    line.state = LineState::Suggested;
    line.proposals = proposals;
}

/// Lines in groups of one payer each, in their order: what one payer sends is taken in one after the other.
fn by_payer(lines: &[BankLine]) -> Vec<Vec<&BankLine>> {
    let mut groups: BTreeMap<&str, Vec<&BankLine>> = BTreeMap::new();
    for line in lines {
        let payer = line.counterparty_account.as_deref().or(line.counterparty_name.as_deref());
        groups.entry(payer.unwrap_or_default()).or_default().push(line);
    }
    groups.into_values().collect()
}

fn count<'a>(taken: impl Iterator<Item = &'a (KeptLine, bool)>) -> StatementCounts {
    let mut counts = StatementCounts::default();
    for (line, known) in taken {
        counts.lines += 1;
        counts.known += u32::from(*known);
        match &line.state {
            LineState::Matching | LineState::Matched | LineState::DirectDebits { .. } => counts.matched += 1,
            LineState::Suggested => counts.suggested += 1,
            LineState::Unmatched(_) | LineState::Undoing => counts.unmatched += 1,
            LineState::Ignored(_) => counts.ignored += 1,
        }
    }
    counts
}
