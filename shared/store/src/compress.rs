//! Documents as they are stored: deflated where that is smaller, and never inflated without a bound.

use std::fmt;
use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;

/// Largest document, plain, in bytes: what is not inflated further when read and not taken when written.
pub const LARGEST_PLAIN: usize = 4 * 1024 * 1024;

/// Below this many bytes deflate saves nothing worth an attribute that says so.
const WORTH_TRYING: usize = 64;

/// Why bytes are not packed or unpacked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CompressError {
    #[error("the document is larger than 4 MB")]
    TooLarge,
    #[error("the document is not deflate data")]
    Corrupt,
}

/// A document in the form that takes the least room.
#[derive(Clone, PartialEq, Eq)]
pub struct Packed {
    pub bytes: Vec<u8>,
    /// Raw deflate (RFC 1951), or the plain bytes.
    pub deflated: bool,
}

impl fmt::Debug for Packed {
    /// The size only: plain bytes may hold personal data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Packed({} bytes, deflated: {})", self.bytes.len(), self.deflated)
    }
}

/// The smaller of the document and its deflated form.
pub fn pack(plain: &[u8]) -> Result<Packed, CompressError> {
    if plain.len() > LARGEST_PLAIN {
        return Err(CompressError::TooLarge);
    }
    if plain.len() >= WORTH_TRYING {
        let deflated = deflate(plain)?;
        if deflated.len() < plain.len() {
            return Ok(Packed { bytes: deflated, deflated: true });
        }
    }
    Ok(Packed { bytes: plain.to_vec(), deflated: false })
}

fn deflate(plain: &[u8]) -> Result<Vec<u8>, CompressError> {
    let mut encoder = DeflateEncoder::new(Vec::with_capacity(plain.len() / 2), Compression::default());
    // Writing to memory does not fail; were it to, the document would not be what was asked for.
    encoder.write_all(plain).and_then(|()| encoder.finish()).map_err(|_| CompressError::Corrupt)
}

/// The plain document, if it is not larger than [`LARGEST_PLAIN`].
pub fn inflate(deflated: &[u8]) -> Result<Vec<u8>, CompressError> {
    let bound = LARGEST_PLAIN as u64 + 1;
    let mut plain = Vec::with_capacity((deflated.len() * 4).min(LARGEST_PLAIN));
    DeflateDecoder::new(deflated).take(bound).read_to_end(&mut plain).map_err(|_| CompressError::Corrupt)?;
    if plain.len() > LARGEST_PLAIN {
        return Err(CompressError::TooLarge);
    }
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packing_takes_the_smaller_form_and_unpacks_to_the_same() {
        for (plain, deflated) in [
            (Vec::new(), false),
            (b"{}".to_vec(), false),
            (vec![b'a'; WORTH_TRYING - 1], false),
            (vec![b'a'; WORTH_TRYING], true),
            ((0..=255).collect::<Vec<u8>>(), false),
            (br#"{"invoice":"2026-001","amount":"12.50"}"#.repeat(3_000), true),
        ] {
            let packed = pack(&plain).unwrap();
            assert_eq!(packed.deflated, deflated, "{} bytes", plain.len());
            assert!(packed.bytes.len() <= plain.len());
            let back = if packed.deflated { inflate(&packed.bytes).unwrap() } else { packed.bytes };
            assert_eq!(back, plain);
        }
    }

    #[test]
    fn a_document_is_bounded_both_ways() {
        let largest = vec![b'x'; LARGEST_PLAIN];
        assert_eq!(inflate(&pack(&largest).unwrap().bytes), Ok(largest));
        let larger = vec![b'x'; LARGEST_PLAIN + 1];
        assert_eq!(pack(&larger), Err(CompressError::TooLarge));
        assert_eq!(inflate(&deflate(&larger).unwrap()), Err(CompressError::TooLarge));
    }

    #[test]
    fn what_is_not_deflate_data_is_refused() {
        let whole = deflate(&b"a reminder ".repeat(20)).unwrap();
        for bad in [b"not deflate".as_slice(), &whole[..whole.len() - 2], &[0xff, 0xff, 0xff]] {
            assert_eq!(inflate(bad), Err(CompressError::Corrupt));
        }
    }
}
