//! Distributions that numbers are drawn from: what they take and give.

use crate::dtype::DType;
use crate::ops::expr::TableFn;

/// A distribution as graphs know it: what identifies its row in the kernels' table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct DrawFn {
    /// The row's name.
    pub name: &'static str,
    /// The names of its parameters, and their types.
    pub parameters: &'static [(&'static str, DType)],
    /// The type of its numbers.
    pub dtype: DType,
}

impl DrawFn {
    /// Whether it draws numbers in a shape from such operands.
    pub(super) fn takes(&self, operands: &[(&[usize], DType)], shape: &[usize]) -> bool {
        let [([TableFn::RANDOM_STATE], DType::U64), parameters @ ..] = operands else { return false };
        let broadcasts = |own: &[usize]| {
            let lead = shape.len().checked_sub(own.len());
            lead.is_some_and(|lead| own.iter().zip(&shape[lead..]).all(|(&n, &m)| n == m || n == 1))
        };
        parameters.len() == self.parameters.len()
            && parameters.iter().zip(self.parameters).all(|(&(own, t), &(_, dtype))| t == dtype && broadcasts(own))
    }
}
