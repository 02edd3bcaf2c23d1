//! Discrete Fourier transforms of a few numbers, `exp(-2 pi i k / n)`, each lane for itself.
//!
//! Loops count to constants and index arrays, which the compiler unrolls into registers; closures that build arrays it may leave as calls
//! without the instruction set.
#![expect(clippy::needless_range_loop, clippy::manual_memcpy, reason = "unrolled into registers")]

use super::lanes::Rows;

/// A complex number in each lane.
#[derive(Clone, Copy)]
pub struct Complexes<V> {
    pub re: V,
    pub im: V,
}

impl<V: Rows> Complexes<V> {
    #[inline(always)]
    fn plus(self, b: Self) -> Self {
        Complexes { re: self.re + b.re, im: self.im + b.im }
    }

    #[inline(always)]
    fn minus(self, b: Self) -> Self {
        Complexes { re: self.re - b.re, im: self.im - b.im }
    }

    /// The product.
    #[inline(always)]
    pub fn times(self, b: Self) -> Self {
        Complexes { re: self.re.mul_sub(b.re, self.im * b.im), im: self.re.mul_add(b.im, self.im * b.re) }
    }

    /// Times `-i`.
    #[inline(always)]
    fn down(self) -> (V, V) {
        (self.im, self.re)
    }
}

/// The transform of `R` numbers.
#[inline(always)]
pub fn butterfly<V: Rows, const R: usize>(x: [Complexes<V>; R]) -> [Complexes<V>; R] {
    let mut y = x;
    match R {
        2 => {
            (y[0], y[1]) = (x[0].plus(x[1]), x[0].minus(x[1]));
        }
        4 => {
            let z = four([x[0], x[1], x[2], x[3]]);
            for k in 0..4 {
                y[k] = z[k];
            }
        }
        8 => {
            let z = eight([x[0], x[1], x[2], x[3], x[4], x[5], x[6], x[7]]);
            for k in 0..8 {
                y[k] = z[k];
            }
        }
        _ => y = odd(x),
    }
    y
}

#[inline(always)]
fn four<V: Rows>(x: [Complexes<V>; 4]) -> [Complexes<V>; 4] {
    let (a, b) = (x[0].plus(x[2]), x[0].minus(x[2]));
    let (c, (re, im)) = (x[1].plus(x[3]), x[1].minus(x[3]).down());
    [a.plus(c), Complexes { re: b.re + re, im: b.im - im }, a.minus(c), Complexes { re: b.re - re, im: b.im + im }]
}

/// Two transforms of four, those of the odd numbers turned by eighths of the circle.
#[inline(always)]
fn eight<V: Rows>(x: [Complexes<V>; 8]) -> [Complexes<V>; 8] {
    let a = four([x[0], x[2], x[4], x[6]]);
    let b = four([x[1], x[3], x[5], x[7]]);
    let half = V::of(std::f64::consts::FRAC_1_SQRT_2);
    let (p, q) = (b[1].re + b[1].im, b[1].im - b[1].re);
    let (r, s) = (b[3].im - b[3].re, b[3].re + b[3].im);
    let (re, im) = b[2].down();
    [
        a[0].plus(b[0]),
        Complexes { re: p.mul_add(half, a[1].re), im: q.mul_add(half, a[1].im) },
        Complexes { re: a[2].re + re, im: a[2].im - im },
        Complexes { re: r.mul_add(half, a[3].re), im: s.neg_mul_add(half, a[3].im) },
        a[0].minus(b[0]),
        Complexes { re: p.neg_mul_add(half, a[1].re), im: q.neg_mul_add(half, a[1].im) },
        Complexes { re: a[2].re - re, im: a[2].im + im },
        Complexes { re: r.neg_mul_add(half, a[3].re), im: s.mul_add(half, a[3].im) },
    ]
}

/// The sum itself, with numbers that are as many from either end together: their sum by cosines, their difference by sines.
#[inline(always)]
fn odd<V: Rows, const R: usize>(x: [Complexes<V>; R]) -> [Complexes<V>; R] {
    let mut pairs = [(x[0], x[0]); R];
    for j in 1..=R / 2 {
        pairs[j] = (x[j].plus(x[R - j]), x[j].minus(x[R - j]));
    }
    let mut y = x;
    for j in 1..=R / 2 {
        y[0] = y[0].plus(pairs[j].0);
    }
    for k in 1..=R / 2 {
        let mut even = x[0];
        let (mut re, mut im) = (V::of(0.0), V::of(0.0));
        for j in 1..=R / 2 {
            let (cos, sin) = circle(R, j * k % R);
            let (cos, sin) = (V::of(cos), V::of(sin));
            even.re = pairs[j].0.re.mul_add(cos, even.re);
            even.im = pairs[j].0.im.mul_add(cos, even.im);
            (re, im) = if j == 1 {
                (pairs[j].1.im * sin, pairs[j].1.re * sin)
            } else {
                (pairs[j].1.im.mul_add(sin, re), pairs[j].1.re.mul_add(sin, im))
            };
        }
        y[k] = Complexes { re: even.re + re, im: even.im - im };
        y[R - k] = Complexes { re: even.re - re, im: even.im + im };
    }
    y
}

/// The cosine and the sine of part `k` of `r` of the circle.
#[inline(always)]
fn circle(r: usize, k: usize) -> (f64, f64) {
    let (cos, sin) = HALVES[r / 2][k.min(r - k)];
    (cos, if 2 * k < r { sin } else { -sin })
}

/// By half of an odd radix.
const HALVES: [[(f64, f64); 7]; 7] = [
    [(1.0, 0.0), (1.0, 0.0), (1.0, 0.0), (1.0, 0.0), (1.0, 0.0), (1.0, 0.0), (1.0, 0.0)],
    [(1.0, 0.0), (-0.5, 0.8660254037844386), (1.0, 0.0), (1.0, 0.0), (1.0, 0.0), (1.0, 0.0), (1.0, 0.0)],
    [
        (1.0, 0.0),
        (0.30901699437494745, 0.9510565162951535),
        (-0.8090169943749475, 0.5877852522924731),
        (1.0, 0.0),
        (1.0, 0.0),
        (1.0, 0.0),
        (1.0, 0.0),
    ],
    [
        (1.0, 0.0),
        (0.6234898018587335, 0.7818314824680298),
        (-0.2225209339563144, 0.9749279121818236),
        (-0.9009688679024191, 0.4338837391175581),
        (1.0, 0.0),
        (1.0, 0.0),
        (1.0, 0.0),
    ],
    [(1.0, 0.0), (1.0, 0.0), (1.0, 0.0), (1.0, 0.0), (1.0, 0.0), (1.0, 0.0), (1.0, 0.0)],
    [
        (1.0, 0.0),
        (0.8412535328311812, 0.5406408174555976),
        (0.41541501300188644, 0.9096319953545183),
        (-0.14231483827328514, 0.9898214418809327),
        (-0.6548607339452851, 0.7557495743542583),
        (-0.9594929736144974, 0.28173255684142967),
        (1.0, 0.0),
    ],
    [
        (1.0, 0.0),
        (0.8854560256532099, 0.46472317204376856),
        (0.5680647467311558, 0.8229838658936564),
        (0.12053668025532305, 0.992708874098054),
        (-0.3546048870425356, 0.9350162426854148),
        (-0.7485107481711011, 0.6631226582407952),
        (-0.970941817426052, 0.23931566428755777),
    ],
];
