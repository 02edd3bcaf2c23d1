//! The vectors of x86-64.

use super::{Add, BitAnd, BitOr, BitXor, Div, Lanes, Mul, Sub};
use std::arch::x86_64::*;

/// Four f64 lanes of AVX2 with FMA.
#[derive(Clone, Copy)]
pub struct Avx2F64(pub(crate) __m256d);
/// Eight f32 lanes of AVX2 with FMA.
#[derive(Clone, Copy)]
pub struct Avx2F32(pub(crate) __m256);
/// Eight f64 lanes of AVX-512.
#[derive(Clone, Copy)]
pub struct Avx512F64(pub(crate) __m512d);
/// Sixteen f32 lanes of AVX-512.
#[derive(Clone, Copy)]
pub struct Avx512F32(pub(crate) __m512);

macro_rules! intrinsics {
    ($($body:tt)*) => {
        // SAFETY: register-to-register intrinsics, whose one demand are the features of their set. Values of these types are
        // made and used only in code inlined into functions that enable them (the contract of `Lanes`), which
        // `all_isas` hands out only after `is_x86_feature_detected!` has found them.
        unsafe { $($body)* }
    };
}

macro_rules! lanes {
    ($type:ident, $float:ty, $lanes:expr, $mantissa:expr, $width:expr, $to_int:ident, $from_int:ident,
     $add:ident $sub:ident $mul:ident $div:ident $and:ident $or:ident $xor:ident $set:ident $load:ident $store:ident
     $fmadd:ident $fmsub:ident $fnmadd:ident $sqrt:ident $cmp:ident $classify:ident $blend:ident $movemask:ident
     $min:ident $max:ident $lookup:ident $lookup_of_four:ident
     $int_add:ident $int_sub:ident $shl:ident $shr:ident) => {
        operators! { [] $type,
            Add add |a, b| intrinsics!($type($add(a.0, b.0)));
            Sub sub |a, b| intrinsics!($type($sub(a.0, b.0)));
            Mul mul |a, b| intrinsics!($type($mul(a.0, b.0)));
            Div div |a, b| intrinsics!($type($div(a.0, b.0)));
            BitAnd bitand |a, b| intrinsics!($type($and(a.0, b.0)));
            BitOr bitor |a, b| intrinsics!($type($or(a.0, b.0)));
            BitXor bitxor |a, b| intrinsics!($type($xor(a.0, b.0)));
        }
        impl Lanes for $type {
            type Elem = $float;
            const LANES: usize = $lanes;
            #[inline(always)]
            fn splat(x: $float) -> Self {
                intrinsics!($type($set(x)))
            }
            #[inline(always)]
            unsafe fn load(p: *const $float) -> Self {
                // SAFETY: the caller promises `LANES` readable elements; the load is unaligned.
                unsafe { $type($load(p)) }
            }
            #[inline(always)]
            unsafe fn store(self, p: *mut $float) {
                // SAFETY: the caller promises `LANES` writable elements; the store is unaligned.
                unsafe { $store(p, self.0) }
            }
            #[inline(always)]
            fn mul_add(self, b: Self, c: Self) -> Self {
                intrinsics!($type($fmadd(self.0, b.0, c.0)))
            }
            #[inline(always)]
            fn mul_sub(self, b: Self, c: Self) -> Self {
                intrinsics!($type($fmsub(self.0, b.0, c.0)))
            }
            #[inline(always)]
            fn neg_mul_add(self, b: Self, c: Self) -> Self {
                intrinsics!($type($fnmadd(self.0, b.0, c.0)))
            }
            #[inline(always)]
            fn sqrt(self) -> Self {
                intrinsics!($type($sqrt(self.0)))
            }
            #[inline(always)]
            fn lt(self, b: Self) -> Self {
                intrinsics!($type($cmp::<_CMP_LT_OQ>(self.0, b.0)))
            }
            #[inline(always)]
            fn le(self, b: Self) -> Self {
                intrinsics!($type($cmp::<_CMP_LE_OQ>(self.0, b.0)))
            }
            #[inline(always)]
            fn not_lt(self, b: Self) -> Self {
                intrinsics!($type($cmp::<_CMP_NLT_UQ>(self.0, b.0)))
            }
            #[inline(always)]
            fn equal(self, b: Self) -> Self {
                intrinsics!($type($cmp::<_CMP_EQ_OQ>(self.0, b.0)))
            }
            #[inline(always)]
            fn not_positive_normal(self) -> Self {
                intrinsics!($type($classify(self.0)))
            }
            #[inline(always)]
            fn select(self, a: Self, b: Self) -> Self {
                intrinsics!($type($blend(b.0, a.0, self.0)))
            }
            #[inline(always)]
            fn any(self) -> bool {
                intrinsics!($movemask(self.0) != 0)
            }
            #[inline(always)]
            fn lesser(self, b: Self) -> Self {
                intrinsics!($type($min(self.0, b.0)))
            }
            #[inline(always)]
            fn greater(self, b: Self) -> Self {
                intrinsics!($type($max(self.0, b.0)))
            }
            #[inline(always)]
            fn lookup(self, table: &[$float; 16]) -> Self {
                intrinsics!($type($lookup($to_int(self.0), table)))
            }
            #[inline(always)]
            fn lookup_of_four(self, table: &[$float; 4]) -> Self {
                intrinsics!($type($lookup_of_four($to_int(self.0), table)))
            }
            #[inline(always)]
            fn int_add(self, b: Self) -> Self {
                intrinsics!($type($from_int($int_add($to_int(self.0), $to_int(b.0)))))
            }
            #[inline(always)]
            fn int_sub(self, b: Self) -> Self {
                intrinsics!($type($from_int($int_sub($to_int(self.0), $to_int(b.0)))))
            }
            #[inline(always)]
            fn shl_exponent(self) -> Self {
                intrinsics!($type($from_int($shl::<$mantissa>($to_int(self.0)))))
            }
            #[inline(always)]
            fn shr_exponent(self) -> Self {
                intrinsics!($type($from_int($shr::<$mantissa>($to_int(self.0)))))
            }
            #[inline(always)]
            fn shr_sixteenths(self) -> Self {
                intrinsics!($type($from_int($shr::<{ $mantissa - 4 }>($to_int(self.0)))))
            }
            #[inline(always)]
            fn shl_sign0(self) -> Self {
                intrinsics!($type($from_int($shl::<{ $width - 1 }>($to_int(self.0)))))
            }
            #[inline(always)]
            fn shl_sign1(self) -> Self {
                intrinsics!($type($from_int($shl::<{ $width - 2 }>($to_int(self.0)))))
            }
        }
    };
}

lanes!(Avx2F64, f64, 4, 52, 64, _mm256_castpd_si256, _mm256_castsi256_pd,
    _mm256_add_pd _mm256_sub_pd _mm256_mul_pd _mm256_div_pd _mm256_and_pd _mm256_or_pd _mm256_xor_pd _mm256_set1_pd
    _mm256_loadu_pd _mm256_storeu_pd _mm256_fmadd_pd _mm256_fmsub_pd _mm256_fnmadd_pd _mm256_sqrt_pd _mm256_cmp_pd
    classify256_pd _mm256_blendv_pd _mm256_movemask_pd
    _mm256_min_pd _mm256_max_pd lookup256_pd four256_pd
    _mm256_add_epi64 _mm256_sub_epi64 _mm256_slli_epi64 _mm256_srli_epi64);
lanes!(Avx2F32, f32, 8, 23, 32, _mm256_castps_si256, _mm256_castsi256_ps,
    _mm256_add_ps _mm256_sub_ps _mm256_mul_ps _mm256_div_ps _mm256_and_ps _mm256_or_ps _mm256_xor_ps _mm256_set1_ps
    _mm256_loadu_ps _mm256_storeu_ps _mm256_fmadd_ps _mm256_fmsub_ps _mm256_fnmadd_ps _mm256_sqrt_ps _mm256_cmp_ps
    classify256_ps _mm256_blendv_ps _mm256_movemask_ps
    _mm256_min_ps _mm256_max_ps lookup256_ps four256_ps
    _mm256_add_epi32 _mm256_sub_epi32 _mm256_slli_epi32 _mm256_srli_epi32);
lanes!(Avx512F64, f64, 8, 52, 64, _mm512_castpd_si512, _mm512_castsi512_pd,
    _mm512_add_pd _mm512_sub_pd _mm512_mul_pd _mm512_div_pd _mm512_and_pd _mm512_or_pd _mm512_xor_pd _mm512_set1_pd
    _mm512_loadu_pd _mm512_storeu_pd _mm512_fmadd_pd _mm512_fmsub_pd _mm512_fnmadd_pd _mm512_sqrt_pd compare_pd
    classify512_pd choose_pd signs_pd
    _mm512_min_pd _mm512_max_pd lookup512_pd four512_pd
    _mm512_add_epi64 _mm512_sub_epi64 _mm512_slli_epi64 _mm512_srli_epi64);
lanes!(Avx512F32, f32, 16, 23, 32, _mm512_castps_si512, _mm512_castsi512_ps,
    _mm512_add_ps _mm512_sub_ps _mm512_mul_ps _mm512_div_ps _mm512_and_ps _mm512_or_ps _mm512_xor_ps _mm512_set1_ps
    _mm512_loadu_ps _mm512_storeu_ps _mm512_fmadd_ps _mm512_fmsub_ps _mm512_fnmadd_ps _mm512_sqrt_ps compare_ps
    classify512_ps choose_ps signs_ps
    _mm512_min_ps _mm512_max_ps lookup512_ps four512_ps
    _mm512_add_epi32 _mm512_sub_epi32 _mm512_slli_epi32 _mm512_srli_epi32);

#[inline]
#[target_feature(enable = "avx2")]
fn classify256_pd(x: __m256d) -> __m256d {
    let (inf, least) = (_mm256_set1_pd(f64::INFINITY), _mm256_set1_pd(f64::MIN_POSITIVE));
    _mm256_or_pd(_mm256_cmp_pd::<_CMP_NLT_UQ>(x, inf), _mm256_cmp_pd::<_CMP_LT_OQ>(x, least))
}

#[inline]
#[target_feature(enable = "avx2")]
fn classify256_ps(x: __m256) -> __m256 {
    let (inf, least) = (_mm256_set1_ps(f32::INFINITY), _mm256_set1_ps(f32::MIN_POSITIVE));
    _mm256_or_ps(_mm256_cmp_ps::<_CMP_NLT_UQ>(x, inf), _mm256_cmp_ps::<_CMP_LT_OQ>(x, least))
}

/// Every class that the processor tells: NaN, zeros, infinities, subnormal and negative numbers.
const CLASSES: i32 = 0xff;

#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn classify512_pd(x: __m512d) -> __m512d {
    _mm512_castsi512_pd(_mm512_movm_epi64(_mm512_fpclass_pd_mask::<CLASSES>(x)))
}

#[inline]
#[target_feature(enable = "avx512f,avx512dq")]
fn classify512_ps(x: __m512) -> __m512 {
    _mm512_castsi512_ps(_mm512_movm_epi32(_mm512_fpclass_ps_mask::<CLASSES>(x)))
}

/// The places of the halves of an element of four: `2 i` and `2 i + 1`.
#[inline]
#[target_feature(enable = "avx2")]
fn halves(index: __m256i) -> __m256i {
    let twice = _mm256_slli_epi64::<1>(index);
    _mm256_add_epi32(_mm256_shuffle_epi32::<0b10_10_00_00>(twice), _mm256_set1_epi64x(1 << 32))
}

#[inline]
#[target_feature(enable = "avx2")]
fn four256_pd(index: __m256i, table: &[f64; 4]) -> __m256d {
    // SAFETY: the four elements of the table.
    let four = unsafe { _mm256_loadu_ps(table.as_ptr().cast()) };
    _mm256_castps_pd(_mm256_permutevar8x32_ps(four, halves(index)))
}

#[inline]
#[target_feature(enable = "avx2")]
fn lookup256_pd(index: __m256i, table: &[f64; 16]) -> __m256d {
    let [a, b, c, d] = table.as_chunks().0 else { unreachable!() };
    let bit2 = _mm256_castsi256_pd(_mm256_slli_epi64::<61>(index));
    let bit3 = _mm256_castsi256_pd(_mm256_slli_epi64::<60>(index));
    let low = _mm256_blendv_pd(four256_pd(index, a), four256_pd(index, b), bit2);
    let high = _mm256_blendv_pd(four256_pd(index, c), four256_pd(index, d), bit2);
    _mm256_blendv_pd(low, high, bit3)
}

#[inline]
#[target_feature(enable = "avx2")]
fn four256_ps(index: __m256i, table: &[f32; 4]) -> __m256 {
    // SAFETY: the four elements of the table.
    let four = unsafe { _mm_loadu_ps(table.as_ptr()) };
    _mm256_permutevar_ps(_mm256_set_m128(four, four), index)
}

#[inline]
#[target_feature(enable = "avx2")]
fn lookup256_ps(index: __m256i, table: &[f32; 16]) -> __m256 {
    // SAFETY: eight elements each of the table.
    let (low, high) = unsafe { (_mm256_loadu_ps(table.as_ptr()), _mm256_loadu_ps(table.as_ptr().add(8))) };
    let half = _mm256_castsi256_ps(_mm256_slli_epi32::<28>(index));
    _mm256_blendv_ps(_mm256_permutevar8x32_ps(low, index), _mm256_permutevar8x32_ps(high, index), half)
}

#[inline]
#[target_feature(enable = "avx512f")]
fn lookup512_pd(index: __m512i, table: &[f64; 16]) -> __m512d {
    // SAFETY: eight elements each of the table.
    let (low, high) = unsafe { (_mm512_loadu_pd(table.as_ptr()), _mm512_loadu_pd(table.as_ptr().add(8))) };
    _mm512_permutex2var_pd(low, index, high)
}

#[inline]
#[target_feature(enable = "avx512f")]
fn four512_pd(index: __m512i, table: &[f64; 4]) -> __m512d {
    // SAFETY: the four elements of the table.
    _mm512_permutexvar_pd(index, _mm512_broadcast_f64x4(unsafe { _mm256_loadu_pd(table.as_ptr()) }))
}

#[inline]
#[target_feature(enable = "avx512f")]
fn four512_ps(index: __m512i, table: &[f32; 4]) -> __m512 {
    // SAFETY: the four elements of the table.
    _mm512_permutevar_ps(_mm512_broadcast_f32x4(unsafe { _mm_loadu_ps(table.as_ptr()) }), index)
}

#[inline]
#[target_feature(enable = "avx512f")]
fn lookup512_ps(index: __m512i, table: &[f32; 16]) -> __m512 {
    // SAFETY: the sixteen elements of the table.
    _mm512_permutexvar_ps(index, unsafe { _mm512_loadu_ps(table.as_ptr()) })
}

/// Masks as vectors of all ones or zeros, which AVX-512 has in registers of their own. The compiler sees through them.
macro_rules! masks {
    ($vector:ty, $to_int:ident, $from_int:ident, $compare:ident $choose:ident $signs:ident,
     $cmp:ident $spread:ident $gather:ident $blend:ident) => {
        #[inline]
        #[target_feature(enable = "avx512f,avx512dq")]
        fn $compare<const PREDICATE: i32>(a: $vector, b: $vector) -> $vector {
            $from_int($spread($cmp::<PREDICATE>(a, b)))
        }
        #[inline]
        #[target_feature(enable = "avx512f,avx512dq")]
        fn $choose(b: $vector, a: $vector, mask: $vector) -> $vector {
            $blend($gather($to_int(mask)), b, a)
        }
        #[inline]
        #[target_feature(enable = "avx512f,avx512dq")]
        fn $signs(x: $vector) -> u16 {
            u16::from($gather($to_int(x)))
        }
    };
}
masks!(__m512d, _mm512_castpd_si512, _mm512_castsi512_pd, compare_pd choose_pd signs_pd,
    _mm512_cmp_pd_mask _mm512_movm_epi64 _mm512_movepi64_mask _mm512_mask_blend_pd);
masks!(__m512, _mm512_castps_si512, _mm512_castsi512_ps, compare_ps choose_ps signs_ps,
    _mm512_cmp_ps_mask _mm512_movm_epi32 _mm512_movepi32_mask _mm512_mask_blend_ps);
