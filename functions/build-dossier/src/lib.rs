//! Builds the dossier of one case: gathers what there is to tell, sets it as PDF, and packs it with the invoices' documents and with
//! what was sent into one archive, which is written in parts.
//!
//! Building has no effect outside but the file, whose name says of which state it is: whoever builds the same again writes the same.
//! In memory are one part of the archive, one piece of one file, and the PDF while it is set. What is absent: what the municipality
//! reported, and codes that open a debtor's page.

mod gather;
mod pack;
mod set;

use std::sync::Arc;

use async_trait::async_trait;
use contracts::failure::Failure;
use contracts::queues::BuildDossier;
use domain::administration::Administration;
use domain::case_dossier::{self, BuiltFile, CaseDossier, CaseDossierState, NotBuilt};
use domain::dossier::{Dossier, Draft};
use domain::ids::{AdministrationId, CaseDossierId, DebtorId};
use outside::files::Files;
use pages::dossier::Composed;
use runtime::clock::Clock;
use runtime::queue::{Delivery, Handled, QueueHandler};
use store::{Store, until_no_conflict};

/// Who the timeline says did it.
const BY: &str = "dossier service";

/// What the handler works with.
#[derive(Debug, Clone)]
pub struct Build {
    pub store: Store,
    pub clock: Clock,
    pub files: Arc<dyn Files>,
}

/// A dossier before it is set and packed.
#[derive(Debug)]
pub struct Contents {
    pub composed: Composed,
    files: Vec<gather::File>,
}

/// What came of building one.
enum Built {
    File(BuiltFile),
    Not(NotBuilt),
}

impl Build {
    pub async fn run(&self, message: &BuildDossier) -> Result<Handled, Failure> {
        let BuildDossier { administration, dossier_id } = message;
        let Some(debtor) = dossier_id.debtor() else { return Ok(Handled::Skipped("no_such_dossier")) };
        let Some(settings) = self.store.administration(administration).await? else {
            return Ok(Handled::Skipped("no_such_administration"));
        };
        let Some(known) = self.store.dossier(administration, &debtor).await? else {
            return Ok(Handled::Skipped("no_such_debtor"));
        };
        let dossier = known.value;
        let Some(asked) = case_dossier::find(&dossier, dossier_id).cloned() else {
            return Ok(Handled::Skipped("no_such_dossier"));
        };
        if asked.state != CaseDossierState::Building {
            return Ok(Handled::Skipped("built_already"));
        }
        let built = self.build(&settings.value, &dossier, &asked).await?;
        until_no_conflict(|| self.complete(administration, &debtor, dossier_id, &built)).await?;
        Ok(Handled::Done(match built {
            Built::File(_) => "built",
            Built::Not(_) => "not_built",
        }))
    }

    /// The file of a dossier, of the state that was read.
    async fn build(
        &self,
        administration: &Administration,
        dossier: &Dossier,
        asked: &CaseDossier,
    ) -> Result<Built, Failure> {
        let contents = match self.contents(administration, dossier, asked).await? {
            Ok(contents) => contents,
            Err(why) => return Ok(Built::Not(why)),
        };
        let pages = match set::pdfs(contents.composed) {
            Ok(pages) => pages,
            Err(error) => {
                // A defect of ours: nobody is helped by setting it again.
                tracing::error!(%error, "a dossier could not be set");
                return Ok(Built::Not(NotBuilt::NotSet));
            }
        };
        let entries = dossier.counts.entries;
        let key = asked.file(&administration.id, entries);
        let written = pack::write(&*self.files, &key, asked, entries, pages, contents.files);
        Ok(Built::File(written.await?))
    }

    /// What the dossier says, and the files that go along; or why there is none.
    ///
    /// # Errors
    /// Something that it is made of could not be read.
    pub async fn contents(
        &self,
        administration: &Administration,
        dossier: &Dossier,
        asked: &CaseDossier,
    ) -> Result<Result<Contents, NotBuilt>, Failure> {
        let found = match gather::gather(self, administration, dossier, asked).await? {
            Ok(found) => found,
            Err(why) => return Ok(Err(why)),
        };
        Ok(match set::composed(administration, dossier, asked, &found) {
            Ok(composed) => Ok(Contents { composed, files: found.files }),
            Err(error) => {
                tracing::error!(%error, "a dossier could not be written");
                Err(NotBuilt::NotSet)
            }
        })
    }

    async fn complete(
        &self,
        administration: &AdministrationId,
        debtor: &DebtorId,
        id: &CaseDossierId,
        built: &Built,
    ) -> Result<(), Failure> {
        let settings = self.store.administration(administration).await?;
        let settings =
            settings.ok_or_else(|| Failure::bug("an administration went while a dossier was built"))?;
        let known = self.store.dossier(administration, debtor).await?;
        let known = known.ok_or_else(|| Failure::bug("a debtor went while their dossier was built"))?;
        let mut draft = Draft::of(known.value, self.clock.now()?, BY);
        match built {
            Built::File(file) => case_dossier::finish(&mut draft, id, file.clone()),
            Built::Not(why) => case_dossier::fail(&mut draft, id, *why),
        }
        if !draft.is_unchanged() {
            self.store.commit(&settings.value, &draft, Some(known.version), Vec::new()).await?;
        }
        Ok(())
    }
}

#[async_trait]
impl QueueHandler<BuildDossier> for Build {
    async fn handle(&self, message: BuildDossier, _delivery: &Delivery) -> Result<Handled, Failure> {
        self.run(&message).await
    }
}
