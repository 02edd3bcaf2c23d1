//! Transforms of one length: the complex transform that a row comes down to, and the factors that split a real one.

#[cfg(target_arch = "x86_64")]
use super::lanes::Rows;
use super::lanes::Work;
use super::mixed::Mixed;
use super::within::{NEAR, Split};
use crate::array::fork::PerProcess;
use crate::error::{Error, Result};
use crate::kernels::tile::isa::Isa;
use crate::ops::kernel::Transform;
use rustc_hash::FxHashMap;
use rustfft::num_complex::Complex;
use rustfft::num_traits::Float;
use rustfft::{Fft, FftDirection, FftNum, FftPlanner};
use std::sync::Arc;

/// Elements of the plans that are kept, all together.
const KEPT: usize = 1 << 21;

/// The longest block of rows side by side, in bytes: half of a second-level cache, or of what a processor has of it.
const FAR: usize = 1 << 20;

/// How complex rows are transformed.
pub enum Way<T: FftNum> {
    /// As many at a time as a vector has lanes.
    Across(Mixed<T>),
    /// Each by vectors of its own columns.
    Within(Box<Split<T>>),
    /// Each by the crate.
    Crate(Arc<dyn Fft<T>>),
}

/// What is known of a transform.
pub struct Plan<T: FftNum> {
    /// The complex transform of a row, or of its parts.
    pub way: Way<T>,
    /// For a real row of even length `n`, kept as `n / 2` complex numbers: the roots of unity `exp(-2 pi i k / n)`, `k` up to `n / 4`.
    pub roots: Vec<Complex<T>>,
}

/// What plans are known by.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    /// The length of the complex transform.
    n: usize,
    /// Ways of ours compute both directions.
    forward: bool,
    halves: bool,
    wish: Wish,
    isa: Isa,
}

/// What rows there are.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum Wish {
    /// Columns enough for the lanes of a vector, which they fill one each.
    Columns,
    /// Rows enough for that.
    Many,
    /// Few, or none beside another.
    Few,
    /// Parts of rows that the crate transforms.
    Parts,
}

/// Plans by what they are known by; and how many elements they have.
#[derive(Default)]
pub struct Plans<T: FftNum>(FxHashMap<Key, Arc<Plan<T>>>, usize);

/// A type of numbers that are transformed.
pub trait Real: FftNum + Float + Default {
    /// Vectors of AVX2.
    #[cfg(target_arch = "x86_64")]
    type Wide: Rows<Elem = Self>;
    /// Vectors of AVX-512.
    #[cfg(target_arch = "x86_64")]
    type Widest: Rows<Elem = Self>;

    /// The plans for this type.
    fn plans() -> &'static PerProcess<Plans<Self>>;

    /// From float64, rounded.
    fn of(x: f64) -> Self;

    /// Computes something over the vectors of an instruction set; nothing without one, of which no plan has vectors.
    ///
    /// # Safety
    /// As the work says; the processor has the instruction set.
    unsafe fn with<W: Work<Self>>(isa: Isa, work: W) {
        match isa {
            Isa::Base => drop(work),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: the contract.
            Isa::Avx2 => unsafe { Self::Wide::call(work) },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: the contract.
            Isa::Avx512 => unsafe { Self::Widest::call(work) },
        }
    }
}

/// Lanes of a vector of an instruction set; none without vectors of ours.
pub fn lanes<T>(isa: Isa) -> usize {
    match isa {
        Isa::Base => 0,
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2 => 32 / size_of::<T>(),
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512 => 64 / size_of::<T>(),
    }
}

impl Real for f32 {
    #[cfg(target_arch = "x86_64")]
    type Wide = crate::kernels::math::simd::Avx2F32;
    #[cfg(target_arch = "x86_64")]
    type Widest = crate::kernels::math::simd::Avx512F32;

    fn plans() -> &'static PerProcess<Plans<f32>> {
        static PLANS: PerProcess<Plans<f32>> = PerProcess::new();
        &PLANS
    }

    fn of(x: f64) -> f32 {
        x as f32
    }
}

impl Real for f64 {
    #[cfg(target_arch = "x86_64")]
    type Wide = crate::kernels::math::simd::Avx2F64;
    #[cfg(target_arch = "x86_64")]
    type Widest = crate::kernels::math::simd::Avx512F64;

    fn plans() -> &'static PerProcess<Plans<f64>> {
        static PLANS: PerProcess<Plans<f64>> = PerProcess::new();
        &PLANS
    }

    fn of(x: f64) -> f64 {
        x
    }
}

/// `exp(-2 pi i k / n)`, to half an ULP or so: the angle is brought into the first eighth of the circle exactly.
pub fn root<T: Real>(k: usize, n: usize) -> Complex<T> {
    let (k, n) = ((k % n) as u128, n as u128);
    // Eighths of the circle, and what is left of the last, in units of 1 / (8 n).
    let (octant, rest) = ((8 * k / n) as u32, 8 * k % n);
    let odd = octant % 2 == 1;
    let part = if odd { n - rest } else { rest };
    let (sin, cos) = (std::f64::consts::FRAC_PI_4 * (part as f64 / n as f64)).sin_cos();
    // An odd eighth is measured from the end of its quarter.
    let (sin, cos) = if odd { (cos, sin) } else { (sin, cos) };
    let (re, im) = match octant / 2 {
        0 => (cos, -sin),
        1 => (-sin, -cos),
        2 => (-cos, sin),
        _ => (sin, cos),
    };
    Complex::new(T::of(re), T::of(im))
}

/// The way of a complex transform.
fn way<T: Real>(Key { n, forward, wish, isa, .. }: Key) -> Way<T> {
    let lanes = lanes::<T>(isa);
    let block = 2 * lanes * size_of::<T>() * n;
    let across = |most: usize| if block <= most { Mixed::new(n, lanes).map(Way::Across) } else { None };
    // Passes of eight need the registers of AVX-512. With fewer, rows that have to be turned into vectors are slower than the crate's if
    // their length is a power of two (0.5 to 0.9 times its speed), and little faster if not; columns are not turned.
    let wide = lanes * size_of::<T>() == 64;
    let within = || if wide { Split::new(n, lanes).map(|s| Way::Within(Box::new(s))) } else { None };
    let ours = match wish {
        _ if lanes == 0 => None,
        Wish::Columns => across(FAR).or_else(within),
        Wish::Many if wide => across(NEAR).or_else(within).or_else(|| across(FAR)),
        Wish::Many | Wish::Few => within(),
        Wish::Parts => None,
    };
    if let Some(way) = ours {
        return way;
    }
    let direction = if forward { FftDirection::Forward } else { FftDirection::Inverse };
    Way::Crate(FftPlanner::new().plan_fft(n, direction))
}

impl<T: Real> Plan<T> {
    /// The crate's complex transform of this length.
    ///
    /// # Errors
    /// `Error::Bug` where it is another's.
    pub fn parts(n: usize, forward: bool) -> Result<Arc<dyn Fft<T>>> {
        match &Plan::get(Key { n, forward, halves: false, wish: Wish::Parts, isa: Isa::Base }, Vec::new).way {
            Way::Crate(fft) => Ok(fft.clone()),
            Way::Across(_) | Way::Within(_) => Err(Error::Bug(format!("parts of {n} numbers by vectors"))),
        }
    }

    /// The plan of a transform of this kind and length.
    pub fn of(transform: Transform, n: usize, wish: Wish, isa: Isa) -> Arc<Plan<T>> {
        let (forward, halves) = (transform.is_forward(), transform.halves(n));
        let roots = || if halves { (0..=n / 4).map(|k| root(k, n)).collect() } else { Vec::new() };
        Plan::get(Key { n: transform.complex(n), forward, halves, wish, isa }, roots)
    }

    fn get(key: Key, roots: impl FnOnce() -> Vec<Complex<T>>) -> Arc<Plan<T>> {
        if let Some(plan) = T::plans().lock().0.get(&key) {
            return plan.clone();
        }
        // Made without the lock: that of a long row takes milliseconds.
        let plan = Arc::new(Plan { way: way(key), roots: roots() });
        let mut plans = T::plans().lock();
        if plans.1 + key.n > KEPT {
            plans.0.clear();
            plans.1 = 0;
        }
        if key.n <= KEPT && plans.0.insert(key, plan.clone()).is_none() {
            plans.1 += key.n;
        }
        plan
    }
}
