//! [`plan`]: which requests a batch of addresses takes.

use std::collections::HashMap;

use secret_ref::SecretType;
use secret_source::{AddressMap, FolderAddress, SecretAddress};

use crate::http::request::fits_in_a_path;

/// One request, and the entries of the batch that its answer serves.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Job {
    /// A list of a folder, for the shared, current values in it.
    Folder(FolderAddress, Vec<usize>),
    /// A look-up of one secret.
    Secret(SecretAddress, Vec<usize>),
}

impl Job {
    /// Returns the entries of the batch that this job serves.
    pub(crate) fn entries(&self) -> &[usize] {
        match self {
            Self::Folder(_, entries) | Self::Secret(_, entries) => entries,
        }
    }

    /// Returns the folder that is read.
    pub(crate) fn folder(&self) -> FolderAddress {
        match self {
            Self::Folder(folder, _) => folder.clone(),
            Self::Secret(address, _) => address.folder_address(),
        }
    }
}

/// Plans a batch: one list for each folder, one look-up for each version or personal value.
///
/// A list holds current, shared values only. A batch that comes down to a single address is looked up by
/// name instead of listing its folder, unless its name cannot stand in a path.
pub(crate) fn plan(addresses: &[SecretAddress]) -> Vec<Job> {
    if let Some((first, rest)) = addresses.split_first()
        && rest.iter().all(|address| address == first)
        && fits_in_a_path(first.key())
    {
        return vec![Job::Secret(first.clone(), (0..addresses.len()).collect())];
    }
    let mut jobs = Vec::new();
    let mut folders: HashMap<FolderAddress, usize> = HashMap::new();
    let mut secrets: AddressMap<usize> = AddressMap::default();
    for (entry, address) in addresses.iter().enumerate() {
        let job = if needs_its_own_request(address) {
            *secrets.entry(address.clone()).or_insert_with(|| {
                jobs.push(Job::Secret(address.clone(), Vec::new()));
                jobs.len() - 1
            })
        } else {
            let folder = address.folder_address();
            *folders.entry(folder.clone()).or_insert_with(|| {
                jobs.push(Job::Folder(folder, Vec::new()));
                jobs.len() - 1
            })
        };
        let (Job::Folder(_, entries) | Job::Secret(_, entries)) = &mut jobs[job];
        entries.push(entry);
    }
    jobs
}

/// Tells whether an address means a value that no list shows.
pub(crate) fn needs_its_own_request(address: &SecretAddress) -> bool {
    address.version().is_some() || address.secret_type() != SecretType::Shared
}

#[cfg(test)]
mod tests {
    use secret_ref::FolderPath;

    use super::*;

    fn folder(path: &str) -> FolderAddress {
        FolderAddress::new("infisical", "prod", &FolderPath::parse(path).unwrap())
    }

    #[test]
    fn one_address_is_looked_up_by_name_however_often_it_is_asked_for() {
        let address = folder("/a").secret("K");
        let expected = Job::Secret(address.clone(), vec![0, 1]);
        assert_eq!(plan(&[address.clone(), address]), [expected]);
    }

    #[test]
    fn a_name_too_long_for_a_path_is_found_in_a_list() {
        let address = folder("/a").secret(&"N".repeat(101));
        assert_eq!(plan(&[address]), [Job::Folder(folder("/a"), vec![0])]);
    }

    #[test]
    fn each_folder_is_listed_once_in_the_order_it_appears() {
        let (a, b) = (folder("/a"), folder("/b"));
        let asked = [a.secret("1"), b.secret("1"), a.secret("2"), a.secret("1")];
        let expected = [Job::Folder(a, vec![0, 2, 3]), Job::Folder(b, vec![1])];
        assert_eq!(plan(&asked), expected);
    }

    #[test]
    fn versions_and_personal_values_have_requests_of_their_own() {
        let current = folder("/a").secret("K");
        let first = current.clone().with_version(1.try_into().unwrap());
        let personal = current.clone().with_type(SecretType::Personal);
        let asked = [current, first.clone(), personal.clone(), first.clone()];
        let expected = [
            Job::Folder(folder("/a"), vec![0]),
            Job::Secret(first, vec![1, 3]),
            Job::Secret(personal, vec![2]),
        ];
        assert_eq!(plan(&asked), expected);
    }

    #[test]
    fn nothing_takes_no_request() {
        assert_eq!(plan(&[]), []);
    }
}
