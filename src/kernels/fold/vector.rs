//! Vectors of 32 bytes of floats, for folds: one AVX register, or a pair of SSE2 ones, or an array.
//!
//! Folds of floats keep their partial results in vectors named in the source, as the compiler may not reorder rounded
//! operations to find vectors of its own.
#![expect(unsafe_code, reason = "vector instructions of the processor")]

/// A vector. Methods are for processors that have its instructions.
pub(super) trait Vector: Copy {
    /// Its elements.
    type T: Copy;
    /// How many.
    const N: usize;

    /// # Safety
    /// `x` covers `N` elements; the processor has the vector's instructions.
    unsafe fn load(x: *const Self::T) -> Self;
    /// # Safety
    /// `x` takes `N` elements; the processor has the vector's instructions.
    unsafe fn store(self, x: *mut Self::T);
    /// # Safety
    /// The processor has the vector's instructions.
    unsafe fn splat(x: Self::T) -> Self;
    /// # Safety
    /// As [`Vector::splat`].
    unsafe fn add(self, b: Self) -> Self;
    /// # Safety
    /// As [`Vector::splat`].
    unsafe fn sub(self, b: Self) -> Self;
    /// # Safety
    /// As [`Vector::splat`].
    unsafe fn mul(self, b: Self) -> Self;
    /// `if self < b { self } else { b }`
    ///
    /// # Safety
    /// As [`Vector::splat`].
    unsafe fn less(self, b: Self) -> Self;
    /// `if self > b { self } else { b }`
    ///
    /// # Safety
    /// As [`Vector::splat`].
    unsafe fn more(self, b: Self) -> Self;
    /// All bits set where either is NaN, otherwise zero.
    ///
    /// # Safety
    /// As [`Vector::splat`].
    unsafe fn nan(self, b: Self) -> Self;
    /// All bits set where both are equal, otherwise zero.
    ///
    /// # Safety
    /// As [`Vector::splat`].
    unsafe fn equal(self, b: Self) -> Self;
    /// The bitwise or.
    ///
    /// # Safety
    /// As [`Vector::splat`].
    unsafe fn or(self, b: Self) -> Self;
    /// `if mask { self } else { b }`, for masks as [`Vector::nan`] makes.
    ///
    /// # Safety
    /// As [`Vector::splat`].
    unsafe fn choose(self, b: Self, mask: Self) -> Self;
    /// The sign bits, the first element's lowest.
    ///
    /// # Safety
    /// As [`Vector::splat`].
    unsafe fn signs(self) -> u32;
    /// True where a sign bit is set.
    ///
    /// # Safety
    /// As [`Vector::splat`].
    #[inline(always)]
    unsafe fn any(self) -> bool {
        // SAFETY: the caller's contract.
        unsafe { self.signs() != 0 }
    }
}

/// A vector of float64 that loads float32 too.
pub(super) trait Widening: Vector<T = f64> {
    /// # Safety
    /// `x` covers `N` elements; the processor has the vector's instructions.
    unsafe fn load_f32(x: *const f32) -> Self;
}

#[cfg(target_arch = "x86_64")]
pub(super) use x86::{Base32, Base64, Wide32, Wide64};

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::{Vector, Widening};
    use std::arch::x86_64::*;

    #[derive(Clone, Copy)]
    pub(in super::super) struct Wide32(__m256);
    #[derive(Clone, Copy)]
    pub(in super::super) struct Wide64(__m256d);
    #[derive(Clone, Copy)]
    pub(in super::super) struct Base32(__m128, __m128);
    #[derive(Clone, Copy)]
    pub(in super::super) struct Base64(__m128d, __m128d);

    macro_rules! wide {
        ($v:ident, $t:ty, $n:literal, $load:ident, $store:ident, $splat:ident, $add:ident, $sub:ident, $mul:ident,
         $min:ident, $max:ident, $cmp:ident, $or:ident, $blend:ident, $signs:ident) => {
            // SAFETY of each block: the caller vouches for the instructions, and for the memory of `load` and `store`.
            impl Vector for $v {
                type T = $t;
                const N: usize = $n;
                #[inline(always)]
                unsafe fn load(x: *const $t) -> Self {
                    // SAFETY: see above.
                    unsafe { $v($load(x)) }
                }
                #[inline(always)]
                unsafe fn store(self, x: *mut $t) {
                    // SAFETY: see above.
                    unsafe { $store(x, self.0) }
                }
                #[inline(always)]
                unsafe fn splat(x: $t) -> Self {
                    // SAFETY: see above.
                    unsafe { $v($splat(x)) }
                }
                #[inline(always)]
                unsafe fn add(self, b: Self) -> Self {
                    // SAFETY: see above.
                    unsafe { $v($add(self.0, b.0)) }
                }
                #[inline(always)]
                unsafe fn sub(self, b: Self) -> Self {
                    // SAFETY: see above.
                    unsafe { $v($sub(self.0, b.0)) }
                }
                #[inline(always)]
                unsafe fn mul(self, b: Self) -> Self {
                    // SAFETY: see above.
                    unsafe { $v($mul(self.0, b.0)) }
                }
                #[inline(always)]
                unsafe fn less(self, b: Self) -> Self {
                    // SAFETY: see above.
                    unsafe { $v($min(self.0, b.0)) }
                }
                #[inline(always)]
                unsafe fn more(self, b: Self) -> Self {
                    // SAFETY: see above.
                    unsafe { $v($max(self.0, b.0)) }
                }
                #[inline(always)]
                unsafe fn nan(self, b: Self) -> Self {
                    // SAFETY: see above.
                    unsafe { $v($cmp::<_CMP_UNORD_Q>(self.0, b.0)) }
                }
                #[inline(always)]
                unsafe fn equal(self, b: Self) -> Self {
                    // SAFETY: see above.
                    unsafe { $v($cmp::<_CMP_EQ_OQ>(self.0, b.0)) }
                }
                #[inline(always)]
                unsafe fn or(self, b: Self) -> Self {
                    // SAFETY: see above.
                    unsafe { $v($or(self.0, b.0)) }
                }
                #[inline(always)]
                unsafe fn choose(self, b: Self, mask: Self) -> Self {
                    // SAFETY: see above.
                    unsafe { $v($blend(b.0, self.0, mask.0)) }
                }
                #[inline(always)]
                unsafe fn signs(self) -> u32 {
                    // SAFETY: see above.
                    unsafe { $signs(self.0) as u32 }
                }
            }
        };
    }
    wide!(
        Wide32,
        f32,
        8,
        _mm256_loadu_ps,
        _mm256_storeu_ps,
        _mm256_set1_ps,
        _mm256_add_ps,
        _mm256_sub_ps,
        _mm256_mul_ps,
        _mm256_min_ps,
        _mm256_max_ps,
        _mm256_cmp_ps,
        _mm256_or_ps,
        _mm256_blendv_ps,
        _mm256_movemask_ps
    );
    wide!(
        Wide64,
        f64,
        4,
        _mm256_loadu_pd,
        _mm256_storeu_pd,
        _mm256_set1_pd,
        _mm256_add_pd,
        _mm256_sub_pd,
        _mm256_mul_pd,
        _mm256_min_pd,
        _mm256_max_pd,
        _mm256_cmp_pd,
        _mm256_or_pd,
        _mm256_blendv_pd,
        _mm256_movemask_pd
    );

    impl Widening for Wide64 {
        #[inline(always)]
        unsafe fn load_f32(x: *const f32) -> Self {
            // SAFETY: the caller vouches for the instructions and the memory.
            unsafe { Wide64(_mm256_cvtps_pd(_mm_loadu_ps(x))) }
        }
    }

    macro_rules! base {
        ($v:ident, $t:ty, $half:literal, $load:ident, $store:ident, $splat:ident, $add:ident, $sub:ident, $mul:ident,
         $min:ident, $max:ident, $unord:ident, $eq:ident, $or:ident, $and:ident, $andnot:ident, $signs:ident) => {
            // SAFETY of each block: SSE2 is in every x86-64; the caller vouches for the memory of `load` and `store`.
            impl Vector for $v {
                type T = $t;
                const N: usize = 2 * $half;
                #[inline(always)]
                unsafe fn load(x: *const $t) -> Self {
                    // SAFETY: see above.
                    unsafe { $v($load(x), $load(x.add($half))) }
                }
                #[inline(always)]
                unsafe fn store(self, x: *mut $t) {
                    // SAFETY: see above.
                    unsafe {
                        $store(x, self.0);
                        $store(x.add($half), self.1);
                    }
                }
                #[inline(always)]
                unsafe fn splat(x: $t) -> Self {
                    // SAFETY: see above.
                    unsafe { $v($splat(x), $splat(x)) }
                }
                #[inline(always)]
                unsafe fn add(self, b: Self) -> Self {
                    // SAFETY: see above.
                    unsafe { $v($add(self.0, b.0), $add(self.1, b.1)) }
                }
                #[inline(always)]
                unsafe fn sub(self, b: Self) -> Self {
                    // SAFETY: see above.
                    unsafe { $v($sub(self.0, b.0), $sub(self.1, b.1)) }
                }
                #[inline(always)]
                unsafe fn mul(self, b: Self) -> Self {
                    // SAFETY: see above.
                    unsafe { $v($mul(self.0, b.0), $mul(self.1, b.1)) }
                }
                #[inline(always)]
                unsafe fn less(self, b: Self) -> Self {
                    // SAFETY: see above.
                    unsafe { $v($min(self.0, b.0), $min(self.1, b.1)) }
                }
                #[inline(always)]
                unsafe fn more(self, b: Self) -> Self {
                    // SAFETY: see above.
                    unsafe { $v($max(self.0, b.0), $max(self.1, b.1)) }
                }
                #[inline(always)]
                unsafe fn nan(self, b: Self) -> Self {
                    // SAFETY: see above.
                    unsafe { $v($unord(self.0, b.0), $unord(self.1, b.1)) }
                }
                #[inline(always)]
                unsafe fn equal(self, b: Self) -> Self {
                    // SAFETY: see above.
                    unsafe { $v($eq(self.0, b.0), $eq(self.1, b.1)) }
                }
                #[inline(always)]
                unsafe fn or(self, b: Self) -> Self {
                    // SAFETY: see above.
                    unsafe { $v($or(self.0, b.0), $or(self.1, b.1)) }
                }
                #[inline(always)]
                unsafe fn choose(self, b: Self, mask: Self) -> Self {
                    // SAFETY: see above.
                    unsafe {
                        $v(
                            $or($and(mask.0, self.0), $andnot(mask.0, b.0)),
                            $or($and(mask.1, self.1), $andnot(mask.1, b.1)),
                        )
                    }
                }
                #[inline(always)]
                unsafe fn signs(self) -> u32 {
                    // SAFETY: see above.
                    unsafe { $signs(self.0) as u32 | ($signs(self.1) as u32) << $half }
                }
            }
        };
    }
    base!(
        Base32,
        f32,
        4,
        _mm_loadu_ps,
        _mm_storeu_ps,
        _mm_set1_ps,
        _mm_add_ps,
        _mm_sub_ps,
        _mm_mul_ps,
        _mm_min_ps,
        _mm_max_ps,
        _mm_cmpunord_ps,
        _mm_cmpeq_ps,
        _mm_or_ps,
        _mm_and_ps,
        _mm_andnot_ps,
        _mm_movemask_ps
    );
    base!(
        Base64,
        f64,
        2,
        _mm_loadu_pd,
        _mm_storeu_pd,
        _mm_set1_pd,
        _mm_add_pd,
        _mm_sub_pd,
        _mm_mul_pd,
        _mm_min_pd,
        _mm_max_pd,
        _mm_cmpunord_pd,
        _mm_cmpeq_pd,
        _mm_or_pd,
        _mm_and_pd,
        _mm_andnot_pd,
        _mm_movemask_pd
    );

    impl Widening for Base64 {
        #[inline(always)]
        unsafe fn load_f32(x: *const f32) -> Self {
            // SAFETY: SSE2 is in every x86-64; the caller vouches for the memory.
            unsafe {
                let x = _mm_loadu_ps(x);
                Base64(_mm_cvtps_pd(x), _mm_cvtps_pd(_mm_movehl_ps(x, x)))
            }
        }
    }
}

#[cfg(not(target_arch = "x86_64"))]
pub(super) use array::{Base32, Base64};

#[cfg(not(target_arch = "x86_64"))]
mod array {
    use super::{Vector, Widening};

    macro_rules! array {
        ($v:ident, $t:ident, $bits:ident, $n:literal) => {
            #[derive(Clone, Copy)]
            pub(in super::super) struct $v([$t; $n]);

            impl $v {
                #[inline(always)]
                fn zip(self, b: Self, f: impl Fn($t, $t) -> $t) -> Self {
                    $v(std::array::from_fn(|i| f(self.0[i], b.0[i])))
                }
            }

            impl Vector for $v {
                type T = $t;
                const N: usize = $n;
                #[inline(always)]
                unsafe fn load(x: *const $t) -> Self {
                    // SAFETY: the caller vouches for the memory.
                    unsafe { $v(x.cast::<[$t; $n]>().read()) }
                }
                #[inline(always)]
                unsafe fn store(self, x: *mut $t) {
                    // SAFETY: the caller vouches for the memory.
                    unsafe { x.cast::<[$t; $n]>().write(self.0) }
                }
                #[inline(always)]
                unsafe fn splat(x: $t) -> Self {
                    $v([x; $n])
                }
                #[inline(always)]
                unsafe fn add(self, b: Self) -> Self {
                    self.zip(b, |a, b| a + b)
                }
                #[inline(always)]
                unsafe fn sub(self, b: Self) -> Self {
                    self.zip(b, |a, b| a - b)
                }
                #[inline(always)]
                unsafe fn mul(self, b: Self) -> Self {
                    self.zip(b, |a, b| a * b)
                }
                #[inline(always)]
                unsafe fn less(self, b: Self) -> Self {
                    self.zip(b, |a, b| if a < b { a } else { b })
                }
                #[inline(always)]
                unsafe fn more(self, b: Self) -> Self {
                    self.zip(b, |a, b| if a > b { a } else { b })
                }
                #[inline(always)]
                unsafe fn nan(self, b: Self) -> Self {
                    self.zip(b, |a, b| $t::from_bits(((a.is_nan() | b.is_nan()) as $bits).wrapping_neg()))
                }
                #[inline(always)]
                unsafe fn equal(self, b: Self) -> Self {
                    self.zip(b, |a, b| $t::from_bits(((a == b) as $bits).wrapping_neg()))
                }
                #[inline(always)]
                unsafe fn or(self, b: Self) -> Self {
                    self.zip(b, |a, b| $t::from_bits(a.to_bits() | b.to_bits()))
                }
                #[inline(always)]
                unsafe fn choose(self, b: Self, mask: Self) -> Self {
                    $v(std::array::from_fn(|i| if mask.0[i].to_bits() != 0 { self.0[i] } else { b.0[i] }))
                }
                #[inline(always)]
                unsafe fn signs(self) -> u32 {
                    self.0.iter().enumerate().fold(0, |signs, (i, x)| signs | u32::from(x.is_sign_negative()) << i)
                }
            }
        };
    }
    array!(Base32, f32, u32, 8);
    array!(Base64, f64, u64, 4);

    impl Widening for Base64 {
        #[inline(always)]
        unsafe fn load_f32(x: *const f32) -> Self {
            // SAFETY: the caller vouches for the memory.
            unsafe { Base64(x.cast::<[f32; 4]>().read().map(f64::from)) }
        }
    }
}
