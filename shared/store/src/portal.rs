//! Ways in to debtors' pages, and the sessions of those who were let in. Kept under hashes: whoever reads the table can open
//! nothing with what stands there.

use domain::access::{Entrance, Session};

use crate::dossiers::{Store, Versioned, encode, put};
use crate::keys;
use crate::table::{Condition, Record, TableError, Write};

impl Store {
    /// Where the link or letter's code with this hash leads.
    pub async fn entrance(&self, hash: &str) -> Result<Option<Entrance>, TableError> {
        Ok(self.get(&keys::entrance(hash)).await?.map(|v| v.value))
    }

    /// The session with this hash, over or not.
    pub async fn session(&self, hash: &str) -> Result<Option<Versioned<Session>>, TableError> {
        self.get(&keys::session(hash)).await
    }

    /// Something was asked for in this session, which was read under this version. Where somebody else noted it meanwhile,
    /// that is enough.
    pub async fn keep_session(&self, hash: &str, session: &Session, version: u64) -> Result<(), TableError> {
        let write = session_write(hash, session, Some(version))?;
        match self.table.write(vec![write]).await {
            Err(TableError::Conflict { .. }) => Ok(()),
            other => other,
        }
    }

    /// Ends a session. One that is not there has ended.
    pub async fn end_session(&self, hash: &str) -> Result<(), TableError> {
        let key = keys::session(hash);
        self.table.write(vec![Write::Delete { key, condition: Condition::None }]).await
    }
}

pub(crate) fn entrance_write(hash: &str, entrance: &Entrance) -> Result<Write, TableError> {
    let mut record = Record::new(keys::entrance(hash), 1, encode(entrance)?);
    record.expires_at = Some(entrance.until.as_second());
    Ok(put(record, Condition::Absent))
}

pub(crate) fn session_write(hash: &str, session: &Session, known: Option<u64>) -> Result<Write, TableError> {
    let mut record = Record::new(keys::session(hash), known.map_or(1, |v| v + 1), encode(session)?);
    record.expires_at = Some(session.ends_at().as_second());
    Ok(put(record, known.map_or(Condition::Absent, Condition::Version)))
}
