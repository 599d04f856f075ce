//! Stand-ins of accounting packages, each as its vendor describes it, below `/local/accounting`.

pub mod books;
mod control;
pub mod e_boekhouden;
pub mod exact_online;
mod grants;
pub mod moneybird;
mod page;
mod paper;
pub mod snelstart;
mod stand;
mod switches;
mod traffic;
pub mod twinfield;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use domain::connection::Package;

use crate::failure::Outcome;
use books::Books;
use snelstart::SnelStart;

pub use grants::CLIENT_ID;
pub use stand::{Booking, Ledger, Row, Settings, Stand, Weather};
pub use traffic::{Asked, Limits, Window};

/// One stand-in of each package.
#[derive(Debug, Clone)]
pub struct StandIns {
    pub snelstart: Arc<SnelStart>,
    others: BTreeMap<Package, Arc<Stand<Books>>>,
}

impl StandIns {
    /// Opens all of them; `settings` says what each is made from.
    pub fn open(settings: impl Fn(Package) -> Settings) -> Outcome<StandIns> {
        let snelstart = Arc::new(SnelStart::open(settings(Package::SnelStart))?);
        let mut others = BTreeMap::new();
        for package in Package::ALL {
            let open = match package {
                Package::SnelStart => continue,
                Package::Moneybird => moneybird::open,
                Package::ExactOnline => exact_online::open,
                Package::Twinfield => twinfield::open,
                Package::EBoekhouden => e_boekhouden::open,
            };
            others.insert(package, Arc::new(open(settings(package))?));
        }
        Ok(StandIns { snelstart, others })
    }

    /// The stand-in of a package that keeps its books in the common form; SnelStart's does not.
    pub fn of(&self, package: Package) -> Option<&Arc<Stand<Books>>> {
        self.others.get(&package)
    }

    /// Every address of all of them.
    pub fn router(&self) -> Router {
        let mut router = snelstart::router(self.snelstart.clone());
        for (package, stand) in &self.others {
            let make = match package {
                Package::SnelStart => continue,
                Package::Moneybird => moneybird::router,
                Package::ExactOnline => exact_online::router,
                Package::Twinfield => twinfield::router,
                Package::EBoekhouden => e_boekhouden::router,
            };
            router = router.merge(make(stand.clone()));
        }
        router
    }
}

/// The package's own id of the `n`th contact or invoice, in the form that its ids have.
pub fn own_id(package: Package, is_invoice: bool, n: usize) -> String {
    let of_kind = if is_invoice { 50_000 + n } else { 1_001 + n };
    match package {
        Package::SnelStart => format!("{}{n}", if is_invoice { "f" } else { "r" }),
        Package::Moneybird => format!("2345678901234{of_kind:05}"),
        Package::EBoekhouden => of_kind.to_string(),
        Package::ExactOnline => format!("0d3f0000-0000-4000-8000-{of_kind:012}"),
        Package::Twinfield if is_invoice => format!("VRK-2026{of_kind:05}"),
        Package::Twinfield => of_kind.to_string(),
    }
}
