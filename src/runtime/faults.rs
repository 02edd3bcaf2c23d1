//! What is said when something went wrong: the flags say whether to look, the conditions of `graph::faults` what it was.

use super::compute;
use crate::error::Result;
use crate::graph::NodeRef;
use crate::graph::faults::{Suspect, suspects};
use crate::ops::fault::{Fault, Faults};
use std::sync::atomic::{AtomicU64, Ordering};

/// Conditions that are computed in one plan: long lists are cut, so that no plan becomes too big to compile.
const TOGETHER: usize = 128;

/// How often flags have made us look.
static LOOKS: AtomicU64 = AtomicU64::new(0);

/// Something that went wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// NumPy's name of the operation.
    pub name: &'static str,
    /// The kind.
    pub fault: Fault,
    /// All kinds of the operation, by NumPy's numbers.
    pub status: u8,
}

/// How often flags have made [`find`] look.
pub fn looks() -> u64 {
    LOOKS.load(Ordering::Relaxed)
}

/// What of these kinds went wrong below the nodes: in the order of the operations, each kind of an operation's name once.
/// Computes the operations again, but only those that can have gone wrong so, and what they need.
///
/// # Errors
/// As [`compute::compute`].
pub fn find(nodes: &[&NodeRef], kinds: Faults, interrupted: &dyn Fn() -> bool) -> Result<Vec<Found>> {
    LOOKS.fetch_add(1, Ordering::Relaxed);
    let suspects = suspects(nodes, kinds)?;
    let mut guilty: Vec<&Suspect> = Vec::new();
    for some in suspects.chunks(TOGETHER) {
        let conditions: Vec<&NodeRef> = some.iter().map(|s| &s.condition).collect();
        let answers = compute::compute(&conditions, interrupted)?;
        guilty.extend(some.iter().zip(&answers).filter(|(_, a)| a.element(&[]).to_i128() != 0).map(|(s, _)| s));
    }
    guilty.sort_by_key(|s| (s.at, s.fault));
    let mut found: Vec<Found> = Vec::new();
    for s in &guilty {
        if !found.iter().any(|f| f.name == s.name && f.fault == s.fault) {
            let status =
                guilty.iter().filter(|g| g.at == s.at && g.name == s.name).fold(0, |n, g| n | g.fault.number());
            found.push(Found { name: s.name, fault: s.fault, status });
        }
    }
    Ok(found)
}
