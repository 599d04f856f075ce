//! Pages of the desk: what a creditor's own people see and do. Each is plain HTML that works without scripts; words stand in
//! `texts/desk.*.ftl`, layout in `templates/desk/`.
//!
//! A page shows the actions that its reader's role may take, and no others. What is absent: who may see a page. Whoever
//! renders one has let its reader in, and whoever acts is checked again.

mod act;
mod calls;
mod debtor;
mod debtors;
mod door;
mod form;
mod frame;
mod part;
mod rows;
mod settings;
mod signals;
mod today;
mod words;
mod work;

pub use act::{ActPage, act};
pub use calls::{CallPage, CallRow, Calls, call, calls};
pub use debtor::{DebtorPage, Happened, debtor, timeline};
pub use debtors::{Debtors, debtors};
pub use door::{Said, choose, refused, sign_in};
pub use form::Form;
pub use frame::{Frame, Place};
pub use settings::settings;
pub use signals::{Counts, Filter, Many, Outcome, SignalRow, Signals, many, signals};
pub use today::{Open, Today, home};
pub use work::{WorkList, work_list};

pub(crate) use words::Words;

pub use crate::portal::PageError;
