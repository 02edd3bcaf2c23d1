//! numpy_rs: a lazy array engine. Python calls build a graph; `compute` fuses, compiles and runs it.

pub mod array;
pub mod dtype;
pub mod error;
pub mod graph;
pub mod interrupt;
pub mod jit;
pub mod kernels;
pub mod ops;
#[cfg(feature = "python")]
pub mod python;
pub mod runtime;
