//! The product of complex numbers in vectors: one multiplication, one fused multiply-add-subtract.
#![expect(unsafe_code, reason = "vector instructions of the processor, on tiles")]

use super::complex;
use super::number::Complex;
use std::arch::x86_64::{
    _mm256_fmaddsub_pd, _mm256_fmaddsub_ps, _mm256_loadu_pd, _mm256_loadu_ps, _mm256_movedup_pd, _mm256_movehdup_ps,
    _mm256_moveldup_ps, _mm256_mul_pd, _mm256_mul_ps, _mm256_permute_pd, _mm256_permute_ps, _mm256_storeu_pd,
    _mm256_storeu_ps,
};

macro_rules! product {
    ($name:ident, $t:ident, $n:literal, $load:ident, $store:ident, $re:expr, $im:expr, $swap:expr, $mul:ident, $fma:ident) => {
        /// `re = fma(a.re, b.re, -(a.im * b.im))`, `im = fma(a.re, b.im, a.im * b.re)`.
        ///
        /// # Safety
        /// As `TileFn` for complex elements, on a processor with these features.
        #[target_feature(enable = "avx2,fma")]
        pub(super) unsafe fn $name(n: usize, ins: &[*const u8; 3], out: *mut u8) {
            let (x, y, out) = (ins[0].cast::<$t>(), ins[1].cast::<$t>(), out.cast::<$t>());
            let whole = 2 * n / $n * $n;
            // SAFETY: each access lies within the first `n` elements, and reads come before the write to their place.
            unsafe {
                for i in (0..whole).step_by($n) {
                    let (a, b) = ($load(x.add(i)), $load(y.add(i)));
                    $store(out.add(i), $fma($re(a), b, $mul($im(a), $swap(b))));
                }
                for i in whole / 2..n {
                    let (a, b) = (*x.cast::<Complex<$t>>().add(i), *y.cast::<Complex<$t>>().add(i));
                    out.cast::<Complex<$t>>().add(i).write(complex::$t::mul(a, b));
                }
            }
        }
    };
}

product!(
    product_f32,
    f32,
    8,
    _mm256_loadu_ps,
    _mm256_storeu_ps,
    |a| _mm256_moveldup_ps(a),
    |a| _mm256_movehdup_ps(a),
    |b| _mm256_permute_ps::<0b10_11_00_01>(b),
    _mm256_mul_ps,
    _mm256_fmaddsub_ps
);
product!(
    product_f64,
    f64,
    4,
    _mm256_loadu_pd,
    _mm256_storeu_pd,
    |a| _mm256_movedup_pd(a),
    |a| _mm256_permute_pd::<0b1111>(a),
    |b| _mm256_permute_pd::<0b0101>(b),
    _mm256_mul_pd,
    _mm256_fmaddsub_pd
);
