//! The keys of own texts.

use domain::ids::AdministrationId;
use domain::texts::TextName;

use super::earlier;
use crate::table::Key;

/// The partition of an administration's own texts.
pub fn texts(administration: &AdministrationId) -> String {
    format!("{administration}#T")
}

pub fn text(administration: &AdministrationId, name: &TextName) -> Key {
    Key::new(texts(administration), name.to_string())
}

/// A name holds no `#`.
pub fn earlier_text(administration: &AdministrationId, name: &TextName, version: u32) -> Key {
    earlier(administration, &format!("text#{name}#"), version)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_texts_are_what_they_always_were() {
        let a = AdministrationId::parse("eneco").unwrap();
        let key = |k: Key| format!("{} | {}", k.partition, k.sort);
        for (name, kept, earlier) in [
            (
                "reminder/email/nl/formal",
                "eneco#T | reminder/email/nl/formal",
                "eneco#A | text#reminder/email/nl/formal#0000000003",
            ),
            (
                "standard:reminder-1/sms/en/friendly",
                "eneco#T | standard:reminder-1/sms/en/friendly",
                "eneco#A | text#standard:reminder-1/sms/en/friendly#0000000003",
            ),
        ] {
            let name: TextName = name.parse().unwrap();
            assert_eq!(
                (key(text(&a, &name)).as_str(), key(earlier_text(&a, &name, 3)).as_str()),
                (kept, earlier)
            );
        }
    }
}
