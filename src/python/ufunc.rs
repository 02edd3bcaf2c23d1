//! Ufunc objects: callable, with NumPy's attributes.

use super::convert::{operand, optional_dtype};
use super::functions::allows;
use super::lazy::LazyArray;
use super::order::optional_order;
use crate::dtype::{DType, OperandType, Weak};
use crate::error::Error;
use crate::graph::build::{self, Operand};
use crate::ops::ufunc::{Identity, Loop, Ufunc};
use pyo3::exceptions::{PyNotImplementedError, PyTypeError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyTuple};
use smallvec::SmallVec;

/// A universal function over lazy arrays.
///
/// Calling it builds a node; nothing is computed. ``dtype=`` names the loop's type.
///
/// Examples
/// --------
/// >>> import numpy_rs.lazy as lz
/// >>> lz.add.nin, lz.add.identity
/// (2, 0)
#[pyclass(frozen, name = "ufunc", module = "numpy_rs.lazy")]
pub struct PyUfunc {
    ufunc: Ufunc,
}

/// All ufunc objects by NumPy's names and aliases.
pub fn table(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let dict = PyDict::new(py);
    for &ufunc in Ufunc::ALL {
        let object = Py::new(py, PyUfunc { ufunc })?;
        let row = ufunc.row();
        dict.set_item(row.name, object.clone_ref(py))?;
        for alias in row.aliases {
            dict.set_item(*alias, object.clone_ref(py))?;
        }
    }
    Ok(dict)
}

/// The results of a ufunc as Python objects: one array, or a tuple.
pub fn results(py: Python<'_>, ufunc: Ufunc, operands: &[Operand]) -> PyResult<Py<PyAny>> {
    let mut nodes = if ufunc == Ufunc::Power {
        smallvec::smallvec![build::power(&operands[0], &operands[1])?]
    } else {
        build::ufunc(ufunc, operands)?
    };
    if nodes.len() == 1 {
        return Ok(LazyArray::object(py, nodes.remove(0))?.into_any());
    }
    let arrays: Vec<Py<LazyArray>> =
        nodes.into_iter().map(|node| LazyArray::object(py, node)).collect::<PyResult<_>>()?;
    Ok(PyTuple::new(py, arrays)?.into_any().unbind())
}

/// Which loop a call asks for, and how operands may be cast to it.
#[derive(Clone, Copy, Default)]
pub struct Loops<'a> {
    /// The type of the results.
    pub dtype: Option<DType>,
    /// The casting rule, `same_kind` by default.
    pub casting: Option<&'a str>,
}

/// As [`results`], by the loop that is asked for.
pub fn results_of(py: Python<'_>, ufunc: Ufunc, operands: &mut [Operand], how: Loops<'_>) -> PyResult<Py<PyAny>> {
    if how.dtype.is_some() || how.casting.is_some() {
        cast_to_loop(ufunc, operands, how)?;
    }
    results(py, ufunc, operands)
}

/// Casts operands so that the ufunc's results have the type that is asked for: not where they have it already, else by its
/// loop of that type alone.
fn cast_to_loop(ufunc: Ufunc, operands: &mut [Operand], how: Loops<'_>) -> PyResult<()> {
    let row = ufunc.row();
    let casting = how.casting.unwrap_or("same_kind");
    let types: SmallVec<[OperandType; 3]> = operands.iter().map(Operand::operand_type).collect();
    let gives = |l: &Loop| how.dtype.is_none_or(|dtype| l.outputs.iter().all(|&t| t == dtype));
    let own = match (ufunc.resolve(&types), how.dtype) {
        (Ok(own), _) => Some(own).filter(gives),
        (Err(_), Some(_)) => None,
        // Not ours to say.
        (Err(_), None) => return allows(casting, DType::Bool, DType::Bool).map(|_| ()),
    };
    let (found, by_type) = match (own, how.dtype) {
        (Some(own), _) => (own, false),
        (None, dtype) => {
            let same: SmallVec<[DType; 3]> = dtype.into_iter().cycle().take(row.nin).collect();
            let found = row.loop_of(&same).filter(|l| l.inputs == same && gives(l));
            let none = match (ufunc, dtype) {
                (Ufunc::Subtract | Ufunc::Negative, Some(DType::Bool)) => Error::BoolArithmetic { op: row.name },
                _ => Error::NoSuchLoop { op: row.name },
            };
            (found.ok_or(none)?, true)
        }
    };
    for (i, (o, &to)) in operands.iter_mut().zip(&found.inputs).enumerate() {
        let from = match o.operand_type() {
            OperandType::Typed(t) => t,
            // A number of a kind that the type has takes that type, if its value fits.
            OperandType::Weak(Weak::Int) => to,
            OperandType::Weak(Weak::Float) if to.is_inexact() => to,
            OperandType::Weak(Weak::Complex) if to.is_complex() => to,
            OperandType::Weak(w) => w.default_dtype(),
        };
        // Loops of truth values take every type there; that is no cast.
        let truth = !by_type && to == DType::Bool;
        if !(truth || allows(casting, from, to)?) {
            let place = if row.nin == 1 { String::new() } else { format!(" {i}") };
            return Err(Error::Casting(format!(
                "Cannot cast ufunc '{}' input{place} from dtype('{from}') to dtype('{to}') with casting rule '{casting}'",
                row.name
            ))
            .into());
        }
        // Where the operands choose the loop themselves, numbers stay numbers: powers look at them.
        if by_type {
            // An integer is one that the loop is given, not one that an array meets.
            let integer = matches!(o, Operand::Int(..)) && to.is_integer();
            *o = Operand::Node(if integer { o.to_element(to)? } else { o.to_node(to)? });
        }
    }
    Ok(())
}

#[pymethods]
impl PyUfunc {
    #[pyo3(signature = (*args, dtype=None, out=None, r#where=None, casting=None, order=None, subok=None))]
    #[expect(clippy::too_many_arguments, reason = "NumPy's signature")]
    fn __call__(
        &self,
        py: Python<'_>,
        args: &Bound<'_, PyTuple>,
        dtype: Option<&Bound<'_, PyAny>>,
        out: Option<&Bound<'_, PyAny>>,
        r#where: Option<&Bound<'_, PyAny>>,
        casting: Option<&str>,
        order: Option<&Bound<'_, PyAny>>,
        subok: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Py<PyAny>> {
        optional_order(order)?;
        if subok.is_some_and(|s| s.cast::<PyBool>().is_err()) {
            return Err(PyTypeError::new_err("'subok' must be a boolean"));
        }
        let row = self.ufunc.row();
        if out.is_some_and(|o| !o.is_none()) {
            return Err(PyNotImplementedError::new_err(format!(
                "{}: lazy arrays are values and take no out=; use .compute(out=...)",
                row.name
            )));
        }
        if r#where.is_some_and(|w| !matches!(w.extract::<bool>(), Ok(true))) {
            return Err(PyNotImplementedError::new_err(format!(
                "{}: where= leaves elements undefined without out=; use lz.where(...)",
                row.name
            )));
        }
        if args.len() != row.nin {
            return Err(PyTypeError::new_err(format!(
                "{}() takes from {} to {} positional arguments but {} {} given",
                row.name,
                row.nin,
                row.nin + row.nout,
                args.len(),
                if args.len() == 1 { "was" } else { "were" }
            )));
        }
        let mut operands: SmallVec<[Operand; 3]> = SmallVec::new();
        for a in args.iter() {
            operands.push(operand(&a)?);
        }
        results_of(py, self.ufunc, &mut operands, Loops { dtype: optional_dtype(dtype)?, casting })
    }

    #[getter]
    fn __name__(&self) -> &'static str {
        self.ufunc.row().name
    }

    /// The text that ``__doc__`` of an instance gives: the class has a ``__doc__`` of its own, which would hide a getter.
    #[getter]
    fn _docstring(&self) -> String {
        self.ufunc.docstring()
    }

    /// Number of operands.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.add.nin
    /// 2
    #[getter]
    fn nin(&self) -> usize {
        self.ufunc.row().nin
    }

    /// Number of results.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.divmod.nout
    /// 2
    #[getter]
    fn nout(&self) -> usize {
        self.ufunc.row().nout
    }

    /// Number of operands and results.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.add.nargs
    /// 3
    #[getter]
    fn nargs(&self) -> usize {
        self.ufunc.row().nin + self.ufunc.row().nout
    }

    /// The loops, in NumPy's letters: ``'dd->d'``.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> 'dd->d' in lz.add.types
    /// True
    #[getter]
    fn types(&self) -> Vec<String> {
        let letters = |types: &[crate::dtype::DType]| types.iter().map(|t| t.char()).collect::<String>();
        self.ufunc
            .row()
            .loops()
            .into_iter()
            .map(|l| format!("{}->{}", letters(&l.inputs), letters(&l.outputs)))
            .collect()
    }

    /// Number of loops.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.add.ntypes == len(lz.add.types)
    /// True
    #[getter]
    fn ntypes(&self) -> usize {
        self.types().len()
    }

    /// The value that a reduction starts from, or None.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.multiply.identity
    /// 1
    #[getter]
    fn identity(&self, py: Python<'_>) -> PyResult<Py<PyAny>> {
        Ok(match self.ufunc.row().identity {
            Identity::None | Identity::Reorderable => py.None(),
            Identity::Zero => 0i64.into_pyobject(py)?.into_any().unbind(),
            Identity::One => 1i64.into_pyobject(py)?.into_any().unbind(),
            Identity::MinusOne => (-1i64).into_pyobject(py)?.into_any().unbind(),
            Identity::MinusInfinity => f64::NEG_INFINITY.into_pyobject(py)?.into_any().unbind(),
        })
    }

    /// None: elementwise functions have no core dimensions.
    ///
    /// Examples
    /// --------
    /// >>> import numpy_rs.lazy as lz
    /// >>> lz.add.signature is None
    /// True
    #[getter]
    fn signature(&self, py: Python<'_>) -> Py<PyAny> {
        py.None()
    }

    fn __repr__(&self) -> String {
        format!("<ufunc '{}'>", self.ufunc.row().name)
    }

    fn __reduce__(&self, py: Python<'_>) -> PyResult<(Py<PyAny>, (&'static str,))> {
        let get = py.import("numpy_rs._core")?.getattr("ufunc_by_name")?;
        Ok((get.unbind(), (self.ufunc.row().name,)))
    }
}
