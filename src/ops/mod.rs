//! What can be computed: scalar instructions, scalar expressions over them, the tables of ufuncs and reductions, and kernels.
//!
//! The tables are the only places that know an operation; all else iterates over them.

pub mod expr;
pub mod fault;
pub mod kernel;
pub mod prim;
pub mod reduction;
pub mod ufunc;
