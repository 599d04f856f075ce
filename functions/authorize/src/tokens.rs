//! Tokens as the store keeps them.

use async_trait::async_trait;
use contracts::failure::Failure;
use store::table::TableError;
use store::{Store, Token};

use crate::{TokenRecord, TokenSource};

#[async_trait]
impl TokenSource for Store {
    async fn find(&self, hash: &str) -> Result<Option<TokenRecord>, Failure> {
        let token = self.token(hash).await.map_err(failure)?;
        Ok(token.map(record))
    }
}

fn record(token: Token) -> TokenRecord {
    TokenRecord {
        administration: token.administration,
        scopes: token.scopes,
        subject: token.subject,
        expires_at: token.expires_at,
    }
}

fn failure(error: TableError) -> Failure {
    match error {
        TableError::Conflict { .. } | TableError::Unavailable(_) => Failure::unavailable(error.to_string()),
        TableError::TooLarge(_) | TableError::BadCursor | TableError::Bug(_) => {
            Failure::bug(error.to_string())
        }
    }
}
