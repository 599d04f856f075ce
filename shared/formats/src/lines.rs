//! Files of lines, in parts: each line is a document by itself, such as JSON (ndjson).
//!
//! [`read`] divides the bytes of a part into lines, from any [`LinePosition`], and says where the next part begins: a file
//! is never held as a whole. Lines end with a line feed; a carriage return before it belongs to the end.
//!
//! What is absent: what a line means, and every encoding but UTF-8.

use serde::{Deserialize, Serialize};

/// Longest line, in bytes without its end. A longer one is refused, and reading goes on with the next.
pub const MAX_LINE: usize = 256 * 1024;

/// A part that is not the last has at least this many bytes, so that a line ends within it or is too long.
pub const SMALLEST_PART: usize = MAX_LINE + 2;

/// Where a part begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LinePosition {
    /// In bytes from the beginning of the file.
    pub offset: u64,
    /// The line in the file, from 1.
    pub line: u64,
    /// It lies within a line that was too long and is refused already.
    pub within_line: bool,
}

/// What one part holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinesPart<'b> {
    /// In the order of the file; blank ones are left out.
    pub lines: Vec<Line<'b>>,
    /// Where the next part begins.
    pub next: LinePosition,
    /// There is nothing behind this part.
    pub finished: bool,
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line<'b> {
    /// From 1.
    pub number: u64,
    /// Without its end; none where it is too long.
    pub text: Option<&'b [u8]>,
}

/// Reads lines from `bytes`, which begin at `from` in the file, until `most` are read or only a piece of one is left.
/// `last` says that the file ends with these bytes. Whoever calls gives [`SMALLEST_PART`] bytes or the last ones.
pub fn read(bytes: &[u8], from: LinePosition, last: bool, most: usize) -> LinesPart<'_> {
    let mut next = from;
    let mut rest = bytes;
    if from.offset == 0 {
        let unmarked = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        next.offset += to_u64(bytes.len() - unmarked.len());
        rest = unmarked;
    }
    let mut lines = Vec::new();
    while lines.len() < most && !rest.is_empty() {
        let end = rest.iter().position(|byte| *byte == b'\n');
        let Some(length) = end.or_else(|| last.then_some(rest.len())) else {
            // Its end is not in this part: it is too long, or the next part begins with it.
            // A carriage return at its end may belong to the end of the line.
            if rest.len() > MAX_LINE + 1 || next.within_line {
                if !next.within_line {
                    lines.push(Line { number: next.line, text: None });
                }
                next.offset += to_u64(rest.len());
                next.within_line = true;
            }
            return LinesPart { lines, next, finished: false };
        };
        let line = &rest[..length];
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if !next.within_line && !line.trim_ascii().is_empty() {
            let text = (line.len() <= MAX_LINE).then_some(line);
            lines.push(Line { number: next.line, text });
        }
        let taken = if end.is_some() { length + 1 } else { length };
        rest = &rest[taken..];
        next = LinePosition {
            offset: next.offset + to_u64(taken),
            line: next.line + u64::from(end.is_some()),
            within_line: false,
        };
    }
    LinesPart { lines, next, finished: last && rest.is_empty() }
}

fn to_u64(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BEGIN: LinePosition = LinePosition { offset: 0, line: 1, within_line: false };

    /// Each line with its number and its text, or how it is refused.
    fn told(lines: &[Line<'_>]) -> Vec<(u64, String)> {
        let text =
            |line: &Line<'_>| line.text.map_or("too long".to_owned(), |t| String::from_utf8_lossy(t).into());
        lines.iter().map(|line| (line.number, text(line))).collect()
    }

    /// The whole file in parts of at most so many lines and bytes.
    fn in_parts(file: &[u8], most: usize, window: usize) -> Vec<(u64, String)> {
        let (mut seen, mut at) = (Vec::new(), BEGIN);
        for _ in 0..10_000 {
            let begin = usize::try_from(at.offset).unwrap();
            let end = (begin + window).min(file.len());
            let part = read(&file[begin..end], at, end == file.len(), most);
            seen.extend(told(&part.lines));
            at = part.next;
            if part.finished {
                assert_eq!(usize::try_from(at.offset).unwrap(), file.len());
                return seen;
            }
        }
        panic!("a file comes to its end");
    }

    #[test]
    fn lines_are_counted_as_an_editor_does() {
        type Row<'a> = (&'a [u8], &'a [(u64, &'a str)]);
        let table: [Row<'_>; 7] = [
            (b"", &[]),
            (b"a", &[(1, "a")]),
            (b"a\n", &[(1, "a")]),
            (b"a\r\nb\r\n", &[(1, "a"), (2, "b")]),
            (b"\n\n a \n\t\nb", &[(3, " a "), (5, "b")]),
            (b"\xef\xbb\xbfa\nb", &[(1, "a"), (2, "b")]),
            (b"a\rb\nc", &[(1, "a\rb"), (2, "c")]),
        ];
        for (file, expected) in table {
            let expected: Vec<(u64, String)> = expected.iter().map(|(n, t)| (*n, (*t).to_owned())).collect();
            assert_eq!(in_parts(file, usize::MAX, usize::MAX / 2), expected, "{file:?}");
            assert_eq!(in_parts(file, 1, usize::MAX / 2), expected, "{file:?} one at a time");
        }
    }

    #[test]
    fn a_file_is_the_same_whatever_its_parts() {
        let long = |length: usize| vec![b'x'; length];
        let mut file = b"first\r\n".to_vec();
        for (length, end) in
            [(MAX_LINE, "\n"), (MAX_LINE, "\r\n"), (MAX_LINE + 1, "\n"), (3 * MAX_LINE, "\r\n")]
        {
            file.extend(long(length));
            file.extend(end.as_bytes());
        }
        file.extend(b"\nlast");
        let whole = in_parts(&file, usize::MAX, usize::MAX / 2);
        let kept = long(MAX_LINE);
        let kept = String::from_utf8(kept).unwrap();
        let expected = [(1, "first"), (2, &kept), (3, &kept), (4, "too long"), (5, "too long"), (7, "last")];
        assert_eq!(whole, expected.map(|(n, t)| (n, t.to_owned())));
        for window in [SMALLEST_PART, SMALLEST_PART + 1, 2 * MAX_LINE + 7, file.len() - 1] {
            for most in [1, 2, 100] {
                assert!(in_parts(&file, most, window) == whole, "{most} lines of {window} bytes");
            }
        }
    }

    #[test]
    fn nothing_is_read_where_nothing_is_asked_for() {
        let part = read(b"a\nb\n", BEGIN, true, 0);
        assert_eq!((part.lines.len(), part.next, part.finished), (0, BEGIN, false));
    }
}
