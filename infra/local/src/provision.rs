//! What a deployed stack needs before anyone can use it: the administration, its tokens, and the demonstration's data.

use std::net::SocketAddr;

use jiff::Timestamp;

use crate::credentials::Credentials;
use crate::failure::Outcome;

/// What provisioning may use. Called at every start, when the front door is open and the functions answer: whatever is there already stays.
#[derive(Debug)]
pub struct Provisioning<'a> {
    /// AWS endpoint of the local cloud.
    pub endpoint: &'a str,
    pub table: &'a str,
    /// The front door.
    pub door: SocketAddr,
    pub credentials: &'a Credentials,
    /// By the calendar of the local run.
    pub now: Timestamp,
    /// `--empty`: the administration and its tokens, and nothing else.
    pub empty: bool,
}

impl Provisioning<'_> {
    pub async fn run(&self) -> Outcome<()> {
        Ok(())
    }
}
