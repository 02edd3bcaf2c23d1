//! A bit generator as Python's classes hold it.

use super::draws::{self, Counted, Place};
use super::ndarray::NdArray;
use super::{dtype, evaluate};
use crate::array::Array;
use crate::dtype::DType;
use crate::error::Result;
use crate::kernels::random::bits::Stream;
use crate::kernels::random::integers::{self, Ends};
use crate::kernels::random::walk::Operand;
use crate::kernels::random::{choice, multivariate, order};
use crate::runtime::scoped;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use std::sync::{Mutex, PoisonError};

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
    /// What is made of the stream without the interpreter: who has the stream may ask for that.
    fn with<T: Send>(&self, py: Python<'_>, work: impl FnOnce(&mut Stream) -> T + Send) -> T {
        py.detach(|| work(&mut self.stream.lock().unwrap_or_else(PoisonError::into_inner)))
    }

    fn drawn<T: Send>(&self, py: Python<'_>, draw: impl FnOnce(&mut Stream) -> Result<T> + Send) -> PyResult<T> {
        Ok(self.with(py, draw)?)
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

    /// The state in words.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs
    /// >>> numpy_rs.random.SFC64(1)._bits.state()[3:]
    /// [13, 0, 0]
    fn state(&self, py: Python<'_>) -> Vec<u64> {
        self.with(py, |stream| stream.state())
    }

    /// Puts a generator of a name into a state, in words as `state` gives them.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs
    /// >>> bits = numpy_rs.random.SFC64(1)._bits
    /// >>> bits.restore("SFC64", [1, 2, 3, 4, 0, 0])
    /// >>> bits.state()
    /// [1, 2, 3, 4, 0, 0]
    fn restore(&self, py: Python<'_>, name: &str, state: Vec<u64>) -> PyResult<()> {
        let there = Stream::of_state(name, &state);
        let there = there.ok_or_else(|| PyValueError::new_err(format!("this is no state of {name}")))?;
        self.with(py, |stream| *stream = there);
        Ok(())
    }

    /// Goes on by so many steps, a number of 256 bits from the lowest word on; tells whether it can.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs
    /// >>> numpy_rs.random.PCG64(1)._bits.advance((1, 0, 0, 0))
    /// True
    fn advance(&self, py: Python<'_>, by: [u64; 4]) -> bool {
        self.with(py, |stream| stream.advance(by))
    }

    /// Goes on by the steps of a jump; tells whether it can.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs
    /// >>> numpy_rs.random.SFC64(1)._bits.jump()
    /// False
    fn jump(&self, py: Python<'_>) -> bool {
        self.with(py, Stream::jump)
    }

    /// Numbers of a distribution by name.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs
    /// >>> numpy_rs.random.PCG64(1)._bits.draw("random", (), 2)
    /// array([0.51182162, 0.9504637 ])
    #[pyo3(signature = (name, parameters, size=None, out=None))]
    fn draw(
        &self,
        py: Python<'_>,
        name: &str,
        parameters: &Bound<'_, PyTuple>,
        size: Option<&Bound<'_, PyAny>>,
        out: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let distribution = draws::distribution(name, parameters.len())?;
        let row = distribution.row();
        let place = Place::of(out, row.dtype, size, parameters.is_empty())?;
        let operands: Vec<Operand> = parameters
            .iter()
            .zip(row.parameters)
            .map(|(x, (_, dtype))| draws::parameter(&x, *dtype))
            .collect::<PyResult<_>>()?;
        if operands.iter().any(|o| !o.shape().is_empty()) {
            // What does not broadcast is told in the words of the shapes.
            draws::shape(None, &operands, Counted::First)?;
        }
        distribution.check(&operands)?;
        let array = match &place {
            Some(place) => {
                place.takes(&operands)?;
                place.array.clone()
            }
            None => Array::uninit(row.dtype, &draws::shape(size, &operands, Counted::First)?)?,
        };
        self.drawn(py, |stream| {
            distribution.draw(stream, &operands, &array, &|total, work| scoped(total, &evaluate::interrupted, work))
        })?;
        match place {
            Some(place) => Ok(place.given.unbind()),
            None => draws::result(py, array, size),
        }
    }

    /// Words as they come.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs
    /// >>> numpy_rs.random.PCG64(1)._bits.words()
    /// 9441442522235856127
    #[pyo3(signature = (size=None))]
    fn words(&self, py: Python<'_>, size: Option<&Bound<'_, PyAny>>) -> PyResult<Py<PyAny>> {
        let shape = draws::shape(size, &[], Counted::First)?;
        let array = self.drawn(py, |stream| integers::words(stream, &shape))?;
        draws::result(py, array, size)
    }

    /// Integers of a type from the first on, of one more than so many.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs
    /// >>> numpy_rs.random.PCG64(1)._bits.integers(0, 9, "int64", 3)
    /// array([4, 5, 7])
    #[pyo3(signature = (first, range, dtype, size=None))]
    fn integers(
        &self,
        py: Python<'_>,
        first: u64,
        range: u64,
        dtype: &Bound<'_, PyAny>,
        size: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let ranges = [Operand::Word(first), Operand::Word(range)];
        self.ranged(py, &ranges, dtype::extract(dtype)?, size)
    }

    /// Integers of a type between ends that broadcast.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs
    /// >>> numpy_rs.random.PCG64(1)._bits.integers_between(0, [10, 100], False, "int64")
    /// array([ 4, 51])
    #[pyo3(signature = (low, high, endpoint, dtype, size=None))]
    fn integers_between(
        &self,
        py: Python<'_>,
        low: &Bound<'_, PyAny>,
        high: &Bound<'_, PyAny>,
        endpoint: bool,
        dtype: &Bound<'_, PyAny>,
        size: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let dtype = dtype::extract(dtype)?;
        let ((low, of_low), (high, of_high)) = (draws::end(low)?, draws::end(high)?);
        let ends = Ends { low: (&low, of_low), high: (&high, of_high), endpoint };
        self.ranged(py, &ends.ranges(dtype)?, dtype, size)
    }

    /// Orders of so many integers, one a line.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs
    /// >>> numpy_rs.random.PCG64(1)._bits.orders(1, 5)
    /// array([[4, 0, 1, 2, 3]])
    fn orders(&self, py: Python<'_>, lines: usize, n: usize) -> PyResult<NdArray> {
        Ok(NdArray { array: self.drawn(py, |stream| order::orders(stream, lines, n))? })
    }

    /// Different integers below a number, in random order if `shuffle`.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs
    /// >>> numpy_rs.random.PCG64(1)._bits.sample(10, 3, True)
    /// array([4, 3, 7])
    fn sample(&self, py: Python<'_>, population: usize, n: usize, shuffle: bool) -> PyResult<NdArray> {
        Ok(NdArray { array: self.drawn(py, |stream| order::sample(stream, population, n, shuffle))? })
    }

    /// Positions by probability, whose sum may be off one by so much.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs
    /// >>> numpy_rs.random.PCG64(1)._bits.chosen([0.5, 0.5], 3, True, 1e-8)
    /// array([1, 1, 0])
    fn chosen(
        &self,
        py: Python<'_>,
        p: &Bound<'_, PyAny>,
        n: usize,
        replace: bool,
        tolerance: f64,
    ) -> PyResult<NdArray> {
        let p = draws::elements(&draws::array(p, DType::F64)?, f64::from_bits)?;
        choice::check(&p, tolerance)?;
        let draw = if replace { choice::with_replacement } else { choice::without_replacement };
        Ok(NdArray { array: self.drawn(py, |stream| draw(stream, &p, n))? })
    }

    /// Multinomial counts of trials and rows of probabilities.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs
    /// >>> numpy_rs.random.PCG64(1)._bits.multinomial(10, [0.5, 0.5])
    /// array([5, 5])
    #[pyo3(signature = (n, pvals, size=None))]
    fn multinomial(
        &self,
        py: Python<'_>,
        n: &Bound<'_, PyAny>,
        pvals: &Bound<'_, PyAny>,
        size: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<NdArray> {
        let trials = draws::parameter(n, DType::I64)?;
        let (p, probabilities) = draws::probabilities(pvals)?;
        let (lead, width) = draws::outcomes(p.shape())?;
        let alone = trials.shape().is_empty() && lead.is_empty();
        multivariate::check_trials(&trials, alone)?;
        let operands = [trials, multivariate::row_numbers(lead)?];
        let shape = draws::shape(size, &operands, Counted::Last)?;
        let draw = |stream: &mut Stream| multivariate::multinomial(stream, &probabilities, width, &operands, &shape);
        Ok(NdArray { array: self.drawn(py, draw)? })
    }

    /// Fractions of sum one.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs
    /// >>> numpy_rs.random.PCG64(1)._bits.dirichlet([1.0, 1.0]).shape
    /// (2,)
    #[pyo3(signature = (alpha, size=None))]
    fn dirichlet(
        &self,
        py: Python<'_>,
        alpha: &Bound<'_, PyAny>,
        size: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<NdArray> {
        let alpha = draws::elements(&draws::array(alpha, DType::F64)?, f64::from_bits)?;
        let shape = draws::shape(size, &[], Counted::First)?;
        Ok(NdArray { array: self.drawn(py, |stream| multivariate::dirichlet(stream, &alpha, &shape))? })
    }

    /// The colors of samples without replacement, counted one by one if `count`.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs
    /// >>> numpy_rs.random.PCG64(1)._bits.colors([5, 5], 10, False)
    /// array([5, 5])
    #[pyo3(signature = (colors, nsample, count, size=None))]
    fn colors(
        &self,
        py: Python<'_>,
        colors: Vec<i64>,
        nsample: i64,
        count: bool,
        size: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<NdArray> {
        let shape = draws::shape(size, &[], Counted::First)?;
        let draw = |stream: &mut Stream| multivariate::hypergeometric(stream, &colors, nsample, count, &shape);
        Ok(NdArray { array: self.drawn(py, draw)? })
    }
}

impl Bits {
    fn ranged(
        &self,
        py: Python<'_>,
        ranges: &[Operand; 2],
        dtype: DType,
        size: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        let array = Array::uninit(dtype, &draws::shape(size, ranges, Counted::Last)?)?;
        self.drawn(py, |stream| integers::integers(stream, ranges, &array))?;
        draws::result(py, array, size)
    }
}
