//! Transforms of lengths whose prime factors are small, of as many rows as a vector has lanes: Cooley and Tukey's, decimated in time, in place.
//! Numbers come to where the first pass wants them when they are put into the block.
#![expect(unsafe_code, reason = "passes over a block by pointers")]

use super::butterfly::{Complexes, butterfly};
use super::lanes::{Rows, Work};
use super::plan::{Real, root};
use super::within::NEAR;

/// The radices, the last to be tried first.
const RADICES: [usize; 8] = [8, 4, 2, 3, 5, 7, 11, 13];

/// What is known of a length.
pub struct Mixed<T> {
    pub n: usize,
    /// Of each pass, the first first.
    radices: Vec<usize>,
    /// So many first passes do parts of so many elements, which stay in the first-level cache, one after the other; the rest the whole block.
    near: (usize, usize),
    /// Of each pass but the first, of each of its butterflies in turn: what its numbers but the first are multiplied by.
    twiddles: Vec<T>,
    /// Where the numbers go, and one more behind them.
    pub places: Vec<u32>,
}

/// The factors of a length that passes have; `None` if there are others.
pub fn radices(n: usize) -> Option<Vec<usize>> {
    let mut rest = n;
    let mut found = Vec::new();
    for r in RADICES {
        while rest.is_multiple_of(r) {
            // 4 * 4 rather than 8 * 2.
            let r = if r == 8 && rest.trailing_zeros() == 4 { 4 } else { r };
            found.push(r);
            rest /= r;
        }
    }
    // Places are counted in 32 bits.
    (rest == 1 && n > 0 && u32::try_from(n).is_ok()).then_some(found)
}

impl<T: Real> Mixed<T> {
    /// For vectors of so many lanes. `None` if the length has large prime factors.
    pub fn new(n: usize, lanes: usize) -> Option<Mixed<T>> {
        let radices = radices(n)?;
        let mut near = (0, 1);
        for r in &radices {
            if 2 * lanes * size_of::<T>() * near.1 * r > NEAR {
                break;
            }
            near = (near.0 + 1, near.1 * r);
        }
        let mut twiddles = Vec::new();
        let mut places = vec![0u32];
        let mut m = 1;
        for &r in &radices {
            let l = m * r;
            if m > 1 {
                for p in 0..m {
                    for j in 1..r {
                        let w = root::<T>(p * j, l);
                        twiddles.extend([w.re, w.im]);
                    }
                }
            }
            m = l;
        }
        // Number `i` is `j + r i'`, the `j`-th of the last pass; `i'` is a number of the passes before.
        let mut m = 1;
        for &r in &radices {
            places = (0..m * r).map(|i| (i % r * m) as u32 + places[i / r]).collect();
            m *= r;
        }
        places.push(n as u32);
        Some(Mixed { n, radices, near, twiddles, places })
    }
}

/// Transforms a block in place.
pub struct Passes<'a, T> {
    pub mixed: &'a Mixed<T>,
    /// Valid for `2 n` vectors, and nobody else's.
    pub block: *mut T,
}

impl<T: Real> Work<T> for Passes<'_, T> {
    /// # Safety
    /// The block is as it says, for vectors of the lanes that the plan was made for.
    #[inline(always)]
    unsafe fn run<V: Rows<Elem = T>>(self) {
        let Mixed { n, radices, near: (first, part), twiddles, .. } = self.mixed;
        let (mut m, mut from) = (1, 0);
        for (part, radices) in [(*part, &radices[..*first]), (*n, &radices[*first..])] {
            let before = (m, from);
            let mut start = 0;
            while start < *n && !radices.is_empty() {
                (m, from) = before;
                for &r in radices {
                    // SAFETY: the part lies in the block, which the contract gives; the plan has twiddles for each pass.
                    let (at, w) = unsafe { (self.block.add(2 * V::LANES * start), twiddles.as_ptr().add(from)) };
                    macro_rules! pass {
                        ($($radix:literal)*) => {
                            match (r, m == 1) {
                                // SAFETY: as above.
                                $(($radix, true) => unsafe { pass::<V, $radix, false>(at, part, m, w) },
                                // SAFETY: as above.
                                ($radix, false) => unsafe { pass::<V, $radix, true>(at, part, m, w) },)*
                                _ => unreachable!("a pass of radix {r}"),
                            }
                        };
                    }
                    pass!(2 3 4 5 7 8 11 13);
                    if m > 1 {
                        from += 2 * m * (r - 1);
                    }
                    m *= r;
                }
                start += part;
            }
        }
    }
}

/// One pass, after passes whose radices have the product `m`.
///
/// # Safety
/// The block has `n` elements, nobody else's; there are twiddles for each of the butterflies.
#[inline(always)]
#[expect(clippy::needless_range_loop, reason = "unrolled into registers")]
unsafe fn pass<V: Rows, const R: usize, const TURNED: bool>(
    block: *mut V::Elem,
    n: usize,
    m: usize,
    twiddles: *const V::Elem,
) {
    let step = 2 * V::LANES;
    // Not by `step_by`, which divides: that takes as long as a short pass.
    let mut b = 0;
    while b < n {
        for p in 0..m {
            // SAFETY: elements `b + p + j m` of the block, two vectors each; twiddles of each `p`.
            unsafe {
                let at = block.add((b + p) * step);
                let w = twiddles.add(2 * (R - 1) * p);
                let zero = V::of(0.0);
                let mut x = [Complexes { re: zero, im: zero }; R];
                for j in 0..R {
                    let from = at.add(j * m * step);
                    x[j] = Complexes { re: V::load(from), im: V::load(from.add(V::LANES)) };
                    if TURNED && j > 0 {
                        let w = w.add(2 * (j - 1));
                        x[j] = x[j].times(Complexes { re: V::splat(*w), im: V::splat(*w.add(1)) });
                    }
                }
                let y = butterfly::<V, R>(x);
                for j in 0..R {
                    let to = at.add(j * m * step);
                    y[j].re.store(to);
                    y[j].im.store(to.add(V::LANES));
                }
            }
        }
        b += m * R;
    }
}
