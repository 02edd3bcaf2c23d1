//! Index maps: the affine maps from a view's index to its source's index.
//!
//! `source[i] = start[i] + sum over j of coef[i][j] * index[j]`. Slices, transposes, flips, broadcasts, diagonals, inserted
//! axes and windows are such maps; so are their compositions, which is how chains of views become one.

use crate::array::Shape;
use smallvec::SmallVec;

/// An affine map between index spaces. Invariant: every index within the view's shape maps within the source's shape.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct IndexMap {
    /// The source index of the view's origin, one a source axis.
    pub start: SmallVec<[i64; 4]>,
    /// Row-major `source axes x view axes`.
    coef: SmallVec<[i64; 16]>,
    /// Number of view axes.
    ndim: usize,
}

impl IndexMap {
    /// A map that sends every index to the source's origin.
    pub fn zero(source_ndim: usize, ndim: usize) -> IndexMap {
        IndexMap { start: SmallVec::from_elem(0, source_ndim), coef: SmallVec::from_elem(0, source_ndim * ndim), ndim }
    }

    /// The identity.
    pub fn identity(ndim: usize) -> IndexMap {
        let mut map = IndexMap::zero(ndim, ndim);
        for d in 0..ndim {
            map.set(d, d, 1);
        }
        map
    }

    /// The map of broadcasting `from` to `to` (which the caller has checked).
    pub fn broadcast(from: &[usize], to: &[usize]) -> IndexMap {
        let mut map = IndexMap::zero(from.len(), to.len());
        let lead = to.len() - from.len();
        for (d, &n) in from.iter().enumerate() {
            if n != 1 {
                map.set(d, lead + d, 1);
            }
        }
        map
    }

    /// Number of axes of the source.
    pub fn source_ndim(&self) -> usize {
        self.start.len()
    }

    /// Number of axes of the view.
    pub fn ndim(&self) -> usize {
        self.ndim
    }

    /// How far source axis `i` moves for a step along view axis `j`.
    pub fn get(&self, i: usize, j: usize) -> i64 {
        self.coef[i * self.ndim + j]
    }

    /// Sets how far source axis `i` moves for a step along view axis `j`.
    pub fn set(&mut self, i: usize, j: usize, step: i64) {
        self.coef[i * self.ndim + j] = step;
    }

    /// True where several axes of the view move along one of the source: windows that slide over it.
    pub fn has_windows(&self) -> bool {
        (0..self.source_ndim()).any(|i| (0..self.ndim).filter(|&j| self.get(i, j) != 0).count() > 1)
    }

    /// True for the identity on any shape.
    pub fn is_identity(&self) -> bool {
        self.source_ndim() == self.ndim
            && self.start.iter().all(|&s| s == 0)
            && (0..self.ndim).all(|i| (0..self.ndim).all(|j| self.get(i, j) == i64::from(i == j)))
    }

    /// Whether several indices of a view of this shape look at one element.
    pub fn repeats(&self, shape: &[usize]) -> bool {
        (0..self.ndim).any(|j| shape[j] > 1 && (0..self.source_ndim()).all(|i| self.get(i, j) == 0))
    }

    /// The map of looking through `self` first, then `inner`: from `self`'s view indices to `inner`'s source indices.
    pub fn then(&self, inner: &IndexMap) -> IndexMap {
        debug_assert_eq!(self.source_ndim(), inner.ndim);
        let mut out = IndexMap::zero(inner.source_ndim(), self.ndim);
        for i in 0..inner.source_ndim() {
            out.start[i] = inner.start[i];
            for k in 0..inner.ndim {
                let c = inner.get(i, k);
                if c != 0 {
                    out.start[i] += c * self.start[k];
                    for j in 0..self.ndim {
                        out.coef[i * self.ndim + j] += c * self.get(k, j);
                    }
                }
            }
        }
        out
    }

    /// Steps per view axis and offset, for a source whose steps per axis are `strides`: the layout of the view.
    pub fn strides(&self, strides: &[i64]) -> (i64, SmallVec<[i64; 4]>) {
        let mut offset = 0;
        let mut out: SmallVec<[i64; 4]> = SmallVec::from_elem(0, self.ndim);
        for (i, &s) in strides.iter().enumerate() {
            offset += s * self.start[i];
            for (j, o) in out.iter_mut().enumerate() {
                *o += s * self.get(i, j);
            }
        }
        (offset, out)
    }

    /// The map of a reshape from `from` to `to`, where one exists: when each axis of `from` longer than one is made of a run
    /// of axes of `to`.
    pub fn reshape(from: &[usize], to: &[usize]) -> Option<IndexMap> {
        let mut map = IndexMap::zero(from.len(), to.len());
        let mut j = 0;
        for (i, &n) in from.iter().enumerate() {
            if n == 1 {
                continue;
            }
            let first = j;
            let mut product = 1;
            while product < n {
                product *= *to.get(j)?;
                j += 1;
            }
            if product != n {
                return None;
            }
            let mut step = 1;
            for k in (first..j).rev() {
                if to[k] != 1 {
                    map.set(i, k, step);
                }
                step *= to[k] as i64;
            }
        }
        to[j..].iter().all(|&n| n == 1).then_some(map)
    }
}

/// The shape of a diagonal-free check: lengths must agree with the map's axes.
pub fn fits(map: &IndexMap, shape: &Shape, source: &[usize]) -> bool {
    if map.ndim() != shape.len() || map.source_ndim() != source.len() {
        return false;
    }
    if shape.contains(&0) {
        return true;
    }
    (0..source.len()).all(|i| {
        let (mut low, mut high) = (map.start[i], map.start[i]);
        for (j, &n) in shape.iter().enumerate() {
            let reach = map.get(i, j) * (n as i64 - 1);
            if reach < 0 { low += reach } else { high += reach }
        }
        low >= 0 && high < source[i] as i64
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn composition_of_flips_is_the_identity() {
        let mut flip = IndexMap::identity(1);
        flip.start[0] = 4;
        flip.set(0, 0, -1);
        assert!(flip.then(&flip).is_identity());
    }

    #[test]
    fn reshape_splits_but_does_not_merge() {
        let map = IndexMap::reshape(&[6, 1], &[2, 3]).unwrap();
        assert_eq!((map.get(0, 0), map.get(0, 1)), (3, 1));
        assert!(IndexMap::reshape(&[2, 3], &[6]).is_none());
        assert!(IndexMap::reshape(&[2, 3], &[3, 2]).is_none());
        assert!(IndexMap::reshape(&[1, 4], &[4]).is_some());
    }

    #[test]
    fn strides_follow_the_map() {
        let map = IndexMap::broadcast(&[3, 1], &[2, 3, 4]);
        let (offset, strides) = map.strides(&[8, 8]);
        assert_eq!((offset, strides.as_slice()), (0, [0, 8, 0].as_slice()));
    }
}
