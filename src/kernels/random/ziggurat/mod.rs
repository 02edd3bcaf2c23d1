//! Normal and exponential numbers by ziggurats: NumPy's numbers, from as many words as each takes.
//!
//! Marsaglia and Tsang, "The ziggurat method for generating random variables", Journal of Statistical Software 5 (2000); Doornik, "An
//! improved ziggurat method to generate normal random samples" (2005). Which bits of a word choose layer, sign and place is
//! NumPy's choice. What is not inside a layer at once is in functions of its own, so that
//! the rest is short.

#[rustfmt::skip]
mod tables;

use super::bits::Bits;
use tables::{EXPONENTIAL_HEIGHTS, EXPONENTIAL_LIMITS, EXPONENTIAL_WIDTHS};
use tables::{EXPONENTIAL_NARROW_HEIGHTS, EXPONENTIAL_NARROW_LIMITS, EXPONENTIAL_NARROW_WIDTHS};
use tables::{NORMAL_HEIGHTS, NORMAL_LIMITS, NORMAL_WIDTHS};
use tables::{NORMAL_NARROW_HEIGHTS, NORMAL_NARROW_LIMITS, NORMAL_NARROW_WIDTHS};

/// Where the normal base layer ends, and its inverse.
const NORMAL_END: f64 = 3.654_152_885_361_009;
const NORMAL_END_INVERSE: f64 = 0.273_661_237_329_758_3;
/// Where the exponential base layer ends.
const EXPONENTIAL_END: f64 = 7.697_117_470_131_05;

/// The height of a point in the wedge of a layer.
#[inline]
fn height(heights: &[u64; 256], layer: usize, fraction: f64) -> f64 {
    let [above, below] = [heights[layer - 1], heights[layer]].map(f64::from_bits);
    (above - below) * fraction + below
}

#[inline]
fn height32(heights: &[u32; 256], layer: usize, fraction: f32) -> f32 {
    let [above, below] = [heights[layer - 1], heights[layer]].map(f32::from_bits);
    (above - below) * fraction + below
}

/// A standard normal number.
#[inline]
pub fn normal(bits: &mut impl Bits) -> f64 {
    loop {
        let word = bits.next64();
        let layer = (word & 0xff) as usize;
        let place = word >> 9 & 0x000f_ffff_ffff_ffff;
        let distance = place as f64 * f64::from_bits(NORMAL_WIDTHS[layer]);
        // No branch: nobody could foretell it.
        let x = f64::from_bits(distance.to_bits() ^ (word >> 8 & 1) << 63);
        if place < NORMAL_LIMITS[layer] {
            return x;
        }
        if let Some(x) = bits.locally(|bits| beside_normal(bits, layer, place, x)) {
            return x;
        }
    }
}

/// What becomes of a place that is not inside its layer.
#[inline(never)]
fn beside_normal(bits: &mut impl Bits, layer: usize, place: u64, x: f64) -> Option<f64> {
    if layer > 0 {
        return (height(&NORMAL_HEIGHTS, layer, bits.fraction()) < (-0.5 * x * x).exp()).then_some(x);
    }
    // Beyond the base layer (Marsaglia, 1964).
    loop {
        let beyond = -NORMAL_END_INVERSE * (-bits.fraction()).ln_1p();
        let other = -(-bits.fraction()).ln_1p();
        if other + other > beyond * beyond {
            let x = NORMAL_END + beyond;
            return Some(if place >> 8 & 1 == 1 { -x } else { x });
        }
    }
}

/// A standard normal number in single precision, from half a word.
#[inline]
pub fn normal32(bits: &mut impl Bits) -> f32 {
    loop {
        let word = bits.next32();
        let layer = (word & 0xff) as usize;
        let place = word >> 9;
        let distance = place as f32 * f32::from_bits(NORMAL_NARROW_WIDTHS[layer]);
        let x = f32::from_bits(distance.to_bits() ^ (word >> 8 & 1) << 31);
        if place < NORMAL_NARROW_LIMITS[layer] {
            return x;
        }
        if let Some(x) = bits.locally(|bits| beside_normal32(bits, layer, place, x)) {
            return x;
        }
    }
}

#[inline(never)]
fn beside_normal32(bits: &mut impl Bits, layer: usize, place: u32, x: f32) -> Option<f32> {
    if layer > 0 {
        let density = (-0.5 * f64::from(x) * f64::from(x)).exp();
        return (f64::from(height32(&NORMAL_NARROW_HEIGHTS, layer, bits.fraction32())) < density).then_some(x);
    }
    loop {
        let beyond = -(NORMAL_END_INVERSE as f32) * (-bits.fraction32()).ln_1p();
        let other = -(-bits.fraction32()).ln_1p();
        if other + other > beyond * beyond {
            let x = NORMAL_END as f32 + beyond;
            return Some(if place >> 8 & 1 == 1 { -x } else { x });
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
        if let Some(x) = bits.locally(|bits| beside_exponential(bits, layer, x)) {
            return x;
        }
    }
}

#[inline(never)]
fn beside_exponential(bits: &mut impl Bits, layer: usize, x: f64) -> Option<f64> {
    if layer == 0 {
        return Some(EXPONENTIAL_END - (-bits.fraction()).ln_1p());
    }
    (height(&EXPONENTIAL_HEIGHTS, layer, bits.fraction()) < (-x).exp()).then_some(x)
}

/// A standard exponential number in single precision, from half a word.
#[inline]
pub fn exponential32(bits: &mut impl Bits) -> f32 {
    loop {
        let word = bits.next32() >> 1;
        let layer = (word & 0xff) as usize;
        let place = word >> 8;
        let x = place as f32 * f32::from_bits(EXPONENTIAL_NARROW_WIDTHS[layer]);
        if place < EXPONENTIAL_NARROW_LIMITS[layer] {
            return x;
        }
        if let Some(x) = bits.locally(|bits| beside_exponential32(bits, layer, x)) {
            return x;
        }
    }
}

#[inline(never)]
fn beside_exponential32(bits: &mut impl Bits, layer: usize, x: f32) -> Option<f32> {
    if layer == 0 {
        return Some(EXPONENTIAL_END as f32 - (-bits.fraction32()).ln_1p());
    }
    (height32(&EXPONENTIAL_NARROW_HEIGHTS, layer, bits.fraction32()) < (-x).exp()).then_some(x)
}
