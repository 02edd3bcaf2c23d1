//! How loops are made: the loop IR, its schedule, its interpreter, its compiled form.

pub mod cache;
pub mod code;
pub mod codegen;
pub mod interp;
pub mod ir;
pub mod lower;
pub mod schedule;
