//! Stand-ins of accounting packages, each as its vendor describes it, below `/local/accounting`.

pub mod snelstart;
