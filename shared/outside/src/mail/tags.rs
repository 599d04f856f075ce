//! Values of mail tags: SES takes letters, digits, '_' and '-' only, and our ids also hold '.'.

/// Longest value that SES takes, in characters.
pub(super) const LONGEST: usize = 256;

/// An id in the characters that a mail tag takes: `.` becomes `_-` and `_` becomes `__`.
/// [`untag_value`] gives the id back.
pub fn tag_value(id: &str) -> String {
    let mut value = String::with_capacity(id.len() + 4);
    for c in id.chars() {
        match c {
            '.' => value.push_str("_-"),
            '_' => value.push_str("__"),
            other => value.push(other),
        }
    }
    value
}

/// The id behind a tag value, as it comes back in delivery events. `None` when [`tag_value`] did not make it.
pub fn untag_value(value: &str) -> Option<String> {
    let mut id = String::with_capacity(value.len());
    let mut rest = value.chars();
    while let Some(c) = rest.next() {
        match c {
            '_' => match rest.next()? {
                '-' => id.push('.'),
                '_' => id.push('_'),
                _ => return None,
            },
            other => id.push(other),
        }
    }
    Some(id)
}

/// Whether SES takes this as a tag's name or value.
pub(super) fn is_allowed(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    (1..=LONGEST).contains(&text.len()) && text.chars().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_back_from_their_tag_values() {
        let table = [("d1", "d1"), ("n.1.n12", "n_-1_-n12"), ("a_b", "a__b"), ("a_.-b", "a___--b"), ("", "")];
        for (id, value) in table {
            assert_eq!(tag_value(id), value);
            assert_eq!(untag_value(value).as_deref(), Some(id));
        }
    }

    #[test]
    fn different_ids_have_different_values() {
        let ids = ["a.b", "a_b", "a_-b", "a-b", "a__b", "a..b", "a_.b", "a._b"];
        let values: std::collections::BTreeSet<String> = ids.iter().map(|id| tag_value(id)).collect();
        assert_eq!(values.len(), ids.len());
    }

    #[test]
    fn what_we_did_not_write_is_no_id() {
        for strange in ["a_", "a_b", "_x"] {
            assert_eq!(untag_value(strange), None, "{strange}");
        }
    }
}
