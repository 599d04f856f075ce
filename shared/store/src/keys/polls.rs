//! The keys of asking platforms for reports that they do not bring.

use domain::ids::AdministrationId;
use domain::provider::Provider;

use crate::table::{IndexKey, Key};

const POLL_PREFIX: &str = "poll#";

/// That a platform is asked for this administration; beside its settings.
pub fn poll(administration: &AdministrationId, provider: Provider) -> Key {
    Key::new(format!("{administration}#A"), format!("{POLL_PREFIX}{provider}"))
}

/// Which platform is asked for whom, if this key says so.
pub fn poll_of(key: &Key) -> Option<(AdministrationId, Provider)> {
    let administration = AdministrationId::parse(key.partition.strip_suffix("#A")?).ok()?;
    Some((administration, key.sort.strip_prefix(POLL_PREFIX)?.parse().ok()?))
}

/// How far a platform was asked for this administration.
pub fn polled(administration: &AdministrationId, provider: Provider) -> Key {
    Key::new(format!("{administration}#A"), format!("polled#{provider}"))
}

/// The partition of the due index that these stand in: they have a schedule of their own.
pub const DUE_POLLS: &str = "due#polls";

/// Due with every run of that schedule.
pub fn due_poll(administration: &AdministrationId, provider: Provider) -> IndexKey {
    IndexKey::new(DUE_POLLS, format!("{administration}#{provider}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_polls_are_what_they_always_were() {
        let a = AdministrationId::parse("eneco").unwrap();
        let (asked, how_far) = (poll(&a, Provider::Bkr), polled(&a, Provider::Bkr));
        assert_eq!(format!("{} | {}", asked.partition, asked.sort), "eneco#A | poll#bkr");
        assert_eq!(format!("{} | {}", how_far.partition, how_far.sort), "eneco#A | polled#bkr");
        let due = due_poll(&a, Provider::Inforing);
        assert_eq!(format!("{} | {}", due.partition, due.sort), "due#polls | eneco#inforing");
        assert_eq!(poll_of(&asked), Some((a, Provider::Bkr)));
        assert_eq!(poll_of(&how_far), None);
    }
}
