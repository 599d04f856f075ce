//! Room for requests, taken from the store a few at a time.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use domain::connection::Package;
use domain::ids::AdministrationId;
use jiff::{SignedDuration, Timestamp};
use outside::accounting::{PackageError, Quota, Rate};
use runtime::clock::Clock;
use store::{Store, grant_ends};

/// Requests that are taken at once: each costs a write in the store.
const LOT: u32 = 5;

/// What one run waits out, all waits together: with the time for its work it stays within the function's.
pub(crate) const WAITS_OUT: SignedDuration = SignedDuration::from_secs(12);

/// The quota of one connection, shared by everybody who works on it.
#[derive(Debug)]
pub(crate) struct StoreQuota {
    store: Store,
    clock: Clock,
    administration: AdministrationId,
    package: Package,
    rates: Vec<(u32, SignedDuration)>,
    lot: Mutex<Lot>,
}

#[derive(Debug, Default)]
struct Lot {
    left: u32,
    ends_at: Timestamp,
    waited: SignedDuration,
}

impl StoreQuota {
    pub fn new(
        store: Store,
        clock: Clock,
        administration: AdministrationId,
        package: Package,
        rates: &[Rate],
    ) -> StoreQuota {
        let seconds = |rate: &Rate| i64::try_from(rate.within.as_secs()).unwrap_or(i64::MAX);
        let rates = rates.iter().map(|r| (r.most, SignedDuration::from_secs(seconds(r)))).collect();
        StoreQuota { store, clock, administration, package, rates, lot: Mutex::default() }
    }

    fn take_from_lot(&self, now: Timestamp) -> bool {
        let mut lot = self.lot.lock().unwrap_or_else(PoisonError::into_inner);
        if lot.left == 0 || now >= lot.ends_at {
            return false;
        }
        lot.left -= 1;
        true
    }

    /// Whether this wait is waited out here.
    fn waits_out(&self, wait: SignedDuration) -> bool {
        let mut lot = self.lot.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = lot.waited.saturating_add(wait);
        if waited <= WAITS_OUT {
            lot.waited = waited;
        }
        waited <= WAITS_OUT
    }
}

#[async_trait]
impl Quota for StoreQuota {
    async fn take(&self) -> Result<(), PackageError> {
        loop {
            let now = self.clock.now().map_err(|e| PackageError::Unavailable(e.code().to_owned()))?;
            if self.take_from_lot(now) {
                return Ok(());
            }
            let granted =
                self.store.take_quota(&self.administration, self.package, &self.rates, LOT, now).await;
            match granted.map_err(|_| PackageError::Unavailable("the_count_of_requests".to_owned()))? {
                Ok(granted) => {
                    let mut lot = self.lot.lock().unwrap_or_else(PoisonError::into_inner);
                    (lot.left, lot.ends_at) = (granted - 1, grant_ends(now));
                    return Ok(());
                }
                Err(wait) => {
                    let length = Duration::from_secs(wait.as_secs().unsigned_abs());
                    if !self.waits_out(wait) {
                        return Err(PackageError::Limited(length));
                    }
                    self.store.pause(length).await;
                }
            }
        }
    }
}
