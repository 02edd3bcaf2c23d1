//! How loops run: the pipeline from graph to arrays, threads, tiles, and the one call into compiled code.

mod call;
pub mod compute;
pub mod explain;
pub mod faults;
pub mod kernel;
pub mod options;
pub mod pool;
pub mod profile;
pub mod run;
mod tiles;
pub mod visualize;

pub use call::scoped;
