//! Sessions of those who work at the desk, and how often sign-ins were begun. Sessions are kept under hashes: whoever reads the
//! table can open nothing with what stands there.

use domain::staff::{StaffSession, TRIES_WITHIN, Tries};
use jiff::Timestamp;

use crate::dossiers::{Store, Versioned, encode, put};
use crate::keys;
use crate::table::{Condition, Record, TableError, Write};

impl Store {
    /// The session with this hash, over or not.
    pub async fn staff_session(&self, hash: &str) -> Result<Option<Versioned<StaffSession>>, TableError> {
        self.get(&keys::staff_session(hash)).await
    }

    /// Stores a session under the version that it was read under; `None` for a new one. Where somebody else noted a request in
    /// it meanwhile, nothing is stored and that is a conflict.
    pub async fn put_staff_session(
        &self,
        hash: &str,
        session: &StaffSession,
        known: Option<u64>,
    ) -> Result<(), TableError> {
        let version = known.map_or(1, |v| v + 1);
        let mut record = Record::new(keys::staff_session(hash), version, encode(session)?);
        record.expires_at = Some(session.ends_at().as_second());
        let condition = known.map_or(Condition::Absent, Condition::Version);
        self.table.write(vec![put(record, condition)]).await
    }

    /// Ends a session. One that is not there has ended.
    pub async fn end_staff_session(&self, hash: &str) -> Result<(), TableError> {
        let key = keys::staff_session(hash);
        self.table.write(vec![Write::Delete { key, condition: Condition::None }]).await
    }

    /// Counts a sign-in from one part of the network. Whether it may go on: not where there were too many, nor where another
    /// one is being counted at the same time.
    pub async fn count_sign_in(&self, part: &str, now: Timestamp) -> Result<bool, TableError> {
        let key = keys::sign_ins(part);
        let known: Option<Versioned<Tries>> = self.get(&key).await?;
        let (mut tries, version) = known.map_or((Tries::default(), None), |k| (k.value, Some(k.version)));
        if !tries.take(now) {
            return Ok(false);
        }
        let mut record = Record::new(key, version.map_or(1, |v| v + 1), encode(&tries)?);
        record.expires_at = Some((now + TRIES_WITHIN).as_second());
        let condition = version.map_or(Condition::Absent, Condition::Version);
        match self.table.write(vec![put(record, condition)]).await {
            Ok(()) => Ok(true),
            Err(TableError::Conflict { .. }) => Ok(false),
            Err(other) => Err(other),
        }
    }
}
