//! Files of lines: they say the same in one part and in many, and nothing of them is lost.
//!
//! The first byte of the input chooses the size of the parts; the rest is the file.

use formats::lines::{LinePosition, MAX_LINE, read};

const BEGIN: LinePosition = LinePosition { offset: 0, line: 1, within_line: false };

/// Of any bytes.
pub fn check(bytes: &[u8]) {
    let Some((choice, file)) = bytes.split_first() else { return };
    let whole = lines(file, file.len(), usize::MAX);
    assert!(whole.windows(2).all(|pair| pair[0].0 < pair[1].0), "lines go up");
    for (number, text) in &whole {
        assert!(*number > 0);
        if let Some(text) = text {
            assert!(text.len() <= MAX_LINE && !text.contains(&b'\n') && !text.trim_ascii().is_empty());
        }
    }
    let visible = |bytes: &[u8]| bytes.iter().filter(|byte| !byte.is_ascii_whitespace()).count();
    if whole.iter().all(|(_, text)| text.is_some()) {
        let told: usize = whole.iter().filter_map(|(_, text)| *text).map(visible).sum();
        let unmarked = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
        assert_eq!(told, visible(unmarked), "something is lost");
    }
    let choice = usize::from(*choice);
    assert_eq!(lines(file, 3 + choice, 1 + choice % 5), whole);
}

/// All lines with their numbers, read in parts that begin with `size` bytes and grow until a line ends in them.
fn lines(file: &[u8], size: usize, most: usize) -> Vec<(u64, Option<&[u8]>)> {
    let (mut lines, mut next, mut grown) = (Vec::new(), BEGIN, size);
    loop {
        let Some(begin) = usize::try_from(next.offset).ok().filter(|begin| *begin <= file.len()) else {
            panic!("a part begins behind the file: {next:?}")
        };
        let end = (begin + grown).min(file.len());
        let part = read(&file[begin..end], next, end == file.len(), most);
        assert!(part.lines.len() <= most);
        let moved = part.next != next;
        assert!(part.finished || moved || end < file.len() || begin == end, "no progress at {next:?}");
        lines.extend(part.lines.iter().map(|line| (line.number, line.text)));
        if part.finished || (!moved && end == file.len()) {
            return lines;
        }
        grown = if moved { size } else { 2 * grown };
        next = part.next;
    }
}
