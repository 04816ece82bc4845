//! [`Header`]: what stands in the file as it is, and is authenticated with the rest.

use secret_cache::SnapshotError;

use super::Writer;
use super::reader::Reader;
use crate::cipher::{Nonce, Salt};
use crate::fault;

const MAGIC: [u8; 8] = *b"KEYFOBSN";
const VERSION: u8 = 1;
const KEY_AS_IT_IS: u8 = 0;
const ARGON2ID: u8 = 1;

/// Says whose the file is, when it was written, and what its key is made with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Header {
    /// How a passphrase becomes the key; `None` for a key that is used as it is.
    pub(crate) kdf: Option<Kdf>,
    pub(crate) salt: Salt,
    pub(crate) server: String,
    pub(crate) project: String,
    /// Milliseconds since 1970.
    pub(crate) written: u64,
    pub(crate) nonce: Nonce,
    /// How many bytes follow.
    pub(crate) body: u64,
}

/// Says how argon2id makes a key of a passphrase (RFC 9106).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Kdf {
    /// Memory in KiB.
    pub(crate) memory: u32,
    pub(crate) passes: u32,
    pub(crate) lanes: u32,
    pub(crate) salt: [u8; 16],
}

impl Header {
    pub(crate) fn write(&self) -> Vec<u8> {
        let mut writer = Writer::default();
        writer.raw(&MAGIC);
        writer.byte(VERSION);
        match &self.kdf {
            None => writer.byte(KEY_AS_IT_IS),
            Some(kdf) => {
                writer.byte(ARGON2ID);
                writer.u32(kdf.memory);
                writer.u32(kdf.passes);
                writer.u32(kdf.lanes);
                writer.raw(&kdf.salt);
            }
        }
        writer.raw(&self.salt);
        writer.text(&self.server);
        writer.text(&self.project);
        writer.u64(self.written);
        writer.raw(&self.nonce);
        writer.u64(self.body);
        writer.into_bytes()
    }

    /// Reads a header, and returns it with its length. Nothing of it is to be believed yet.
    pub(crate) fn read(bytes: &[u8]) -> Result<(Self, usize), SnapshotError> {
        let magic = bytes.len().min(MAGIC.len());
        if bytes[..magic] != MAGIC[..magic] {
            return Err(fault::not_a_snapshot());
        }
        let mut reader = Reader::new(bytes.get(MAGIC.len()..).ok_or_else(fault::truncated)?);
        match reader.byte() {
            None => return Err(fault::truncated()),
            Some(0) => return Err(fault::not_a_snapshot()),
            Some(version) if version > VERSION => return Err(fault::newer_version()),
            Some(_) => {}
        }
        let header = match reader.byte() {
            Some(KEY_AS_IT_IS) => Self::read_rest(&mut reader, None),
            Some(ARGON2ID) => {
                Kdf::read(&mut reader).and_then(|kdf| Self::read_rest(&mut reader, Some(kdf)))
            }
            Some(_) => return Err(fault::not_authentic()),
            None => None,
        };
        let header = header.ok_or_else(fault::truncated)?;
        Ok((header, bytes.len() - reader.rest()))
    }

    fn read_rest(reader: &mut Reader<'_>, kdf: Option<Kdf>) -> Option<Self> {
        Some(Self {
            kdf,
            salt: reader.array()?,
            // What is no text is no name that anybody has; the tag tells that it was changed.
            server: String::from_utf8_lossy(reader.bytes()?).into_owned(),
            project: String::from_utf8_lossy(reader.bytes()?).into_owned(),
            written: reader.u64()?,
            nonce: reader.array()?,
            body: reader.u64()?,
        })
    }
}

impl Kdf {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        Some(Self {
            memory: reader.u32()?,
            passes: reader.u32()?,
            lanes: reader.u32()?,
            salt: reader.array()?,
        })
    }
}
