//! Float16 from and to wider floats, without branches: for single values and for the loops of casts.

/// float16 to float32, exact; NaN becomes quiet, as in hardware.
#[inline(always)]
pub(crate) fn to_f32(h: u16) -> f32 {
    // F. Giesen, "Half to float done quick" (2012): move the fields, correct the exponent, let a subtraction
    // normalise subnormals.
    const REBIAS: u32 = (127 - 15) << 23;
    let sign = u32::from(h & 0x8000) << 16;
    let magnitude = u32::from(h & 0x7fff) << 13;
    let normal = magnitude + REBIAS;
    let special = (normal + REBIAS) | if magnitude > 0x7c00 << 13 { 0x40_0000 } else { 0 };
    let subnormal = (f32::from_bits(normal + (1 << 23)) - f32::from_bits(REBIAS + (1 << 23))).to_bits();
    let bits = if magnitude >= 0x7c00 << 13 { special } else { normal };
    let bits = if magnitude < 1 << 23 { subnormal } else { bits };
    f32::from_bits(bits | sign)
}

/// float32 to float16, to nearest, ties to even; NaN becomes quiet and keeps its upper bits, as in hardware.
#[inline(always)]
pub(crate) fn from_f32(x: f32) -> u16 {
    // F. Giesen, "Float to half done quick" (2012): let an addition round subnormals; round others in the integers.
    const OVERFLOW: u32 = (127 + 16) << 23;
    const NORMAL: u32 = (127 - 14) << 23;
    const ALIGN: u32 = ((127 - 15) + (23 - 10) + 1) << 23;
    let sign = x.to_bits() & 0x8000_0000;
    let bits = x.to_bits() ^ sign;
    let subnormal = (f32::from_bits(bits) + f32::from_bits(ALIGN)).to_bits().wrapping_sub(ALIGN);
    let odd = (bits >> 13) & 1;
    let normal = bits.wrapping_sub((127 - 15) << 23).wrapping_add(0xfff + odd) >> 13;
    let nan = 0x7e00 | ((bits >> 13) & 0x3ff);
    let special = if bits > 0x7f80_0000 { nan } else { 0x7c00 };
    let half = if bits < NORMAL { subnormal } else { normal };
    let half = if bits >= OVERFLOW { special } else { half };
    (half | sign >> 16) as u16
}

/// float64 to float16, rounded once.
#[inline(always)]
pub(crate) fn from_f64(x: f64) -> u16 {
    // Rounding to odd first (S. Boldo and G. Melquiond, IEEE Transactions on Computers 57, 2008) keeps the second
    // rounding correct, as float32 has more than two bits beyond float16.
    let near = x as f32;
    let back = f64::from(near);
    let even = near.to_bits() & 1 == 0;
    let step = if back.abs() > x.abs() { near.to_bits().wrapping_sub(1) } else { near.to_bits().wrapping_add(1) };
    let inexact = back != x && !x.is_nan();
    from_f32(if inexact && even { f32::from_bits(step) } else { near })
}
