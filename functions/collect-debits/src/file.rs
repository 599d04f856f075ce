//! The file of a batch: pain.008.001.08, from what the batch and its entries keep and nothing else, so that it is the same
//! however often it is written.

use contracts::failure::Failure;
use domain::debit_batch::{Batch, BatchEntry, blocks};
use formats::pain008::{Block, Creditor, Message, Transaction, Version, write};

/// The bytes of the file.
///
/// # Errors
/// Something was kept that no bank would take: mandates and settings are checked when they come in, so that is a defect.
pub fn of(batch: &Batch, entries: &[BatchEntry]) -> Result<Vec<u8>, Failure> {
    let message = Message {
        id: batch.id.to_string(),
        created_at: batch.created_at,
        creditor: Creditor {
            name: batch.creditor.name.clone(),
            iban: batch.creditor.iban.clone(),
            bic: batch.creditor.bic.clone(),
            creditor_id: batch.creditor.creditor_id.clone(),
        },
        blocks: blocks(entries)
            .into_iter()
            .map(|block| Block {
                id: block.id(&batch.id),
                scheme: block.scheme,
                sequence: block.sequence,
                collect_on: block.collect_on,
                transactions: block.entries.into_iter().map(transaction).collect(),
            })
            .collect(),
    };
    write(&message, Version::V08).map_err(|error| Failure::bug(error.to_string()))
}

fn transaction(entry: &BatchEntry) -> Transaction {
    Transaction {
        end_to_end_id: entry.end_to_end_id.clone(),
        amount: entry.amount,
        mandate_id: entry.mandate.to_string(),
        signed_on: entry.signed_on,
        account_changed: entry.amended_from.is_some(),
        debtor_name: entry.name.clone(),
        debtor_iban: entry.iban.clone(),
        debtor_bic: entry.bic.clone(),
        text: entry.text.clone(),
    }
}
