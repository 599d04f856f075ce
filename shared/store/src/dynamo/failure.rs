//! What each failure of the AWS SDK means to the caller.
//!
//! The error types of the SDK are one for each operation and none of them is closed, so the service's own error codes
//! are what is matched here, each named; an unknown code goes by its HTTP status.

use std::error::Error;

use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::CancellationReason;

use crate::table::TableError;

/// The failure of any operation but a transaction.
pub(super) fn of<E>(operation: &str, error: &SdkError<E, HttpResponse>) -> TableError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    match error {
        // Never left this process: a setting is missing or the request cannot be.
        SdkError::ConstructionFailure(_) => TableError::Bug(told(operation, error)),
        SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) | SdkError::ResponseError(_) => {
            TableError::Unavailable(told(operation, error))
        }
        SdkError::ServiceError(service) => {
            let code = service.err().code();
            let message = service.err().message().unwrap_or_default();
            of_code(operation, code, message, service.raw().status().as_u16())
        }
        // A kind of failure that the SDK has not got yet: it is not known what was done.
        _ => TableError::Unavailable(told(operation, error)),
    }
}

/// The failure of a transaction.
pub(super) fn of_transaction(error: &SdkError<TransactWriteItemsError, HttpResponse>) -> TableError {
    match error.as_service_error() {
        Some(TransactWriteItemsError::TransactionCanceledException(canceled)) => {
            of_reasons(canceled.cancellation_reasons())
        }
        Some(_) | None => of("TransactWriteItems", error),
    }
}

fn of_code(operation: &str, code: Option<&str>, message: &str, status: u16) -> TableError {
    let name = code.unwrap_or("no code");
    let text = || format!("{operation}: {name} ({status}): {message}");
    match name {
        "ConditionalCheckFailedException" => TableError::Conflict { index: Some(0) },
        "TransactionConflictException" | "ReplicatedWriteConflictException" => {
            TableError::Conflict { index: None }
        }
        "InternalServerError"
        | "ProvisionedThroughputExceededException"
        | "RequestLimitExceeded"
        | "RequestTimeout"
        | "ServiceUnavailable"
        | "ThrottlingException"
        | "TransactionInProgressException" => TableError::Unavailable(text()),
        "ItemCollectionSizeLimitExceededException" => TableError::TooLarge(text()),
        "ValidationException" if about_size(message) => TableError::TooLarge(text()),
        "AccessDeniedException"
        | "IdempotentParameterMismatchException"
        | "InvalidEndpointException"
        | "ResourceNotFoundException"
        | "UnrecognizedClientException"
        | "ValidationException" => TableError::Bug(text()),
        _ if status >= 500 || status == 429 => TableError::Unavailable(text()),
        _ => TableError::Bug(text()),
    }
}

/// What canceled a transaction. A false condition counts before all else: it is the one thing the caller can act on.
fn of_reasons(reasons: &[CancellationReason]) -> TableError {
    let with = |code: &str| reasons.iter().position(|reason| reason.code() == Some(code));
    if let Some(index) = with("ConditionalCheckFailed") {
        return TableError::Conflict { index: Some(index) };
    }
    let known = ["None", "TransactionConflict", "ProvisionedThroughputExceeded", "ThrottlingError"];
    let unknown = reasons.iter().find(|reason| reason.code().is_some_and(|code| !known.contains(&code)));
    if let Some(reason) = unknown {
        let message = reason.message().unwrap_or_default();
        let text = format!("TransactWriteItems: {}: {message}", reason.code().unwrap_or_default());
        let large = reason.code() == Some("ItemCollectionSizeLimitExceeded") || about_size(message);
        return if large { TableError::TooLarge(text) } else { TableError::Bug(text) };
    }
    if with("TransactionConflict").is_some() {
        return TableError::Conflict { index: None };
    }
    TableError::Unavailable("TransactWriteItems: throttled".to_owned())
}

/// A validation that failed because of how much there is.
fn about_size(message: &str) -> bool {
    ["Item size", "maximum allowed size", "4MB limit"].iter().any(|part| message.contains(part))
}

/// The operation and the whole chain of causes. The SDK's own texts hold no content of items.
fn told(operation: &str, error: &dyn Error) -> String {
    let mut text = format!("{operation}: {error}");
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn class(error: &TableError) -> &'static str {
        match error {
            TableError::Conflict { index: Some(_) } => "condition",
            TableError::Conflict { index: None } => "contention",
            TableError::Unavailable(_) => "unavailable",
            TableError::TooLarge(_) => "too large",
            TableError::BadCursor => "bad cursor",
            TableError::Bug(_) => "bug",
        }
    }

    #[test]
    fn every_code_of_the_service_has_its_class() {
        for (code, message, status, expected) in [
            (Some("ConditionalCheckFailedException"), "The conditional request failed", 400, "condition"),
            (Some("TransactionConflictException"), "", 400, "contention"),
            (Some("ReplicatedWriteConflictException"), "", 400, "contention"),
            (Some("ProvisionedThroughputExceededException"), "", 400, "unavailable"),
            (Some("ThrottlingException"), "", 400, "unavailable"),
            (Some("RequestLimitExceeded"), "", 400, "unavailable"),
            (Some("TransactionInProgressException"), "", 400, "unavailable"),
            (Some("InternalServerError"), "", 500, "unavailable"),
            (Some("SomethingNew"), "", 503, "unavailable"),
            (Some("SomethingNew"), "", 429, "unavailable"),
            (None, "", 502, "unavailable"),
            (
                Some("ValidationException"),
                "Item size has exceeded the maximum allowed size",
                400,
                "too large",
            ),
            (Some("ValidationException"), "Collection size ... exceeding the 4MB limit", 400, "too large"),
            (Some("ItemCollectionSizeLimitExceededException"), "", 400, "too large"),
            (Some("ValidationException"), "Invalid KeyConditionExpression", 400, "bug"),
            (Some("ResourceNotFoundException"), "", 400, "bug"),
            (Some("AccessDeniedException"), "", 400, "bug"),
            (Some("IdempotentParameterMismatchException"), "", 400, "bug"),
            (Some("SomethingNew"), "", 400, "bug"),
        ] {
            assert_eq!(class(&of_code("PutItem", code, message, status)), expected, "{code:?} {message}");
        }
    }

    #[test]
    fn the_reasons_of_a_canceled_transaction_have_their_class() {
        let reason = |code: &str| CancellationReason::builder().code(code).message("...").build();
        let large =
            CancellationReason::builder().code("ValidationError").message("Item size has ...").build();
        for (reasons, expected) in [
            (vec![reason("None"), reason("ConditionalCheckFailed")], TableError::Conflict { index: Some(1) }),
            (
                vec![reason("TransactionConflict"), reason("ConditionalCheckFailed")],
                TableError::Conflict { index: Some(1) },
            ),
            (
                vec![reason("TransactionConflict"), reason("ThrottlingError")],
                TableError::Conflict { index: None },
            ),
        ] {
            assert_eq!(of_reasons(&reasons), expected);
        }
        for (reasons, expected) in [
            (vec![reason("None"), reason("ThrottlingError")], "unavailable"),
            (vec![reason("ProvisionedThroughputExceeded")], "unavailable"),
            (vec![reason("ItemCollectionSizeLimitExceeded")], "too large"),
            (vec![reason("TransactionConflict"), large], "too large"),
            (vec![reason("None"), reason("ValidationError")], "bug"),
            (vec![reason("AccessDenied"), reason("None")], "bug"),
        ] {
            assert_eq!(class(&of_reasons(&reasons)), expected, "{reasons:?}");
        }
    }
}
