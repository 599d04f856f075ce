//! Which municipality an address lies in, and through which platform a municipality receives signals.
//!
//! The first comes from Statistics Netherlands' table, imported by command; where it does not say, from what the national
//! address service said not long ago. The second is a directory with dates: municipalities change platforms, and merge.

use std::collections::{BTreeMap, BTreeSet};

use domain::debtor::Address;
use domain::provider::Provider;
use domain::submission::Destination;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::dossiers::{Store, decode, encode, put};
use crate::found::short_hash;
use crate::keys;
use crate::table::{Condition, Index, Order, Record, SortRange, TableError, Write};

/// How long the address service's answer that an address lies somewhere is good.
const FOUND_LASTS: SignedDuration = SignedDuration::from_hours(24 * 90);

/// The same of an answer that it does not know the address: it may be a new house.
const NOT_FOUND_LASTS: SignedDuration = SignedDuration::from_hours(24 * 2);

/// Mergers that are followed at most: each municipality went into one that still is.
const MOST_MERGERS: usize = 10;

/// Municipalities that one look reads at most: there are less than 400.
const MOST_MUNICIPALITIES: u32 = 1_000;

/// Which municipality a postcode lies in. A postcode can cross a border: then house numbers decide, and one that is not
/// known decides nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PostcodeArea {
    /// The municipality of most house numbers: four digits, without "GM".
    pub municipality: String,
    /// The house numbers that lie elsewhere.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub exceptions: BTreeMap<u32, String>,
    /// Where there are any: the house numbers that do not.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub known: BTreeSet<u32>,
}

impl PostcodeArea {
    /// One that lies in one municipality.
    pub fn within(municipality: impl Into<String>) -> PostcodeArea {
        PostcodeArea {
            municipality: municipality.into(),
            exceptions: BTreeMap::new(),
            known: BTreeSet::new(),
        }
    }

    /// The municipality of this house number; `None` where the postcode crosses a border and the number is not known.
    pub fn municipality_of(&self, house_number: u32) -> Option<&str> {
        if self.exceptions.is_empty() || self.known.contains(&house_number) {
            return Some(&self.municipality);
        }
        self.exceptions.get(&house_number).map(String::as_str)
    }
}

/// A municipality in the directory.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Municipality {
    /// Four digits, without "GM".
    pub code: String,
    /// Its platforms, by the day from which each is. Before the first of them it has none.
    pub platforms: Vec<DatedPlatform>,
    /// What it became part of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged: Option<Merger>,
}

/// A platform from a day on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DatedPlatform {
    pub provider: Provider,
    /// `None`: as long as anybody knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
}

/// From this day on it is part of another municipality.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Merger {
    pub into: String,
    pub on: Date,
}

impl Municipality {
    /// The platform that it reads on this day.
    pub fn provider_on(&self, day: Date) -> Option<Provider> {
        let begun = self.platforms.iter().filter(|platform| platform.from.is_none_or(|from| from <= day));
        begun.max_by_key(|platform| platform.from).map(|platform| platform.provider)
    }

    fn read(record: &Record) -> Result<Municipality, TableError> {
        /// Earlier imports stored the platform alone, under the code.
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Stored {
            Municipality(Municipality),
            Provider(Provider),
        }
        Ok(match decode(record)? {
            Stored::Municipality(municipality) => municipality,
            Stored::Provider(provider) => Municipality {
                code: record.key.partition.rsplit('#').next().unwrap_or_default().to_owned(),
                platforms: vec![DatedPlatform { provider, from: None }],
                merged: None,
            },
        })
    }
}

/// What the address service said of an address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Located {
    /// `None`: it does not know the address.
    municipality: Option<String>,
    until: Timestamp,
}

/// What an address is looked up by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressKey {
    /// Of the form `1234AB`.
    pub postcode: String,
    pub house_number: u32,
}

impl AddressKey {
    /// Of a Dutch address with a postcode and a house number. What stands behind the number is passed over.
    pub fn of(address: &Address) -> Option<AddressKey> {
        let postcode = address.postcode.as_deref().and_then(Address::dutch_postcode)?;
        let number = address.house_number.as_deref()?.trim();
        let digits = number.find(|c: char| !c.is_ascii_digit()).map_or(number, |end| &number[..end]);
        let house_number = digits.parse().ok().filter(|number| *number > 0)?;
        Some(AddressKey { postcode, house_number })
    }

    /// An address is not readable in a key.
    fn hash(&self) -> String {
        short_hash(&["address", &self.postcode, &self.house_number.to_string()])
    }
}

impl Store {
    /// The municipality of this address by the imported table; `None` where it does not say.
    pub async fn municipality_of(&self, address: &AddressKey) -> Result<Option<String>, TableError> {
        let area = self.get::<PostcodeArea>(&keys::postcode(&address.postcode)).await?;
        Ok(area.and_then(|area| area.value.municipality_of(address.house_number).map(str::to_owned)))
    }

    /// What the address service said of it, as long as that is good: the outer `None` where nothing is.
    pub async fn located(
        &self,
        address: &AddressKey,
        now: Timestamp,
    ) -> Result<Option<Option<String>>, TableError> {
        let found = self.get::<Located>(&keys::located(&address.hash())).await?;
        Ok(found.filter(|found| found.value.until > now).map(|found| found.value.municipality))
    }

    /// Keeps what the address service said.
    pub async fn keep_located(
        &self,
        address: &AddressKey,
        municipality: Option<&str>,
        now: Timestamp,
    ) -> Result<(), TableError> {
        let until = now + if municipality.is_some() { FOUND_LASTS } else { NOT_FOUND_LASTS };
        let located = Located { municipality: municipality.map(str::to_owned), until };
        let mut record = Record::new(keys::located(&address.hash()), 1, encode(&located)?);
        record.expires_at = Some(until.as_second());
        self.table.write(vec![put(record, Condition::None)]).await
    }

    /// Where a signal about somebody in this municipality goes on this day: the municipality that it is part of by then,
    /// and that one's platform. `None` where the directory does not say.
    pub async fn destination(
        &self,
        municipality: &str,
        day: Date,
    ) -> Result<Option<Destination>, TableError> {
        let mut code = municipality.to_owned();
        for _ in 0..=MOST_MERGERS {
            let Some(record) = self.table.get(&keys::municipality(&code)).await? else { return Ok(None) };
            let found = Municipality::read(&record)?;
            match found.merged.as_ref().filter(|merger| merger.on <= day) {
                Some(merger) => code = merger.into.clone(),
                None => {
                    let provider = found.provider_on(day);
                    return Ok(provider.map(|provider| Destination { municipality: code, provider }));
                }
            }
        }
        Err(TableError::Bug("municipalities that merged in a circle".to_owned()))
    }

    /// Every municipality of the directory, by its code.
    pub async fn municipalities(&self) -> Result<Vec<Municipality>, TableError> {
        let (range, order) = (SortRange::all(), Order::Ascending);
        let partition = keys::LISTED_MUNICIPALITIES;
        let page =
            self.table.query_index(Index::Listed, partition, range, order, MOST_MUNICIPALITIES, None).await?;
        let keys: Vec<_> = page.items.into_iter().map(|(_, key)| key).collect();
        self.table.get_many(&keys).await?.iter().map(Municipality::read).collect()
    }

    /// Up to which postcode an import of this file came that broke off.
    pub async fn imported_up_to(&self, file: &str) -> Result<Option<String>, TableError> {
        Ok(self.get(&keys::imported(file)).await?.map(|found| found.value))
    }

    /// Notes how far an import of this file is; `None`: it is done.
    pub async fn note_imported_up_to(&self, file: &str, postcode: Option<&str>) -> Result<(), TableError> {
        let key = keys::imported(file);
        let write = match postcode {
            Some(postcode) => put(Record::new(key, 1, encode(&postcode)?), Condition::None),
            None => Write::Delete { key, condition: Condition::None },
        };
        self.table.write(vec![write]).await
    }

    pub async fn put_postcode(&self, postcode: &str, area: &PostcodeArea) -> Result<(), TableError> {
        let record = Record::new(keys::postcode(postcode), 1, encode(area)?);
        self.table.write(vec![put(record, Condition::None)]).await
    }

    /// Puts a municipality that has always read this platform.
    pub async fn put_municipality(&self, code: &str, provider: Provider) -> Result<(), TableError> {
        let platforms = vec![DatedPlatform { provider, from: None }];
        self.put_in_directory(&Municipality { code: code.to_owned(), platforms, merged: None }).await
    }

    /// Puts a municipality into the directory, in place of what stood there.
    pub async fn put_in_directory(&self, municipality: &Municipality) -> Result<(), TableError> {
        let mut record = Record::new(keys::municipality(&municipality.code), 1, encode(municipality)?);
        record.listed = Some(keys::listed_municipality(&municipality.code));
        self.table.write(vec![put(record, Condition::None)]).await
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use jiff::civil::date;

    use super::*;
    use crate::MemoryTable;

    #[test]
    fn a_postcode_alone_decides_nothing_where_it_crosses_a_border() {
        let whole = PostcodeArea::within("0344");
        assert_eq!(whole.municipality_of(99), Some("0344"));
        let crossing = PostcodeArea {
            municipality: "0356".into(),
            exceptions: BTreeMap::from([(3, "0353".into())]),
            known: BTreeSet::from([1, 2]),
        };
        let table = [(1, Some("0356")), (2, Some("0356")), (3, Some("0353")), (4, None)];
        for (number, expected) in table {
            assert_eq!(crossing.municipality_of(number), expected, "{number}");
        }
    }

    #[test]
    fn an_address_is_looked_up_by_postcode_and_number() {
        let address = |postcode: &str, number: Option<&str>| Address {
            street: "x".into(),
            house_number: number.map(str::to_owned),
            suffix: None,
            postcode: Some(postcode.into()),
            city: "x".into(),
            country: "NL".into(),
        };
        let key =
            |postcode: &str, house_number| Some(AddressKey { postcode: postcode.to_owned(), house_number });
        let table = [
            ("3511 aa", Some("1"), key("3511AA", 1)),
            ("3511AA", Some("12bis"), key("3511AA", 12)),
            ("3511AA", Some("bis"), None),
            ("3511AA", Some("0"), None),
            ("3511AA", None, None),
            ("35", Some("1"), None),
        ];
        for (postcode, number, expected) in table {
            assert_eq!(AddressKey::of(&address(postcode, number)), expected, "{postcode} {number:?}");
        }
    }

    #[tokio::test]
    async fn a_municipality_that_changes_platform_or_merges_does_so_on_its_day() {
        let store = Store::new(Arc::new(MemoryTable::new()));
        store.put_municipality("1992", Provider::Inforing).await.unwrap();
        let changes = Municipality {
            code: "0501".into(),
            platforms: vec![
                DatedPlatform { provider: Provider::Inforing, from: Some(date(2026, 7, 1)) },
                DatedPlatform { provider: Provider::Bkr, from: None },
            ],
            merged: Some(Merger { into: "1992".into(), on: date(2027, 1, 1) }),
        };
        store.put_in_directory(&changes).await.unwrap();
        let table = [
            (date(2026, 6, 30), "0501", Provider::Bkr),
            (date(2026, 7, 1), "0501", Provider::Inforing),
            (date(2026, 12, 31), "0501", Provider::Inforing),
            (date(2027, 1, 1), "1992", Provider::Inforing),
        ];
        for (day, municipality, provider) in table {
            let expected = Destination { municipality: municipality.to_owned(), provider };
            assert_eq!(store.destination("0501", day).await, Ok(Some(expected)), "{day}");
        }
        assert_eq!(store.destination("0999", date(2027, 1, 1)).await, Ok(None));
        let listed: Vec<String> = store.municipalities().await.unwrap().into_iter().map(|m| m.code).collect();
        assert_eq!(listed, ["0501", "1992"]);
    }

    #[tokio::test]
    async fn what_earlier_imports_stored_is_still_read() {
        let table = MemoryTable::new();
        let record = Record::new(keys::municipality("0344"), 1, br#""inforing""#.to_vec());
        crate::table::Table::write(&table, vec![put(record, Condition::None)]).await.unwrap();
        let store = Store::new(Arc::new(table));
        let expected = Destination { municipality: "0344".into(), provider: Provider::Inforing };
        assert_eq!(store.destination("0344", date(2026, 11, 30)).await, Ok(Some(expected)));
    }

    #[tokio::test]
    async fn what_the_address_service_said_is_good_for_a_while() {
        let store = Store::new(Arc::new(MemoryTable::new()));
        let known = AddressKey { postcode: "3511AA".into(), house_number: 1 };
        let strange = AddressKey { postcode: "3511AA".into(), house_number: 2 };
        let now: Timestamp = "2026-11-30T12:00:00Z".parse().unwrap();
        assert_eq!(store.located(&known, now).await, Ok(None));
        store.keep_located(&known, Some("0344"), now).await.unwrap();
        store.keep_located(&strange, None, now).await.unwrap();
        assert_eq!(store.located(&known, now).await, Ok(Some(Some("0344".into()))));
        assert_eq!(store.located(&strange, now).await, Ok(Some(None)));
        let later = now + NOT_FOUND_LASTS;
        assert_eq!(store.located(&strange, later).await, Ok(None), "a new house may be known by then");
        assert_eq!(store.located(&known, now + FOUND_LASTS).await, Ok(None));
        assert_eq!(store.located(&known, later).await, Ok(Some(Some("0344".into()))));
    }
}
