//! The store: the only user of DynamoDB.

mod around;
mod bank;
pub mod compress;
mod connections;
mod cursor;
mod debits;
mod desk;
mod documents;
mod dossiers;
mod dynamo;
mod failure;
mod found;
mod gone;
mod imports;
pub mod keys;
mod memory;
mod messages;
mod notes;
mod overview;
mod payment_requests;
mod places;
mod polls;
mod portal;
mod quotas;
mod staff;
mod stored;
pub mod table;
mod tasks;
mod texts;
mod units;
mod versions;
mod walks;
mod webhooks;

pub use around::{Answered, Token};
pub use bank::{StatementCounts, StoredStatement};
pub use connections::{ConnectionOwner, Told, WantedDocument};
pub use debits::DueDebit;
pub use desk::{
    ChangedDebtors, DeskCounts, DeskStanding, DeskState, InvoiceSum, LARGEST_DESK_PAGE, Projected, Rebuild,
};
pub use dossiers::{
    Along, Due, Placed, SignalOwner, Store, StoredPayment, StoredSignal, Versioned, WEBHOOK_MEMORY,
};
pub use dynamo::DynamoTable;
pub use failure::until_no_conflict;
pub use found::{FoundEntry, FoundOne};
pub use gone::{Gone, IgnoredRecord, Place, RecordKind, Tombstone};
pub use imports::{DueImport, KeptMapping, RefusedRecord};
pub use memory::{MemoryTable, Moment, StreamRecord};
pub use overview::{Outcomes, SignalCounts, SignalFilter};
pub use places::{AddressKey, DatedPlatform, Merger, Municipality, PostcodeArea};
pub use quotas::{GRANT_LASTS, grant_ends};
pub use stored::names;
pub use tasks::OpenTask;
pub use units::Units;
pub use versions::Replaced;
pub use walks::{WALK_BEGINS_AFTER, Walk};
pub use webhooks::DueWebhook;
