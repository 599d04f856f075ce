//! Tokens as the store keeps them.

use async_trait::async_trait;
use contracts::failure::Failure;
use store::Store;

use crate::{TokenRecord, TokenSource};

#[async_trait]
impl TokenSource for Store {
    async fn find(&self, hash: &str) -> Result<Option<TokenRecord>, Failure> {
        let token = self.token(hash).await?;
        Ok(token.map(|token| TokenRecord {
            administration: token.administration,
            scopes: token.scopes,
            subject: token.subject,
            expires_at: token.expires_at,
        }))
    }
}
