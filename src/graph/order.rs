//! The order of axes in which memory is walked: the one that the operands' strides suggest, as in NumPy's iterator.

use crate::array::layout;
use smallvec::SmallVec;

/// The axes of a walk, outermost first, so that operands are read as they lie. Where operands disagree or say nothing, C order.
pub fn axis_order(ndim: usize, strides: &[&[i64]]) -> SmallVec<[usize; 4]> {
    let mut order: SmallVec<[usize; 4]> = (0..ndim).collect();
    // Insertion sort: stable, and exact for the partial order that strides give.
    for i in 1..ndim {
        let mut j = i;
        while j > 0 && belongs_inside(order[j - 1], order[j], strides) {
            order.swap(j - 1, j);
            j -= 1;
        }
    }
    order
}

/// True where axis `a` should be walked inside axis `b`: every operand that says anything has the shorter stride there.
fn belongs_inside(a: usize, b: usize, strides: &[&[i64]]) -> bool {
    let mut inside = false;
    for s in strides {
        let (x, y) = (s[a].unsigned_abs(), s[b].unsigned_abs());
        if x != 0 && y != 0 {
            if x >= y {
                return false;
            }
            inside = true;
        }
    }
    inside
}

/// True where elements at these strides lie in C order without gaps.
pub fn is_c_order(shape: &[usize], strides: &[i64], itemsize: usize) -> bool {
    let strides: SmallVec<[isize; 4]> = strides.iter().map(|&s| s as isize).collect();
    layout::is_c_contiguous(shape, &strides, itemsize)
}

/// Strides of an array without gaps whose axes lie in memory in this order, outermost first.
pub fn dense_strides(shape: &[usize], order: &[usize], itemsize: usize) -> SmallVec<[i64; 4]> {
    let mut strides: SmallVec<[i64; 4]> = SmallVec::from_elem(0, shape.len());
    let mut step = itemsize as i64;
    for &d in order.iter().rev() {
        strides[d] = step;
        step *= shape[d].max(1) as i64;
    }
    strides
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fortran_operands_are_walked_as_they_lie() {
        assert_eq!(axis_order(2, &[&[8, 80]]).as_slice(), &[1, 0]);
        assert_eq!(axis_order(2, &[&[8, 80], &[80, 8]]).as_slice(), &[0, 1]);
        assert_eq!(axis_order(3, &[&[8, 80, 0]]).as_slice(), &[1, 0, 2]);
        assert_eq!(dense_strides(&[2, 3], &[1, 0], 8).as_slice(), &[8, 16]);
    }
}
