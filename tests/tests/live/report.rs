//! What came of a run.

use std::cmp::Reverse;
use std::fmt;

use infisical_fake::Era;

use crate::compare::Difference;
use crate::scene::Outcome;

/// What came of a run: each check, what differs from each era, and whether anything is left behind. It holds
/// no value.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) calls: usize,
    pub(crate) checks: Vec<(&'static str, Outcome)>,
    pub(crate) eras: Vec<(Era, Vec<Difference>)>,
    /// What kept the calls from being compared.
    pub(crate) trouble: Option<String>,
    pub(crate) clean_up: Outcome,
}

impl Report {
    /// Counts the differences from an era.
    pub(crate) fn differences(&self, era: Era) -> Option<usize> {
        let mut eras = self.eras.iter();
        eras.find(|(known, _)| *known == era)
            .map(|(_, found)| found.len())
    }

    /// Counts the differences from the nearest era.
    pub(crate) fn nearest(&self) -> Option<usize> {
        self.eras.iter().map(|(_, found)| found.len()).min()
    }

    /// Tells whether the client did right, and everything was compared and cleaned up.
    pub(crate) fn is_content(&self) -> bool {
        let all_hold = self.checks.iter().all(|(_, outcome)| outcome.is_ok());
        all_hold && self.trouble.is_none() && self.clean_up.is_ok()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let failed = self.checks.iter().filter(|(_, outcome)| outcome.is_err());
        let (failed, all) = (failed.count(), self.checks.len());
        writeln!(f, "the client: {failed} of {all} checks fail")?;
        for (name, outcome) in &self.checks {
            match outcome {
                Ok(()) => writeln!(f, "  ok    {name}")?,
                Err(why) => writeln!(f, "  FAIL  {name}: {why}")?,
            }
        }
        // The nearest era comes last, where a terminal shows it.
        let mut eras: Vec<_> = self.eras.iter().collect();
        eras.sort_by_key(|(_, found)| Reverse(found.len()));
        for (era, found) in eras {
            let calls = self.calls;
            writeln!(
                f,
                "compared with {era}: {} of {calls} calls differ",
                found.len()
            )?;
            for difference in found {
                writeln!(f, "  {difference}")?;
            }
        }
        if let Some(trouble) = &self.trouble {
            writeln!(f, "not compared: {trouble}")?;
        }
        match &self.clean_up {
            Ok(()) => write!(f, "cleaned up: nothing is left behind"),
            Err(why) => write!(f, "NOT CLEANED UP: {why}"),
        }
    }
}
