//! What every function must keep: C99's special values and flags, the same bits on each instruction set and at each
//! place of a tile, and an error under an ulp (of f32 against f64; `tests/accuracy` measures both against MPFR).
#![allow(clippy::excessive_precision, reason = "values are written as the format has them")]

use super::simd::Float;
use super::*;
use std::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI};

const INF: f64 = f64::INFINITY;
const NAN: f64 = f64::NAN;
const MAX: f64 = f64::MAX;

/// Runs one routine over whole slices.
fn run<T: Copy + Default>(routine: TileFn, x: &[T], y: &[T]) -> Vec<T> {
    let mut out = vec![T::default(); x.len()];
    assert_eq!(x.len(), y.len());
    let ins = [x.as_ptr().cast(), y.as_ptr().cast(), x.as_ptr().cast()];
    // SAFETY: all slices have one length, and `all_isas` gives what this processor has.
    unsafe { routine(x.len(), &ins, out.as_mut_ptr().cast()) };
    out
}

/// Bit patterns from a multiplicative generator (Lehmer, modulus 2^128; L'Ecuyer 1999).
struct Random(u128);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(0xda94_2042_e4dd_58b5);
        (self.0 >> 64) as u64
    }
    fn f64(&mut self) -> f64 {
        f64::from_bits(self.next())
    }
    /// A value of a size that functions are used at.
    fn moderate(&mut self) -> f64 {
        let exponent = self.next() % 16;
        let unit = (self.next() >> 11) as f64 / (1u64 << 52) as f64 - 1.0;
        unit * (1u64 << exponent) as f64 / 256.0
    }
}

fn samples(count: usize) -> (Vec<f64>, Vec<f64>) {
    let mut random = Random(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835);
    (0..count)
        .map(|i| if i % 2 == 0 { (random.f64(), random.f64()) } else { (random.moderate(), random.moderate()) })
        .unzip()
}

/// Equal bits; of NaN, equal is enough that both are.
fn same(a: f64, b: f64) -> bool {
    a.to_bits() == b.to_bits() || a.is_nan() && b.is_nan()
}

#[test]
fn special_values_are_those_of_c99() {
    use MathFn::*;
    let cases: &[(MathFn, &[(f64, f64)])] = &[
        (
            Exp,
            &[(0.0, 1.0), (-0.0, 1.0), (INF, INF), (-INF, 0.0), (800.0, INF), (-800.0, 0.0), (MAX, INF), (-MAX, 0.0)],
        ),
        (
            Exp2,
            &[(0.0, 1.0), (10.0, 1024.0), (-1074.0, 5e-324), (-1076.0, 0.0), (1024.0, INF), (INF, INF), (-INF, 0.0)],
        ),
        (Expm1, &[(0.0, 0.0), (-0.0, -0.0), (INF, INF), (-INF, -1.0), (-800.0, -1.0), (800.0, INF), (5e-324, 5e-324)]),
        (Log, &[(1.0, 0.0), (0.0, -INF), (-0.0, -INF), (INF, INF), (-1.0, NAN), (-INF, NAN), (-5e-324, NAN)]),
        (Log2, &[(1.0, 0.0), (8.0, 3.0), (0.0, -INF), (5e-324, -1074.0), (INF, INF), (-1.0, NAN)]),
        (Log10, &[(1.0, 0.0), (1000.0, 3.0), (0.0, -INF), (INF, INF), (-1.0, NAN)]),
        (Log1p, &[(0.0, 0.0), (-0.0, -0.0), (-1.0, -INF), (-2.0, NAN), (INF, INF), (-INF, NAN), (-5e-324, -5e-324)]),
        (Sin, &[(0.0, 0.0), (-0.0, -0.0), (INF, NAN), (-INF, NAN), (5e-324, 5e-324)]),
        (Cos, &[(0.0, 1.0), (-0.0, 1.0), (INF, NAN), (-INF, NAN), (5e-324, 1.0)]),
        (Tan, &[(0.0, 0.0), (-0.0, -0.0), (INF, NAN), (-INF, NAN), (5e-324, 5e-324)]),
        (Arcsin, &[(0.0, 0.0), (-0.0, -0.0), (1.0, FRAC_PI_2), (-1.0, -FRAC_PI_2), (1.5, NAN), (-INF, NAN)]),
        (Arccos, &[(1.0, 0.0), (-1.0, PI), (0.0, FRAC_PI_2), (1.5, NAN), (INF, NAN)]),
        (Arctan, &[(0.0, 0.0), (-0.0, -0.0), (INF, FRAC_PI_2), (-INF, -FRAC_PI_2), (MAX, FRAC_PI_2), (1.0, FRAC_PI_4)]),
        (Sinh, &[(0.0, 0.0), (-0.0, -0.0), (INF, INF), (-INF, -INF), (720.0, INF), (-720.0, -INF), (5e-324, 5e-324)]),
        (Cosh, &[(0.0, 1.0), (-0.0, 1.0), (INF, INF), (-INF, INF), (720.0, INF), (-720.0, INF)]),
        (Tanh, &[(0.0, 0.0), (-0.0, -0.0), (INF, 1.0), (-INF, -1.0), (MAX, 1.0), (-30.0, -1.0), (5e-324, 5e-324)]),
        (Arcsinh, &[(0.0, 0.0), (-0.0, -0.0), (INF, INF), (-INF, -INF), (-5e-324, -5e-324)]),
        (Arccosh, &[(1.0, 0.0), (INF, INF), (0.5, NAN), (-INF, NAN)]),
        (Arctanh, &[(0.0, 0.0), (-0.0, -0.0), (1.0, INF), (-1.0, -INF), (1.5, NAN), (-INF, NAN), (5e-324, 5e-324)]),
        (Cbrt, &[(0.0, 0.0), (-0.0, -0.0), (27.0, 3.0), (-8.0, -2.0), (INF, INF), (-INF, -INF)]),
        (Cube, &[(0.0, 0.0), (-0.0, -0.0), (-3.0, -27.0), (INF, INF), (-INF, -INF), (MAX, INF), (5e-324, 0.0)]),
        (Fourth, &[(0.0, 0.0), (-0.0, 0.0), (-3.0, 81.0), (INF, INF), (-INF, INF), (-MAX, INF), (5e-324, 0.0)]),
    ];
    for (f, values) in cases {
        for (x, expected) in values.iter().copied().chain([(NAN, NAN)]) {
            let got = scalar_f64(*f, x, x);
            assert!(same(got, expected), "{f:?}({x:e}) = {got:e}, not {expected:e}");
            if (x as f32) as f64 == x || x.is_nan() {
                let got = scalar_f32(*f, x as f32, x as f32);
                assert!(same(got as f64, (expected as f32) as f64), "{f:?}({x:e}f32) = {got:e}, not {expected:e}");
            }
        }
    }
}

#[test]
fn special_values_of_two_operands_are_those_of_c99() {
    use MathFn::*;
    let three_quarters = 3.0 * FRAC_PI_4;
    type Case = (f64, f64, f64);
    let cases: &[(MathFn, &[Case])] = &[
        (
            Pow,
            &[
                (0.0, -3.0, INF),
                (-0.0, -3.0, -INF),
                (0.0, -2.0, INF),
                (-0.0, -2.0, INF),
                (-0.0, -2.5, INF),
                (0.0, -INF, INF),
                (-0.0, 3.0, -0.0),
                (0.0, 3.0, 0.0),
                (-0.0, 2.0, 0.0),
                (-0.0, 0.5, 0.0),
                (-1.0, INF, 1.0),
                (-1.0, -INF, 1.0),
                (1.0, NAN, 1.0),
                (NAN, 0.0, 1.0),
                (NAN, -0.0, 1.0),
                (INF, 0.0, 1.0),
                (-2.0, 0.5, NAN),
                (0.5, -INF, INF),
                (2.0, -INF, 0.0),
                (0.5, INF, 0.0),
                (-2.0, INF, INF),
                (-INF, -3.0, -0.0),
                (-INF, -2.0, 0.0),
                (-INF, 3.0, -INF),
                (-INF, 2.5, INF),
                (INF, -1.0, 0.0),
                (INF, 1.0, INF),
                (NAN, 1.0, NAN),
                (2.0, NAN, NAN),
                (-2.0, 3.0, -8.0),
                (-2.0, 1e300, INF),
                (2.0, 1024.0, INF),
                (2.0, -1074.0, 5e-324),
                (-2.0, -1075.0, -0.0),
                (10.0, 2.0, 100.0),
                (5e-324, 1.0, 5e-324),
                (-MAX, 2.0, INF),
                (-2.0, 9007199254740993.0, INF),
                (-1.0, 1e300, 1.0),
                (-1.0, 3.0, -1.0),
            ],
        ),
        (
            Arctan2,
            &[
                (0.0, -0.0, PI),
                (-0.0, -0.0, -PI),
                (0.0, 0.0, 0.0),
                (-0.0, 0.0, -0.0),
                (0.0, -1.0, PI),
                (-0.0, 1.0, -0.0),
                (1.0, 0.0, FRAC_PI_2),
                (-1.0, -0.0, -FRAC_PI_2),
                (1.0, -INF, PI),
                (-1.0, INF, -0.0),
                (INF, 1.0, FRAC_PI_2),
                (-INF, -MAX, -FRAC_PI_2),
                (INF, -INF, three_quarters),
                (-INF, INF, -FRAC_PI_4),
                (NAN, 1.0, NAN),
                (1.0, NAN, NAN),
                (1.0, 1.0, FRAC_PI_4),
                (5e-324, -5e-324, three_quarters),
                (MAX, MAX, FRAC_PI_4),
                (5e-324, MAX, 0.0),
            ],
        ),
        (
            Hypot,
            &[
                (3.0, -4.0, 5.0),
                (INF, NAN, INF),
                (NAN, -INF, INF),
                (NAN, 1.0, NAN),
                (0.0, -0.0, 0.0),
                (-0.0, -2.0, 2.0),
                (MAX, MAX, INF),
                (5e-324, 0.0, 5e-324),
                (3e-320, 4e-320, 5e-320),
                (MAX, 1.0, MAX),
            ],
        ),
    ];
    for (f, values) in cases {
        for &(x, y, expected) in *values {
            let got = scalar_f64(*f, x, y);
            assert!(same(got, expected), "{f:?}({x:e}, {y:e}) = {got:e}, not {expected:e}");
        }
    }
}

#[test]
fn what_is_patched_is_what_the_slow_path_gives() {
    fn check<K: Kernel>(name: &str) -> usize {
        let values =
            [0.0, -0.0, 1.0, -1.0, -2.5, -3.0, 0.5, 2.0, -5e-324, 5e-324, MAX, -MAX, INF, -INF, NAN, 1e300, -7.0];
        let mut patched = 0;
        for (x, y) in values.iter().flat_map(|&x| values.map(|y| (x, y))) {
            let y = if K::BINARY { y } else { x };
            let (px, py) = (Portable([x]), Portable([y]));
            let (value, mask) = K::core(px, py);
            let (value, left, flags) = K::patch(px, py, value, mask);
            if mask.any() && !left.any() {
                let want = K::special(x, y);
                assert_eq!((value.0[0].to_bits(), flags), (want.0.to_bits(), want.1), "{name}({x:e}, {y:e})");
                patched += 1;
            }
        }
        patched
    }
    assert!(check::<super::log::Log>("log") > 5);
    assert!(check::<super::log::Log2>("log2") > 5);
    assert!(check::<super::log::Log10>("log10") > 5);
    assert!(check::<super::log::Log1p>("log1p") > 3);
    assert!(check::<super::pow::Pow>("pow") > 10);
    assert_eq!(check::<super::exp::Exp>("exp"), 0);
}

/// Elements of a table.
struct Looked;

impl Kernel for Looked {
    fn core<V: Lanes<Elem: Element>>(x: V, _y: V) -> (V, V) {
        let mut table = [V::Elem::of(0.0); 16];
        for (i, element) in table.iter_mut().enumerate() {
            *element = V::Elem::of(i as f64 * 1.5);
        }
        (x.lookup(&table), V::of(0.0))
    }
    fn special(x: f64, _y: f64) -> (f64, Flags) {
        (x, 0)
    }
}

#[test]
fn lookups_take_the_low_four_bits_of_each_lane() {
    // The last bits of 2^p + k are those of k.
    let places: Vec<u64> = (0..200).map(|i| i * 7 % 40).collect();
    let wide: Vec<f64> = places.iter().map(|&k| ((1u64 << 52) + k) as f64).collect();
    let narrow: Vec<f32> = places.iter().map(|&k| ((1u64 << 23) + k) as f32).collect();
    let mut routines: Vec<(TileFn, TileFn)> =
        vec![(portable::<Portable<f64, 2>, Looked>, portable::<Portable<f32, 4>, Looked>)];
    #[cfg(target_arch = "x86_64")]
    for isa in all_isas() {
        match isa.name {
            "avx512" => routines
                .push((avx512::<simd::Pair<simd::Avx512F64>, Looked>, avx512::<simd::Pair<simd::Avx512F32>, Looked>)),
            "avx2" => {
                routines.push((avx2::<simd::Pair<simd::Avx2F64>, Looked>, avx2::<simd::Pair<simd::Avx2F32>, Looked>))
            }
            _ => {}
        }
    }
    for (f64s, f32s) in routines {
        let (wide, narrow) = (run(f64s, &wide, &wide), run(f32s, &narrow, &narrow));
        for (i, k) in places.iter().enumerate() {
            let expected = (k % 16) as f64 * 1.5;
            assert_eq!((wide[i], f64::from(narrow[i])), (expected, expected), "element {i}");
        }
    }
}

#[test]
fn instruction_sets_agree_to_the_bit() {
    let isas = all_isas();
    let (x, y) = samples(if cfg!(debug_assertions) { 2000 } else { 50_000 });
    let (x_narrow, y_narrow): (Vec<f32>, Vec<f32>) = x.iter().zip(&y).map(|(x, y)| (f32_of(*x), f32_of(*y))).unzip();
    for f in MathFn::ALL {
        let wide: Vec<_> = isas.iter().map(|isa| run((isa.f64)(f), &x, &y)).collect();
        let narrow: Vec<_> = isas.iter().map(|isa| run((isa.f32)(f), &x_narrow, &y_narrow)).collect();
        for i in 0..x.len() {
            for j in 1..isas.len() {
                assert_eq!(
                    wide[0][i].to_bits(),
                    wide[j][i].to_bits(),
                    "{f:?}({:e}, {:e}) on {}",
                    x[i],
                    y[i],
                    isas[j].name
                );
                let (a, b) = (narrow[0][i], narrow[j][i]);
                assert_eq!(
                    a.to_bits(),
                    b.to_bits(),
                    "{f:?}({:e}, {:e}) f32 on {}",
                    x_narrow[i],
                    y_narrow[i],
                    isas[j].name
                );
            }
        }
    }
}

/// Half of the patterns as they are, the rest in range.
fn f32_of(x: f64) -> f32 {
    if x.abs() < 1e3 && x.abs() > 1e-3 { x as f32 } else { f32::from_bits((x.to_bits() >> 32) as u32) }
}

#[test]
fn place_and_length_do_not_change_a_bit() {
    let (x, y) = samples(67);
    for f in MathFn::ALL {
        for isa in all_isas() {
            let whole = run((isa.f64)(f), &x, &y);
            for start in 0..9 {
                for length in 0..=18 {
                    let end = start + length;
                    let part = run((isa.f64)(f), &x[start..end], &y[start..end]);
                    assert!(
                        part.iter().zip(&whole[start..end]).all(|(a, b)| a.to_bits() == b.to_bits()),
                        "{f:?} {start} {length}"
                    );
                }
            }
        }
    }
}

#[test]
fn result_may_replace_an_operand() {
    let (x, y) = samples(37);
    for f in MathFn::ALL {
        let apart = run(lookup_f64(f), &x, &y);
        for place in 0..2 {
            let (mut a, mut b) = (x.clone(), y.clone());
            let (a_at, b_at) = (a.as_mut_ptr(), b.as_mut_ptr());
            let out = if place == 0 { a_at } else { b_at };
            if place == 1 && f.arity() == 1 {
                continue;
            }
            // SAFETY: three operands of 37 elements, the result exactly over one.
            unsafe { lookup_f64(f)(37, &[a_at.cast(), b_at.cast(), a_at.cast()], out.cast()) };
            let got = if place == 0 { &a } else { &b };
            assert!(got.iter().zip(&apart).all(|(a, b)| a.to_bits() == b.to_bits()), "{f:?} over operand {place}");
        }
    }
}

/// The error of an f32 in ulp of the exact value, which f64 stands for.
fn f32_error(got: f32, exact: f64) -> f64 {
    if got.is_nan() || exact.is_nan() || exact.is_infinite() {
        return if same(f64::from(got), exact) { 0.0 } else { INF };
    }
    // Infinity stands for the power of two after the largest number.
    let got = if got.is_infinite() { 2f64.powi(128).copysign(f64::from(got)) } else { f64::from(got) };
    let exact = if exact.abs() > 2f64.powi(128) { 2f64.powi(128).copysign(exact) } else { exact };
    let exponent = (exact.to_bits() >> 52 & 0x7ff) as i32 - 1023;
    (got - exact).abs() / 2f64.powi((exponent - 23).clamp(-149, 104))
}

fn assert_f32_is_within_an_ulp(f: MathFn, x: &[f32], y: &[f32]) {
    let wide = |values: &[f32]| values.iter().map(|v| f64::from(*v)).collect::<Vec<_>>();
    let got = run(lookup_f32(f), x, y);
    let exact = run(lookup_f64(f), &wide(x), &wide(y));
    for i in 0..x.len() {
        let error = f32_error(got[i], exact[i]);
        assert!(error <= 1.0, "{f:?}({:e}, {:e}) = {:e}, not {:e}: {error} ulp", x[i], y[i], got[i], exact[i]);
    }
}

#[test]
fn f32_is_within_an_ulp_of_f64() {
    let (x, y) = samples(if cfg!(debug_assertions) { 20_000 } else { 500_000 });
    let (x, y): (Vec<f32>, Vec<f32>) = x.iter().zip(&y).map(|(x, y)| (f32_of(*x), f32_of(*y))).unzip();
    for f in MathFn::ALL {
        assert_f32_is_within_an_ulp(f, &x, &y);
    }
}

#[test]
#[ignore = "every f32: half an hour in release mode"]
fn every_f32_is_within_an_ulp_of_f64() {
    for f in MathFn::ALL.into_iter().filter(|f| f.arity() == 1) {
        for block in 0..1u32 << 16 {
            let x: Vec<f32> = (0..1u32 << 16).map(|i| f32::from_bits(block << 16 | i)).collect();
            assert_f32_is_within_an_ulp(f, &x, &x);
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod flags {
    use super::*;
    use std::arch::asm;

    const DIVIDE: u32 = 4;
    const INVALID: u32 = 1;
    const OVERFLOW: u32 = 8;

    /// The flags that a call leaves when it finds `before`.
    fn raised(routine: TileFn, x: f64, y: f64, narrow: bool, before: u32) -> u32 {
        let (xs, ys) = ([x; 9], [y; 9]);
        let (xs_narrow, ys_narrow) = (xs.map(|x| x as f32), ys.map(|y| y as f32));
        let mut out = [0f64; 9];
        let (x_at, y_at): (*const u8, *const u8) = if narrow {
            (xs_narrow.as_ptr().cast(), ys_narrow.as_ptr().cast())
        } else {
            (xs.as_ptr().cast(), ys.as_ptr().cast())
        };
        let ins = [x_at, y_at, x_at];
        let set = 0x1f80 | before;
        let mut status = 0u32;
        // SAFETY: sets the default controls with the flags asked for.
        unsafe { asm!("ldmxcsr [{}]", in(reg) &raw const set, options(nostack)) };
        // SAFETY: nine elements behind each pointer.
        unsafe { routine(9, &ins, out.as_mut_ptr().cast()) };
        // SAFETY: reads the register.
        unsafe { asm!("stmxcsr [{}]", in(reg) &raw mut status, options(nostack)) };
        status & (INVALID | DIVIDE | OVERFLOW)
    }

    #[test]
    fn flags_are_those_of_c() {
        use MathFn::*;
        let cases = [
            (Exp, 1.0, 0.0, 0),
            (Exp, 800.0, 0.0, OVERFLOW),
            (Exp, INF, 0.0, 0),
            (Exp, -1e9, 0.0, 0),
            (Exp, NAN, 0.0, 0),
            (Exp2, 1024.0, 0.0, OVERFLOW),
            (Exp2, -2000.0, 0.0, 0),
            (Expm1, 800.0, 0.0, OVERFLOW),
            (Expm1, -800.0, 0.0, 0),
            (Log, 0.0, 0.0, DIVIDE),
            (Log, -1.0, 0.0, INVALID),
            (Log, NAN, 0.0, 0),
            (Log, 2.0, 0.0, 0),
            (Log2, -0.0, 0.0, DIVIDE),
            (Log10, -1.0, 0.0, INVALID),
            (Log1p, -1.0, 0.0, DIVIDE),
            (Log1p, -2.0, 0.0, INVALID),
            (Log1p, INF, 0.0, 0),
            (Sin, INF, 0.0, INVALID),
            (Sin, 1e30, 0.0, 0),
            (Cos, -INF, 0.0, INVALID),
            (Tan, INF, 0.0, INVALID),
            (Tan, NAN, 0.0, 0),
            (Arcsin, 2.0, 0.0, INVALID),
            (Arccos, -2.0, 0.0, INVALID),
            (Arccos, 1.0, 0.0, 0),
            (Arctan, INF, 0.0, 0),
            (Arctan, 0.0, 0.0, 0),
            (Sinh, 720.0, 0.0, OVERFLOW),
            (Cosh, -720.0, 0.0, OVERFLOW),
            (Cosh, INF, 0.0, 0),
            (Tanh, INF, 0.0, 0),
            (Tanh, NAN, 0.0, 0),
            (Arcsinh, MAX, 0.0, 0),
            (Arcsinh, INF, 0.0, 0),
            (Arccosh, 0.5, 0.0, INVALID),
            (Arccosh, 1.0, 0.0, 0),
            (Arctanh, 1.0, 0.0, DIVIDE),
            (Arctanh, -1.0, 0.0, DIVIDE),
            (Arctanh, 2.0, 0.0, INVALID),
            (Arctanh, 0.0, 0.0, 0),
            (Cbrt, 0.0, 0.0, 0),
            (Cbrt, INF, 0.0, 0),
            (Cbrt, 5e-324, 0.0, 0),
            (Pow, 0.0, -1.0, DIVIDE),
            (Pow, -0.0, -2.5, DIVIDE),
            (Pow, 0.0, -INF, 0),
            (Pow, -2.0, 0.5, INVALID),
            (Pow, 10.0, 400.0, OVERFLOW),
            (Cube, 1e200, 0.0, OVERFLOW),
            (Cube, 1e-200, 0.0, 0),
            (Cube, INF, 0.0, 0),
            (Fourth, -1e100, 0.0, OVERFLOW),
            (Fourth, NAN, 0.0, 0),
            (Pow, 10.0, -400.0, 0),
            (Pow, INF, 2.0, 0),
            (Pow, NAN, 2.0, 0),
            (Pow, 2.0, INF, 0),
            (Pow, 0.0, 2.0, 0),
            (Hypot, MAX, MAX, OVERFLOW),
            (Hypot, INF, NAN, 0),
            (Hypot, 0.0, 0.0, 0),
            (Hypot, 1e-300, 1e-300, 0),
            (Arctan2, 0.0, 0.0, 0),
            (Arctan2, 1.0, 0.0, 0),
            (Arctan2, INF, -INF, 0),
            (Arctan2, 5e-324, MAX, 0),
        ];
        for (f, x, y, expected) in cases {
            for isa in all_isas() {
                for before in [0, DIVIDE, INVALID | OVERFLOW] {
                    let got = raised((isa.f64)(f), x, y, false, before);
                    assert_eq!(got, expected | before, "{f:?}({x:e}, {y:e}) on {} after {before}", isa.name);
                    if (x as f32) as f64 == x && (y as f32) as f64 == y {
                        let got = raised((isa.f32)(f), x, y, true, before);
                        assert_eq!(got, expected | before, "{f:?}({x:e}, {y:e}) f32 on {} after {before}", isa.name);
                    }
                }
            }
        }
    }

    #[test]
    fn f32_overflows_where_f64_does_not() {
        use MathFn::*;
        for (f, x, y) in [
            (Exp, 100.0, 0.0),
            (Exp2, 130.0, 0.0),
            (Expm1, 100.0, 0.0),
            (Sinh, -100.0, 0.0),
            (Cosh, 100.0, 0.0),
            (Pow, 10.0, 50.0),
            (Hypot, 3e38, 3e38),
        ] {
            for isa in all_isas() {
                assert_eq!(raised((isa.f32)(f), x, y, true, 0), OVERFLOW, "{f:?}({x}, {y}) on {}", isa.name);
                assert_eq!(raised((isa.f64)(f), x, y, false, 0), 0, "{f:?}({x}, {y}) on {}", isa.name);
            }
        }
    }
}
