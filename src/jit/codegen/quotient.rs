//! Quotients by numbers that stay the same over a loop, made of products: to the bits of a division, in a fifth of the time.
//!
//! - Of a divisor that is known, the reciprocal is held in two numbers, of which the first is cut and not rounded, so that both have its sign and
//!   zeros keep theirs: `x * high`, fused with the product `x * low`. The divisors for which some quotient lies too close to the middle between
//!   two numbers are found by trying the few dividends that come near (N. Brisebarre, J.-M. Muller, S. K. Raina, *Accelerating correctly
//!   rounded floating-point division when the divisor is known in advance*, IEEE Trans. Computers 53, 2004).
//! - Of others, the product with the reciprocal as a guess, and two residuals, as fused products: the first makes it faithful, the second, which
//!   is exact, correctly rounded (P. Markstein, *Computation of elementary functions on the IBM RISC System/6000 processor*, IBM J. Res. Dev. 34, 1990,
//!   theorem 5.2). A residual of zero is subtracted, or added where the divisor is negative, so that a quotient of zero keeps its sign.
//!
//! Nothing of this holds where a step is rounded as a subnormal number, and residuals of infinities are NaN. Then a flag
//! tells ([`Way::betrayed_by`]), which no right step raises; other instructions may, and cause no more than a look in vain. What is rounded below the smallest normal number raises underflow; what is exact there is no less exact than elsewhere.
//! That a result of two products is subnormal and exact cannot be, as the two numbers have more digits than that has.

use super::host::fuses;
use super::lanes::{Emitter, Lanes, vector};
use crate::dtype::{DType, Scalar};
use crate::ops::fault::{Fault, Faults};
use cranelift_codegen::ir::{InstBuilder, Value};

/// How quotients by numbers that stay the same are made, where they are floats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quotients {
    /// By divisions, but for quotients of whole numbers.
    Divided,
    /// By products: right unless a flag is raised ([`super::MachineCode::betrayed_by`]).
    Multiplied,
}

/// How to divide by a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Way {
    /// By a power of two: its reciprocal.
    Reciprocal(f64),
    /// The reciprocal in two numbers, the first of them larger.
    Two([f64; 2]),
    /// The reciprocal, as a guess.
    Residuals(f64),
}

/// Whether products can stand for divisions by this number: it is such that neither its reciprocal nor what that leaves is subnormal.
fn is_moderate(divisor: f64, dtype: DType) -> bool {
    let far = if dtype == DType::F32 { 60 } else { 900 };
    let exponent = (divisor.to_bits() >> 52 & 0x7ff) as i32 - 1023;
    (-far..far).contains(&exponent)
}

/// The reciprocal that stands beside a scalar divisor in memory, both as bits; `None` where divisions must be made: the divisor is not positive, or far
/// from one.
pub fn reciprocal_beside(bits: u64, dtype: DType) -> Option<u64> {
    let divisor = Scalar::from_bits(dtype, bits.into()).to_f64();
    (divisor > 0.0 && is_moderate(divisor, dtype)).then(|| Scalar::from_f64(dtype, 1.0 / divisor).bits() as u64)
}

/// Whether divisions of this type by a scalar operand can be made of products.
pub(super) fn is_multiplied(dtype: DType) -> bool {
    fuses() && matches!(dtype, DType::F32 | DType::F64)
}

impl Way {
    /// The way for a divisor, a number of the type; `None` where there is none but to divide.
    pub fn new(divisor: f64, dtype: DType) -> Option<Way> {
        if !is_multiplied(dtype) || !is_moderate(divisor, dtype) {
            return None;
        }
        let ([high, low], exact) = match dtype {
            DType::F32 => {
                let ([high, low], exact) = reciprocal_f32(divisor as f32);
                ([high.into(), low.into()], exact)
            }
            _ => reciprocal_f64(divisor),
        };
        Some(match exact {
            _ if low == 0.0 => Way::Reciprocal(high),
            true => Way::Two([high, low]),
            // Rounded twice, to the type in the end, it is the reciprocal: 53 digits are more than twice 24.
            false => Way::Residuals(1.0 / divisor),
        })
    }

    /// The flags that tell of a wrong quotient; those of whole numbers are right always.
    pub fn betrayed_by(self) -> Faults {
        match self {
            Way::Reciprocal(_) => Faults::NONE,
            Way::Two(_) => Faults::one(Fault::Underflow),
            Way::Residuals(_) => Way::OF_SCALARS,
        }
    }

    /// [`Way::betrayed_by`] where the divisor is a scalar operand.
    pub const OF_SCALARS: Faults = Faults::one(Fault::Underflow).or(Faults::one(Fault::Invalid));
}

/// The reciprocal of a number, far from subnormal ones, in two; and whether the two products make all quotients by it.
macro_rules! reciprocal {
    ($name:ident, $t:ty, $digits:literal) => {
        fn $name(divisor: $t) -> ([$t; 2], bool) {
            const HALF: u64 = 1 << ($digits - 1);
            let rounded = 1.0 / divisor;
            // One less in magnitude, where it was rounded up.
            let excess = (-rounded).mul_add(divisor, 1.0);
            let high = if excess < 0.0 { <$t>::from_bits(rounded.to_bits() - 1) } else { rounded };
            let low = (-high).mul_add(divisor, 1.0) / divisor;
            let digits = HALF | u64::from(divisor.to_bits()) & (HALF - 1);
            let exact = near_middles($digits, digits).all(|x| {
                let x = x as $t;
                high.mul_add(x, low * x) == x / divisor
            });
            ([high, low], exact)
        }
    };
}
reciprocal!(reciprocal_f32, f32, 24);
reciprocal!(reciprocal_f64, f64, 53);

/// How near to a middle a quotient can be and be missed, in units of its divisor's last digit over its own: the products' error is 8 at most.
const NEAR: i128 = 16;

/// The dividends whose quotients by a divisor lie near the middle between two numbers of so many digits; both are given by their digits, as whole
/// numbers. With `middle` odd, `x * 2^shift - middle * divisor` is small.
fn near_middles(digits: u32, divisor: u64) -> impl Iterator<Item = u64> {
    let twos = divisor.trailing_zeros();
    let odd = divisor >> twos;
    // By Newton's iteration, which doubles the digits that are right: three are of any odd number by itself.
    let inverse = (0..5).fold(odd, |y, _| y.wrapping_mul(2u64.wrapping_sub(odd.wrapping_mul(y))));
    let dividends = 1 << (digits - 1)..1u64 << digits;
    let left = (-NEAR..=NEAR).filter(move |r| *r != 0 && r.trailing_zeros() == twos);
    // A quotient lies between 1 and 2, or between a half and 1.
    let cases = left.flat_map(move |r| [digits, digits + 1].map(|shift| (r, shift)));
    cases.flat_map(move |(r, shift)| {
        let step = 1u64 << (shift - twos);
        let first = ((-(r >> twos)) as u64).wrapping_mul(inverse) & (step - 1);
        let (low, high) = (1u64 << digits, 1u64 << (digits + 1));
        let first = first + (low.saturating_sub(first)).div_ceil(step) * step;
        let dividends = dividends.clone();
        (first..high).step_by(step as usize).filter_map(move |middle| {
            let x = u64::try_from((i128::from(middle) * i128::from(divisor) + r) >> shift).ok()?;
            dividends.contains(&x).then_some(x)
        })
    })
}

impl Emitter<'_> {
    /// Quotients by a divisor, in its way.
    pub(super) fn quotients(&mut self, a: &Lanes, divisor: f64, way: Way, dtype: DType) -> Lanes {
        let ty = vector(dtype);
        let mut splat = |v: f64| self.splat(ty, Scalar::from_f64(dtype, v).bits() as u64);
        match way {
            Way::Reciprocal(reciprocal) => {
                let reciprocal = splat(reciprocal);
                self.map(a, |e, x| e.b.ins().fmul(x, reciprocal))
            }
            Way::Two([high, low]) => {
                let (high, low) = (splat(high), splat(low));
                self.map(a, |e, x| {
                    let rest = e.b.ins().fmul(x, low);
                    e.b.ins().fma(x, high, rest)
                })
            }
            Way::Residuals(reciprocal) => {
                let (d, reciprocal) = (splat(divisor), splat(reciprocal));
                self.quotients_by_residuals(a, [d, reciprocal], divisor < 0.0)
            }
        }
    }

    /// Quotients by a divisor, given with its reciprocal.
    pub(super) fn quotients_by_residuals(
        &mut self,
        a: &Lanes,
        [divisor, reciprocal]: [Value; 2],
        is_negative: bool,
    ) -> Lanes {
        self.map(a, |e, x| {
            let mut quotient = e.b.ins().fmul(x, reciprocal);
            for _ in 0..2 {
                quotient = if is_negative {
                    let minus = e.b.ins().fneg(quotient);
                    let residual = e.b.ins().fma(minus, divisor, x);
                    e.b.ins().fma(residual, reciprocal, quotient)
                } else {
                    let minus = e.b.ins().fneg(x);
                    let residual = e.b.ins().fma(quotient, divisor, minus);
                    let minus = e.b.ins().fneg(residual);
                    e.b.ins().fma(minus, reciprocal, quotient)
                };
            }
            quotient
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the two products make of a dividend.
    fn by_two(x: f64, [high, low]: [f64; 2]) -> f64 {
        high.mul_add(x, low * x)
    }

    #[test]
    fn divisors_of_float32_are_judged_rightly() {
        let divisors =
            [1.7f32, 255.0, 3.0, 0.1, 0.7, -1.3, 1.000_000_1, 1.999_999_9, 1.333_333_4, 1.234_567_9, 0.577_215_7];
        let mut judged = [0, 0];
        for d in divisors {
            let ([high, low], exact) = reciprocal_f32(d);
            let mut dividends = (1u32 << 23..1 << 24).map(|x| x as f32);
            let all = dividends.all(|x| high.mul_add(x, low * x) == x / d);
            assert_eq!(exact, all, "{d}");
            judged[usize::from(exact)] += 1;
        }
        assert!(judged.iter().all(|&n| n > 0), "{judged:?}");
    }

    #[test]
    fn divisors_of_float64_are_judged_rightly() {
        let mut state = 1u64;
        let mut judged = [0, 0];
        for _ in 0..2000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let digits = 1 << 52 | state >> 12;
            let d = digits as f64 * f64::EPSILON;
            let ([high, low], exact) = reciprocal_f64(d);
            judged[usize::from(exact)] += 1;
            let near: Vec<u64> = near_middles(53, digits).collect();
            assert!(!near.is_empty() || digits.trailing_zeros() > 4);
            for &x in &near {
                // They are what they are said to be: nearer to a middle than that the division's last digit tells on which side.
                let quotient = x as f64 / d;
                let left = (-quotient).mul_add(d, x as f64).abs() / d;
                let ulp = f64::from_bits(quotient.to_bits() + 1) - quotient;
                assert!((left / ulp - 0.5).abs() < 1e-14, "{x} / {d}");
            }
            assert_eq!(exact, near.iter().all(|&x| by_two(x as f64, [high, low]) == x as f64 / d));
            // Others are never missed.
            for x in near.iter().flat_map(|&x| [x - 1, x + 1, x ^ 0xff]) {
                assert_eq!(by_two(x as f64, [high, low]), x as f64 / d, "{x} / {d}");
            }
        }
        assert!(judged.iter().all(|&n| n > 100), "{judged:?}");
    }

    #[test]
    fn ways_depend_on_the_divisor() {
        if !fuses() {
            return;
        }
        assert_eq!(Way::new(-4.0, DType::F64), Some(Way::Reciprocal(-0.25)));
        assert_eq!(Way::new(0.0, DType::F64), None);
        assert_eq!(Way::new(f64::NAN, DType::F64), None);
        assert_eq!(Way::new(f64::INFINITY, DType::F32), None);
        assert_eq!(Way::new(5e-324, DType::F64), None);
        assert_eq!(Way::new(1e30, DType::F32), None);
        assert!(matches!(Way::new(1e30, DType::F64), Some(Way::Two(_) | Way::Residuals(_))));
        assert_eq!(reciprocal_beside((-3.0f64).to_bits(), DType::F64), None);
        assert_eq!(reciprocal_beside(f64::NAN.to_bits(), DType::F64), None);
        assert_eq!(reciprocal_beside(3.0f32.to_bits().into(), DType::F32), Some((1.0f32 / 3.0).to_bits().into()));
    }
}
