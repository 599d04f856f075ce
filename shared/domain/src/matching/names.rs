//! Names of payers and debtors, compared as a person would: surname and initials of a person, the telling words of a
//! business.
//!
//! What is absent: likeness. Two names that differ in a letter are two names.

use std::collections::BTreeSet;

use crate::debtor::{Debtor, Person};

/// Words of a name that are looked at.
const MOST_WORDS: usize = 6;

/// Keys that one name is found by, at most.
const MOST_KEYS: usize = 6;

/// What stands around surnames and says nothing of whose they are.
const SMALL_WORDS: [&str; 44] = [
    "VAN", "DE", "DER", "DEN", "TEN", "TER", "TE", "HET", "IN", "OP", "VD", "VDR", "AAN", "BIJ", "VON", "ZU",
    "LE", "LA", "DU", "EL", "AL", "DHR", "HEER", "HR", "MEVR", "MEVROUW", "MEJ", "MW", "MR", "MRS", "MS",
    "DRS", "IR", "ING", "DR", "PROF", "FAM", "FAMILIE", "INZ", "THE", "AND", "VOOR", "ERVEN", "ERVE",
];

/// Legal forms, points left out.
const LEGAL_FORMS: [&str; 12] =
    ["BV", "NV", "VOF", "CV", "BVBA", "GMBH", "LTD", "EEN", "MTS", "MAATSCHAP", "STICHTING", "VERENIGING"];

/// What divides the holders of one account.
const DIVIDERS: [&str; 9] = ["EN", "OF", "EN/OF", "E/O", "CJ", "&", "+", "/", "EO"];

/// How far a payer's name is a debtor's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum NameFit {
    /// Nothing of it is in the other.
    Differs,
    /// One of them has no name.
    Unknown,
    /// The surname or a telling word, and not more.
    Partly,
    /// Surname and initials, or all telling words.
    Fully,
}

/// One name, read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Name {
    initials: Vec<char>,
    words: Vec<String>,
}

/// A debtor's name, read once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownName {
    person: bool,
    name: Name,
}

impl KnownName {
    /// Of this debtor: the parts of a person's name where they are known.
    pub fn of(debtor: &Debtor) -> KnownName {
        match &debtor.person {
            Some(Person { initials, surname, .. }) => {
                let words = Name::read(surname).words;
                let initials = initials.as_deref().map(letters).unwrap_or_default();
                KnownName { person: true, name: Name { initials, words } }
            }
            None if debtor.is_business() => KnownName { person: false, name: Name::read(&debtor.name) },
            None => KnownName { person: true, name: Name::read(&debtor.name).of_person() },
        }
    }

    /// What the debtor is found by when a payer gives no more than a name.
    pub fn keys(&self) -> Vec<String> {
        let mut keys = BTreeSet::new();
        for word in &self.name.words {
            keys.insert(word.clone());
            if let Some(initial) = self.name.initials.first().filter(|_| self.person) {
                keys.insert(format!("{word}|{initial}"));
            }
        }
        keys.into_iter().take(MOST_KEYS).collect()
    }

    /// How far a payer's name is this one. One holder of an account for two is enough.
    pub(crate) fn fit(&self, payer: &str) -> NameFit {
        let holders = holders(payer);
        if self.name.words.is_empty() || holders.iter().all(|h| h.words.is_empty()) {
            return NameFit::Unknown;
        }
        let whole = std::iter::once(Name::read(payer));
        let fit =
            |holder: &Name| if self.person { self.person_fit(holder) } else { self.business_fit(holder) };
        let fits = holders.iter().map(fit).chain(whole.map(|name| fit(&name)));
        fits.max().unwrap_or(NameFit::Unknown)
    }

    fn person_fit(&self, payer: &Name) -> NameFit {
        let shared = self.name.words.iter().filter(|w| payer.words.contains(w)).count();
        if shared == 0 {
            return NameFit::Differs;
        }
        let first_names: Vec<&String> = payer.words.iter().filter(|w| !self.name.words.contains(w)).collect();
        let spelled = first_names.iter().filter_map(|w| w.chars().next());
        let initials: Vec<char> =
            if payer.initials.is_empty() { spelled.collect() } else { payer.initials.clone() };
        let unexplained = !payer.initials.is_empty() && !first_names.is_empty();
        let same = !initials.is_empty() && initials.iter().zip(&self.name.initials).all(|(a, b)| a == b);
        let all = shared == self.name.words.len() && !self.name.initials.is_empty();
        if same && all && !unexplained { NameFit::Fully } else { NameFit::Partly }
    }

    fn business_fit(&self, payer: &Name) -> NameFit {
        let ours: BTreeSet<&String> = self.name.words.iter().collect();
        let theirs: BTreeSet<&String> = payer.words.iter().collect();
        let shared: Vec<&&String> = ours.intersection(&theirs).collect();
        let telling = shared.iter().any(|w| w.len() >= 4);
        match (telling, ours == theirs && self.name.initials == payer.initials) {
            (_, true) => NameFit::Fully,
            (true, false) => NameFit::Partly,
            (false, false) => NameFit::Differs,
        }
    }
}

/// What debtors who may have paid under this name are found by, most telling first.
pub fn payer_keys(payer: &str) -> Vec<String> {
    let mut keys: Vec<String> = Vec::new();
    let mut plain: Vec<String> = Vec::new();
    for holder in holders(payer) {
        for (at, word) in holder.words.iter().enumerate() {
            let others = holder.words.iter().enumerate().filter(|(other, _)| *other != at);
            let spelled = others.filter_map(|(_, w)| w.chars().next());
            let initial = holder.initials.first().copied().or_else(|| spelled.into_iter().next());
            keys.extend(initial.map(|initial| format!("{word}|{initial}")));
            plain.push(word.clone());
        }
    }
    keys.extend(plain);
    let mut seen = BTreeSet::new();
    keys.into_iter().filter(|key| seen.insert(key.clone())).take(MOST_KEYS).collect()
}

/// The holders that the name of an account tells of.
fn holders(name: &str) -> Vec<Name> {
    let folded = fold(name);
    let mut holders = vec![Vec::new()];
    for token in folded.split_whitespace() {
        if DIVIDERS.contains(&token) {
            holders.push(Vec::new());
        } else if let Some(last) = holders.last_mut() {
            last.push(token.to_owned());
        }
    }
    let read = holders.into_iter().take(4).map(|tokens| Name::of_tokens(tokens.iter().map(String::as_str)));
    read.filter(|name| !name.words.is_empty()).collect()
}

impl Name {
    fn read(name: &str) -> Name {
        let folded = fold(name);
        Name::of_tokens(folded.split_whitespace().filter(|token| !DIVIDERS.contains(token)))
    }

    fn of_tokens<'a>(tokens: impl Iterator<Item = &'a str>) -> Name {
        let mut name = Name::default();
        for token in tokens.take(20) {
            let plain: String = token.chars().filter(|c| c.is_alphanumeric() || *c == '-').collect();
            if LEGAL_FORMS.contains(&plain.as_str()) {
                continue;
            }
            if is_initials(token, &plain) {
                name.initials.extend(plain.chars().filter(|c| c.is_alphabetic()));
                continue;
            }
            let words = plain.split('-').filter(|w| w.len() > 1 && !SMALL_WORDS.contains(w));
            name.words.extend(words.take(MOST_WORDS).map(str::to_owned));
        }
        name.words.truncate(MOST_WORDS);
        name.initials.truncate(MOST_WORDS);
        name
    }

    /// A person's name without its parts: the last word is the surname, the ones before are first names.
    fn of_person(mut self) -> Name {
        let surname = self.words.pop();
        if self.initials.is_empty() {
            self.initials = self.words.iter().filter_map(|w| w.chars().next()).collect();
        }
        Name { initials: self.initials, words: surname.into_iter().collect() }
    }
}

/// `J.`, `J.M.`, `JM`: letters that stand for first names.
fn is_initials(token: &str, plain: &str) -> bool {
    if SMALL_WORDS.contains(&plain) || plain.contains('-') || !plain.chars().all(char::is_alphabetic) {
        return false;
    }
    let dotted = token.contains('.') && token.split('.').all(|part| part.chars().count() <= 2);
    let no_vowel = !plain.chars().any(|c| "AEIOUY".contains(c));
    let length = plain.chars().count();
    length == 1 || (dotted && length <= 6) || length == 2 || (length == 3 && no_vowel)
}

fn letters(text: &str) -> Vec<char> {
    fold(text).chars().filter(|c| c.is_alphabetic()).take(MOST_WORDS).collect()
}

/// Capitals without accents, as banks print them.
pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars().take(140).flat_map(char::to_uppercase) {
        match c {
            'À'..='Å' | 'Ā' | 'Ă' | 'Ą' => folded.push('A'),
            'Æ' => folded.push_str("AE"),
            'Ç' | 'Ć' | 'Č' => folded.push('C'),
            'È'..='Ë' | 'Ē' | 'Ę' | 'Ě' => folded.push('E'),
            'Ì'..='Ï' | 'İ' | 'Ī' => folded.push('I'),
            'Ñ' | 'Ń' | 'Ň' => folded.push('N'),
            'Ò'..='Ö' | 'Ø' | 'Ő' => folded.push('O'),
            'Œ' => folded.push_str("OE"),
            'Ù'..='Ü' | 'Ű' | 'Ů' => folded.push('U'),
            'Ý' | 'Ÿ' => folded.push('Y'),
            'Ł' => folded.push('L'),
            'Ś' | 'Š' | 'Ş' => folded.push('S'),
            'Ź' | 'Ż' | 'Ž' => folded.push('Z'),
            'Ğ' => folded.push('G'),
            '\'' | '’' | '`' | '"' => {}
            ',' | ';' | '(' | ')' | ':' => folded.push(' '),
            c if c.is_control() => folded.push(' '),
            c => folded.push(c),
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::Language;
    use crate::debtor::DebtorKind;
    use crate::ids::DebtorId;

    fn debtor(kind: DebtorKind, name: &str, person: Option<(&str, &str)>) -> Debtor {
        Debtor {
            id: DebtorId::parse("d1").unwrap(),
            number: "1".into(),
            kind,
            name: name.into(),
            person: person.map(|(initials, surname)| Person {
                initials: Some(initials.into()),
                prefix: None,
                surname: surname.into(),
                birth_date: None,
            }),
            emails: vec![],
            phone: None,
            mobile: None,
            language: Language::Nl,
            kvk_number: None,
            vat_id: None,
            iban: None,
            address: None,
            policy_id: None,
            labels: vec![],
            modified_at: Timestamp::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_persons_name_is_compared_by_surname_and_initials() {
        use NameFit::{Differs, Fully, Partly, Unknown};
        let table = [
            ("J.", "Vries", "J. de Vries", Fully),
            ("J.", "Vries", "J DE VRIES", Fully),
            ("J.", "Vries", "Hr J de Vries", Fully),
            ("J.", "Vries", "DE VRIES J", Fully),
            ("J.", "Vries", "Vries, J. de", Fully),
            ("J.", "Vries", "Jan de Vries", Fully),
            ("J.", "Vries", "J.M. de Vries", Fully),
            ("J.M.", "Vries", "J de Vries", Fully),
            ("J.M.", "Vries", "JM DE VRIES", Fully),
            ("J.M.", "Vries", "J.P. de Vries", Partly),
            ("J.", "Vries", "M. de Vries", Partly),
            ("J.", "Vries", "de Vries", Partly),
            ("J.", "Vries", "J. de Vries Bakkerij", Partly),
            ("J.", "Vries", "M JANSEN EN/OF J DE VRIES", Fully),
            ("J.", "Vries", "M JANSEN E/O K BAKKER", Differs),
            ("J.", "Vries", "M JANSEN CJ J DE VRIES", Fully),
            ("J.", "Vries", "J. Vriesema", Differs),
            ("J.", "Jansen-de Boer", "J. Jansen-de Boer", Fully),
            ("J.", "Jansen-de Boer", "J. Jansen", Partly),
            ("A.", "Müller", "A MULLER", Fully),
            ("J.", "Vries", "", Unknown),
            ("J.", "Vries", "B.V.", Unknown),
        ];
        for (initials, surname, payer, expected) in table {
            let known = KnownName::of(&debtor(DebtorKind::Consumer, "x", Some((initials, surname))));
            assert_eq!(known.fit(payer), expected, "{initials} {surname}: {payer}");
        }
        let spelled = KnownName::of(&debtor(DebtorKind::Consumer, "Mevrouw Anna van der Berg", None));
        for (payer, expected) in [
            ("A VD BERG", Fully),
            ("A. van den Berg", Fully),
            ("B van der Berg", Partly),
            ("A. Bergman", Differs),
        ] {
            assert_eq!(spelled.fit(payer), expected, "{payer}");
        }
    }

    #[test]
    fn a_business_is_compared_by_its_telling_words() {
        use NameFit::{Differs, Fully, Partly};
        let known = KnownName::of(&debtor(DebtorKind::Business, "Bakkerij Het Zonnetje B.V.", None));
        for (payer, expected) in [
            ("BAKKERIJ HET ZONNETJE BV", Fully),
            ("Bakkerij 't Zonnetje", Partly),
            ("Zonnetje Holding B.V.", Partly),
            ("Bakkerij De Maan", Partly),
            ("De Maan", Differs),
        ] {
            assert_eq!(known.fit(payer), expected, "{payer}");
        }
    }

    #[test]
    fn whoever_fits_fully_is_found_by_a_key_of_the_payer() {
        for (initials, surname, payer) in [
            ("J.", "Vries", "J. de Vries"),
            ("J.", "Vries", "Jan de Vries"),
            ("J.", "Vries", "M JANSEN EN/OF J DE VRIES"),
            ("J.", "Jansen-de Boer", "J. Jansen-de Boer"),
        ] {
            let keys = KnownName::of(&debtor(DebtorKind::Consumer, "x", Some((initials, surname)))).keys();
            assert!(payer_keys(payer).iter().any(|key| keys.contains(key)), "{payer}: {keys:?}");
        }
        let keys = KnownName::of(&debtor(DebtorKind::Business, "Bakkerij Het Zonnetje B.V.", None)).keys();
        assert!(payer_keys("BAKKERIJ ZONNETJE").iter().any(|key| keys.contains(key)));
    }
}
