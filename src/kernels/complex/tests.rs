//! Complex functions: identities, branch cuts, the special values of C99 Annex G as NumPy has them.

use crate::dtype::{DType, Scalar};
use crate::kernels::tile::scalar_math;
use crate::ops::prim::MathFn;
use std::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI};

const INF: f64 = f64::INFINITY;
const NAN: f64 = f64::NAN;

fn call(f: MathFn, re: f64, im: f64) -> (f64, f64) {
    scalar_math(f, &[Scalar::from_complex(DType::C128, re, im)]).to_complex()
}

/// Equal to the bit, but for NaNs.
fn same(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || (a.is_nan() && b.is_nan())
}

fn near(a: f64, b: f64, ulp: f64) -> bool {
    same(a, b) || (a - b).abs() <= ulp * f64::EPSILON * b.abs()
}

#[test]
fn special_values_are_those_of_numpy() {
    let table = [
        (MathFn::Exp, (INF, INF), (INF, NAN)),
        (MathFn::Exp, (-INF, NAN), (0.0, 0.0)),
        (MathFn::Exp, (NAN, -0.0), (NAN, -0.0)),
        (MathFn::Exp, (0.0, INF), (NAN, NAN)),
        (MathFn::Log, (0.0, 0.0), (-INF, 0.0)),
        (MathFn::Log, (-0.0, 0.0), (-INF, PI)),
        (MathFn::Log, (-1.0, -0.0), (0.0, -PI)),
        (MathFn::Log, (NAN, -INF), (INF, NAN)),
        (MathFn::Sinh, (0.0, INF), (0.0, NAN)),
        (MathFn::Sinh, (INF, INF), (INF, NAN)),
        (MathFn::Cosh, (0.0, NAN), (NAN, 0.0)),
        (MathFn::Cosh, (-INF, 0.0), (INF, -0.0)),
        (MathFn::Tanh, (INF, NAN), (1.0, 0.0)),
        (MathFn::Tanh, (-INF, 2.0), (-1.0, -0.0)),
        (MathFn::Sin, (INF, -INF), (NAN, INF)),
        (MathFn::Cos, (INF, 0.0), (NAN, 0.0)),
        (MathFn::Arcsin, (INF, INF), (FRAC_PI_4, INF)),
        (MathFn::Arcsin, (2.0, -0.0), (FRAC_PI_2, -1.316_957_896_924_816_6)),
        (MathFn::Arccos, (-INF, INF), (3.0 * FRAC_PI_4, -INF)),
        (MathFn::Arccos, (0.0, NAN), (FRAC_PI_2, NAN)),
        (MathFn::Arccos, (1.0, 0.0), (0.0, -0.0)),
        (MathFn::Arccosh, (NAN, INF), (INF, NAN)),
        (MathFn::Arccosh, (-1.0, -0.0), (0.0, -PI)),
        (MathFn::Arcsinh, (NAN, 0.0), (NAN, 0.0)),
        (MathFn::Arctanh, (1.0, 0.0), (INF, 0.0)),
        (MathFn::Arctanh, (NAN, INF), (0.0, FRAC_PI_2)),
        (MathFn::Arctan, (0.0, 1.0), (0.0, INF)),
        (MathFn::Arctan, (INF, 1.0), (FRAC_PI_2, 0.0)),
        (MathFn::Expm1, (INF, 0.0), (INF, NAN)),
        (MathFn::Log1p, (-1.0, 0.0), (-INF, 0.0)),
    ];
    for (f, (re, im), expected) in table {
        let got = call(f, re, im);
        assert!(same(got.0, expected.0) && same(got.1, expected.1), "{} ({re}, {im}): {got:?}", f.name());
    }
}

#[test]
fn functions_undo_their_inverses() {
    let pairs = [
        (MathFn::Exp, MathFn::Log),
        (MathFn::Sin, MathFn::Arcsin),
        (MathFn::Cos, MathFn::Arccos),
        (MathFn::Tan, MathFn::Arctan),
        (MathFn::Sinh, MathFn::Arcsinh),
        (MathFn::Cosh, MathFn::Arccosh),
        (MathFn::Tanh, MathFn::Arctanh),
    ];
    for (f, inverse) in pairs {
        for i in 0..400 {
            let (re, im) = (f64::from(i % 20) * 0.37 - 3.6, f64::from(i / 20) * 0.41 - 4.0);
            let (a, b) = call(inverse, re, im);
            let (re2, im2) = call(f, a, b);
            let error = (re - re2).hypot(im - im2) / re.hypot(im);
            // The larger derivative met here is below 20.
            assert!(error < 64.0 * f64::EPSILON, "{} ({re}, {im}): {re2} {im2}", f.name());
        }
    }
}

#[test]
fn logarithms_keep_their_digits_near_the_unit_circle() {
    // |0.6 + 0.8 i|^2 - 1 is what rounding made of the parts.
    let (re, im) = (0.6f64, 0.8f64);
    let over = (re.mul_add(re, -0.36) - (0.36 - re * re)) + 0.0 * im;
    assert!(over.abs() < 1e-15);
    assert!(call(MathFn::Log, re, im).0.abs() < 1e-16);
    assert!(near(call(MathFn::Log, 1.0, 1e-9).0, 5e-19, 2.0));
    assert!(near(call(MathFn::Log1p, 1e-20, 0.0).0, 1e-20, 1.0));
}

#[test]
fn extremes_neither_overflow_nor_vanish() {
    assert!(near(call(MathFn::Log, 1.7e308, 1.7e308).0, 1.7e308f64.ln() + 0.5 * 2.0f64.ln(), 2.0));
    assert!(near(call(MathFn::Log, 5e-324, 0.0).0, 5e-324f64.ln(), 2.0));
    let (re, im) = call(MathFn::Exp, 710.0, 1.5);
    assert!(re.is_finite() && im.is_infinite() == (im > f64::MAX), "{re} {im}");
    assert_eq!(call(MathFn::Arcsinh, 1e200, 1e200).1, FRAC_PI_4);
    assert!(near(call(MathFn::Arctanh, 1e300, 1e300).1, FRAC_PI_2, 0.0));
}

#[test]
fn powers_square_for_small_integers() {
    let pow = |a: (f64, f64), b: (f64, f64)| {
        let z = |(re, im)| Scalar::from_complex(DType::C128, re, im);
        scalar_math(MathFn::Pow, &[z(a), z(b)]).to_complex()
    };
    assert_eq!(pow((2.0, 3.0), (2.0, 0.0)), (-5.0, 12.0));
    assert_eq!(pow((0.0, 1.0), (4.0, 0.0)), (1.0, 0.0));
    assert_eq!(pow((0.0, 2.0), (-2.0, 0.0)), (-0.25, 0.0));
    assert_eq!(pow((0.0, 0.0), (0.0, 0.0)), (1.0, 0.0));
    assert_eq!(pow((0.0, 0.0), (2.5, 1.0)), (0.0, 0.0));
    assert!(pow((0.0, 0.0), (-1.0, 0.0)).0.is_nan());
    let (re, im) = pow((1.0, 1.0), (0.5, 0.0));
    assert!(near(re, 1.098_684_113_467_81, 8.0) && near(im, 0.455_089_860_562_227_3, 8.0), "{re} {im}");
}

#[test]
fn complex64_rounds_complex128() {
    for f in MathFn::ALL.into_iter().filter(|f| f.takes_complex() && f.arity() == 1 && *f != MathFn::Exp2) {
        let z = Scalar::from_complex(DType::C64, 0.75, -0.5);
        let (re, im) = call(f, 0.75, -0.5);
        assert_eq!(scalar_math(f, &[z]), Scalar::from_complex(DType::C64, re, im), "{}", f.name());
    }
}
