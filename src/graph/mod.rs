//! What was asked: nodes, their checked construction, their simplification, and the plan of loops that answers.
//!
//! Nothing here runs anything, and nothing here recurses over the graph: chains of a million nodes are ordinary.

pub mod build;
pub mod faults;
pub mod hash;
pub mod linear;
pub mod map;
pub mod node;
pub mod order;
pub mod plan;
pub mod print;
pub mod simplify;
pub mod unmask;
pub mod verify;

pub use node::{Node, NodeOp, NodeRef, Note};
