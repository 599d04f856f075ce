//! Which municipality an address lies in, and through which platform it receives signals: imported from two tables.
//!
//! The first is Statistics Netherlands' "Buurt, wijk en gemeente voor postcode huisnummer" (columns `PC6`, `Huisnummer`
//! and `Gemeente…`, separated by `;` or `,`), sorted by postcode as it is published. The second names the platform of
//! each municipality (columns `municipality`, `provider`). Both are read line by line; a postcode is kept as the
//! municipality of most of its house numbers, with the house numbers that lie elsewhere.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read};
use std::sync::Arc;

use domain::debtor::Address;
use domain::provider::Provider;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use runtime::config::Environment;
use store::{DynamoTable, PostcodeArea, Store};

use crate::failure::{Failure, Outcome, While};

/// Writes under way at once.
const AT_ONCE: usize = 16;

/// How many were imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Imported {
    pub postcodes: usize,
    pub municipalities: usize,
}

/// The command: imports both files into a deployed stack's table.
pub async fn import_files(options: &crate::options::Municipalities) -> Outcome<Imported> {
    let config = runtime::aws::config(&Environment::of_process()).during("configuring the store")?;
    let store = Store::new(Arc::new(DynamoTable::new(&config, options.table.clone())));
    let postcodes = File::open(&options.postcodes).during("opening the table of postcodes")?;
    let platforms = File::open(&options.platforms).during("opening the table of platforms")?;
    import(&store, BufReader::new(postcodes), BufReader::new(platforms)).await
}

/// Imports both tables. What they do not name stays as it is.
pub async fn import(store: &Store, postcodes: impl Read, platforms: impl Read) -> Outcome<Imported> {
    Ok(Imported {
        municipalities: import_platforms(store, platforms).await?,
        postcodes: import_postcodes(store, postcodes).await?,
    })
}

async fn import_platforms(store: &Store, table: impl Read) -> Outcome<usize> {
    let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(table);
    let mut count = 0;
    for record in reader.records() {
        let record = record.during("reading the table of platforms")?;
        let line = record.position().map_or(0, csv::Position::line);
        let refused = |what| Failure::because(format!("the table of platforms, line {line}: {what}"));
        let code = record.get(0).and_then(municipality_code).ok_or_else(|| refused("not a municipality"))?;
        let provider = record.get(1).and_then(|p| p.trim().parse::<Provider>().ok());
        let provider = provider.ok_or_else(|| refused("the provider is bkr or inforing"))?;
        store.put_municipality(&code, provider).await.during("storing a municipality")?;
        count += 1;
    }
    Ok(count)
}

/// Four digits, without "GM".
fn municipality_code(text: &str) -> Option<String> {
    let digits = text.trim().trim_start_matches("GM");
    let number: u32 = digits.parse().ok().filter(|n| *n > 0 && *n < 10_000)?;
    Some(format!("{number:04}"))
}

/// Which columns of the published table are the ones that count.
struct Columns {
    postcode: usize,
    house_number: usize,
    municipality: usize,
}

impl Columns {
    fn of(header: &csv::StringRecord) -> Outcome<Columns> {
        let find = |prefix: &str| {
            let found = header.iter().position(|h| h.trim().to_lowercase().starts_with(prefix));
            found.ok_or_else(|| Failure::because(format!("the table of postcodes has no column {prefix}…")))
        };
        Ok(Columns {
            postcode: find("pc6")?,
            house_number: find("huisnummer")?,
            municipality: find("gemeente")?,
        })
    }
}

async fn import_postcodes(store: &Store, mut table: impl Read) -> Outcome<usize> {
    let mut start = [0_u8; 64];
    let read = table.read(&mut start).during("reading the table of postcodes")?;
    let start = &start[..read];
    let delimiter = if start.contains(&b';') { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(start.chain(table));
    let columns = Columns::of(reader.headers().during("reading the table of postcodes")?)?;
    let mut writes = FuturesUnordered::new();
    let mut current: Option<(String, BTreeMap<u32, String>)> = None;
    let mut count = 0;
    for record in reader.records() {
        let record = record.during("reading the table of postcodes")?;
        let line = record.position().map_or(0, csv::Position::line);
        let refused = || Failure::because(format!("the table of postcodes, line {line}: not an address"));
        let postcode = record.get(columns.postcode).and_then(Address::dutch_postcode).ok_or_else(refused)?;
        let number =
            record.get(columns.house_number).and_then(|n| n.trim().parse().ok()).ok_or_else(refused)?;
        let code = record.get(columns.municipality).and_then(municipality_code).ok_or_else(refused)?;
        if current.as_ref().is_some_and(|(known, _)| *known != postcode)
            && let Some((done, numbers)) = current.take()
        {
            count += 1;
            writes.push(put(store, done, numbers));
            if writes.len() >= AT_ONCE {
                writes.next().await.transpose()?;
            }
        }
        current.get_or_insert_with(|| (postcode, BTreeMap::new())).1.insert(number, code);
    }
    if let Some((done, numbers)) = current {
        count += 1;
        writes.push(put(store, done, numbers));
    }
    while let Some(written) = writes.next().await {
        written?;
    }
    Ok(count)
}

async fn put(store: &Store, postcode: String, numbers: BTreeMap<u32, String>) -> Outcome<()> {
    store.put_postcode(&postcode, &area(numbers)).await.during("storing a postcode")
}

fn area(numbers: BTreeMap<u32, String>) -> PostcodeArea {
    let mut counts: BTreeMap<&String, usize> = BTreeMap::new();
    for code in numbers.values() {
        *counts.entry(code).or_default() += 1;
    }
    let most = counts.iter().max_by_key(|(_, count)| **count).map(|(code, _)| (*code).clone());
    let municipality = most.unwrap_or_default();
    let exceptions = numbers.into_iter().filter(|(_, code)| *code != municipality).collect();
    PostcodeArea { municipality, exceptions }
}

#[cfg(test)]
mod tests {
    use domain::debtor::Address;
    use store::MemoryTable;

    use super::*;

    fn address(postcode: &str, number: &str) -> Address {
        Address {
            street: "x".into(),
            house_number: Some(number.into()),
            suffix: None,
            postcode: Some(postcode.into()),
            city: "x".into(),
            country: "NL".into(),
        }
    }

    #[tokio::test]
    async fn a_postcode_can_cross_a_border() {
        let store = Store::new(Arc::new(MemoryTable::new()));
        let postcodes = include_bytes!("../demonstration/postcodes.csv");
        let platforms = include_bytes!("../demonstration/platforms.csv");
        let imported = import(&store, &postcodes[..], &platforms[..]).await.unwrap();
        assert_eq!(imported, Imported { postcodes: 9, municipalities: 9 });
        let table = [
            ("3511AA", "1", Some(("0344", Provider::Inforing))),
            ("3511AA", "99", Some(("0344", Provider::Inforing))), // a new house on a known street
            ("1012JS", "2", Some(("0363", Provider::Bkr))),
            ("3431AA", "1", Some(("0356", Provider::Inforing))),
            ("3431AA", "3", Some(("0353", Provider::Inforing))),
            ("9999ZZ", "1", None),
        ];
        for (postcode, number, expected) in table {
            let found = store.destination(&address(postcode, number)).await.unwrap();
            let found = found.as_ref().map(|d| (d.municipality.as_str(), d.provider));
            assert_eq!(found, expected, "{postcode} {number}");
        }
    }

    #[tokio::test]
    async fn a_broken_line_is_named() {
        let store = Store::new(Arc::new(MemoryTable::new()));
        let good = include_bytes!("../demonstration/platforms.csv");
        for broken in ["PC6,Huisnummer,Gemeente2024\n3511AA,1,344\n35A1AA,1,344\n", "PC6;Buurt\n3511AA;1\n"] {
            assert!(import(&store, broken.as_bytes(), &good[..]).await.is_err(), "{broken}");
        }
        let broken = import(
            &store,
            &b"PC6,Huisnummer,Gemeente2024\n3511AA,1,344\n"[..],
            &b"municipality;provider\n344;kpn\n"[..],
        )
        .await;
        assert!(broken.unwrap_err().to_string().contains("line 2"));
    }
}
