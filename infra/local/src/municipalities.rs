//! Which municipality an address lies in, and through which platform it receives signals: imported from two tables.
//!
//! The first is Statistics Netherlands' "Buurt, wijk en gemeente voor postcode huisnummer" (columns `PC6`, `Huisnummer`
//! and `Gemeente…`, separated by `;` or `,`), sorted by postcode as it is published. The second is the directory of
//! municipalities, separated by `;`: `municipality` and `provider`, and, where something changes on a day, `from` and
//! `mergedInto`. Both are read line by line, and of the first no more than one postcode is held; it is kept as the
//! municipality of most of its house numbers, with the house numbers that lie elsewhere.
//!
//! An import of the first that broke off goes on where it was, if the file is the same.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufReader, Read, Seek};
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;

use domain::debtor::Address;
use domain::provider::Provider;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use jiff::civil::Date;
use runtime::config::Environment;
use sha2::{Digest, Sha256};
use store::{DatedPlatform, DynamoTable, Merger, Municipality, PostcodeArea, Store};

use crate::failure::{Failure, Outcome, While};

/// Writes under way at once.
const AT_ONCE: usize = 32;

/// Postcodes between two notes of how far an import is.
const NOTE_EVERY: usize = 2_000;

/// Bytes of a file by which it is known again, with its size.
const KNOWN_BY: u64 = 64 * 1024;

/// How many were imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Imported {
    pub postcodes: usize,
    /// Postcodes that an earlier run, which broke off, had imported already.
    pub passed_over: usize,
    pub municipalities: usize,
}

/// The command: imports both files into a deployed stack's table.
pub async fn import_files(options: &crate::options::Municipalities) -> Outcome<Imported> {
    let config = runtime::aws::config(&Environment::of_process()).during("configuring the store")?;
    let store = Store::new(Arc::new(DynamoTable::new(&config, options.table.clone())));
    let mut imported = Imported::default();
    if let Some(platforms) = &options.platforms {
        let platforms = File::open(platforms).during("opening the table of platforms")?;
        imported.municipalities = import_platforms(&store, BufReader::new(platforms)).await?;
    }
    if let Some(postcodes) = &options.postcodes {
        let (file, name) = open(postcodes)?;
        let postcodes = import_postcodes(&store, BufReader::new(file), Some(&name)).await?;
        imported = Imported { municipalities: imported.municipalities, ..postcodes };
    }
    Ok(imported)
}

/// The file, and what it is known again by.
fn open(path: &Path) -> Outcome<(File, String)> {
    let mut file = File::open(path).during("opening the table of postcodes")?;
    let size = file.metadata().during("looking at the table of postcodes")?.len();
    let mut beginning = Vec::new();
    let reading = "reading the table of postcodes";
    (&mut file).take(KNOWN_BY).read_to_end(&mut beginning).during(reading)?;
    file.rewind().during(reading)?;
    let hash: String = Sha256::digest(&beginning).iter().map(|byte| format!("{byte:02x}")).collect();
    Ok((file, format!("{size}-{hash}")))
}

/// Imports both tables. What they do not name stays as it is.
pub async fn import(store: &Store, postcodes: impl Read, platforms: impl Read) -> Outcome<Imported> {
    let municipalities = import_platforms(store, platforms).await?;
    Ok(Imported { municipalities, ..import_postcodes(store, postcodes, None).await? })
}

async fn import_platforms(store: &Store, table: impl Read) -> Outcome<usize> {
    let mut reader = csv::ReaderBuilder::new().delimiter(b';').flexible(true).from_reader(table);
    let mut directory: BTreeMap<String, Municipality> = BTreeMap::new();
    for record in reader.records() {
        let record = record.during("reading the table of platforms")?;
        let line = record.position().map_or(0, csv::Position::line);
        let refused = |what| Failure::because(format!("the table of platforms, line {line}: {what}"));
        let text = |at: usize| record.get(at).map(str::trim).filter(|text| !text.is_empty());
        let code = text(0).and_then(municipality_code).ok_or_else(|| refused("not a municipality"))?;
        let from =
            text(2).map(|day| day.parse::<Date>().map_err(|_| refused("from is no day"))).transpose()?;
        let entry = directory.entry(code.clone()).or_insert_with(|| Municipality {
            code: code.clone(),
            platforms: Vec::new(),
            merged: None,
        });
        match (text(1), text(3)) {
            (Some(provider), None) => {
                let provider = provider.parse::<Provider>();
                let provider = provider.map_err(|_| refused("the provider is bkr or inforing"))?;
                if entry.platforms.iter().any(|known| known.from == from) {
                    return Err(refused("a municipality has one platform from one day on"));
                }
                entry.platforms.push(DatedPlatform { provider, from });
            }
            (None, Some(into)) => {
                let into = municipality_code(into).ok_or_else(|| refused("mergedInto is no municipality"))?;
                let on = from.ok_or_else(|| refused("a merger has a day"))?;
                if into == code || entry.merged.is_some() {
                    return Err(refused("a municipality merges once, into another"));
                }
                entry.merged = Some(Merger { into, on });
            }
            (None, None) => return Err(refused("the provider is bkr or inforing")),
            (Some(_), Some(_)) => return Err(refused("a line is about a platform or about a merger")),
        }
    }
    for municipality in directory.values() {
        store.put_in_directory(municipality).await.during("storing a municipality")?;
    }
    Ok(directory.len())
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

/// A postcode with its house numbers, as it is being read.
struct Current {
    postcode: String,
    numbers: BTreeMap<u32, String>,
}

/// `name` is what the file is known again by; without it nothing is noted, and every run begins anew.
async fn import_postcodes(store: &Store, mut table: impl Read, name: Option<&str>) -> Outcome<Imported> {
    let mut start = [0_u8; 64];
    let read = table.read(&mut start).during("reading the table of postcodes")?;
    let start = &start[..read];
    let delimiter = if start.contains(&b';') { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(start.chain(table));
    let columns = Columns::of(reader.headers().during("reading the table of postcodes")?)?;
    let noted = match name {
        Some(name) => store.imported_up_to(name).await.during("looking how far an earlier import was")?,
        None => None,
    };
    let mut import =
        Import { store, name, noted, writes: FuturesUnordered::new(), done: Imported::default() };
    let mut current: Option<Current> = None;
    let mut record = csv::StringRecord::new();
    while reader.read_record(&mut record).during("reading the table of postcodes")? {
        let line = record.position().map_or(0, csv::Position::line);
        let refused = |what| Failure::because(format!("the table of postcodes, line {line}: {what}"));
        let field = |at: usize| record.get(at).unwrap_or_default();
        let no_address = || refused("not an address");
        let postcode = Address::dutch_postcode(field(columns.postcode)).ok_or_else(no_address)?;
        let number = field(columns.house_number).trim().parse().map_err(|_| no_address())?;
        let code = municipality_code(field(columns.municipality)).ok_or_else(no_address)?;
        match &mut current {
            Some(known) if known.postcode == postcode => {
                known.numbers.insert(number, code);
            }
            // One that comes a second time would take the place of what was read of it before.
            Some(known) if known.postcode > postcode => return Err(refused("not sorted by postcode")),
            known => {
                let next = Current { postcode, numbers: BTreeMap::from([(number, code)]) };
                if let Some(done) = known.replace(next) {
                    import.put(done).await?;
                }
            }
        }
    }
    if let Some(done) = current {
        import.put(done).await?;
    }
    import.end().await
}

type Writing = Pin<Box<dyn Future<Output = Outcome<()>> + Send>>;

/// An import of postcodes under way.
struct Import<'a> {
    store: &'a Store,
    name: Option<&'a str>,
    /// Up to and including this postcode an earlier run did it.
    noted: Option<String>,
    writes: FuturesUnordered<Writing>,
    done: Imported,
}

/// Stores one postcode.
async fn stored(store: Store, postcode: String, area: PostcodeArea) -> Outcome<()> {
    store.put_postcode(&postcode, &area).await.during("storing a postcode")
}

impl Import<'_> {
    async fn put(&mut self, current: Current) -> Outcome<()> {
        if self.noted.as_ref().is_some_and(|noted| current.postcode <= *noted) {
            self.done.passed_over += 1;
            return Ok(());
        }
        if self.writes.len() >= AT_ONCE {
            self.writes.next().await.transpose()?;
        }
        let (store, postcode) = (self.store.clone(), current.postcode.clone());
        self.writes.push(Box::pin(stored(store, postcode, area(current.numbers))));
        self.done.postcodes += 1;
        if self.done.postcodes.is_multiple_of(NOTE_EVERY) {
            self.drain().await?;
            if let Some(name) = self.name {
                let noting = self.store.note_imported_up_to(name, Some(&current.postcode));
                noting.await.during("noting how far the import is")?;
            }
        }
        Ok(())
    }

    async fn drain(&mut self) -> Outcome<()> {
        while let Some(written) = self.writes.next().await {
            written?;
        }
        Ok(())
    }

    async fn end(mut self) -> Outcome<Imported> {
        self.drain().await?;
        if let Some(name) = self.name {
            self.store.note_imported_up_to(name, None).await.during("noting that the import is done")?;
        }
        Ok(self.done)
    }
}

fn area(numbers: BTreeMap<u32, String>) -> PostcodeArea {
    let mut counts: BTreeMap<&String, usize> = BTreeMap::new();
    for code in numbers.values() {
        *counts.entry(code).or_default() += 1;
    }
    let most = counts.iter().max_by_key(|(_, count)| **count).map(|(code, _)| (*code).clone());
    let municipality = most.unwrap_or_default();
    let (inside, outside): (BTreeMap<_, _>, BTreeMap<_, _>) =
        numbers.into_iter().partition(|(_, code)| *code == municipality);
    let known = if outside.is_empty() { BTreeSet::new() } else { inside.into_keys().collect() };
    PostcodeArea { municipality, exceptions: outside, known }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use store::{AddressKey, MemoryTable};

    use super::*;

    fn store() -> Store {
        Store::new(Arc::new(MemoryTable::new()))
    }

    async fn of(store: &Store, postcode: &str, house_number: u32) -> Option<String> {
        let address = AddressKey { postcode: postcode.to_owned(), house_number };
        store.municipality_of(&address).await.unwrap()
    }

    #[tokio::test]
    async fn a_postcode_can_cross_a_border() {
        let store = store();
        let postcodes = include_bytes!("../demonstration/postcodes.csv");
        let platforms = include_bytes!("../demonstration/platforms.csv");
        let imported = import(&store, &postcodes[..], &platforms[..]).await.unwrap();
        assert_eq!(imported, Imported { postcodes: 9, passed_over: 0, municipalities: 9 });
        let table = [
            ("3511AA", 1, Some("0344")),
            ("3511AA", 99, Some("0344")), // a new house on a known street
            ("1012JS", 2, Some("0363")),
            ("3431AA", 1, Some("0356")),
            ("3431AA", 3, Some("0353")),
            ("3431AA", 4, None), // a new house on a border
            ("9999ZZ", 1, None),
        ];
        for (postcode, number, expected) in table {
            assert_eq!(of(&store, postcode, number).await.as_deref(), expected, "{postcode} {number}");
        }
        let destination = store.destination("0363", date(2026, 11, 30)).await.unwrap();
        assert_eq!(destination.unwrap().provider, Provider::Bkr);
    }

    #[tokio::test]
    async fn a_broken_line_is_named() {
        let store = store();
        let good = include_bytes!("../demonstration/platforms.csv");
        let header = "PC6,Huisnummer,Gemeente2024\n";
        for (broken, line) in [
            (format!("{header}3511AA,1,344\n35A1AA,1,344\n"), "line 3"),
            (format!("{header}3511AB,1,344\n3511AA,1,344\n"), "line 3: not sorted"),
            ("PC6;Buurt\n3511AA;1\n".to_owned(), "no column"),
        ] {
            let refused = import(&store, broken.as_bytes(), &good[..]).await.unwrap_err().to_string();
            assert!(refused.contains(line), "{refused}");
        }
        let postcodes = format!("{header}3511AA,1,344\n");
        for (broken, what) in [
            ("344;kpn", "the provider is"),
            ("344;", "the provider is"),
            ("x;bkr", "not a municipality"),
            ("344;bkr;soon", "from is no day"),
            ("344;;2027-01-01;344", "into another"),
            ("344;;;1992", "a merger has a day"),
            ("344;bkr;2027-01-01;1992", "about a platform or about a merger"),
            ("344;bkr\n344;inforing", "one platform from one day on"),
        ] {
            let table = format!("municipality;provider;from;mergedInto\n{broken}\n");
            let refused = import(&store, postcodes.as_bytes(), table.as_bytes()).await.unwrap_err();
            assert!(refused.to_string().contains(what), "{broken}: {refused}");
        }
    }

    #[tokio::test]
    async fn a_directory_says_what_changes_on_a_day() {
        let store = store();
        let table = "municipality;provider;from;mergedInto\n501;bkr\n501;inforing;2026-07-01\n\
            501;;2027-01-01;1992\n1992;bkr;2027-01-01\n";
        assert_eq!(import_platforms(&store, table.as_bytes()).await.unwrap(), 2);
        let table = [
            (date(2026, 6, 30), "0501", Provider::Bkr),
            (date(2026, 7, 1), "0501", Provider::Inforing),
            (date(2027, 1, 1), "1992", Provider::Bkr),
        ];
        for (day, municipality, provider) in table {
            let found = store.destination("0501", day).await.unwrap().unwrap();
            assert_eq!((found.municipality.as_str(), found.provider), (municipality, provider), "{day}");
        }
    }

    /// A table of so many postcodes, two house numbers each.
    fn many(postcodes: usize) -> String {
        let postcode = |n: usize| {
            let letter = |n: usize| char::from(b'A' + u8::try_from(n % 18).unwrap());
            format!("{}{}{}", 1_000 + n / 324, letter(n / 18), letter(n))
        };
        let line = |n: usize| format!("{0},1,344\n{0},2,344\n", postcode(n));
        let lines: String =
            (0..postcodes).filter(|n| Address::dutch_postcode(&postcode(*n)).is_some()).map(line).collect();
        format!("PC6,Huisnummer,Gemeente2024\n{lines}")
    }

    #[tokio::test]
    async fn an_import_that_broke_off_goes_on_where_it_was() {
        let store = store();
        let whole = many(5_000);
        let whole_one = Store::new(Arc::new(MemoryTable::new()));
        let all = import_postcodes(&whole_one, whole.as_bytes(), None);
        let all = all.await.unwrap().postcodes;
        assert!(all > 2 * NOTE_EVERY, "{all}");
        // It breaks off behind the second note.
        let broken = format!("{}\nx\n", &whole[..whole.len() - 200]);
        assert!(import_postcodes(&store, broken.as_bytes(), Some("edition")).await.is_err());
        let other = import_postcodes(&store, many(10).as_bytes(), Some("other edition")).await.unwrap();
        assert_eq!(other.passed_over, 0, "another file begins at its beginning");
        let rest = import_postcodes(&store, whole.as_bytes(), Some("edition")).await.unwrap();
        assert_eq!((rest.passed_over, rest.postcodes), (2 * NOTE_EVERY, all - 2 * NOTE_EVERY));
        let again = import_postcodes(&store, whole.as_bytes(), Some("edition")).await.unwrap();
        assert_eq!((again.passed_over, again.postcodes), (0, all), "one that ended begins anew");
    }
}
