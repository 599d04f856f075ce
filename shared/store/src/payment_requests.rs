//! Payment requests as they are read by themselves: by id, of a debtor, by the provider's reference.

use domain::ids::{AdministrationId, DebtorId, PaymentRequestId};
use domain::payment_request::{PaymentProvider, PaymentRequest};

use crate::dossiers::{Store, decode, encode, put};
use crate::keys;
use crate::table::{Condition, Order, Page, Record, SortRange, TableError};

impl Store {
    /// A payment request, over or not; `None` where there is none of this id.
    pub async fn payment_request(
        &self,
        administration: &AdministrationId,
        id: &PaymentRequestId,
    ) -> Result<Option<PaymentRequest>, TableError> {
        let (Some(debtor), Some(number)) = (id.debtor(), id.number()) else { return Ok(None) };
        Ok(self.get(&keys::payment_request(administration, &debtor, number)).await?.map(|v| v.value))
    }

    /// The payment requests of a debtor, the last made first.
    pub async fn payment_requests(
        &self,
        administration: &AdministrationId,
        debtor: &DebtorId,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<PaymentRequest>, TableError> {
        let partition = keys::dossier_partition(administration, debtor);
        let range = SortRange::Prefix(keys::PAYMENT_REQUEST_PREFIX.to_owned());
        let page = self.table.query(&partition, range, Order::Descending, limit, cursor).await?;
        Ok(Page { items: page.items.iter().map(decode).collect::<Result<_, _>>()?, next: page.next })
    }

    /// The request that this reference of a payment provider stands for.
    pub async fn request_of_reference(
        &self,
        administration: &AdministrationId,
        provider: PaymentProvider,
        reference: &str,
    ) -> Result<Option<PaymentRequestId>, TableError> {
        let key = keys::payment_reference(administration, provider, reference);
        Ok(self.get(&key).await?.map(|v| v.value))
    }

    /// Whose provider calls at the address with this hash.
    pub async fn payment_callback_owner(
        &self,
        provider: PaymentProvider,
        hash: &str,
    ) -> Result<Option<AdministrationId>, TableError> {
        Ok(self.get(&keys::payment_callback(provider, hash)).await?.map(|v| v.value))
    }

    /// From now on callbacks at this address are about this administration.
    pub async fn put_payment_callback(
        &self,
        provider: PaymentProvider,
        hash: &str,
        administration: &AdministrationId,
    ) -> Result<(), TableError> {
        let record = Record::new(keys::payment_callback(provider, hash), 1, encode(administration)?);
        self.table.write(vec![put(record, Condition::None)]).await
    }
}
