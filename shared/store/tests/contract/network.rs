//! The table on DynamoDB when the network or the service fails, and what it writes where others read it.

use super::harness::{LossyNetwork, NAME, config, dynamo, put};
use super::{key, record};
use store::DynamoTable;
use store::table::{Condition, EventFields, IndexKey, Record, Table, TableError};

#[tokio::test]
async fn a_conditional_write_whose_answer_was_lost_is_a_conflict_and_no_success() {
    let (direct, _, service) = dynamo().await;
    let network = LossyNetwork::before(service).await;
    let table = DynamoTable::new(&config(network.address), NAME.to_owned());
    table.get(&key("warm")).await.unwrap();
    for (written, condition) in [(record("m", 1), Condition::Absent), (record("m", 2), Condition::Version(1))]
    {
        network.lose_answers(1);
        let answer = table.write(vec![put(written.clone(), condition)]).await;
        assert_eq!(network.left_to_lose(), 0);
        assert_eq!(answer, Err(TableError::Conflict { index: Some(0) }));
        assert_eq!(
            direct.get(&key("m")).await,
            Ok(Some(written)),
            "the caller who loads again sees its own write"
        );
    }
}

#[tokio::test]
async fn a_transaction_whose_answer_was_lost_is_done_once_and_answers_so() {
    let (direct, _, service) = dynamo().await;
    let network = LossyNetwork::before(service).await;
    let table = DynamoTable::new(&config(network.address), NAME.to_owned());
    let writes = vec![put(record("m", 1), Condition::Absent), put(record("n", 1), Condition::Absent)];
    network.lose_answers(1);
    assert_eq!(table.write(writes.clone()).await, Ok(()));
    assert_eq!(network.left_to_lose(), 0);
    assert_eq!(direct.get(&key("n")).await, Ok(Some(record("n", 1))));
    assert_eq!(
        table.write(writes).await,
        Err(TableError::Conflict { index: Some(0) }),
        "another call is no repeat"
    );
}

#[tokio::test]
async fn a_call_that_gets_no_answer_at_all_is_unavailable() {
    let (_, _, service) = dynamo().await;
    let network = LossyNetwork::before(service).await;
    let lossy = DynamoTable::new(&config(network.address), NAME.to_owned());
    network.lose_answers(3);
    let answer = lossy.write(vec![put(record("m", 1), Condition::None)]).await;
    assert!(matches!(answer, Err(TableError::Unavailable(_))), "{answer:?}");

    let closed = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nowhere = DynamoTable::new(&config(closed), NAME.to_owned());
    let answer = nowhere.get(&key("m")).await;
    assert!(matches!(answer, Err(TableError::Unavailable(_))), "{answer:?}");
}

#[tokio::test]
async fn a_table_that_is_not_there_is_a_bug() {
    let (_, _, service) = dynamo().await;
    let table = DynamoTable::new(&config(service), "another".to_owned());
    let writes = vec![put(record("m", 1), Condition::None), put(record("n", 1), Condition::None)];
    for answer in [
        table.get(&key("m")).await.map(|_| ()),
        table.get_many(&[key("m")]).await.map(|_| ()),
        table.write(writes[..1].to_vec()).await,
        table.write(writes).await,
    ] {
        assert!(matches!(answer, Err(TableError::Bug(_))), "{answer:?}");
    }
}

#[tokio::test]
async fn the_stream_finds_the_event_in_plain_attributes_and_the_document_is_small() {
    let (table, client, _) = dynamo().await;
    let event = EventFields {
        detail_type: "InvoiceStored".into(),
        detail: r#"{"invoice":"i1"}"#.into(),
        at: "2026-01-02T08:00:00Z".into(),
    };
    let written = Record {
        event: Some(event),
        due: Some(IndexKey::new("due", "1")),
        document: br#"{"line":"een herinnering","amount":"121.00"},"#.repeat(2_300),
        ..record("m", 1)
    };
    table.write(vec![put(written.clone(), Condition::Absent)]).await.unwrap();
    let item = client.get_item().table_name(NAME).set_key(Some(keys())).send().await.unwrap().item.unwrap();
    let text = |name: &str| item[name].as_s().unwrap().as_str();
    assert_eq!(text("detail_type"), "InvoiceStored");
    assert_eq!(text("detail"), r#"{"invoice":"i1"}"#);
    assert_eq!(text("at"), "2026-01-02T08:00:00Z");
    assert_eq!(item["v"].as_n().unwrap(), "1");
    assert_eq!(text("enc"), "deflate");
    let stored = item["doc"].as_b().unwrap().as_ref().len();
    assert!(stored * 50 < written.document.len(), "{stored} bytes");
    assert!(!item.contains_key("ttl") && !item.contains_key("list_pk"));
}

fn keys() -> std::collections::HashMap<String, aws_sdk_dynamodb::types::AttributeValue> {
    use aws_sdk_dynamodb::types::AttributeValue::S;
    [("pk".to_owned(), S("a#1".into())), ("sk".to_owned(), S("m".into()))].into()
}
