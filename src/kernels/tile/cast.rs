//! NumPy's casts, element by element.
#![expect(unsafe_code, reason = "conversion instructions of the processor, on tiles")]

use super::half;
use super::isa::{INVALID, Isa, OVERFLOW, raising1, tile1};
use super::number::{Complex, c};
use crate::dtype::DType;
use crate::kernels::TileFn;

macro_rules! float_to_int {
    ($t:ident) => {
        pub(super) mod $t {
            type T = $t;

            /// Whether conversion to 32 bits is defined.
            #[inline(always)]
            pub(crate) fn fits_i32(x: T) -> bool {
                x > -2_147_483_649.0 && x < 2_147_483_648.0
            }

            /// Whether conversion to 64 bits is defined.
            #[inline(always)]
            pub(crate) fn fits_i64(x: T) -> bool {
                (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&x)
            }

            /// Whether conversion to unsigned 64 bits is defined, as compilers do it: for negative numbers too.
            #[inline(always)]
            pub(crate) fn fits_u64(x: T) -> bool {
                (-9_223_372_036_854_775_808.0..18_446_744_073_709_551_616.0).contains(&x)
            }

            /// To 32 bits as x86's `cvttsd2si`: toward zero, and the most negative number outside the range.
            #[inline(always)]
            pub(crate) fn to_i32(x: T) -> i32 {
                let x = if fits_i32(x) { x } else { i32::MIN as T };
                // SAFETY: truncated, `x` lies in the range of i32: NaN and what lies outside were replaced.
                unsafe { x.to_int_unchecked() }
            }

            /// To 64 bits as x86's `cvttsd2si`: toward zero, and the most negative number outside the range.
            #[inline(always)]
            pub(crate) fn to_i64(x: T) -> i64 {
                let x = if fits_i64(x) { x } else { i64::MIN as T };
                // SAFETY: `x` lies in the range of i64: NaN and what lies outside were replaced.
                unsafe { x.to_int_unchecked() }
            }

            /// To unsigned 64 bits as compilers do with signed conversions: from 2^63 on, of the value less 2^63.
            #[inline(always)]
            pub(crate) fn to_u64(x: T) -> u64 {
                let upper = x >= 9_223_372_036_854_775_808.0;
                let low = if upper { x - 9_223_372_036_854_775_808.0 } else { x };
                to_i64(low) as u64 ^ u64::from(upper) << 63
            }
        }
    };
}
float_to_int!(f32);
float_to_int!(f64);

macro_rules! from_integer {
    ($isa:expr, $to:expr, $t:ty) => {
        match $to {
            DType::Bool => tile1($isa, |a: $t| (a != 0) as u8),
            DType::I8 | DType::U8 => tile1($isa, |a: $t| a as u8),
            DType::I16 | DType::U16 => tile1($isa, |a: $t| a as u16),
            DType::I32 | DType::U32 => tile1($isa, |a: $t| a as u32),
            DType::I64 | DType::U64 => tile1($isa, |a: $t| a as u64),
            // Through float32, rounding twice, as NumPy.
            DType::F16 => raising1::<OVERFLOW, _, _, _, _>(
                $isa,
                |a: $t| half::is_infinite(half::from_f32(a as f32)),
                |a: $t| half::from_f32(a as f32),
            ),
            DType::F32 => tile1($isa, |a: $t| a as f32),
            DType::F64 => tile1($isa, |a: $t| a as f64),
            DType::C64 => tile1($isa, |a: $t| c(a as f32, 0.0f32)),
            DType::C128 => tile1($isa, |a: $t| c(a as f64, 0.0f64)),
        }
    };
}

/// From elements `$s`, which `$read` turns into a float of type `$t`.
macro_rules! from_float {
    ($isa:expr, $to:expr, $s:ty, $t:ident, $half:path, $read:expr) => {
        match $to {
            DType::Bool => tile1($isa, |a: $s| ($read(a) != 0.0) as u8),
            DType::I8 | DType::U8 => raising1::<INVALID, _, _, _, _>(
                $isa,
                |a: $s| !$t::fits_i32($read(a)),
                |a: $s| $t::to_i32($read(a)) as u8,
            ),
            DType::I16 | DType::U16 => raising1::<INVALID, _, _, _, _>(
                $isa,
                |a: $s| !$t::fits_i32($read(a)),
                |a: $s| $t::to_i32($read(a)) as u16,
            ),
            DType::I32 => {
                raising1::<INVALID, _, _, _, _>($isa, |a: $s| !$t::fits_i32($read(a)), |a: $s| $t::to_i32($read(a)))
            }
            DType::U32 => raising1::<INVALID, _, _, _, _>(
                $isa,
                |a: $s| !$t::fits_i64($read(a)),
                |a: $s| $t::to_i64($read(a)) as u32,
            ),
            DType::I64 => {
                raising1::<INVALID, _, _, _, _>($isa, |a: $s| !$t::fits_i64($read(a)), |a: $s| $t::to_i64($read(a)))
            }
            DType::U64 => {
                raising1::<INVALID, _, _, _, _>($isa, |a: $s| !$t::fits_u64($read(a)), |a: $s| $t::to_u64($read(a)))
            }
            DType::F16 => raising1::<OVERFLOW, _, _, _, _>(
                $isa,
                |a: $s| half::is_infinite($half($read(a))) && $read(a).is_finite(),
                |a: $s| $half($read(a)),
            ),
            DType::F32 => tile1($isa, |a: $s| $read(a) as f32),
            DType::F64 => tile1($isa, |a: $s| $read(a) as f64),
            DType::C64 => tile1($isa, |a: $s| c($read(a) as f32, 0.0f32)),
            DType::C128 => tile1($isa, |a: $s| c($read(a) as f64, 0.0f64)),
        }
    };
}

macro_rules! from_complex {
    ($isa:expr, $to:expr, $t:ident, $half:path) => {
        match $to {
            DType::Bool => tile1($isa, |a: Complex<$t>| (a.re != 0.0 || a.im != 0.0) as u8),
            DType::C64 => tile1($isa, |a: Complex<$t>| c(a.re as f32, a.im as f32)),
            DType::C128 => tile1($isa, |a: Complex<$t>| c(a.re as f64, a.im as f64)),
            to => from_float!($isa, to, Complex<$t>, $t, $half, |a: Complex<$t>| a.re),
        }
    };
}

/// The routine that casts, for an instruction set.
pub(super) fn cast(isa: Isa, from: DType, to: DType) -> Option<TileFn> {
    if from == to {
        return Some(match from.size() {
            1 => tile1(isa, |a: u8| a),
            2 => tile1(isa, |a: u16| a),
            4 => tile1(isa, |a: u32| a),
            8 => tile1(isa, |a: [u32; 2]| a),
            _ => tile1(isa, |a: [u64; 2]| a),
        });
    }
    #[cfg(target_arch = "x86_64")]
    match (isa, from, to) {
        (Isa::Avx2 | Isa::Avx512, DType::F16, DType::F32) => return Some(f16c::widen),
        (Isa::Avx2 | Isa::Avx512, DType::F32, DType::F16) => return Some(f16c::narrow),
        _ => {}
    }
    Some(match from {
        DType::Bool | DType::U8 => from_integer!(isa, to, u8),
        DType::I8 => from_integer!(isa, to, i8),
        DType::I16 => from_integer!(isa, to, i16),
        DType::U16 => from_integer!(isa, to, u16),
        DType::I32 => from_integer!(isa, to, i32),
        DType::U32 => from_integer!(isa, to, u32),
        DType::I64 => from_integer!(isa, to, i64),
        DType::U64 => from_integer!(isa, to, u64),
        DType::F16 => from_float!(isa, to, u16, f32, half::from_f32, half::to_f32),
        DType::F32 => from_float!(isa, to, f32, f32, half::from_f32, std::convert::identity),
        DType::F64 => from_float!(isa, to, f64, f64, half::from_f64, std::convert::identity),
        DType::C64 => from_complex!(isa, to, f32, half::from_f32),
        DType::C128 => from_complex!(isa, to, f64, half::from_f64),
    })
}

/// float16 and float32 by the processor's own conversions, eight at a time.
#[cfg(target_arch = "x86_64")]
mod f16c {
    use super::half;
    use std::arch::x86_64::{
        _MM_FROUND_TO_NEAREST_INT, _mm_loadu_si128, _mm_storeu_si128, _mm256_cvtph_ps, _mm256_cvtps_ph,
        _mm256_loadu_ps, _mm256_storeu_ps,
    };

    /// # Safety
    /// As `TileFn` from float16 to float32, on a processor with these features.
    #[target_feature(enable = "avx2,f16c")]
    pub(super) unsafe fn widen(n: usize, ins: &[*const u8; 3], out: *mut u8) {
        let (a, out) = (ins[0].cast::<u16>(), out.cast::<f32>());
        let whole = n / 8 * 8;
        // SAFETY: each access lies within the first `n` elements.
        unsafe {
            for i in (0..whole).step_by(8) {
                _mm256_storeu_ps(out.add(i), _mm256_cvtph_ps(_mm_loadu_si128(a.add(i).cast())));
            }
            for i in whole..n {
                out.add(i).write(half::to_f32(*a.add(i)));
            }
        }
    }

    /// # Safety
    /// As `TileFn` from float32 to float16, on a processor with these features.
    #[target_feature(enable = "avx2,f16c")]
    pub(super) unsafe fn narrow(n: usize, ins: &[*const u8; 3], out: *mut u8) {
        let (a, out) = (ins[0].cast::<f32>(), out.cast::<u16>());
        let whole = n / 8 * 8;
        // SAFETY: each access lies within the first `n` elements.
        unsafe {
            for i in (0..whole).step_by(8) {
                let h = _mm256_cvtps_ph::<_MM_FROUND_TO_NEAREST_INT>(_mm256_loadu_ps(a.add(i)));
                _mm_storeu_si128(out.add(i).cast(), h);
            }
            if whole < n {
                // Not one by one: the instruction puts up the flags that are due.
                let (mut rest, mut narrow) = ([0.0f32; 8], [0u16; 8]);
                std::ptr::copy_nonoverlapping(a.add(whole), rest.as_mut_ptr(), n - whole);
                let h = _mm256_cvtps_ph::<_MM_FROUND_TO_NEAREST_INT>(_mm256_loadu_ps(rest.as_ptr()));
                _mm_storeu_si128(narrow.as_mut_ptr().cast(), h);
                std::ptr::copy_nonoverlapping(narrow.as_ptr(), out.add(whole), n - whole);
            }
        }
    }
}
