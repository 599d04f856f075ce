//! What a message's body holds.

use domain::Violation;
use serde_json::Value;

/// The message, and the name of the event that carried it.
#[derive(Debug, PartialEq)]
pub(super) struct Body {
    pub message: Value,
    pub detail_type: Option<String>,
}

/// Takes the message out of its envelope, if it has one.
///
/// An event of the bus is told by its `detail-type` and `detail`; no message of ours has a field with a hyphen.
pub(super) fn parse(body: &str) -> Result<Body, Violation> {
    let mut message = crate::json::from_slice::<Value>(body.as_bytes())?;
    let detail_type = message.get("detail-type").and_then(Value::as_str).map(str::to_owned);
    if detail_type.is_some()
        && let Some(detail) = message.get_mut("detail")
    {
        let message = detail.take();
        return Ok(Body { message, detail_type });
    }
    Ok(Body { message, detail_type: None })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_event_is_unwrapped_and_anything_else_is_the_message() {
        let table = [
            (json!({"debtorId": "d1"}), json!({"debtorId": "d1"}), None),
            (
                json!({"version": "0", "id": "x", "detail-type": "NoticeSent", "source": "tijdig", "detail": {"debtorId": "d1"}}),
                json!({"debtorId": "d1"}),
                Some("NoticeSent"),
            ),
            (json!({"detail": {"a": 1}}), json!({"detail": {"a": 1}}), None),
            (json!({"detail-type": "NoticeSent"}), json!({"detail-type": "NoticeSent"}), None),
            (json!("loose"), json!("loose"), None),
        ];
        for (body, message, detail_type) in table {
            let detail_type = detail_type.map(str::to_owned);
            assert_eq!(parse(&body.to_string()), Ok(Body { message, detail_type }), "{body}");
        }
    }

    #[test]
    fn what_is_not_json_is_named_so() {
        for body in ["", "{", "{} {}", "jan"] {
            assert_eq!(parse(body).map_err(|violation| violation.code), Err("not_json"), "{body}");
        }
    }
}
