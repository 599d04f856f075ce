//! What pages are made of: parts with lines, each with what may be done about it. A line is the same on a phone and on a wide
//! screen, where parts stand beside each other.

/// Something that may be done: a link to the form that does it.
#[derive(Debug, Clone)]
pub(crate) struct Act {
    pub href: String,
    pub label: String,
    /// What it is about, for who hears the link and does not see what stands beside it.
    pub about: String,
}

/// One thing.
#[derive(Debug, Clone, Default)]
pub(crate) struct Line {
    pub title: String,
    pub amount: Option<String>,
    /// How it stands, and whether that needs somebody.
    pub standing: Option<String>,
    pub late: bool,
    pub notes: Vec<String>,
    pub acts: Vec<Act>,
}

impl Line {
    pub(crate) fn new(title: String) -> Line {
        Line { title, ..Line::default() }
    }

    pub(crate) fn amount(self, amount: String) -> Line {
        Line { amount: Some(amount), ..self }
    }

    pub(crate) fn standing(self, standing: String, late: bool) -> Line {
        Line { standing: Some(standing), late, ..self }
    }

    pub(crate) fn notes(self, notes: Vec<String>) -> Line {
        Line { notes, ..self }
    }

    pub(crate) fn acts(self, acts: Vec<Act>) -> Line {
        Line { acts, ..self }
    }
}

/// Several of the same kind.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    pub id: String,
    pub heading: String,
    /// What is said where there is none.
    pub empty: String,
    pub lines: Vec<Line>,
    pub acts: Vec<Act>,
}
