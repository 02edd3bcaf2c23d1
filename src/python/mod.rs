//! The Python module `numpy_rs._core`: arguments to Rust values, a call, the result back. Nothing is decided here.

mod bits;
mod convert;
mod dlpack;
mod draws;
mod dtype;
mod error;
mod evaluate;
mod fourier;
mod functions;
mod index;
mod interop;
mod lazy;
mod linalg;
mod methods;
mod ndarray;
mod numbers;
mod order;
mod random;
mod reductions;
mod sequence;
mod ufunc;
mod windows;

use pyo3::prelude::*;

/// The compiled core of numpy_rs.
#[pymodule]
fn _core(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add_class::<dtype::PyDType>()?;
    m.add_class::<lazy::LazyArray>()?;
    m.add_class::<bits::Bits>()?;
    m.add_class::<ndarray::NdArray>()?;
    m.add_class::<ufunc::PyUfunc>()?;
    m.add("ufuncs", ufunc::table(m.py())?)?;
    functions::register(m)?;
    random::register(m)?;
    m.add("__version__", env!("CARGO_PKG_VERSION"))?;
    Ok(())
}
