//! What the table's work costs, in DynamoDB's request units.

use std::ops::{Add, AddAssign, Sub};

/// Request units: a strongly consistent read of 4 KB is 1 read, a write of 1 KB is 1 write; a read of an index is
/// half, a transaction double.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Units {
    pub read: f64,
    pub write: f64,
}

impl Units {
    pub(crate) fn reads(read: f64) -> Units {
        Units { read, write: 0.0 }
    }

    pub(crate) fn writes(write: f64) -> Units {
        Units { read: 0.0, write }
    }
}

impl Add for Units {
    type Output = Units;

    fn add(self, other: Units) -> Units {
        Units { read: self.read + other.read, write: self.write + other.write }
    }
}

impl AddAssign for Units {
    fn add_assign(&mut self, other: Units) {
        *self = *self + other;
    }
}

impl Sub for Units {
    type Output = Units;

    /// What was used between two readings.
    fn sub(self, earlier: Units) -> Units {
        Units { read: self.read - earlier.read, write: self.write - earlier.write }
    }
}
