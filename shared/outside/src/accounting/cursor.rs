//! How far a pull came: a text that only its adapter reads, with the version of its form.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::PackageError;

/// Raised whenever the form of any adapter's cursor changes: an older one is then asked for anew, and not misread.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Written<T> {
    v: u32,
    at: T,
}

/// As it is given out.
pub(super) fn write<T: Serialize>(at: &T) -> Result<String, PackageError> {
    let text = serde_json::to_vec(&Written { v: VERSION, at }).map_err(|_| bad())?;
    Ok(URL_SAFE_NO_PAD.encode(text))
}

/// As it was given out; the beginning where there is none.
pub(super) fn read<T: DeserializeOwned + Default>(cursor: Option<&str>) -> Result<T, PackageError> {
    let Some(cursor) = cursor else { return Ok(T::default()) };
    let bytes = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| bad())?;
    let written: Written<T> = serde_json::from_slice(&bytes).map_err(|_| bad())?;
    if written.v != VERSION {
        return Err(bad());
    }
    Ok(written.at)
}

fn bad() -> PackageError {
    PackageError::Malformed("cursor: not one of ours".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_comes_back_as_it_went_out_and_nothing_else_does() {
        let cursor = write(&Some(7_u32)).unwrap();
        assert_eq!(read::<Option<u32>>(Some(&cursor)), Ok(Some(7)));
        assert_eq!(read::<Option<u32>>(None), Ok(None));
        let other = URL_SAFE_NO_PAD.encode(r#"{"v":2,"at":7}"#);
        for bad in ["", "7", "****", &other, &URL_SAFE_NO_PAD.encode("{}")] {
            assert!(matches!(read::<Option<u32>>(Some(bad)), Err(PackageError::Malformed(_))), "{bad}");
        }
    }
}
