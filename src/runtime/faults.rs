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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dtype::{DType, Scalar};
    use crate::graph::Node;
    use crate::graph::build::{self, Operand};
    use crate::kernels::flags;
    use crate::ops::ufunc::Ufunc;

    fn full(t: DType, value: f64) -> NodeRef {
        Node::constant(Scalar::from_f64(t, value), crate::array::Shape::from_slice(&[100]))
    }

    fn found(u: Ufunc, x: &[NodeRef]) -> Vec<(&'static str, Fault)> {
        let operands: Vec<Operand> = x.iter().cloned().map(Operand::Node).collect();
        let y = build::ufunc(u, &operands).unwrap().remove(0);
        find(&[&y], Faults::ALL, &|| false).unwrap().iter().map(|f| (f.name, f.fault)).collect()
    }

    #[test]
    fn values_tell_what_went_wrong() {
        let f = |x| full(DType::F64, x);
        assert_eq!(found(Ufunc::Divide, &[f(1.0), f(0.0)]), [("divide", Fault::Divide)]);
        assert_eq!(found(Ufunc::Divide, &[f(0.0), f(0.0)]), [("divide", Fault::Invalid)]);
        assert_eq!(found(Ufunc::Divide, &[f(1e300), f(1e-300)]), [("divide", Fault::Overflow)]);
        assert_eq!(found(Ufunc::Divide, &[f(f64::NAN), f(0.0)]), []);
        assert_eq!(found(Ufunc::Divide, &[f(f64::INFINITY), f(0.0)]), []);
        let i = |x| full(DType::I32, x);
        assert_eq!(found(Ufunc::Remainder, &[i(1.0), i(0.0)]), [("remainder", Fault::Divide)]);
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn flags_tell_when_to_look() {
        for (divisor, raised) in [(0.0, Faults::one(Fault::Divide)), (3.0, Faults::NONE)] {
            for t in [DType::F64, DType::I64] {
                let operands = [Operand::Node(full(t, 1.0)), Operand::Node(full(t, divisor))];
                let y = build::ufunc(Ufunc::FloorDivide, &operands).unwrap().remove(0);
                let (value, flags) = flags::watched(|| compute::compute(&[&y], &|| false));
                assert!(value.is_ok());
                assert_eq!(flags.and(Faults::one(Fault::Divide)), raised, "{t} by {divisor}");
            }
        }
    }
}
