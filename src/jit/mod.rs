//! How loops are made: the loop IR, its schedule, its interpreter, its compiled form.

pub mod interp;
pub mod ir;
