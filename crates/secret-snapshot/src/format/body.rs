//! [`Row`]: one secret as it stands in the body.

use std::num::NonZeroU64;

use secret_cache::SnapshotError;
use secret_ref::{FolderPath, SecretType};
use secret_source::{Origin, SecretAddress};

use super::Writer;
use super::reader::Reader;
use crate::cipher::{Sealed, TAG};
use crate::fault;

/// How many origins may stand on top of each other.
const DEPTH: u32 = 16;

/// Holds one secret, whose value is sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) address: SecretAddress,
    pub(crate) origin: Origin,
    pub(crate) version: Option<u64>,
    /// Milliseconds since 1970.
    pub(crate) fetched: u64,
    pub(crate) unexpanded: bool,
    pub(crate) value: Sealed,
}

pub(crate) fn write_rows(rows: &[Row]) -> Vec<u8> {
    let mut writer = Writer::default();
    writer.u64(rows.len() as u64);
    for row in rows {
        write_address(&mut writer, &row.address);
        write_origin(&mut writer, &row.origin, DEPTH);
        write_number(&mut writer, row.version);
        writer.u64(row.fetched);
        writer.byte(row.unexpanded.into());
        writer.raw(&row.value.nonce);
        writer.bytes(&row.value.bytes);
    }
    writer.into_bytes()
}

/// Reads the rows, which were authenticated before.
pub(crate) fn read_rows(bytes: &[u8]) -> Result<Vec<Row>, SnapshotError> {
    read_all(&mut Reader::new(bytes)).ok_or_else(fault::not_a_snapshot)
}

fn read_all(reader: &mut Reader<'_>) -> Option<Vec<Row>> {
    let count = reader.u64()?;
    // Grows with what is read, not with what is said.
    let mut rows = Vec::new();
    for _ in 0..count {
        rows.push(read_row(reader)?);
    }
    (reader.rest() == 0).then_some(rows)
}

fn read_row(reader: &mut Reader<'_>) -> Option<Row> {
    Some(Row {
        address: read_address(reader)?,
        origin: read_origin(reader, DEPTH)?,
        version: read_number(reader)?,
        fetched: reader.u64()?,
        unexpanded: read_flag(reader)?,
        value: Sealed {
            nonce: reader.array()?,
            bytes: reader.bytes().filter(|bytes| bytes.len() >= TAG)?.to_vec(),
        },
    })
}

fn write_address(writer: &mut Writer, address: &SecretAddress) {
    writer.text(address.scheme());
    writer.text(address.project().unwrap_or_default());
    writer.text(address.environment());
    writer.text(address.folder());
    writer.text(address.key());
    write_number(writer, address.version().map(NonZeroU64::get));
    writer.byte((address.secret_type() == SecretType::Personal).into());
}

fn read_address(reader: &mut Reader<'_>) -> Option<SecretAddress> {
    let (scheme, project) = (reader.text()?, reader.text()?);
    let environment = reader.text()?;
    let folder = FolderPath::parse(reader.text()?).ok()?;
    let mut address = SecretAddress::new(scheme, environment, &folder, reader.text()?);
    if !project.is_empty() {
        address = address.with_project(project);
    }
    if let Some(version) = read_number(reader)? {
        address = address.with_version(NonZeroU64::new(version)?);
    }
    if read_flag(reader)? {
        address = address.with_type(SecretType::Personal);
    }
    Some(address)
}

/// Writes an origin with those beneath it; what is deeper than any stack is left out.
fn write_origin(writer: &mut Writer, origin: &Origin, depth: u32) {
    writer.text(origin.name());
    writer.u32(u32::try_from(origin.details().count()).unwrap_or(u32::MAX));
    for (detail, text) in origin.details() {
        writer.text(detail);
        writer.text(text);
    }
    match origin.inner().filter(|_| depth > 1) {
        Some(inner) => {
            writer.byte(1);
            write_origin(writer, inner, depth - 1);
        }
        None => writer.byte(0),
    }
}

fn read_origin(reader: &mut Reader<'_>, depth: u32) -> Option<Origin> {
    let name = reader.text()?.to_owned();
    let mut details = Vec::new();
    for _ in 0..reader.u32()? {
        details.push((reader.text()?.to_owned(), reader.text()?));
    }
    let origin = if read_flag(reader)? {
        Origin::over(name, &read_origin(reader, depth.checked_sub(1)?)?)
    } else {
        Origin::new(name)
    };
    let with = |origin: Origin, (detail, text): (String, &str)| origin.with(detail, text);
    Some(details.into_iter().fold(origin, with))
}

fn write_number(writer: &mut Writer, number: Option<u64>) {
    writer.byte(number.is_some().into());
    if let Some(number) = number {
        writer.u64(number);
    }
}

/// Reads a number that may be missing; the outer `None` is an end that came too early.
fn read_number(reader: &mut Reader<'_>) -> Option<Option<u64>> {
    if read_flag(reader)? {
        reader.u64().map(Some)
    } else {
        Some(None)
    }
}

fn read_flag(reader: &mut Reader<'_>) -> Option<bool> {
    match reader.byte()? {
        0 => Some(false),
        1 => Some(true),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn text() -> impl Strategy<Value = String> {
        "[a-zA-Z0-9_äß€ -]{1,12}"
    }

    prop_compose! {
        fn address()(
            scheme in "[a-z][a-z0-9]{0,8}",
            project in proptest::option::of(text()),
            environment in text(),
            folders in proptest::collection::vec("[a-z0-9-]{1,6}", 0..4),
            key in text(),
            version in proptest::option::of(1..u64::MAX),
            is_personal in any::<bool>(),
        ) -> SecretAddress {
            let folder = FolderPath::parse(&format!("/{}", folders.join("/"))).unwrap();
            let mut address = SecretAddress::new(&scheme, &environment, &folder, &key);
            if let Some(project) = project {
                address = address.with_project(&project);
            }
            if let Some(version) = version.and_then(NonZeroU64::new) {
                address = address.with_version(version);
            }
            if is_personal {
                address = address.with_type(SecretType::Personal);
            }
            address
        }
    }

    fn origin() -> impl Strategy<Value = Origin> {
        let details = proptest::collection::vec((text(), any::<String>()), 0..3);
        let plain = (text(), details).prop_map(|(name, details)| {
            details
                .into_iter()
                .fold(Origin::new(name), |origin, (detail, text)| {
                    origin.with(detail, text)
                })
        });
        plain.prop_recursive(4, 8, 1, |inner| {
            (text(), inner).prop_map(|(name, inner)| Origin::over(name, &inner))
        })
    }

    prop_compose! {
        fn row()(
            address in address(),
            origin in origin(),
            version in any::<Option<u64>>(),
            fetched in any::<u64>(),
            unexpanded in any::<bool>(),
            nonce in any::<[u8; 24]>(),
            bytes in proptest::collection::vec(any::<u8>(), TAG..60),
        ) -> Row {
            Row { address, origin, version, fetched, unexpanded, value: Sealed { nonce, bytes } }
        }
    }

    proptest! {
        #[test]
        fn what_was_written_is_read_again_and_no_part_of_it(
            rows in proptest::collection::vec(row(), 0..5),
            cut in any::<prop::sample::Index>(),
        ) {
            let bytes = write_rows(&rows);
            prop_assert!(read_rows(&bytes).unwrap() == rows);
            prop_assert!(read_rows(&bytes[..cut.index(bytes.len())]).is_err());
            prop_assert!(read_rows(&[bytes, vec![0]].concat()).is_err());
        }

        #[test]
        fn no_bytes_whatever_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = read_rows(&bytes);
            let _ = crate::format::Header::read(&bytes);
            let _ = crate::format::Header::read(&[b"KEYFOBSN\x01".to_vec(), bytes].concat());
        }
    }

    #[test]
    fn a_false_number_of_rows_or_bytes_costs_nothing() {
        assert!(read_rows(&u64::MAX.to_be_bytes()).is_err());
        let mut one = 1_u64.to_be_bytes().to_vec();
        one.extend_from_slice(&u32::MAX.to_be_bytes());
        assert!(read_rows(&one).is_err());
    }
}
