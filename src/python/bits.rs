//! A bit generator as Python's classes hold it.

use super::dtype;
use super::ndarray::NdArray;
use crate::dtype::DType;
use crate::kernels::random::bits::Stream;
use crate::kernels::random::draw::{self, Draw};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// A stream of random words.
///
/// Examples
/// --------
/// >>> import numpy_rs
/// >>> type(numpy_rs.random.PCG64(1)._bits).__name__
/// 'Bits'
#[pyclass(frozen, module = "numpy_rs._core")]
pub struct Bits {
    stream: Mutex<Stream>,
}

impl Bits {
    fn lock(&self) -> MutexGuard<'_, Stream> {
        self.stream.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn drawn(&self, py: Python<'_>, what: Draw, count: usize) -> PyResult<NdArray> {
        // Without the interpreter, which another thread may hold that waits for the stream.
        let array = py.detach(|| draw::draw(&mut self.lock(), what, count))?;
        Ok(NdArray { array })
    }
}

#[pymethods]
impl Bits {
    #[new]
    fn new(name: &str, seed: Vec<u64>) -> PyResult<Bits> {
        let stream = Stream::seeded(name, &seed);
        let stream =
            stream.ok_or_else(|| PyValueError::new_err(format!("no bit generator '{name}' of such a seed")))?;
        Ok(Bits { stream: Mutex::new(stream) })
    }

    /// Numbers of a kind.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs
    /// >>> numpy_rs.random.PCG64(1)._bits.draw("f64", 2)
    /// array([0.51182162, 0.9504637 ])
    fn draw(&self, py: Python<'_>, name: &str, n: usize) -> PyResult<NdArray> {
        let what = match name {
            "word" => Draw::Word,
            "f64" => Draw::F64,
            "f32" => Draw::F32,
            "normal" => Draw::Normal,
            "exponential" => Draw::Exponential,
            "order" => Draw::Order,
            _ => return Err(PyValueError::new_err(format!("no draw is called '{name}'"))),
        };
        self.drawn(py, what, n)
    }

    /// Integers from the first on, of one more than so many.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs
    /// >>> numpy_rs.random.PCG64(1)._bits.integers(0, 9, "int64", 3)
    /// array([4, 5, 7])
    fn integers(
        &self,
        py: Python<'_>,
        first: u64,
        range: u64,
        dtype: &Bound<'_, PyAny>,
        n: usize,
    ) -> PyResult<NdArray> {
        let dtype: DType = dtype::extract(dtype)?;
        self.drawn(py, Draw::Integer { first, range, dtype }, n)
    }

    /// Goes on by so many words of PCG64, given by their low and high 64 bits; tells whether it can.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs
    /// >>> numpy_rs.random.PCG64(1)._bits.advance(1, 0)
    /// True
    fn advance(&self, low: u64, high: u64) -> bool {
        let by = u128::from(high) << 64 | u128::from(low);
        match &mut *self.lock() {
            Stream::Pcg64(b) => {
                b.words.advance(by);
                b.half = None;
                true
            }
            Stream::Pcg64Dxsm(b) => {
                b.words.advance(by);
                b.half = None;
                true
            }
            Stream::Sfc64(_) | Stream::Philox(_) | Stream::Mt19937(_) => false,
        }
    }
}
