//! Powers, as NumPy computes them: small integers by squaring, others through the logarithm.

use super::exponential::{exp, log};
use super::{C, narrow, wide};
use crate::kernels::tile::complex;
use crate::kernels::tile::number::{Complex, c};

/// `a` to the power `b`: the exponential of `b` times the logarithm of `a`.
fn general(a: C, b: C) -> C {
    exp(product(b, log(a)))
}

/// The product with the infinities of C99 Annex G.5.1: infinite where a factor is and the other is not zero.
fn product(a: C, b: C) -> C {
    let terms = [a.re * b.re, a.im * b.im, a.re * b.im, a.im * b.re];
    let plain = c(terms[0] - terms[1], terms[2] + terms[3]);
    if !(plain.re.is_nan() && plain.im.is_nan()) {
        return plain;
    }
    let infinite = |z: C| z.re.is_infinite() || z.im.is_infinite();
    // An infinity becomes a direction; a NaN beside one, a zero.
    let direction = |x: f64| if x.is_infinite() { 1.0f64.copysign(x) } else { 0.0f64.copysign(x) };
    let known = |x: f64| if x.is_nan() { 0.0f64.copysign(x) } else { x };
    let (of_a, of_b) = (infinite(a), infinite(b));
    if !(of_a || of_b || terms.iter().any(|t| t.is_infinite())) {
        return plain;
    }
    let a = if of_a { c(direction(a.re), direction(a.im)) } else { c(known(a.re), known(a.im)) };
    let b = if of_b { c(direction(b.re), direction(b.im)) } else { c(known(b.re), known(b.im)) };
    c(f64::INFINITY * (a.re * b.re - a.im * b.im), f64::INFINITY * (a.re * b.im + a.im * b.re))
}

macro_rules! pow {
    ($(#[doc = $doc:literal])* $name:ident, $t:ident, $general:expr) => {
        $(#[doc = $doc])*
        pub(super) fn $name(a: Complex<$t>, b: Complex<$t>) -> Complex<$t> {
            fn mul(a: Complex<$t>, b: Complex<$t>) -> Complex<$t> {
                c(a.re * b.re - a.im * b.im, a.re * b.im + a.im * b.re)
            }
            if b.re == 0.0 && b.im == 0.0 {
                return c(1.0, 0.0);
            }
            if a.re == 0.0 && a.im == 0.0 {
                return if b.re > 0.0 { c(0.0, 0.0) } else { c($t::NAN, $t::NAN) };
            }
            if b.im == 0.0 && b.re == b.re.trunc() && b.re.abs() < 100.0 {
                let n = b.re as i32;
                return match n {
                    1 => a,
                    2 => mul(a, a),
                    3 => mul(a, mul(a, a)),
                    _ => {
                        let (mut left, mut square, mut result) = (n.unsigned_abs(), a, c(1.0, 0.0));
                        loop {
                            if left & 1 != 0 {
                                result = mul(result, square);
                            }
                            left >>= 1;
                            if left == 0 {
                                break;
                            }
                            square = mul(square, square);
                        }
                        if n < 0 { complex::$t::div(c(1.0, 0.0), result) } else { result }
                    }
                };
            }
            $general(a, b)
        }
    };
}

pow!(
    /// `a` to the power `b`.
    pow_f32,
    f32,
    |a, b| narrow(general(wide(a), wide(b)))
);
pow!(
    /// `a` to the power `b`.
    pow_f64,
    f64,
    general
);
