//! Folds of tiles: values to states, states to one state, states to results.
//!
//! What a fold gives depends on the values and on the shape of the tile alone: sums use a fixed number of lanes and a
//! fixed tree, and no instruction set changes a bit.
#![expect(unsafe_code, reason = "reads tiles and states through the pointers of FoldFns")]

mod arg;
mod count;
mod extreme;
mod float;
pub mod lanes;
mod moments;
mod order;
mod simple;
#[cfg(test)]
mod tests;
mod vector;

use super::tile::isa::Isa;
use crate::array::Array;
use crate::dtype::{DType, Scalar};
use crate::ops::reduction::{Finish, Fold};

/// The routines of a fold for one element type. States are contiguous, `Fold::state_size` bytes each.
///
/// Safety, for all: pointers are aligned for the element type (states with more than one field to 8 bytes) and cover what
/// the counts say; outputs overlap no input.
#[derive(Debug)]
pub struct FoldFns {
    /// `k` rows of `m` contiguous elements each, one block, to `k` states; rows lie `apart` elements apart. `at` is the position of each row's first
    /// element within the reduction, `step` the distance between consecutive elements' positions ([`Fold::Argmin`] and
    /// [`Fold::Argmax`] use both). `m` is not 0 for folds without identity.
    pub rows: unsafe fn(k: usize, m: usize, apart: usize, x: *const u8, at: i64, step: i64, states: *mut u8),
    /// A block of `k` rows of `m`: each of the `m` columns' `k` elements to a state. Row `i` has position `at + i * step`.
    /// `k` is not 0 for folds without identity.
    pub cols: unsafe fn(k: usize, m: usize, apart: usize, x: *const u8, at: i64, step: i64, states: *mut u8),
    /// Of folds whose state is an element: as `cols`, of as many blocks of `k > 0` rows, a power of two up to [`MOST_BLOCKS`], whose states combine
    /// pairwise as [`FoldFns::combine`] combines them.
    pub trees: Option<TreesFn>,
    /// Each of `n` states of `acc` together with that of `new`, into `acc`; `acc_count` and `new_count` are how many
    /// elements each stands for. Positions in `acc` come before those in `new`.
    pub combine: unsafe fn(n: usize, acc: *mut u8, new: *const u8, acc_count: u64, new_count: u64),
    /// `n` states of `count` elements each to `n` results of type `Finish::dtype`.
    pub finish: unsafe fn(n: usize, states: *const u8, count: u64, finish: Finish, out: *mut u8),
    /// The state of nothing, `n` times. Not for folds without identity.
    pub empty: unsafe fn(n: usize, states: *mut u8),
}

/// See [`FoldFns::trees`].
pub type TreesFn = unsafe fn(blocks: usize, k: usize, m: usize, apart: usize, x: *const u8, states: *mut u8);

/// Blocks that [`FoldFns::trees`] takes at most.
pub const MOST_BLOCKS: usize = 8;

/// The routines, as a type: each is compiled per instruction set.
trait Routines {
    /// Whether there is a [`FoldFns::trees`].
    const TREES: bool = false;
    /// # Safety
    /// See [`FoldFns::trees`].
    unsafe fn trees(_: usize, _: usize, _: usize, _: usize, _: *const u8, _: *mut u8) {
        unreachable!("states that are no elements")
    }
    /// # Safety
    /// See [`FoldFns::rows`].
    unsafe fn rows(k: usize, m: usize, apart: usize, x: *const u8, at: i64, step: i64, states: *mut u8);
    /// # Safety
    /// See [`FoldFns::cols`].
    unsafe fn cols(k: usize, m: usize, apart: usize, x: *const u8, at: i64, step: i64, states: *mut u8);
    /// # Safety
    /// See [`FoldFns::combine`].
    unsafe fn combine(n: usize, acc: *mut u8, new: *const u8, acc_count: u64, new_count: u64);
    /// # Safety
    /// See [`FoldFns::finish`].
    unsafe fn finish(n: usize, states: *const u8, count: u64, finish: Finish, out: *mut u8);
    /// # Safety
    /// See [`FoldFns::empty`].
    unsafe fn empty(n: usize, states: *mut u8);
}

/// The tables of routines.
struct Tables<R>(std::marker::PhantomData<R>);

macro_rules! wide {
    ($name:ident($($p:ident : $t:ty),*)) => {
        /// # Safety
        /// See [`FoldFns`]; on a processor with these features.
        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx2,fma,bmi2,popcnt,f16c")]
        unsafe fn $name<R: Routines>($($p: $t),*) {
            // SAFETY: the caller's contract is the routine's.
            unsafe { R::$name($($p),*) }
        }
    };
}
wide!(rows(k: usize, m: usize, apart: usize, x: *const u8, at: i64, step: i64, states: *mut u8));
wide!(cols(k: usize, m: usize, apart: usize, x: *const u8, at: i64, step: i64, states: *mut u8));
wide!(trees(blocks: usize, k: usize, m: usize, apart: usize, x: *const u8, states: *mut u8));
wide!(combine(n: usize, acc: *mut u8, new: *const u8, acc_count: u64, new_count: u64));

impl<R: Routines> Tables<R> {
    const BASE: FoldFns = FoldFns {
        rows: R::rows,
        cols: R::cols,
        trees: if R::TREES { Some(R::trees) } else { None },
        combine: R::combine,
        finish: R::finish,
        empty: R::empty,
    };
    #[cfg(target_arch = "x86_64")]
    const WIDE: FoldFns = FoldFns {
        rows: rows::<R>,
        cols: cols::<R>,
        trees: if R::TREES { Some(trees::<R>) } else { None },
        combine: combine::<R>,
        finish: R::finish,
        empty: R::empty,
    };

    fn of(isa: Isa) -> &'static FoldFns
    where
        R: 'static,
    {
        match isa {
            Isa::Base => &Self::BASE,
            #[cfg(target_arch = "x86_64")]
            Isa::Avx2 | Isa::Avx512 => &Self::WIDE,
        }
    }
}

/// The routines of a fold over elements of a type; `None` where [`Fold::takes`] is false.
pub fn fold(f: Fold, t: DType) -> Option<&'static FoldFns> {
    fold_for(Isa::best(), f, t)
}

/// [`fold`] for a given instruction set.
fn fold_for(isa: Isa, f: Fold, t: DType) -> Option<&'static FoldFns> {
    if !f.takes(t) {
        return None;
    }
    Some(match f {
        Fold::Sum => simple::sum(isa, t),
        Fold::Prod => simple::prod(isa, t),
        Fold::Min => order::min(isa, t),
        Fold::Max => order::max(isa, t),
        Fold::Fmin => order::fmin(isa, t),
        Fold::Fmax => order::fmax(isa, t),
        Fold::And => simple::and(isa, t),
        Fold::Or => simple::or(isa, t),
        Fold::Xor => simple::xor(isa, t),
        Fold::Count => Tables::<count::Count>::of(isa),
        Fold::Argmin => arg::argmin(isa, t),
        Fold::Argmax => arg::argmax(isa, t),
        Fold::Moments => moments::moments(isa, t),
    })
}

/// The smallest and the largest element of contiguous integers, where there are some, but so few that one thread looks at them at once.
pub fn small_range(a: &Array) -> Option<[i128; 2]> {
    const FEW: usize = 1 << 14;
    let n = a.size();
    if !a.dtype().is_integer() || n == 0 || n > FEW || !a.is_c_contiguous() || !a.is_aligned() {
        return None;
    }
    let mut ends = [0; 2];
    for (end, f) in ends.iter_mut().zip([Fold::Min, Fold::Max]) {
        let fns = fold(f, a.dtype())?;
        let mut state = 0u128;
        // SAFETY: the array has `n` contiguous elements, aligned; an extreme's state is an element, for which 16 bytes are room.
        unsafe { (fns.rows)(1, n, n, a.data(), 0, 1, (&raw mut state).cast()) };
        *end = Scalar::from_bits(a.dtype(), state).to_i128();
    }
    Some(ends)
}

/// The state of one row of contiguous elements, positions from 0: a tile of any length, by value.
///
/// # Panics
/// If the fold does not take the type, or if it has no identity and there is no element.
pub fn fold_row(f: Fold, t: DType, elements: &[u8]) -> Vec<u8> {
    let n = elements.len() / t.size();
    assert!(n > 0 || f.has_identity(), "{} of nothing", f.name());
    let Some(fns) = fold(f, t) else { panic!("{} does not take {t}", f.name()) };
    // Copies in words that are aligned for every type.
    let mut words = vec![0u128; elements.len().div_ceil(16).max(1)];
    let mut state = vec![0u128; f.state_size(t).div_ceil(16)];
    // SAFETY: the copy covers `n` elements, the state its size, both aligned to 16 bytes; they are apart.
    unsafe {
        std::ptr::copy_nonoverlapping(elements.as_ptr(), words.as_mut_ptr().cast(), elements.len());
        (fns.rows)(1, n, n, words.as_ptr().cast(), 0, 1, state.as_mut_ptr().cast());
    }
    state.iter().flat_map(|word| word.to_le_bytes()).take(f.state_size(t)).collect()
}
