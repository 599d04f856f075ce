//! Changes of an administration: stored under the version that was read, together with the version that each replaces
//! and the walk that looks at every dossier again.

use domain::administration::{Administration, SignalRules};
use domain::changing::{Change, Earlier};
use domain::ids::{AdministrationId, PolicyId};
use domain::policy::Policy;
use domain::settings::Settings;
use domain::step::SignalKind;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::dossiers::{Store, decode, encode, put};
use crate::keys;
use crate::table::{Condition, Key, Order, Record, SortRange, TableError, Write};

/// A version that is no longer in force: what it said, and who replaced or removed it when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Replaced<T> {
    pub value: T,
    /// A token's subject.
    pub by: String,
    pub at: Timestamp,
}

impl Store {
    /// Stores a change of an administration's policies, settings or rules, with the version that it replaces. Every
    /// dossier is looked at again.
    pub async fn change_administration(
        &self,
        change: &Change,
        version: u64,
        by: &str,
        now: Timestamp,
    ) -> Result<(), TableError> {
        let id = &change.administration.id;
        let mut writes = self.held(&change.administration, version, now).await?;
        if let Some(earlier) = &change.earlier {
            writes.push(replaced(id, earlier, by, now)?);
        }
        self.table.write(writes).await
    }

    /// Stores an administration whose holds on everyone changed. Every dossier is looked at again.
    pub async fn hold_everyone(
        &self,
        administration: &Administration,
        version: u64,
        now: Timestamp,
    ) -> Result<(), TableError> {
        self.table.write(self.held(administration, version, now).await?).await
    }

    async fn held(
        &self,
        administration: &Administration,
        version: u64,
        now: Timestamp,
    ) -> Result<Vec<Write>, TableError> {
        let key = keys::administration(&administration.id);
        let record = Record::new(key, version + 1, encode(administration)?);
        let walk = self.begin_walk(&administration.id, now).await?;
        let mut writes = vec![put(record, Condition::Version(version)), walk];
        writes.extend(crate::polls::marks(administration)?);
        Ok(writes)
    }

    /// An earlier version of a policy, those of removed ones included.
    pub async fn earlier_policy(
        &self,
        administration: &AdministrationId,
        policy: &PolicyId,
        version: u32,
    ) -> Result<Option<Replaced<Policy>>, TableError> {
        let found = self.get(&keys::earlier_policy(administration, policy, version)).await?;
        Ok(found.map(|v| v.value))
    }

    /// The last version that a policy with this id had before it was replaced or removed; 0 where there was none.
    pub async fn last_replaced_policy(
        &self,
        administration: &AdministrationId,
        policy: &PolicyId,
    ) -> Result<u32, TableError> {
        let partition = keys::administration(administration).partition;
        let range = SortRange::Prefix(keys::policy_prefix(policy));
        let page = self.table.query(&partition, range, Order::Descending, 1, None).await?;
        let Some(last) = page.items.first() else { return Ok(0) };
        Ok(decode::<Replaced<Policy>>(last)?.value.version)
    }

    pub async fn earlier_rules(
        &self,
        administration: &AdministrationId,
        kind: SignalKind,
        version: u32,
    ) -> Result<Option<Replaced<SignalRules>>, TableError> {
        let found = self.get(&keys::earlier_rules(administration, kind, version)).await?;
        Ok(found.map(|v| v.value))
    }

    pub async fn earlier_settings(
        &self,
        administration: &AdministrationId,
        version: u32,
    ) -> Result<Option<Replaced<Settings>>, TableError> {
        let found = self.get(&keys::earlier_settings(administration, version)).await?;
        Ok(found.map(|v| v.value))
    }
}

/// Kept for good: nothing overwrites it.
fn replaced(id: &AdministrationId, earlier: &Earlier, by: &str, now: Timestamp) -> Result<Write, TableError> {
    fn document<T: Serialize>(value: T, by: &str, at: Timestamp) -> Result<Vec<u8>, TableError> {
        encode(&Replaced { value, by: by.to_owned(), at })
    }
    let (key, document): (Key, Vec<u8>) = match earlier {
        Earlier::Policy(policy) => {
            (keys::earlier_policy(id, &policy.id, policy.version), document(policy, by, now)?)
        }
        Earlier::Rules { kind, rules } => {
            (keys::earlier_rules(id, *kind, rules.version), document(rules, by, now)?)
        }
        Earlier::Settings(settings) => {
            (keys::earlier_settings(id, settings.version), document(settings, by, now)?)
        }
    };
    Ok(put(Record::new(key, 1, document), Condition::Absent))
}
