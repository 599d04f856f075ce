//! How an administration reaches its debtors: which channels are connected, and under which name each is used.

use serde::{Deserialize, Serialize};

use crate::Violation;
use crate::notice::Channel;

/// Longest name of an origination identity, in characters (an ARN; AWS End User Messaging, `SendTextMessage`).
const LONGEST_IDENTITY: usize = 256;

/// How text messages are sent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SmsRules {
    /// Who they come from: a sender id, a number, a pool, or the ARN of one. The operator owns them at AWS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub identity: Option<String>,
}

/// What is wrong with channels and how they are used; paths are those of the API body.
pub(crate) fn check(channels: &[Channel], sms: &SmsRules) -> Vec<Violation> {
    let mut found = Vec::new();
    let mut refuse = |path: &str, code, detail: &str| found.push(Violation::new(path, code, detail));
    if channels.is_empty() {
        refuse("channels", "no_channel", "names at least one channel");
    }
    if channels.iter().enumerate().any(|(i, c)| channels[..i].contains(c)) {
        refuse("channels", "repeated_channel", "names each channel once");
    }
    if channels.contains(&Channel::Letter) {
        refuse("channels", "no_letters_yet", "does not name letters: there is nobody to print them yet");
    }
    match &sms.identity {
        None if channels.contains(&Channel::Sms) => {
            refuse("sms.identity", "identity_missing", "is needed to send text messages");
        }
        Some(identity) if !is_identity(identity) => {
            let detail = "has 1 to 256 letters, digits, '_', ':', '/', '+' and '-': \
                          a sender id, a number, a pool or an ARN";
            refuse("sms.identity", "not_an_identity", detail);
        }
        _ => {}
    }
    found
}

fn is_identity(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_:/+-".contains(c);
    (1..=LONGEST_IDENTITY).contains(&text.len()) && text.chars().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_channel_is_connected_once_and_with_what_it_needs() {
        use Channel::{Email, Letter, Phone, Sms};
        type Row = (&'static [Channel], Option<&'static str>, &'static [(&'static str, &'static str)]);
        let table: [Row; 9] = [
            (&[Email, Letter], None, &[("channels", "no_letters_yet")]),
            (&[Email], None, &[]),
            (&[Sms, Email, Phone], Some("Voorbeeld"), &[]),
            (&[Sms], Some("arn:aws:sms-voice:eu-central-1:111122223333:sender-id/VOORBEELD/NL"), &[]),
            (&[], None, &[("channels", "no_channel")]),
            (&[Email, Phone, Email], None, &[("channels", "repeated_channel")]),
            (&[Email, Sms], None, &[("sms.identity", "identity_missing")]),
            (&[Email], Some("Voorbeeld Energie"), &[("sms.identity", "not_an_identity")]),
            (&[Email], Some(""), &[("sms.identity", "not_an_identity")]),
        ];
        for (channels, identity, expected) in table {
            let found = check(channels, &SmsRules { identity: identity.map(str::to_owned) });
            let found: Vec<_> = found.iter().map(|v| (v.path.as_str(), v.code)).collect();
            assert_eq!(found, expected, "{channels:?} {identity:?}");
        }
    }
}
