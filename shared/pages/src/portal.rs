//! Pages of the portal: what debtors see and fill in. Each is plain HTML that works without scripts; words stand in
//! `texts/portal.*.ftl`, layout in `templates/portal/`.
//!
//! What is absent: who may see a page. Whoever renders one has let its reader in.

mod actions;
mod door;
mod form;
mod frame;
mod invoice;
mod messages;
mod overview;
mod pay;
mod words;

pub use actions::{
    Details, MandatePage, Mandated, Municipality, PlanAsked, PlanChoice, PlanPage, details, dispute, help,
    mandate, municipality, plan, promise,
};
pub use door::{Said, door, home, letter};
pub use form::Form;
pub use frame::{Done, Frame, Place};
pub use invoice::{Paper, invoice};
pub use messages::messages;
pub use overview::{closed, overview};
pub use pay::{PayPage, Payable, Transfer, go_to_provider, paid, pay};

pub(crate) use words::Words;

use crate::texts::TextError;

/// Why there is no page: a defect of the texts or a template.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    #[error(transparent)]
    Text(#[from] TextError),
    #[error("the template of the page could not be filled")]
    Template(#[from] askama::Error),
}
