//! Normal and exponential numbers by ziggurats: NumPy's numbers, from as many words as each takes.
//!
//! Marsaglia and Tsang, "The ziggurat method for generating random variables", Journal of Statistical Software 5 (2000); Doornik, "An
//! improved ziggurat method to generate normal random samples" (2005). Which bits of a word choose layer, sign and place is
//! NumPy's choice.

#[rustfmt::skip]
mod tables;

use super::bits::Bits;
use tables::{EXPONENTIAL_HEIGHTS, EXPONENTIAL_LIMITS, EXPONENTIAL_WIDTHS};
use tables::{NORMAL_HEIGHTS, NORMAL_LIMITS, NORMAL_WIDTHS};

/// Where the normal base layer ends, and its inverse.
const NORMAL_END: f64 = 3.654_152_885_361_009;
const NORMAL_END_INVERSE: f64 = 0.273_661_237_329_758_3;
/// Where the exponential base layer ends.
const EXPONENTIAL_END: f64 = 7.697_117_470_131_05;

/// Whether a point in the wedge of a layer lies below the density there.
#[inline]
fn inside(heights: &[u64; 256], layer: usize, fraction: f64, density: f64) -> bool {
    let [above, below] = [heights[layer - 1], heights[layer]].map(f64::from_bits);
    (above - below) * fraction + below < density
}

/// A standard normal number.
#[inline]
pub fn normal(bits: &mut impl Bits) -> f64 {
    loop {
        let word = bits.next64();
        let layer = (word & 0xff) as usize;
        let place = word >> 9 & 0x000f_ffff_ffff_ffff;
        let distance = place as f64 * f64::from_bits(NORMAL_WIDTHS[layer]);
        let x = if word >> 8 & 1 == 1 { -distance } else { distance };
        if place < NORMAL_LIMITS[layer] {
            return x;
        }
        if layer == 0 {
            return tail(bits, place >> 8 & 1 == 1);
        }
        if inside(&NORMAL_HEIGHTS, layer, bits.fraction(), (-0.5 * x * x).exp()) {
            return x;
        }
    }
}

/// A normal number beyond the base layer (Marsaglia, 1964).
#[cold]
fn tail(bits: &mut impl Bits, negative: bool) -> f64 {
    loop {
        let beyond = -NORMAL_END_INVERSE * (-bits.fraction()).ln_1p();
        let other = -(-bits.fraction()).ln_1p();
        if other + other > beyond * beyond {
            let x = NORMAL_END + beyond;
            return if negative { -x } else { x };
        }
    }
}

/// A standard exponential number.
#[inline]
pub fn exponential(bits: &mut impl Bits) -> f64 {
    loop {
        let word = bits.next64() >> 3;
        let layer = (word & 0xff) as usize;
        let place = word >> 8;
        let x = place as f64 * f64::from_bits(EXPONENTIAL_WIDTHS[layer]);
        if place < EXPONENTIAL_LIMITS[layer] {
            return x;
        }
        if layer == 0 {
            return EXPONENTIAL_END - (-bits.fraction()).ln_1p();
        }
        if inside(&EXPONENTIAL_HEIGHTS, layer, bits.fraction(), (-x).exp()) {
            return x;
        }
    }
}
