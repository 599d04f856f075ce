//! stub
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::Money;
use crate::ids::NoticeId;

/// Collection costs that were charged on one invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Charge {
    pub amount: Money,
    pub on: Date,
    pub principal: Money,
    pub notice: Option<NoticeId>,
}
