//! Payments that came in here and costs that were charged here, told to the package: claimed, one attempt, completed. What may have arrived is looked for
//! before it is told again.

use contracts::failure::Failure;
use domain::dossier::{Dossier, Draft};
use domain::ids::{AdministrationId, DebtorId, InvoiceId, PaymentId};
use domain::invoice::Invoice;
use domain::write_back::{self, Line, LineKind, LineState, Subject};
use jiff::{SignedDuration, Timestamp};
use outside::accounting::{PackageError, WriteBack, WriteOutcome, WrittenBack};
use sha2::{Digest, Sha256};
use store::{Along, StoredPayment, Told, until_no_conflict};

use crate::session::{Session, Stop};

/// Payments that one read of the list takes.
const PAGE: u32 = 100;

/// The list of payments follows the table a moment later: that far back it is looked at again.
const FOLLOWS: SignedDuration = SignedDuration::from_secs(60);

/// Attempts whose outcome is not known before a person has to look.
const MOST_TRIES: u32 = 3;

impl Session<'_> {
    fn told_since(&self) -> Timestamp {
        self.connection.told_until.unwrap_or(self.connection.asked_at) - FOLLOWS
    }

    /// Whether any payment changed that may have to be told.
    pub(crate) async fn something_to_tell(&self) -> Result<bool, Stop> {
        let store = &self.sync.store;
        let page = store.payments(&self.administration, Some(self.told_since()), 1, None).await?;
        Ok(!page.items.is_empty())
    }

    /// Tells the package of every payment that changed here since the last time, and of what was not settled then.
    pub(crate) async fn tell(&mut self) -> Result<(), Stop> {
        if !self.connection.options.write_back {
            return Ok(());
        }
        let (since, began_at) = (self.told_since(), self.now()?);
        let mut settled = true;
        let mut cursor: Option<String> = None;
        loop {
            let store = &self.sync.store;
            let page = store.payments(&self.administration, Some(since), PAGE, cursor.as_deref()).await?;
            for stored in page.items {
                settled &= self.tell_payment(&stored).await?;
            }
            cursor = page.next;
            if cursor.is_none() {
                break;
            }
        }
        if settled {
            self.connection.told_until = Some(began_at);
        }
        Ok(())
    }

    /// Whether there is nothing left to be told of it.
    async fn tell_payment(&mut self, stored: &StoredPayment) -> Result<bool, Stop> {
        let (payment, package) = (&stored.payment, self.connection.package);
        if package.own_id(payment.id.as_str()).is_some() {
            return Ok(true);
        }
        let subject = Subject::Payment(payment.id.clone());
        let told = self.sync.store.told(&self.administration, &subject, package).await?;
        let ours = |id: &&InvoiceId| package.own_id(id.as_str()).is_some();
        if told.is_none() && !stored.booked_on.iter().any(|id| ours(&id)) {
            return Ok(true);
        }
        let (mut told, mut version) = told.map_or((Told::default(), None), |t| (t.value, Some(t.version)));
        let named = stored.booked_on.iter().filter(ours).chain(told.lines.iter().map(|l| &l.invoice));
        let invoices = self.invoices(&payment.debtor, named.cloned().collect()).await?;
        // Once more for what is to be taken back of what was only just told. What may have arrived just now is not looked
        // for at once: the package may still be busy with it.
        let mut from = 0;
        for _ in 0..2 {
            let now = self.now()?;
            let (id, changed_at) = (&payment.id, payment.modified_at);
            told.lines.extend(write_back::wanted(package, id, changed_at, &invoices, &told.lines, now));
            let lines = (&mut told, from);
            version = self.tell_lines(&subject, Some(&payment.debtor), &invoices, lines, version).await?;
            from = told.lines.len();
        }
        Ok(told.lines.iter().all(|line| line.is_settled() || self.is_for_a_person(line)))
    }

    /// Has the package take back what it was told of payments that are no longer here. One that is here again is told of
    /// with the others.
    pub(crate) async fn take_back(&mut self, dossier: &Dossier) -> Result<(), Stop> {
        let package = self.connection.package;
        if !self.connection.options.write_back {
            return Ok(());
        }
        let mut done = Vec::new();
        for untold in dossier.untold.iter().filter(|untold| untold.package == package) {
            if self.is_taken_back(&dossier.debtor.id, &untold.payment).await? {
                done.push(untold.clone());
            }
        }
        if done.is_empty() {
            return Ok(());
        }
        let settings = self.records.administration(&self.administration).await?.value;
        let store = &self.sync.store;
        until_no_conflict(|| async {
            let known = store.dossier(&self.administration, &dossier.debtor.id).await?;
            let known = known.ok_or_else(|| Failure::bug("a dossier went while it was worked on"))?;
            let mut draft = Draft::of(known.value, self.records.now()?, &self.origin.by);
            draft.dossier.untold.retain(|untold| !done.contains(untold));
            store.commit(&settings, &draft, Some(known.version), Vec::new()).await?;
            Ok(())
        })
        .await?;
        Ok(())
    }

    /// Whether nothing of this payment is left to be taken back.
    async fn is_taken_back(&mut self, debtor: &DebtorId, payment: &PaymentId) -> Result<bool, Stop> {
        let (store, package) = (&self.sync.store, self.connection.package);
        if store.payment(&self.administration, payment).await?.is_some() {
            return Ok(true);
        }
        let subject = Subject::Payment(payment.clone());
        let Some(told) = store.told(&self.administration, &subject, package).await? else { return Ok(true) };
        let (mut told, mut version) = (told.value, Some(told.version));
        self.authenticate().await?;
        let invoices = told.lines.iter().map(|line| line.invoice.clone()).collect();
        let invoices = self.invoices(debtor, invoices).await?;
        // Once more for what may have been told, and is only now known to be.
        let mut from = 0;
        for _ in 0..2 {
            let now = self.now()?;
            told.lines.extend(write_back::wanted(package, payment, Timestamp::MAX, &[], &told.lines, now));
            let lines = (&mut told, from);
            version = self.tell_lines(&subject, Some(debtor), &invoices, lines, version).await?;
            from = told.lines.len();
        }
        Ok(told.lines.iter().all(|line| line.is_settled() || self.is_for_a_person(line)))
    }

    /// Tells the package of costs that were charged on this debtor's open invoices, and asks it for nothing where there is
    /// nothing to tell.
    pub(crate) async fn tell_costs(&mut self, dossier: &Dossier) -> Result<(), Stop> {
        let options = &self.connection.options;
        if !options.write_back || options.costs.is_none() {
            return Ok(());
        }
        for invoice in dossier.invoices.values().filter(|invoice| !invoice.charges.is_empty()) {
            let (subject, package) = (Subject::Costs(invoice.id.clone()), self.connection.package);
            let told = self.sync.store.told(&self.administration, &subject, package).await?;
            let (mut told, version) = told.map_or((Told::default(), None), |t| (t.value, Some(t.version)));
            let now = self.now()?;
            told.lines.extend(write_back::wanted_costs(package, invoice, &told.lines, now));
            if told.lines.iter().all(|line| line.is_settled() || self.is_for_a_person(line)) {
                continue;
            }
            self.authenticate().await?;
            let lines = (&mut told, 0);
            self.tell_lines(&subject, None, std::slice::from_ref(invoice), lines, version).await?;
        }
        Ok(())
    }

    /// Tells what was not told yet, line by line from this one on. The version that is kept then.
    async fn tell_lines(
        &mut self,
        subject: &Subject,
        debtor: Option<&DebtorId>,
        invoices: &[Invoice],
        (told, from): (&mut Told, usize),
        mut version: Option<u64>,
    ) -> Result<Option<u64>, Stop> {
        for at in from..told.lines.len() {
            if told.lines[at].is_settled() || self.is_for_a_person(&told.lines[at]) {
                continue;
            }
            version = Some(self.claim(subject, told, at, version).await?);
            version = self.attempt(subject, debtor, invoices, told, at, version).await?;
        }
        Ok(version)
    }

    fn is_for_a_person(&self, line: &Line) -> bool {
        matches!(line.state, LineState::Unknown { tries, .. } if tries >= MOST_TRIES)
    }

    /// Keeps that it is about to be told. An attempt whose outcome is not known keeps its count.
    async fn claim(
        &self,
        subject: &Subject,
        told: &mut Told,
        at: usize,
        version: Option<u64>,
    ) -> Result<u64, Stop> {
        let now = self.now()?;
        if let LineState::Claimed { at } = &mut told.lines[at].state {
            *at = now;
        }
        let (store, package) = (&self.sync.store, self.connection.package);
        Ok(store.put_told(&self.administration, subject, package, told, version).await?)
    }

    async fn attempt(
        &mut self,
        subject: &Subject,
        debtor: Option<&DebtorId>,
        invoices: &[Invoice],
        told: &mut Told,
        at: usize,
        version: Option<u64>,
    ) -> Result<Option<u64>, Stop> {
        let line = told.lines[at].clone();
        let booking = self.booking(subject, invoices, &line)?;
        let state = match self.write_back(&booking).await? {
            Ok(WriteOutcome::Written { reference }) => {
                told.lines[at].state = LineState::Written { reference };
                self.connection.counts.written += 1;
                return match (debtor, subject) {
                    (Some(debtor), Subject::Payment(payment)) => {
                        self.written(debtor, payment, told, at, version).await.map(Some)
                    }
                    _ => self.keep(subject, told, version).await.map(Some),
                };
            }
            Ok(WriteOutcome::Unknown { reason }) => {
                let before = match line.state {
                    LineState::Unknown { tries, .. } => tries,
                    _ => 0,
                };
                LineState::Unknown { reason, tries: before + 1 }
            }
            Err(PackageError::Refused(code)) => LineState::Refused { code },
            Err(PackageError::Absent) => LineState::Refused { code: "absent".to_owned() },
            // It was not told: whoever comes next looks and tries again.
            Err(other) => return Err(other.into()),
        };
        told.lines[at].state = state;
        let for_a_person = told.lines[at].is_settled() || self.is_for_a_person(&told.lines[at]);
        if for_a_person {
            self.note_not_told(subject, &told.lines[at])?;
        }
        self.keep(subject, told, version).await.map(Some)
    }

    async fn keep(&self, subject: &Subject, told: &Told, version: Option<u64>) -> Result<u64, Stop> {
        let (store, package) = (&self.sync.store, self.connection.package);
        Ok(store.put_told(&self.administration, subject, package, told, version).await?)
    }

    fn note_not_told(&mut self, subject: &Subject, line: &Line) -> Result<(), Stop> {
        let why = match &line.state {
            LineState::Refused { code } => code.clone(),
            _ => "outcome_not_known".to_owned(),
        };
        let at = self.now()?;
        let odd = domain::connection::OddRecord {
            id: subject.as_str().to_owned(),
            field: "writeBack".to_owned(),
            why,
            at,
        };
        self.connection.note_odd(odd);
        Ok(())
    }

    fn booking(&self, subject: &Subject, invoices: &[Invoice], line: &Line) -> Result<WriteBack, Stop> {
        let package = self.connection.package;
        let own = package.own_id(line.invoice.as_str());
        let own = own.ok_or_else(|| Failure::bug("a payment is told about an invoice of another package"))?;
        let number = invoices.iter().find(|i| i.id == line.invoice).map(|i| i.number.as_str());
        let of = number.unwrap_or(own);
        let back = if line.takes_back { " (teruggedraaid)" } else { "" };
        let options = &self.connection.options;
        let (description, journal, accounts) = match subject {
            Subject::Payment(payment) => {
                (format!("Betaling {of} via Tijdig, {payment}{back}"), options.journal.clone(), None)
            }
            Subject::Costs(_) => (format!("Incassokosten {of} via Tijdig"), None, options.costs.clone()),
        };
        Ok(WriteBack {
            id: id(&self.administration, subject, line),
            invoice: own.to_owned(),
            what: match line.kind {
                LineKind::Payment => WrittenBack::Payment,
                LineKind::Reversal => WrittenBack::Reversal,
                LineKind::Costs => WrittenBack::Costs,
            },
            amount: line.amount,
            on: line.on,
            description,
            journal,
            accounts,
        })
    }

    /// The package has a payment: kept together with what that means for the invoice.
    async fn written(
        &mut self,
        debtor: &DebtorId,
        payment: &PaymentId,
        told: &Told,
        at: usize,
        version: Option<u64>,
    ) -> Result<u64, Stop> {
        let (line, package) = (told.lines[at].clone(), self.connection.package);
        let settings = self.records.administration(&self.administration).await?.value;
        let store = &self.sync.store;
        until_no_conflict(|| async {
            let known = store.dossier(&self.administration, debtor).await?;
            let known = known.ok_or_else(|| Failure::bug("the dossier of a payment is gone"))?;
            let invoice = self.invoice(&known.value, &line.invoice).await?;
            let along = Along::Told {
                subject: Subject::Payment(payment.clone()),
                package,
                told: told.clone(),
                known: version,
            };
            let mut draft = Draft::of(known.value, self.records.now()?, &self.origin.by);
            if let Some(invoice) = invoice {
                write_back::written(&mut draft, invoice, payment, &line);
            }
            store.commit(&settings, &draft, Some(known.version), vec![along]).await?;
            Ok(())
        })
        .await?;
        Ok(version.map_or(1, |v| v + 1))
    }

    /// The invoices with these ids of one debtor, open or closed.
    async fn invoices(
        &self,
        debtor: &DebtorId,
        ids: std::collections::BTreeSet<InvoiceId>,
    ) -> Result<Vec<Invoice>, Stop> {
        let Some(known) = self.sync.store.dossier(&self.administration, debtor).await? else {
            return Ok(Vec::new());
        };
        let mut invoices = Vec::with_capacity(ids.len());
        for id in &ids {
            invoices.extend(self.invoice(&known.value, id).await?);
        }
        Ok(invoices)
    }

    async fn invoice(&self, dossier: &Dossier, id: &InvoiceId) -> Result<Option<Invoice>, Failure> {
        if let Some(open) = dossier.invoices.get(id) {
            return Ok(Some(open.clone()));
        }
        let store = &self.sync.store;
        Ok(store.archived_invoice(&self.administration, &dossier.debtor.id, id).await?)
    }
}

/// What a line is found again by over there: short, the same at every attempt, and nobody's name.
fn id(administration: &AdministrationId, subject: &Subject, line: &Line) -> String {
    let kind = match subject {
        Subject::Payment(_) => "payment",
        Subject::Costs(_) => "costs",
    };
    let subject = subject.as_str();
    let Line { invoice, version, takes_back, .. } = line;
    let text = format!("{administration}\0{kind}\0{subject}\0{invoice}\0{version}\0{takes_back}");
    let digest = Sha256::digest(text);
    let short: String = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    format!("tijdig-{short}")
}
