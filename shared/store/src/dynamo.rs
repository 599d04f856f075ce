//! The table on DynamoDB.

mod failure;
mod item;

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::{
    ConditionCheck, ConsumedCapacity, Delete, KeysAndAttributes, Put, ReturnConsumedCapacity,
    TransactWriteItem, Update,
};
use aws_types::SdkConfig;

use crate::compress::Packed;
use crate::cursor::{self, Cursor};
use crate::stored::{self, Prepared, names};
use crate::table::{
    Condition, Index, IndexKey, Key, LARGEST_PAGE, Order, Page, Record, SortRange, Table, TableError, Write,
};
use crate::units::Units;
use item::Item;

/// Most keys in one BatchGetItem.
const MOST_KEYS: usize = 100;

/// How often the rest of a batch is asked for again when nothing of it came.
const MOST_EMPTY_ANSWERS: u32 = 5;

/// The table on DynamoDB. A clone shares the connections and the counter.
#[derive(Clone)]
pub struct DynamoTable {
    client: Client,
    table: String,
    consumed: Option<Arc<Mutex<Units>>>,
}

impl fmt::Debug for DynamoTable {
    /// The name only: a client prints pages.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DynamoTable").field("table", &self.table).finish_non_exhaustive()
    }
}

impl DynamoTable {
    /// The table of this name in the account and region of the configuration, which also says the timeouts and how often
    /// the SDK tries again. It must have a behavior version: the SDK's client panics without one.
    pub fn new(config: &SdkConfig, table: String) -> DynamoTable {
        DynamoTable { client: Client::new(config), table, consumed: None }
    }

    /// The same, and it asks the service what each call consumed. For the bench and tests.
    pub fn counting(self) -> DynamoTable {
        DynamoTable { consumed: Some(Arc::default()), ..self }
    }

    /// What the service said was consumed since [`DynamoTable::counting`]; nothing without it. The service does not say it
    /// of calls that failed.
    pub fn units(&self) -> Units {
        let consumed =
            self.consumed.as_ref().map(|units| *units.lock().unwrap_or_else(PoisonError::into_inner));
        consumed.unwrap_or_default()
    }

    fn asked(&self) -> Option<ReturnConsumedCapacity> {
        self.consumed.as_ref().map(|_| ReturnConsumedCapacity::Total)
    }

    fn count<'a>(&self, of: fn(f64) -> Units, capacity: impl IntoIterator<Item = &'a ConsumedCapacity>) {
        if let Some(consumed) = &self.consumed {
            let units = capacity.into_iter().filter_map(ConsumedCapacity::capacity_units).sum();
            *consumed.lock().unwrap_or_else(PoisonError::into_inner) += of(units);
        }
    }

    /// Up to [`MOST_KEYS`] different keys.
    async fn get_batch(&self, keys: &[&Key]) -> Result<Vec<Record>, TableError> {
        let mut asked: Vec<Item> = keys.iter().map(|key| item::key_item((*key).clone())).collect();
        let mut records = Vec::with_capacity(keys.len());
        let mut empty_answers = 0;
        while !asked.is_empty() {
            let request = KeysAndAttributes::builder().set_keys(Some(asked)).consistent_read(true).build();
            let request = request.map_err(|error| TableError::Bug(format!("BatchGetItem: {error}")))?;
            let answer = self
                .client
                .batch_get_item()
                .request_items(&self.table, request)
                .set_return_consumed_capacity(self.asked())
                .send()
                .await
                .map_err(|error| failure::of("BatchGetItem", &error))?;
            self.count(Units::reads, answer.consumed_capacity());
            let found =
                answer.responses.and_then(|mut tables| tables.remove(&self.table)).unwrap_or_default();
            if found.is_empty() {
                empty_answers += 1;
            }
            for item in found {
                records.push(item::to_record(item)?);
            }
            let rest = answer.unprocessed_keys.and_then(|mut tables| tables.remove(&self.table));
            asked = rest.map(|rest| rest.keys).unwrap_or_default();
            if !asked.is_empty() && empty_answers > 0 {
                if empty_answers >= MOST_EMPTY_ANSWERS {
                    return Err(TableError::Unavailable("BatchGetItem: keys stay unprocessed".to_owned()));
                }
                // Keys are left over without an answer only when the table is throttled: give it room.
                tokio::time::sleep(Duration::from_millis(25 << empty_answers)).await;
            }
        }
        Ok(records)
    }

    async fn query_items(
        &self,
        index: Option<Index>,
        (partition, range): (&str, &SortRange),
        order: Order,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<(Vec<Item>, Option<Item>), TableError> {
        stored::check_partition(partition)?;
        let after = cursor::read(index, partition, range, cursor)?;
        if range.is_empty() {
            return Ok((Vec::new(), None));
        }
        let request = self.client.query().table_name(&self.table);
        let request = match index {
            None => request.consistent_read(true),
            Some(Index::Due) => request.index_name(names::DUE_INDEX),
            Some(Index::Listed) => request.index_name(names::LISTED_INDEX),
        };
        let limit = i32::try_from(limit.clamp(1, LARGEST_PAGE)).unwrap_or(i32::MAX);
        let answer = keyed(request, index, partition, range)
            .scan_index_forward(order == Order::Ascending)
            .limit(limit)
            .set_exclusive_start_key(after.map(|after| item::start_item(index, after)))
            .set_return_consumed_capacity(self.asked())
            .send()
            .await
            .map_err(|error| failure::of("Query", &error))?;
        self.count(Units::reads, answer.consumed_capacity());
        let last = answer.last_evaluated_key.filter(|last| !last.is_empty());
        Ok((answer.items.unwrap_or_default(), last))
    }

    async fn put(&self, record: Record, packed: Packed, condition: Condition) -> Result<(), TableError> {
        let condition = Expression::of(condition);
        let answer = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item::to_item(record, packed)))
            .set_condition_expression(condition.text)
            .set_expression_attribute_names(condition.names)
            .set_expression_attribute_values(condition.values)
            .set_return_consumed_capacity(self.asked())
            .send()
            .await
            .map_err(|error| failure::of("PutItem", &error))?;
        self.count(Units::writes, answer.consumed_capacity());
        Ok(())
    }

    async fn delete(&self, key: Key, condition: Condition) -> Result<(), TableError> {
        let condition = Expression::of(condition);
        let answer = self
            .client
            .delete_item()
            .table_name(&self.table)
            .set_key(Some(item::key_item(key)))
            .set_condition_expression(condition.text)
            .set_expression_attribute_names(condition.names)
            .set_expression_attribute_values(condition.values)
            .set_return_consumed_capacity(self.asked())
            .send()
            .await
            .map_err(|error| failure::of("DeleteItem", &error))?;
        self.count(Units::writes, answer.consumed_capacity());
        Ok(())
    }

    /// The SDK gives each call a request token of its own and keeps it when it tries again.
    async fn transact(&self, writes: Vec<Prepared>) -> Result<(), TableError> {
        let parts = writes.into_iter().map(|one| self.part(one)).collect::<Result<Vec<_>, _>>()?;
        let answer = self
            .client
            .transact_write_items()
            .set_transact_items(Some(parts))
            .set_return_consumed_capacity(self.asked())
            .send()
            .await
            .map_err(|error| failure::of_transaction(&error))?;
        self.count(Units::writes, answer.consumed_capacity());
        Ok(())
    }

    fn part(&self, one: Prepared) -> Result<TransactWriteItem, TableError> {
        let condition = Expression::of(one.condition());
        let part = TransactWriteItem::builder();
        let part = match one {
            Prepared::Put { record, packed, .. } => Put::builder()
                .table_name(&self.table)
                .set_item(Some(item::to_item(record, packed)))
                .set_condition_expression(condition.text)
                .set_expression_attribute_names(condition.names)
                .set_expression_attribute_values(condition.values)
                .build()
                .map(|put| part.put(put)),
            Prepared::Delete { key, .. } => Delete::builder()
                .table_name(&self.table)
                .set_key(Some(item::key_item(key)))
                .set_condition_expression(condition.text)
                .set_expression_attribute_names(condition.names)
                .set_expression_attribute_values(condition.values)
                .build()
                .map(|delete| part.delete(delete)),
            Prepared::Check { key, .. } => ConditionCheck::builder()
                .table_name(&self.table)
                .set_key(Some(item::key_item(key)))
                .set_condition_expression(condition.text)
                .set_expression_attribute_names(condition.names)
                .set_expression_attribute_values(condition.values)
                .build()
                .map(|check| part.condition_check(check)),
            Prepared::Count { key, by } => {
                let add = item::Addition::of(&by);
                Update::builder()
                    .table_name(&self.table)
                    .set_key(Some(item::key_item(key)))
                    .update_expression(add.text)
                    .set_expression_attribute_names(Some(add.names))
                    .set_expression_attribute_values(Some(add.values))
                    .build()
                    .map(|update| part.update(update))
            }
        };
        part.map(|part| part.build()).map_err(|error| TableError::Bug(format!("TransactWriteItems: {error}")))
    }
}

#[async_trait]
impl Table for DynamoTable {
    async fn get(&self, key: &Key) -> Result<Option<Record>, TableError> {
        stored::check_key(key)?;
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(item::key_item(key.clone())))
            .consistent_read(true)
            .set_return_consumed_capacity(self.asked())
            .send()
            .await
            .map_err(|error| failure::of("GetItem", &error))?;
        self.count(Units::reads, answer.consumed_capacity());
        answer.item.map(item::to_record).transpose()
    }

    async fn get_many(&self, keys: &[Key]) -> Result<Vec<Record>, TableError> {
        keys.iter().try_for_each(stored::check_key)?;
        let mut seen = HashSet::with_capacity(keys.len());
        let different: Vec<&Key> = keys.iter().filter(|key| seen.insert(*key)).collect();
        let mut found = HashMap::with_capacity(different.len());
        for batch in different.chunks(MOST_KEYS) {
            for record in self.get_batch(batch).await? {
                found.insert(record.key.clone(), record);
            }
        }
        // The service answers in any order.
        Ok(different.into_iter().filter_map(|key| found.remove(key)).collect())
    }

    async fn query(
        &self,
        partition: &str,
        range: SortRange,
        order: Order,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<Record>, TableError> {
        let (items, last) = self.query_items(None, (partition, &range), order, limit, cursor).await?;
        let items = items.into_iter().map(item::to_record).collect::<Result<_, _>>()?;
        let next = match last {
            None => None,
            Some(mut last) => {
                let key = item::take_key(&mut last)?;
                let at = IndexKey::new(key.partition.clone(), key.sort.clone());
                Some(cursor::write(None, Cursor { at, key })?)
            }
        };
        Ok(Page { items, next })
    }

    async fn query_index(
        &self,
        index: Index,
        partition: &str,
        range: SortRange,
        order: Order,
        limit: u32,
        cursor: Option<&str>,
    ) -> Result<Page<(IndexKey, Key)>, TableError> {
        let (items, last) = self.query_items(Some(index), (partition, &range), order, limit, cursor).await?;
        let items = items.into_iter().map(|item| entry(index, item)).collect::<Result<_, _>>()?;
        let next = match last {
            None => None,
            Some(last) => {
                let (at, key) = entry(index, last)?;
                Some(cursor::write(Some(index), Cursor { at, key })?)
            }
        };
        Ok(Page { items, next })
    }

    async fn write(&self, writes: Vec<Write>) -> Result<(), TableError> {
        let mut prepared = stored::prepare(writes, stored::Weighed::Packed)?;
        match (prepared.pop(), prepared.is_empty()) {
            (None, _) => Ok(()),
            (Some(Prepared::Put { record, packed, condition, .. }), true) => {
                self.put(record, packed, condition).await
            }
            (Some(Prepared::Delete { key, condition }), true) => self.delete(key, condition).await,
            (Some(last), _) => {
                prepared.push(last);
                self.transact(prepared).await
            }
        }
    }
}

/// An entry of an index.
fn entry(index: Index, mut item: Item) -> Result<(IndexKey, Key), TableError> {
    let at = item::take_index(&mut item, index)?;
    let at = at.ok_or_else(|| TableError::Bug("an entry of an index without its key".to_owned()))?;
    Ok((at, item::take_key(&mut item)?))
}

/// The condition of a write, all three empty where there is none.
#[derive(Debug, Default)]
struct Expression {
    text: Option<String>,
    names: Option<HashMap<String, String>>,
    values: Option<Item>,
}

impl Expression {
    fn of(condition: Condition) -> Expression {
        let (text, name, value) = match condition {
            Condition::None => return Expression::default(),
            Condition::Absent => ("attribute_not_exists(#n)", names::PARTITION, None),
            Condition::Present => ("attribute_exists(#n)", names::PARTITION, None),
            Condition::Version(version) => ("#n = :v", names::VERSION, Some(item::number(version))),
        };
        Expression {
            text: Some(text.to_owned()),
            names: Some(HashMap::from([("#n".to_owned(), name.to_owned())])),
            values: value.map(|value| HashMap::from([(":v".to_owned(), value)])),
        }
    }
}

/// The query with its partition and range. The service refuses empty key values, so an empty bound is left out.
fn keyed(
    query: QueryFluentBuilder,
    index: Option<Index>,
    partition: &str,
    range: &SortRange,
) -> QueryFluentBuilder {
    let (partition_name, sort_name) = index.map_or((names::PARTITION, names::SORT), item::index_names);
    let bounds: (&str, Vec<(&str, &String)>) = match range {
        SortRange::Prefix(first) | SortRange::From(first) if first.is_empty() => ("", vec![]),
        SortRange::Prefix(prefix) => (" AND begins_with(#s, :a)", vec![(":a", prefix)]),
        SortRange::From(low) => (" AND #s >= :a", vec![(":a", low)]),
        SortRange::Between(low, high) if low.is_empty() => (" AND #s <= :b", vec![(":b", high)]),
        SortRange::Between(low, high) => (" AND #s BETWEEN :a AND :b", vec![(":a", low), (":b", high)]),
    };
    let (condition, values) = bounds;
    let mut query = query
        .key_condition_expression(format!("#p = :p{condition}"))
        .expression_attribute_names("#p", partition_name)
        .expression_attribute_values(":p", item::text(partition));
    for (position, (name, value)) in values.into_iter().enumerate() {
        if position == 0 {
            query = query.expression_attribute_names("#s", sort_name);
        }
        query = query.expression_attribute_values(name, item::text(value));
    }
    query
}
