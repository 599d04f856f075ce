//! What is stored beside dossiers: administrations, tokens, references, webhooks, idempotency keys.

use domain::administration::Administration;
use domain::ids::AdministrationId;
use domain::provider::Provider;
use domain::signal::Feedback;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::dossiers::{SignalOwner, Store, Versioned, decode, encode, put};
use crate::keys;
use crate::table::{Condition, Order, Record, SortRange, TableError};

/// What a token allows. Only the token's SHA-256 is stored, as its key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Token {
    pub administration: AdministrationId,
    pub scopes: Vec<String>,
    /// Who uses it, as the timeline names them: a system or a role, never a person's name.
    pub subject: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
}

/// The answer to a request that came with an idempotency key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Answered {
    /// SHA-256 of what was asked.
    pub request: String,
    /// Status and body; `None` while it is still running.
    pub answer: Option<(u16, String)>,
    pub until: Timestamp,
}

impl Store {
    pub async fn administration(
        &self,
        id: &AdministrationId,
    ) -> Result<Option<Versioned<Administration>>, TableError> {
        self.get(&keys::administration(id)).await
    }

    /// Stores settings under the version that they were read with; `None` for a new administration.
    pub async fn put_administration(
        &self,
        administration: &Administration,
        version: Option<u64>,
    ) -> Result<(), TableError> {
        let key = keys::administration(&administration.id);
        let record = Record::new(key, version.map_or(1, |v| v + 1), encode(administration)?);
        let mut writes = vec![put(record, version.map_or(Condition::Absent, Condition::Version))];
        writes.extend(crate::polls::marks(administration)?);
        self.table.write(writes).await
    }

    pub async fn token(&self, hash: &str) -> Result<Option<Token>, TableError> {
        Ok(self.get(&keys::token(hash)).await?.map(|v| v.value))
    }

    /// Stores a token under its hash, in place of what stood there.
    pub async fn put_token(&self, hash: &str, token: &Token) -> Result<(), TableError> {
        let record = Record::new(keys::token(hash), 1, encode(token)?);
        self.table.write(vec![put(record, Condition::None)]).await
    }

    /// Whose signal this provider's reference stands for.
    pub async fn signal_owner(
        &self,
        provider: Provider,
        reference: &str,
    ) -> Result<Option<SignalOwner>, TableError> {
        Ok(self.get(&keys::reference(provider, reference)).await?.map(|v| v.value))
    }

    /// From now on feedback under this reference is about this signal. Whoever notes it looks for feedback that came
    /// before only afterwards: then none falls between.
    pub async fn put_signal_owner(
        &self,
        provider: Provider,
        reference: &str,
        owner: &SignalOwner,
    ) -> Result<(), TableError> {
        let record = Record::new(keys::reference(provider, reference), 1, encode(owner)?);
        self.table.write(vec![put(record, Condition::None)]).await
    }

    /// Whether this webhook was applied already.
    pub async fn webhook_seen(&self, provider: Provider, id: &str) -> Result<bool, TableError> {
        Ok(self.table.get(&keys::webhook(provider, id)).await?.is_some())
    }

    /// Keeps feedback whose reference nobody knows: the receipt may still come, else a person looks.
    pub async fn keep_early_feedback(
        &self,
        provider: Provider,
        reference: &str,
        feedback: &Feedback,
        now: Timestamp,
    ) -> Result<(), TableError> {
        let key = keys::early_feedback(provider, reference, &feedback.id);
        let mut record = Record::new(key, 1, encode(feedback)?);
        record.listed = Some(keys::listed_early_feedback(&feedback.id, now));
        match self.table.write(vec![put(record, Condition::Absent)]).await {
            // Kept already.
            Err(TableError::Conflict { index: Some(_) }) => Ok(()),
            other => other,
        }
    }

    /// Feedback that came before this reference was known, oldest id first.
    pub async fn early_feedback(
        &self,
        provider: Provider,
        reference: &str,
    ) -> Result<Vec<Feedback>, TableError> {
        let partition = keys::reference(provider, reference).partition;
        let range = SortRange::Prefix(keys::EARLY_FEEDBACK_PREFIX.to_owned());
        let page = self.table.query(&partition, range, Order::Ascending, 100, None).await?;
        page.items.iter().map(decode).collect()
    }

    /// Begins to answer a request with an idempotency key. `Some` where it was begun or answered before; an
    /// answer that is too old counts as none.
    pub async fn begin_answer(
        &self,
        administration: &AdministrationId,
        key_hash: &str,
        answered: &Answered,
        now: Timestamp,
    ) -> Result<Option<Answered>, TableError> {
        let key = keys::idempotency(administration, key_hash);
        let known = self.get::<Answered>(&key).await?;
        let version = known.as_ref().map(|k| k.version);
        if let Some(known) = known
            && known.value.until > now
        {
            return Ok(Some(known.value));
        }
        let mut record = Record::new(key.clone(), version.map_or(1, |v| v + 1), encode(answered)?);
        record.expires_at = Some(answered.until.as_second());
        let condition = version.map_or(Condition::Absent, Condition::Version);
        match self.table.write(vec![put(record, condition)]).await {
            Ok(()) => Ok(None),
            // Without an index another transaction was in the way, and nothing is known to be there.
            Err(TableError::Conflict { index: Some(_) }) => Ok(self.get(&key).await?.map(|v| v.value)),
            Err(other) => Err(other),
        }
    }

    /// Keeps the answer for whoever asks again with the same key.
    pub async fn finish_answer(
        &self,
        administration: &AdministrationId,
        key_hash: &str,
        answered: &Answered,
    ) -> Result<(), TableError> {
        let key = keys::idempotency(administration, key_hash);
        let mut record = Record::new(key, 2, encode(answered)?);
        record.expires_at = Some(answered.until.as_second());
        self.table.write(vec![put(record, Condition::Present)]).await
    }
}
