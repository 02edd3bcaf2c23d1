//! Checked constructors of nodes: each infers shape and type, or refuses with NumPy's error. Nodes are
//! made nowhere else, but where a graph is made anew (`unmask`).

mod correlate;
mod create;
mod elementwise;
mod fourier;
mod join;
mod linalg;
mod moments;
mod order;
mod product;
mod reduce;
mod scan;
mod sort;
mod view;

pub use correlate::correlate;
pub use create::{arange_int, draw, eye, full, iota, random};
pub use elementwise::{Operand, cast, clip_bounds, common_dtype, op, power, power_operator, ufunc, uniform_pair};
pub use fourier::fourier;
pub use join::{bins, bounded, compress, concatenate, from_start, note, table, tally};
pub use linalg::{linalg, lstsq, solve};
pub use order::{Order, ravel, reshape_in};
pub use product::{Product, matmul};
pub use reduce::{ReduceOptions, Reducer, reduce};
pub use scan::scan;
pub use sort::{argsort, scatter, sort, unique};
pub use view::{
    IndexItem, broadcast_to, diagonal, expand_dims, flip, index, moveaxis, normalize_axes, reshape, squeeze, swapaxes,
    transpose, windows,
};
