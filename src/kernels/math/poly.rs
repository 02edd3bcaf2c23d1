//! Polynomials and error-free sums and products, on vectors.

use super::simd::{Float, Lanes};

/// `c[0] + c[1] x + ...`, given `xx = x * x`: the odd and the even terms in two chains, to halve the latency.
#[inline(always)]
pub fn poly<V: Lanes>(x: V, xx: V, c: &[V::Elem]) -> V {
    let n = c.len();
    if n < 4 {
        return horner(x, c);
    }
    let mut a = V::splat(c[n - 1]);
    let mut b = V::splat(c[n - 2]);
    let mut i = n - 2;
    while i >= 2 {
        a = a.mul_add(xx, V::splat(c[i - 1]));
        b = b.mul_add(xx, V::splat(c[i - 2]));
        i -= 2;
    }
    if i == 1 {
        // `a` runs over the even terms, and one is left.
        a = a.mul_add(xx, V::splat(c[0]));
        return b.mul_add(x, a);
    }
    a.mul_add(x, b)
}

/// The same in one chain.
#[inline(always)]
fn horner<V: Lanes>(x: V, c: &[V::Elem]) -> V {
    let last = c.len() - 1;
    horner_from(V::splat(c[last]), x, &c[..last])
}

/// The same, of which the first `n` terms are one chain: where they cancel much of what follows, fewer roundings are seen.
#[inline(always)]
pub fn poly_after<V: Lanes>(x: V, xx: V, c: &[V::Elem], n: usize) -> V {
    horner_from(poly(x, xx, &c[n..]), x, &c[..n])
}

/// `c[0] + c[1] x + ...`, and `rest` as the next coefficient.
#[inline(always)]
fn horner_from<V: Lanes>(rest: V, x: V, c: &[V::Elem]) -> V {
    let mut i = c.len();
    let mut sum = rest;
    while i > 0 {
        i -= 1;
        sum = sum.mul_add(x, V::splat(c[i]));
    }
    sum
}

/// `a + b` and its rounding error, if `|a| >= |b|` or `a == 0` (Dekker 1971).
#[inline(always)]
pub fn fast_two_sum<V: Lanes>(a: V, b: V) -> (V, V) {
    let sum = a + b;
    (sum, (a - sum) + b)
}

/// `a + b` and its rounding error (Knuth, TAOCP 2, 4.2.2).
#[inline(always)]
pub fn two_sum<V: Lanes>(a: V, b: V) -> (V, V) {
    let sum = a + b;
    let b_part = sum - a;
    (sum, (a - (sum - b_part)) + (b - b_part))
}

/// `whole + c f` and its rounding error; `whole` is larger than `c f`, or a multiple of the sum's last place, or 0.
#[inline(always)]
pub fn plus_multiple<V: Lanes>(whole: V, f: V, c: V) -> (V, V) {
    let sum = f.mul_add(c, whole);
    (sum, f.mul_add(c, whole - sum))
}

/// `a * b` and its rounding error.
#[inline(always)]
pub fn two_product<V: Lanes>(a: V, b: V) -> (V, V) {
    let product = a * b;
    (product, a.mul_sub(b, product))
}

/// `(n + n_low) / (d + d_low)` within a little more than half an ulp.
#[inline(always)]
pub fn quotient<V: Lanes>(n: V, n_low: V, d: V, d_low: V) -> V {
    let (q, q_low) = quotient_parts(n, n_low, d, d_low);
    q + q_low
}

/// The quotient and the correction that is still to be added to it.
#[inline(always)]
pub fn quotient_parts<V: Lanes>(n: V, n_low: V, d: V, d_low: V) -> (V, V) {
    let inverse = V::of(1.0) / d;
    let q = n * inverse;
    let rest = q.neg_mul_add(d, n) + q.neg_mul_add(d_low, n_low);
    (q, rest * inverse)
}

/// `1 / x` within 5.1 %, of a positive `x`: what is to scale a correction.
///
/// The bits of a float are nearly its logarithm; the constant balances the error.
#[inline(always)]
pub fn rough_reciprocal<V: Lanes>(x: V) -> V {
    V::bits(V::Elem::RECIPROCAL_BITS).int_sub(x)
}
