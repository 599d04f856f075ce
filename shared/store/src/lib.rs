//! The store: the only user of DynamoDB.

pub mod compress;
mod cursor;
mod dynamo;
mod memory;
mod stored;
pub mod table;
mod units;

pub use dynamo::DynamoTable;
pub use memory::{MemoryTable, Moment, StreamRecord};
pub use stored::names;
pub use units::Units;
