//! The QR code with a bank transfer in it: EPC069-12 version 2.1, data of version 002 (the BIC may be left out).
//!
//! The image is drawn by hand from the code's modules because the QR library draws only SVG without a renderer of its
//! own, and mail programs show no SVG.

use domain::Money;
use fast_qr::convert::Builder;
use fast_qr::convert::svg::SvgBuilder;
use fast_qr::{ECL, QRBuilder, QRCode};

/// Most bytes of a payload: version 13 at error level M.
pub const MAX_BYTES: usize = 331;
/// Light modules around the code.
const QUIET_ZONE: usize = 4;
/// Width and height aimed at, in pixels; the real ones are the nearest whole number of pixels a module.
const SIDE: usize = 240;

/// A transfer to be made: what the payer's bank shows filled in.
#[derive(Debug, Clone, Copy)]
pub struct EpcPayment<'a> {
    /// 8 or 11 characters; not needed within the European Economic Area.
    pub bic: Option<&'a str>,
    /// The creditor, at most 70 characters.
    pub name: &'a str,
    pub iban: &'a str,
    /// 0.01 to 999,999,999.99 euros.
    pub amount: Money,
    /// At most 35 characters: an ISO 11649 reference, or a Dutch one where banks take it.
    pub structured_reference: Option<&'a str>,
    /// At most 140 characters; not together with a structured reference.
    pub text: Option<&'a str>,
}

/// Why no code can be made of a payment.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EpcError {
    #[error("the BIC does not have 8 or 11 letters and digits")]
    Bic,
    #[error("the name is empty or longer than 70 characters")]
    Name,
    #[error("the IBAN is not valid")]
    Iban(#[from] crate::iban::IbanError),
    #[error("the amount is not from 0.01 to 999999999.99")]
    Amount,
    #[error(
        "the structured reference is empty, longer than 35 characters, or has other characters than letters and digits"
    )]
    Reference,
    #[error("the text is longer than 140 characters")]
    Text,
    #[error("there is a structured reference and a text as well")]
    ReferenceAndText,
    #[error("there is a line break or another control character in a field")]
    ControlCharacter,
    #[error("the payload is longer than 331 bytes")]
    TooLong,
    #[error("the image could not be made")]
    Image,
}

impl EpcPayment<'_> {
    /// The content of the code, its lines parted by line feeds.
    ///
    /// # Errors
    /// [`EpcError`] names the field that EPC069-12 does not allow.
    pub fn payload(&self) -> Result<String, EpcError> {
        let fields = [self.bic, Some(self.name), self.structured_reference, self.text];
        if fields.into_iter().flatten().any(|field| field.chars().any(char::is_control)) {
            return Err(EpcError::ControlCharacter);
        }
        let bic = self.bic.map(checked_bic).transpose()?.unwrap_or_default();
        let name = self.name.trim();
        if name.is_empty() || name.chars().count() > 70 {
            return Err(EpcError::Name);
        }
        let iban = crate::iban::check(self.iban)?;
        if !self.amount.is_positive() {
            // Money itself ends at 999,999,999.99.
            return Err(EpcError::Amount);
        }
        let (reference, text) = self.remittance()?;
        let (amount, purpose) = (format!("EUR{}", self.amount), "");
        let lines = ["BCD", "002", "1", "SCT", &bic, name, &iban, &amount, purpose, reference, text];
        let payload = lines.join("\n");
        // What is empty at the end is left out, with the line feeds before it.
        let payload = payload.trim_end_matches('\n').to_owned();
        if payload.len() > MAX_BYTES { Err(EpcError::TooLong) } else { Ok(payload) }
    }

    fn remittance(&self) -> Result<(&str, &str), EpcError> {
        match (self.structured_reference, self.text.map(str::trim).filter(|text| !text.is_empty())) {
            (Some(_), Some(_)) => Err(EpcError::ReferenceAndText),
            (Some(reference), None) => {
                let plain = reference.bytes().all(|byte| byte.is_ascii_alphanumeric());
                if plain && (1..=35).contains(&reference.len()) {
                    Ok((reference, ""))
                } else {
                    Err(EpcError::Reference)
                }
            }
            (None, Some(text)) if text.chars().count() > 140 => Err(EpcError::Text),
            (None, text) => Ok(("", text.unwrap_or_default())),
        }
    }
}

fn checked_bic(bic: &str) -> Result<String, EpcError> {
    let plain = matches!(bic.len(), 8 | 11) && bic.bytes().all(|byte| byte.is_ascii_alphanumeric());
    if plain { Ok(bic.to_ascii_uppercase()) } else { Err(EpcError::Bic) }
}

/// Draws a payload as an SVG that scales to its place, quiet zone included.
///
/// # Errors
/// [`EpcError::TooLong`] for more than [`MAX_BYTES`].
pub fn svg(payload: &str) -> Result<String, EpcError> {
    let code = code(payload)?;
    Ok(SvgBuilder::default().margin(QUIET_ZONE).to_str(&code))
}

/// Draws a payload as a black-and-white PNG of about 240 by 240 pixels, quiet zone included.
///
/// # Errors
/// [`EpcError::TooLong`] for more than [`MAX_BYTES`].
pub fn png(payload: &str) -> Result<Vec<u8>, EpcError> {
    let code = code(payload)?;
    let modules = code.size + 2 * QUIET_ZONE;
    let scale = ((SIDE + modules / 2) / modules).max(1);
    let side = modules * scale;
    // One bit a pixel, each row filled up to whole bytes; a set bit is white.
    let row_bytes = side.div_ceil(8);
    let mut pixels = vec![0xff_u8; row_bytes * side];
    for y in 0..side {
        for x in 0..side {
            if is_dark(&code, x / scale, y / scale) {
                pixels[y * row_bytes + x / 8] &= !(0x80 >> (x % 8));
            }
        }
    }
    encode(&pixels, side).map_err(|_| EpcError::Image)
}

fn encode(pixels: &[u8], side: usize) -> Result<Vec<u8>, png::EncodingError> {
    // 240 or so: it fits.
    let side = u32::try_from(side).unwrap_or(u32::MAX);
    let mut image = Vec::new();
    let mut encoder = png::Encoder::new(&mut image, side, side);
    encoder.set_color(png::ColorType::Grayscale);
    encoder.set_depth(png::BitDepth::One);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(pixels)?;
    writer.finish()?;
    Ok(image)
}

/// Whether the module at that place, counted with the quiet zone, is dark.
fn is_dark(code: &QRCode, x: usize, y: usize) -> bool {
    let inside = |at: usize| at.checked_sub(QUIET_ZONE).filter(|at| *at < code.size);
    match (inside(x), inside(y)) {
        (Some(x), Some(y)) => code[y][x].value(),
        _ => false,
    }
}

fn code(payload: &str) -> Result<QRCode, EpcError> {
    if payload.len() > MAX_BYTES {
        return Err(EpcError::TooLong);
    }
    QRBuilder::new(payload).ecl(ECL::M).build().map_err(|_| EpcError::TooLong)
}
