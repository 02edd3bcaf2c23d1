//! One application of a scan's operation to many pairs: the ufunc's lowering, run by tile routines.
#![expect(unsafe_code, reason = "calls tile routines")]

use crate::dtype::{DType, Scalar};
use crate::error::{Error, Result};
use crate::kernels::tile::{cast, math, prim};
use crate::kernels::{TileFn, movement};
use crate::ops::expr::{Body, Op};
use crate::ops::ufunc::Ufunc;

/// Pairs that are taken at a time.
pub(super) const WIDTH: usize = 512;

/// Where a routine reads.
#[derive(Clone, Copy)]
enum Place {
    Before,
    Element,
    Slot(usize),
}

/// The operation as a list of routines.
pub(super) struct Step {
    /// Each with what it reads and the slot that it fills; the last fills none.
    calls: Vec<(TileFn, [Place; 3], usize)>,
    constants: Vec<(usize, Scalar)>,
    slots: usize,
}

/// Memory of a thread for the values between the routines of a step.
pub(super) struct Scratch(Vec<[u128; WIDTH]>);

impl Step {
    /// The operation on two elements of a type.
    ///
    /// # Errors
    /// `Error::Bug` where it does not take the type.
    pub(super) fn new(op: Ufunc, t: DType) -> Result<Step> {
        let bug = || Error::Bug(format!("no scan {} of {t}", op.row().name));
        let mut body = Body::default();
        let operands = [body.load(0, t), body.load(1, t)];
        let last = op.lower_into(&mut body, 0, &operands);
        let mut step = Step { calls: Vec::new(), constants: Vec::new(), slots: 0 };
        let mut places: Vec<Place> = Vec::with_capacity(body.insts().len());
        for inst in &body.insts()[..=last.index()] {
            let types: Vec<DType> = inst.args().iter().map(|&a| body.dtype(a)).collect();
            let routine = match inst.op {
                Op::Load(n) => {
                    places.push(if n == 0 { Place::Before } else { Place::Element });
                    continue;
                }
                Op::Const(value) => {
                    step.constants.push((step.slots, value));
                    places.push(Place::Slot(step.slots));
                    step.slots += 1;
                    continue;
                }
                Op::Prim(p) => prim(p, &types),
                Op::Math(f) => math(f, inst.dtype),
                Op::Cast => cast(types[0], inst.dtype),
                Op::Table(_) => None,
            };
            let mut ins = [Place::Before; 3];
            ins.iter_mut().zip(inst.args()).for_each(|(to, a)| *to = places[a.index()]);
            step.calls.push((routine.ok_or_else(bug)?, ins, step.slots));
            places.push(Place::Slot(step.slots));
            step.slots += 1;
        }
        if step.calls.is_empty() || body.dtype(last) != t { Err(bug()) } else { Ok(step) }
    }

    /// Memory for [`Step::apply`].
    pub(super) fn scratch(&self) -> Scratch {
        let slots = if self.calls.len() == 1 && self.constants.is_empty() { 0 } else { self.slots };
        let mut scratch = Scratch(vec![[0; WIDTH]; slots]);
        for (slot, value) in &self.constants {
            let to = scratch.0[*slot].as_mut_ptr().cast();
            // SAFETY: a slot takes `WIDTH` elements of any type.
            unsafe { movement::fill(value.dtype().size(), WIDTH, value.bytes().as_ptr(), to) };
        }
        scratch
    }

    /// Writes the operation of `n <= WIDTH` pairs to `out`.
    ///
    /// # Safety
    /// Each pointer covers `n` aligned elements of the step's type; `out` is one of the others or overlaps neither. The
    /// scratch memory is this step's.
    #[inline]
    pub(super) unsafe fn apply(&self, n: usize, before: *const u8, x: *const u8, out: *mut u8, scratch: &mut Scratch) {
        // SAFETY: a routine reads the operands or slots written before; only the last writes to `out`, whose elements have
        // the operands' size. A slot takes `WIDTH` elements of any type.
        unsafe {
            let base = scratch.0.as_mut_ptr();
            for (k, (routine, ins, slot)) in self.calls.iter().enumerate() {
                let ins = ins.map(|p| match p {
                    Place::Before => before,
                    Place::Element => x,
                    Place::Slot(s) => base.add(s).cast::<u8>().cast_const(),
                });
                let to = if k + 1 == self.calls.len() { out } else { base.add(*slot).cast() };
                routine(n, &ins, to);
            }
        }
    }
}
