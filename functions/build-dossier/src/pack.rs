//! The archive as it is written: read piece by piece, and handed over part by part.

use bytes::Bytes;
use contracts::failure::Failure;
use domain::calendar::today;
use domain::case_dossier::{BuiltFile, CaseDossier};
use formats::packing::{Packing, PackingError};
use outside::files::{Files, PART_BYTES, Writing};
use sha2::{Digest, Sha256};

use crate::gather::{Content, File};

/// Bytes that are read of a file at once.
const PIECE: u64 = 1024 * 1024;

/// What was written so far.
struct Poured {
    packing: Packing,
    bytes: u64,
    hash: Sha256,
}

/// Writes the archive under this key: the pages first, and then every file.
pub(crate) async fn write(
    files: &dyn Files,
    key: &str,
    asked: &CaseDossier,
    entries: u32,
    pages: Vec<Vec<u8>>,
    along: Vec<File>,
) -> Result<BuiltFile, Failure> {
    let mut writing = files.begin(key, "application/zip").await?;
    match pour(files, &mut *writing, asked, pages, along).await {
        Ok((bytes, sha256, files)) => {
            writing.finish().await?;
            Ok(BuiltFile { bytes, sha256, files, entries })
        }
        Err(failure) => {
            if let Err(error) = writing.abandon().await {
                tracing::warn!(%error, "parts of a dossier are left to the bucket's own rule");
            }
            Err(failure)
        }
    }
}

async fn pour(
    files: &dyn Files,
    writing: &mut dyn Writing,
    asked: &CaseDossier,
    pages: Vec<Vec<u8>>,
    along: Vec<File>,
) -> Result<(u64, String, u32), Failure> {
    let packing = Packing::of(today(asked.requested_at));
    let mut poured = Poured { packing, bytes: 0, hash: Sha256::new() };
    for (place, pdf) in pages.into_iter().enumerate() {
        let name = if place == 0 { "dossier.pdf".to_owned() } else { format!("dossier-{}.pdf", place + 1) };
        poured.packing.begin(&name).map_err(defect)?;
        poured.packing.write(&pdf).map_err(defect)?;
        poured.hand_over(writing).await?;
    }
    for file in along {
        poured.packing.begin(&file.name).map_err(defect)?;
        match file.content {
            Content::Written(text) => poured.packing.write(text.as_bytes()).map_err(defect)?,
            Content::Kept { key, bytes } => poured.copy(files, writing, &key, bytes).await?,
        }
        poured.hand_over(writing).await?;
    }
    let Poured { packing, mut bytes, mut hash } = poured;
    let (rest, count) = packing.finish().map_err(defect)?;
    for part in rest.chunks(PART_BYTES) {
        hash.update(part);
        bytes += part.len() as u64;
        writing.add(Bytes::copy_from_slice(part)).await?;
    }
    let sha256 = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok((bytes, sha256, count))
}

impl Poured {
    async fn copy(
        &mut self,
        files: &dyn Files,
        writing: &mut dyn Writing,
        key: &str,
        bytes: u64,
    ) -> Result<(), Failure> {
        let mut at = 0;
        while at < bytes {
            let piece = files.read(key, Some(at..(at + PIECE).min(bytes))).await?;
            if piece.is_empty() {
                return Err(Failure::unavailable("a file got shorter while it was packed"));
            }
            at += piece.len() as u64;
            self.packing.write(&piece).map_err(defect)?;
            self.hand_over(writing).await?;
        }
        Ok(())
    }

    /// Hands over as many whole parts as there are.
    async fn hand_over(&mut self, writing: &mut dyn Writing) -> Result<(), Failure> {
        while self.packing.waiting() >= PART_BYTES {
            let part = self.packing.take(PART_BYTES);
            self.hash.update(&part);
            self.bytes += part.len() as u64;
            writing.add(Bytes::from(part)).await?;
        }
        Ok(())
    }
}

fn defect(error: PackingError) -> Failure {
    Failure::bug(format!("a dossier cannot be packed: {error}"))
}
