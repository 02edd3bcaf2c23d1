//! Shapes and strides: broadcasting, contiguity, bounds. Pure arithmetic on lengths; strides are in bytes.

use crate::error::{Error, Result};
use smallvec::SmallVec;

/// Lengths of the axes, outermost first.
pub type Shape = SmallVec<[usize; 4]>;
/// Bytes from one element to the next along each axis.
pub type Strides = SmallVec<[isize; 4]>;

/// NumPy's limit on the number of axes.
pub const MAX_NDIM: usize = 64;

/// The strides of C order (last axis fastest) without gaps.
pub fn c_strides(shape: &[usize], itemsize: usize) -> Strides {
    let mut strides: Strides = SmallVec::from_elem(0, shape.len());
    let mut step = itemsize as isize;
    for (s, &n) in strides.iter_mut().zip(shape).rev() {
        *s = step;
        step = step.wrapping_mul(n.max(1) as isize);
    }
    strides
}

/// Number of elements.
///
/// # Errors
/// `Error::Value` where it does not fit the address space, as NumPy's iterator says it.
pub fn checked_size(shape: &[usize]) -> Result<usize> {
    let too_large = || Error::Value("iterator is too large".into());
    let size = shape.iter().filter(|&&n| n != 0).try_fold(1usize, |p, &n| p.checked_mul(n));
    let size = size.filter(|&s| s <= isize::MAX as usize).ok_or_else(too_large)?;
    Ok(if shape.contains(&0) { 0 } else { size })
}

/// Refuses more axes than NumPy has.
///
/// # Errors
/// `Error::Value`.
pub fn checked_ndim(ndim: usize) -> Result<()> {
    if ndim <= MAX_NDIM {
        return Ok(());
    }
    Err(Error::Value(format!("maximum supported dimension for an ndarray is currently {MAX_NDIM}, found {ndim}")))
}

/// Bytes of a contiguous array.
///
/// # Errors
/// `Error::Value` where the size does not fit the address space, as NumPy says it.
pub fn checked_bytes(shape: &[usize], itemsize: usize) -> Result<usize> {
    checked_ndim(shape.len())?;
    let mut bytes = itemsize;
    for &n in shape.iter().filter(|&&n| n != 0) {
        bytes = bytes.checked_mul(n).filter(|&b| b <= isize::MAX as usize).ok_or_else(|| {
            Error::Value(
                "array is too big; `arr.size * arr.dtype.itemsize` is larger than the maximum possible size.".into(),
            )
        })?;
    }
    Ok(if shape.contains(&0) { 0 } else { bytes })
}

/// True where elements lie in C order without gaps (axes of length one do not matter, nor does an empty array).
pub fn is_c_contiguous(shape: &[usize], strides: &[isize], itemsize: usize) -> bool {
    if shape.contains(&0) {
        return true;
    }
    let mut step = itemsize as isize;
    for (&n, &s) in shape.iter().zip(strides).rev() {
        if n != 1 && s != step {
            return false;
        }
        step *= n as isize;
    }
    true
}

/// True where elements lie in Fortran order (first axis fastest) without gaps.
pub fn is_f_contiguous(shape: &[usize], strides: &[isize], itemsize: usize) -> bool {
    if shape.contains(&0) {
        return true;
    }
    let mut step = itemsize as isize;
    for (&n, &s) in shape.iter().zip(strides) {
        if n != 1 && s != step {
            return false;
        }
        step *= n as isize;
    }
    true
}

/// The bytes that a layout touches: from `low <= 0` before element zero to `high` beyond its start. Nothing at all for an
/// empty layout.
///
/// # Errors
/// `Error::Value` where there are too many axes or bytes.
pub fn reach(shape: &[usize], strides: &[isize], itemsize: usize) -> Result<(isize, isize)> {
    let (mut low, mut high) = (0isize, itemsize as isize);
    let mut fits = shape.len() == strides.len() && shape.len() <= MAX_NDIM;
    let mut empty = false;
    for (&n, &s) in shape.iter().zip(strides) {
        empty |= n == 0;
        let steps = isize::try_from(n.wrapping_sub(1)).unwrap_or(if n == 0 { 0 } else { isize::MAX });
        let (bytes, over) = steps.overflowing_mul(s);
        let end = if bytes < 0 { &mut low } else { &mut high };
        let (moved, beyond) = end.overflowing_add(bytes);
        *end = moved;
        fits &= !(over || beyond);
    }
    match (fits, empty) {
        (true, false) if high.checked_sub(low).is_some() => Ok((low, high)),
        (_, true) if shape.len() == strides.len() && shape.len() <= MAX_NDIM => Ok((0, 0)),
        _ => Err(Error::Value("array is too big".into())),
    }
}

/// Refuses a layout that reaches outside `len` bytes.
///
/// # Errors
/// `Error::Value`.
pub fn check_within(shape: &[usize], strides: &[isize], itemsize: usize, offset: usize, len: usize) -> Result<()> {
    let inside = |(low, high): (isize, isize)| {
        (low, high) == (0, 0)
            || offset.checked_add_signed(low).is_some() && offset.checked_add_signed(high).is_some_and(|end| end <= len)
    };
    match reach(shape, strides, itemsize) {
        Ok(ends) if inside(ends) => Ok(()),
        _ => Err(Error::Value("strides is incompatible with shape of requested array and size of buffer".into())),
    }
}

/// The common shape of operands by NumPy's broadcasting.
///
/// # Errors
/// `Error::Broadcast` naming all shapes.
pub fn broadcast<'a>(shapes: impl Iterator<Item = &'a [usize]> + Clone) -> Result<Shape> {
    let ndim = shapes.clone().map(<[usize]>::len).max().unwrap_or(0);
    let mut out: Shape = SmallVec::from_elem(1, ndim);
    for shape in shapes.clone() {
        let lead = ndim - shape.len();
        for (o, &n) in out[lead..].iter_mut().zip(shape) {
            if *o == 1 {
                *o = n;
            } else if n != 1 && n != *o {
                return Err(Error::Broadcast { shapes: shapes.map(<[usize]>::to_vec).collect() });
            }
        }
    }
    Ok(out)
}

/// An axis in `0..ndim` from one in `-ndim..ndim`.
///
/// # Errors
/// `Error::AxisOutOfRange`.
pub fn normalize_axis(axis: i64, ndim: usize) -> Result<usize> {
    let n = ndim as i64;
    if axis < -n || axis >= n {
        return Err(Error::AxisOutOfRange { axis, ndim });
    }
    Ok(if axis < 0 { axis + n } else { axis } as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broadcast_follows_numpy() {
        let b = |s: &[&[usize]]| broadcast(s.iter().copied());
        assert_eq!(b(&[&[3, 1], &[4]]).unwrap().as_slice(), &[3, 4]);
        assert_eq!(b(&[&[0], &[1]]).unwrap().as_slice(), &[0]);
        assert!(b(&[&[2], &[3]]).is_err());
    }

    #[test]
    fn bounds_are_checked_at_both_ends() {
        assert!(check_within(&[3], &[-8], 8, 16, 24).is_ok());
        assert!(check_within(&[3], &[-8], 8, 8, 24).is_err());
        assert!(check_within(&[4], &[8], 8, 0, 24).is_err());
    }

    #[test]
    fn reach_is_exact_or_refused() {
        assert_eq!(reach(&[3, 4], &[32, -8], 8).unwrap(), (-24, 72));
        assert_eq!(reach(&[], &[], 8).unwrap(), (0, 8));
        assert_eq!(reach(&[0, usize::MAX], &[isize::MAX, isize::MIN], 8).unwrap(), (0, 0));
        assert_eq!(reach(&[1], &[isize::MIN], 8).unwrap(), (0, 8));
        for (shape, strides) in [
            ([usize::MAX, 1], [8, 8]),
            ([2, 2], [isize::MAX, 8]),
            ([2, 2], [isize::MIN, isize::MIN]),
            ([2, 2], [isize::MIN + 8, isize::MAX - 16]),
        ] {
            assert!(reach(&shape, &strides, 8).is_err(), "{shape:?} {strides:?}");
        }
    }
}
