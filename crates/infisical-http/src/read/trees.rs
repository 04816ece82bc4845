//! [`trees`]: where one recursive list stands in for many lists of one folder.

use std::collections::BTreeMap;

use secret_ref::FolderPath;
use secret_source::FolderAddress;

use crate::read::batch::Job;

/// How many folders of one environment are read one by one, while the budget lasts.
///
/// A recursive list may carry many secrets that nobody asked for, and folders whose keys are imported
/// have to be read again. Up to about the number of lists on the wire at a time, single lists take no
/// longer than the tree and transfer less.
const MOST_SINGLE_LISTS: usize = 8;

/// How many are renewed one by one, each by asking whether it has changed: a recursive list cannot be asked that. Beyond
/// it the requests weigh more than what they save.
const MOST_RENEWED_LISTS: usize = 50;

/// Says whether lists are likely to be what they were.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Occasion {
    /// Nothing is known.
    LookUp,
    /// What was read before is asked for again.
    Renewal,
}

impl Occasion {
    fn most_single_lists(self) -> usize {
        match self {
            Self::LookUp => MOST_SINGLE_LISTS,
            Self::Renewal => MOST_RENEWED_LISTS,
        }
    }
}

/// A folder to read with all below it, and the jobs that this may answer.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Tree {
    pub(crate) root: FolderAddress,
    /// Positions in the plan of the batch.
    pub(crate) jobs: Vec<usize>,
}

/// Chooses what to read recursively, given how many requests are left in the present minute.
///
/// The folders of one project and environment are read from their nearest common ancestor where there are
/// more than are read one by one on this occasion, or where the whole batch would exceed what is left.
pub(crate) fn trees(jobs: &[Job], left: usize, occasion: Occasion) -> Vec<Tree> {
    let mut environments: BTreeMap<(Option<&str>, &str), Vec<usize>> = BTreeMap::new();
    for (number, job) in jobs.iter().enumerate() {
        if let Job::Folder(folder, _) = job {
            let environment = (folder.project(), folder.environment());
            environments.entry(environment).or_default().push(number);
        }
    }
    let is_tight = jobs.len() > left;
    let most = occasion.most_single_lists();
    let worth = |jobs: &Vec<usize>| jobs.len() > most || (is_tight && jobs.len() > 1);
    environments
        .into_values()
        .filter(worth)
        .filter_map(|numbers| Tree::of(numbers, jobs))
        .collect()
}

/// Divides a tree that cannot be read as a whole, by the folders right below its root.
///
/// Folders that are left alone by that are in none of the smaller trees, nor are so few that they are better
/// read one by one.
pub(crate) fn smaller_trees(tree: &Tree, numbers: Vec<usize>, jobs: &[Job]) -> Vec<Tree> {
    if numbers.len() <= MOST_SINGLE_LISTS {
        return Vec::new();
    }
    let depth = segments(tree.root.path()).count();
    let mut branches: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for number in numbers {
        if let Job::Folder(folder, _) = &jobs[number]
            && let Some(branch) = segments(folder.path()).nth(depth)
        {
            branches.entry(branch).or_default().push(number);
        }
    }
    branches
        .into_values()
        .filter(|numbers| numbers.len() > 1)
        .filter_map(|numbers| Tree::of(numbers, jobs))
        .collect()
}

impl Tree {
    fn of(numbers: Vec<usize>, jobs: &[Job]) -> Option<Self> {
        let folders = numbers.iter().filter_map(|number| match &jobs[*number] {
            Job::Folder(folder, _) => Some(folder),
            Job::Secret(..) => None,
        });
        Some(Self {
            root: common_ancestor(folders)?,
            jobs: numbers,
        })
    }
}

fn common_ancestor<'a>(
    mut folders: impl Iterator<Item = &'a FolderAddress>,
) -> Option<FolderAddress> {
    let first = folders.next()?;
    let mut shared: Vec<&str> = segments(first.path()).collect();
    for folder in folders {
        let same = shared
            .iter()
            .zip(segments(folder.path()))
            .take_while(|(ours, theirs)| **ours == *theirs)
            .count();
        shared.truncate(same);
    }
    let path =
        FolderPath::parse(&format!("/{}", shared.join("/"))).unwrap_or_else(|_| FolderPath::root());
    let root = FolderAddress::new(first.scheme(), first.environment(), &path);
    Some(match first.project() {
        Some(project) => root.with_project(project),
        None => root,
    })
}

/// Returns the names in the path of a folder, from the root down.
pub(crate) fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter(|segment| !segment.is_empty())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use secret_source::SecretAddress;

    use super::*;
    use crate::read::batch::plan;

    fn folder(environment: &str, path: &str) -> FolderAddress {
        FolderAddress::new("infisical", environment, &FolderPath::parse(path).unwrap())
    }

    fn jobs(paths: &[String]) -> Vec<Job> {
        let keys = paths.iter().map(|path| folder("dev", path).secret("K"));
        plan(&keys.collect::<Vec<_>>())
    }

    fn numbered(prefix: &str, count: usize) -> Vec<String> {
        (0..count)
            .map(|number| format!("{prefix}/f{number}"))
            .collect()
    }

    #[test]
    fn few_folders_within_the_budget_are_read_one_by_one() {
        assert_eq!(trees(&jobs(&numbered("/a", 8)), 100, Occasion::LookUp), []);
    }

    #[test]
    fn what_was_read_before_is_asked_for_folder_by_folder_while_the_budget_lasts() {
        let renewed =
            |count, left| trees(&jobs(&numbered("/a", count)), left, Occasion::Renewal).len();
        assert_eq!(
            [renewed(50, 100), renewed(51, 100), renewed(50, 49)],
            [0, 1, 1]
        );
    }

    #[test]
    fn many_folders_are_read_from_their_nearest_common_ancestor() {
        let chosen = trees(&jobs(&numbered("/a/b", 9)), 100, Occasion::LookUp);
        assert_eq!(chosen.len(), 1);
        assert_eq!(chosen[0].root, folder("dev", "/a/b"));
        assert_eq!(chosen[0].jobs, (0..9).collect::<Vec<_>>());
    }

    #[test]
    fn a_tree_is_divided_by_the_folders_right_below_its_root() {
        let mut paths = numbered("/a/one", 5);
        paths.extend(numbered("/a/two/deep", 4));
        paths.extend(["/a/three/alone".to_owned(), "/a".to_owned()]);
        let jobs = jobs(&paths);
        let [tree] = &trees(&jobs, 100, Occasion::LookUp)[..] else {
            panic!("one tree")
        };
        let roots = |numbers| {
            let smaller = smaller_trees(tree, numbers, &jobs);
            let shown = smaller
                .into_iter()
                .map(|tree| (tree.root.path().to_owned(), tree.jobs));
            shown.collect::<Vec<_>>()
        };
        assert_eq!(
            roots((0..paths.len()).collect()),
            [
                ("/a/one".to_owned(), (0..5).collect()),
                ("/a/two/deep".to_owned(), (5..9).collect::<Vec<_>>()),
            ]
        );
        assert_eq!(roots((0..8).collect()), [], "few are read one by one");
    }

    #[test]
    fn a_common_ancestor_is_one_of_whole_names() {
        let paths = ["/shared/db".to_owned(), "/sha/db".to_owned()];
        assert_eq!(
            trees(&jobs(&paths), 1, Occasion::LookUp)[0].root,
            folder("dev", "/")
        );
    }

    #[test]
    fn two_folders_are_worth_it_when_the_budget_is_spent() {
        let jobs = jobs(&numbered("/a", 2));
        assert_eq!(trees(&jobs, 2, Occasion::LookUp), []);
        assert_eq!(trees(&jobs, 1, Occasion::LookUp).len(), 1);
    }

    #[test]
    fn environments_and_projects_have_trees_of_their_own() {
        let mut asked: Vec<SecretAddress> = Vec::new();
        for path in numbered("/a", 9) {
            asked.push(folder("dev", &path).secret("K"));
            asked.push(folder("prod", &path).secret("K"));
            asked.push(folder("dev", &path).with_project("other").secret("K"));
        }
        let chosen = trees(&plan(&asked), 100, Occasion::LookUp);
        assert_eq!(chosen.len(), 3);
        assert!(chosen.iter().all(|tree| tree.jobs.len() == 9));
    }

    #[test]
    fn whatever_is_asked_every_job_is_in_one_tree_at_most_and_below_its_root() {
        let mut rng = fastrand::Rng::with_seed(3);
        for _ in 0..500 {
            let mut asked = Vec::new();
            for _ in 0..rng.usize(0..40) {
                let depth = rng.usize(0..4);
                let path: String = (0..depth).map(|_| format!("/{}", rng.u8(0..3))).collect();
                let path = if path.is_empty() {
                    "/".to_owned()
                } else {
                    path
                };
                let environment = if rng.bool() { "dev" } else { "prod" };
                asked.push(folder(environment, &path).secret(&format!("K{}", rng.u8(0..3))));
            }
            let jobs = plan(&asked);
            let answered: Vec<usize> = jobs.iter().flat_map(|job| job.entries().to_vec()).collect();
            let distinct: BTreeSet<usize> = answered.iter().copied().collect();
            assert_eq!((answered.len(), distinct.len()), (asked.len(), asked.len()));
            let mut seen = BTreeSet::new();
            for tree in trees(&jobs, rng.usize(0..20), Occasion::LookUp) {
                let root = FolderPath::parse(tree.root.path()).unwrap();
                for number in tree.jobs {
                    assert!(seen.insert(number), "{number} is in two trees");
                    let folder = jobs[number].folder();
                    assert_eq!(folder.environment(), tree.root.environment());
                    assert!(FolderPath::parse(folder.path()).unwrap().starts_with(&root));
                }
            }
        }
    }
}
