//! Normal numbers by inversion: the quantile of the normal distribution at what a word says.
//!
//! Wichura, "Algorithm AS 241: the percentage points of the normal distribution", Applied Statistics 37 (1988): three quotients of
//! polynomials of degree seven, with a relative error of about 1e-16. Each multiplication followed by an addition rounds once,
//! whatever the instruction set, so that the bits are the same everywhere.

/// How far from the middle the first quotient holds.
const CENTRAL: f64 = 0.425;

/// The square of [`CENTRAL`].
const CENTRAL_SQUARED: f64 = 0.180_625;

/// Where the last quotient begins, in roots of logarithms.
const FAR: f64 = 5.0;

/// A quotient's numerator and denominator, highest power first.
type Quotient = [[f64; 8]; 2];

/// By `CENTRAL^2 - q^2`, to be multiplied by `q`.
const NEAR_MIDDLE: Quotient = [
    [
        2_509.080_928_730_122_7,
        33_430.575_583_588_13,
        67_265.770_927_008_7,
        45_921.953_931_549_87,
        13_731.693_765_509_46,
        1_971.590_950_306_551_3,
        133.141_667_891_784_38,
        3.387_132_872_796_366_5,
    ],
    [
        5_226.495_278_852_854,
        28_729.085_735_721_943,
        39_307.895_800_092_71,
        21_213.794_301_586_597,
        5_394.196_021_424_751,
        687.187_007_492_057_9,
        42.313_330_701_600_91,
        1.0,
    ],
];

/// By `r - 1.6`, for `r <= FAR`.
const TAIL: Quotient = [
    [
        0.000_774_545_014_278_341_4,
        0.022_723_844_989_269_184,
        0.241_780_725_177_450_6,
        1.270_458_252_452_368_4,
        3.647_848_324_763_204_5,
        5.769_497_221_460_691,
        4.630_337_846_156_546,
        1.423_437_110_749_683_5,
    ],
    [
        1.050_750_071_644_416_9e-09,
        0.000_547_593_808_499_534_5,
        0.015_198_666_563_616_457,
        0.148_103_976_427_480_08,
        0.689_767_334_985_1,
        1.676_384_830_183_803_8,
        2.053_191_626_637_759,
        1.0,
    ],
];

/// By `r - FAR`, beyond.
const FAR_TAIL: Quotient = [
    [
        2.010_334_399_292_288_1e-07,
        2.711_555_568_743_487_6e-05,
        0.001_242_660_947_388_078_4,
        0.026_532_189_526_576_124,
        0.296_560_571_828_504_87,
        1.784_826_539_917_291_3,
        5.463_784_911_164_114,
        6.657_904_643_501_103,
    ],
    [
        2.044_263_103_389_939_7e-15,
        1.421_511_758_316_446e-07,
        1.846_318_317_510_054_8e-05,
        0.000_786_869_131_145_613_3,
        0.014_875_361_290_850_615,
        0.136_929_880_922_735_8,
        0.599_832_206_555_888,
        1.0,
    ],
];

#[inline(always)]
fn quotient(of: &Quotient, x: f64) -> f64 {
    let [above, below] = of.map(|c| c.iter().fold(0.0, |sum, &a| f64::mul_add(sum, x, a)));
    above / below
}

/// An integer as a float, rounded once: two halves beside powers of two, which vectors of every width can do.
#[inline(always)]
pub fn to_f64(word: u64) -> f64 {
    const TWO_52: u64 = 0x4330_0000_0000_0000;
    const TWO_84: u64 = 0x4530_0000_0000_0000;
    const BOTH: f64 = 19_342_813_118_337_666_422_669_312.0;
    let high = f64::from_bits(word >> 32 | TWO_84) - BOTH;
    high + f64::from_bits(word & 0xffff_ffff | TWO_52)
}

/// The probability of a tail, of the 64 bits below the first: at most a half, at least 2^-65.
#[inline(always)]
pub fn tail_of(word: u64) -> f64 {
    const SCALE: f64 = 1.0 / (1u128 << 65) as f64;
    to_f64(word << 1 | 1) * SCALE
}

/// The first bit, as a sign.
#[inline(always)]
pub fn signed(word: u64, x: f64) -> f64 {
    f64::from_bits(x.to_bits() ^ word & 1 << 63)
}

/// How far from the middle the quantile at a tail's probability lies; right only in the middle.
#[inline(always)]
pub fn middle(tail: f64) -> f64 {
    let q = 0.5 - tail;
    let x = f64::mul_add(-q, q, CENTRAL_SQUARED);
    q * quotient(&NEAR_MIDDLE, x)
}

/// Whether [`middle`] is not right.
#[inline(always)]
pub fn in_tail(tail: f64) -> bool {
    0.5 - tail > CENTRAL
}

/// The same elsewhere, from the logarithm of the probability.
#[inline(always)]
pub fn outer(log: f64) -> f64 {
    let r = (-log).sqrt();
    let (near, far) = (quotient(&TAIL, r - 1.6), quotient(&FAR_TAIL, r - FAR));
    if r <= FAR { near } else { far }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The quantile of a probability up to a half, negated.
    fn quantile(tail: f64) -> f64 {
        if in_tail(tail) { outer(tail.ln()) } else { middle(tail) }
    }

    #[test]
    fn quantiles_are_those_of_exact_arithmetic() {
        // By 60 digits: the root of erfc(z / sqrt 2) / 2 = p.
        for (p, z) in [
            (0.5, 0.0),
            (0.25, 0.674_489_750_196_081_7),
            (0.1, 1.281_551_565_544_600_4),
            (0.025, 1.959_963_984_540_054_3),
            (1e-3, 3.090_232_306_167_813_6),
            (1e-10, 6.361_340_902_404_057),
            (1e-12, 7.034_483_825_301_132),
            (1e-19, 9.013_271_153_126_675),
        ] {
            let got = quantile(p);
            assert!((got - z).abs() <= 4.0 * f64::EPSILON * z, "{p}: {got}, not {z}");
        }
    }

    #[test]
    fn integers_become_floats_as_by_conversion() {
        let mut word = 1u64;
        for shift in 0..64 {
            for low in [0, 1, 3] {
                let w = (word >> shift).wrapping_add(low);
                assert_eq!(to_f64(w), w as f64, "{w}");
            }
            word = word.wrapping_mul(0xD2E7_470E_E14C_6C93);
        }
        assert_eq!(to_f64(u64::MAX), u64::MAX as f64);
        assert_eq!(to_f64(0).to_bits(), 0);
    }

    #[test]
    fn tails_end_where_they_should() {
        assert_eq!(tail_of(0), 2f64.powi(-65));
        assert_eq!(tail_of(u64::MAX), 0.5);
        assert_eq!(signed(1 << 63, 2.0), -2.0);
        assert_eq!(signed(u64::MAX >> 1, 2.0), 2.0);
    }
}
