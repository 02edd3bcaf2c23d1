//! Functions by pieces: a polynomial for each half of each binade, whose coefficients are looked up in registers.

use super::simd::Lanes;

/// The middle of each piece, the value there, and the coefficients of the powers of what an argument differs by: rows of sixteen pieces each.
///
/// A piece is found by the last four of the bits that tell an argument's binade and its half. Middles are chosen such that the values
/// there need no more bits than the format has (Gal 1986).
pub type Pieces<E> = [[E; 16]; 9];

/// The function at a positive `x`; `least` is an argument of the first piece, and so is all below.
///
/// The first coefficient's rounding is made up for, so that a piece without a value of its own (around zero) has the accuracy of the others.
#[inline(always)]
pub fn by_pieces<V: Lanes>(x: V, least: V, pieces: &Pieces<V::Elem>) -> V {
    let at_least = x.greater(least);
    let index = at_least.int_add(at_least).shr_exponent();
    let d = x - index.lookup(&pieces[0]);
    let mut tail = index.lookup(&pieces[8]);
    for row in pieces[3..8].iter().rev() {
        tail = tail.mul_add(d, index.lookup(row));
    }
    let (value, c1) = (index.lookup(&pieces[1]), index.lookup(&pieces[2]));
    let slope = d.mul_add(tail, c1);
    let lost = d.mul_add(tail, c1 - slope);
    d.mul_add(slope, d.mul_add(lost, value))
}
