//! Transforms of one length: the complex transform that a row comes down to, and the factors that split a real one.

use crate::array::fork::PerProcess;
use crate::ops::kernel::Transform;
use rustc_hash::FxHashMap;
use rustfft::num_complex::Complex;
use rustfft::num_traits::Float;
use rustfft::{Fft, FftDirection, FftNum, FftPlanner};
use std::sync::Arc;

/// Elements of the plans that are kept, all together.
const KEPT: usize = 1 << 21;

/// What is known of a transform.
pub struct Plan<T: FftNum> {
    /// The complex transform of a row, or of its parts.
    pub fft: Arc<dyn Fft<T>>,
    /// For a real row of even length `n`, kept as `n / 2` complex numbers: the roots of unity `exp(-2 pi i k / n)`, `k` up to `n / 4`.
    pub roots: Vec<Complex<T>>,
}

/// Plans by length, direction and whether they split real rows; and how many elements they have.
#[derive(Default)]
pub struct Plans<T: FftNum>(FxHashMap<(usize, bool, bool), Arc<Plan<T>>>, usize);

/// A type of numbers that are transformed.
pub trait Real: FftNum + Float + Default {
    /// The plans for this type.
    fn plans() -> &'static PerProcess<Plans<Self>>;

    /// From float64, rounded.
    fn of(x: f64) -> Self;
}

impl Real for f32 {
    fn plans() -> &'static PerProcess<Plans<f32>> {
        static PLANS: PerProcess<Plans<f32>> = PerProcess::new();
        &PLANS
    }

    fn of(x: f64) -> f32 {
        x as f32
    }
}

impl Real for f64 {
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

impl<T: Real> Plan<T> {
    /// The plan of a complex transform of this length.
    pub fn complex(n: usize, forward: bool) -> Arc<Plan<T>> {
        Plan::get((n, forward, false), Vec::new)
    }

    /// The plan of a transform of this kind and length.
    pub fn of(transform: Transform, n: usize) -> Arc<Plan<T>> {
        let forward = transform.is_forward();
        if !transform.halves(n) {
            return Plan::complex(n, forward);
        }
        Plan::get((n / 2, forward, true), || (0..=n / 4).map(|k| root(k, n)).collect())
    }

    fn get(key: (usize, bool, bool), roots: impl FnOnce() -> Vec<Complex<T>>) -> Arc<Plan<T>> {
        if let Some(plan) = T::plans().lock().0.get(&key) {
            return plan.clone();
        }
        let direction = if key.1 { FftDirection::Forward } else { FftDirection::Inverse };
        // Made without the lock: that of a long row takes milliseconds.
        let fft = FftPlanner::new().plan_fft(key.0, direction);
        let plan = Arc::new(Plan { fft, roots: roots() });
        let mut plans = T::plans().lock();
        if plans.1 + key.0 > KEPT {
            plans.0.clear();
            plans.1 = 0;
        }
        if key.0 <= KEPT && plans.0.insert(key, plan.clone()).is_none() {
            plans.1 += key.0;
        }
        plan
    }
}
