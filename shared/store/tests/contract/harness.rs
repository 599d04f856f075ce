//! The tables under test, and a network that loses answers.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::retry::RetryConfig;
use aws_sdk_dynamodb::config::{BehaviorVersion, Region};
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection,
    ProjectionType, ScalarAttributeType,
};
use aws_types::SdkConfig;
use store::table::{
    Condition, Index, IndexKey, Key, Order, Page, Record, SortRange, Table, TableError, Write,
};
use store::{DynamoTable, MemoryTable, Units};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

pub const NAME: &str = "tijdig";

/// Both tables, empty, one after the other: a test says what is true of each.
pub async fn on_both<F, T>(test: F)
where
    F: Fn(Subject) -> T,
    T: Future<Output = ()>,
{
    test(Subject::Memory(MemoryTable::new())).await;
    test(Subject::Dynamo(dynamo().await.0)).await;
}

#[derive(Debug, Clone)]
pub enum Subject {
    Memory(MemoryTable),
    Dynamo(DynamoTable),
}

impl Subject {
    pub fn units(&self) -> Units {
        match self {
            Subject::Memory(table) => table.units(),
            Subject::Dynamo(table) => table.units(),
        }
    }

    pub fn table(&self) -> &dyn Table {
        match self {
            Subject::Memory(table) => table,
            Subject::Dynamo(table) => table,
        }
    }

    pub async fn get(&self, key: &Key) -> Option<Record> {
        self.table().get(key).await.unwrap()
    }

    pub async fn write(&self, writes: Vec<Write>) -> Result<(), TableError> {
        self.table().write(writes).await
    }

    /// Puts them all, whatever was there.
    pub async fn fill(&self, records: impl IntoIterator<Item = Record>) {
        let writes: Vec<Write> = records.into_iter().map(|record| put(record, Condition::None)).collect();
        for batch in writes.chunks(100) {
            self.write(batch.to_vec()).await.unwrap();
        }
    }

    /// Every page of a query, until there is no cursor.
    pub async fn pages(
        &self,
        partition: &str,
        range: SortRange,
        order: Order,
        limit: u32,
    ) -> Vec<Page<Record>> {
        let mut pages: Vec<Page<Record>> = Vec::new();
        loop {
            let cursor = pages.last().and_then(|page| page.next.as_deref());
            let page = self.table().query(partition, range.clone(), order, limit, cursor).await.unwrap();
            pages.push(page);
            assert!(pages.len() < 1_000, "the list does not end");
            if pages.last().is_some_and(|page| page.next.is_none()) {
                return pages;
            }
        }
    }

    /// The sort keys of every page of a query.
    pub async fn sorts(&self, partition: &str, range: SortRange, order: Order, limit: u32) -> Vec<String> {
        let pages = self.pages(partition, range, order, limit).await;
        pages.into_iter().flat_map(|page| page.items).map(|record| record.key.sort).collect()
    }

    /// Every page of an index.
    pub async fn entries(
        &self,
        index: Index,
        partition: &str,
        order: Order,
        limit: u32,
    ) -> Vec<(IndexKey, Key)> {
        let mut all = Vec::new();
        let mut cursor: Option<String> = None;
        loop {
            let range = SortRange::all();
            let page = self.table().query_index(index, partition, range, order, limit, cursor.as_deref());
            let page = page.await.unwrap();
            all.extend(page.items);
            assert!(all.len() < 10_000, "the index does not end");
            match page.next {
                Some(next) => cursor = Some(next),
                None => return all,
            }
        }
    }
}

pub fn put(record: Record, condition: Condition) -> Write {
    Write::Put { record, condition }
}

pub fn delete(key: &Key, condition: Condition) -> Write {
    Write::Delete { key: key.clone(), condition }
}

pub fn check(key: &Key, condition: Condition) -> Write {
    Write::Check { key: key.clone(), condition }
}

/// Bytes that do not deflate, the same for the same seed.
pub fn noise(length: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2).wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 32) as u8
    };
    (0..length).map(|_| next()).collect()
}

/// A DynamoDB in this process with the table, its SDK client and its address.
pub async fn dynamo() -> (DynamoTable, Client, SocketAddr) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let database = dynoxide::Database::memory().unwrap();
    tokio::spawn(dynoxide::server::serve_on(listener, database));
    let config = config(address);
    let client = Client::new(&config);
    create_table(&client).await;
    (DynamoTable::new(&config, NAME.to_owned()).counting(), client, address)
}

/// Of a client of the DynamoDB at this address, with three attempts for a call.
pub fn config(address: SocketAddr) -> SdkConfig {
    let credentials = Credentials::new("test", "test", None, None, "test");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .endpoint_url(format!("http://{address}"))
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .retry_config(RetryConfig::standard().with_max_attempts(3))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build()
}

async fn create_table(client: &Client) {
    let attribute = |name: &str| {
        let attribute = AttributeDefinition::builder().attribute_name(name);
        attribute.attribute_type(ScalarAttributeType::S).build().unwrap()
    };
    let element =
        |name: &str, kind| KeySchemaElement::builder().attribute_name(name).key_type(kind).build().unwrap();
    let schema = |partition, sort| vec![element(partition, KeyType::Hash), element(sort, KeyType::Range)];
    let index = |name: &str, partition, sort| {
        GlobalSecondaryIndex::builder()
            .index_name(name)
            .set_key_schema(Some(schema(partition, sort)))
            .projection(Projection::builder().projection_type(ProjectionType::KeysOnly).build())
            .build()
            .unwrap()
    };
    let names = ["pk", "sk", "due_pk", "due_sk", "list_pk", "list_sk"];
    client
        .create_table()
        .table_name(NAME)
        .billing_mode(BillingMode::PayPerRequest)
        .set_attribute_definitions(Some(names.map(attribute).to_vec()))
        .set_key_schema(Some(schema("pk", "sk")))
        .global_secondary_indexes(index("due", "due_pk", "due_sk"))
        .global_secondary_indexes(index("listed", "list_pk", "list_sk"))
        .send()
        .await
        .unwrap();
}

/// A way to the service that, when told to, closes the connection in place of the answer: the request was done.
#[derive(Debug, Clone)]
pub struct LossyNetwork {
    pub address: SocketAddr,
    to_lose: Arc<AtomicU32>,
}

impl LossyNetwork {
    pub async fn before(service: SocketAddr) -> LossyNetwork {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let network = LossyNetwork { address: listener.local_addr().unwrap(), to_lose: Arc::default() };
        let to_lose = Arc::clone(&network.to_lose);
        tokio::spawn(async move {
            loop {
                let (client, _) = listener.accept().await.unwrap();
                let server = TcpStream::connect(service).await.unwrap();
                tokio::spawn(carry(client, server, Arc::clone(&to_lose)));
            }
        });
        network
    }

    pub fn lose_answers(&self, count: u32) {
        self.to_lose.store(count, Ordering::SeqCst);
    }

    pub fn left_to_lose(&self) -> u32 {
        self.to_lose.load(Ordering::SeqCst)
    }
}

async fn carry(mut client: TcpStream, mut server: TcpStream, to_lose: Arc<AtomicU32>) {
    let (mut asked, mut answered) = ([0; 16_384], [0; 16_384]);
    loop {
        tokio::select! {
            read = client.read(&mut asked) => match read {
                Ok(count) if count > 0 && server.write_all(&asked[..count]).await.is_ok() => {}
                _ => return,
            },
            read = server.read(&mut answered) => match read {
                Ok(count) if count > 0 => {
                    let lost = to_lose.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
                    if lost.is_ok() || client.write_all(&answered[..count]).await.is_err() {
                        return;
                    }
                }
                _ => return,
            },
        }
    }
}
