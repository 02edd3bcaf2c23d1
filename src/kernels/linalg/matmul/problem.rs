//! What is to be multiplied: addresses, lengths and byte strides.
#![expect(unsafe_code, reason = "addresses go to other threads")]

use crate::array::Array;
use crate::error::{Error, Result};
use crate::kernels::movement::Address;
use crate::kernels::{Make, Operand};
use smallvec::SmallVec;

/// What becomes of a product: the result, or a part of what is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Onto {
    /// It is the result.
    Nothing,
    /// It is added to what is there.
    Add,
    /// It is subtracted from what is there.
    Subtract,
}

impl Onto {
    /// What becomes of the product of a block of K.
    pub fn block(self, first: bool) -> Onto {
        if self == Onto::Nothing && !first { Onto::Add } else { self }
    }
}

/// A matrix in memory, by byte strides.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Matrix {
    pub data: *mut u8,
    /// Bytes from a row to the next.
    pub row: isize,
    /// Bytes from a column to the next.
    pub col: isize,
}

// SAFETY: an address by itself; whoever reads or writes through it proves that nobody else writes there.
unsafe impl Send for Matrix {}
// SAFETY: as above.
unsafe impl Sync for Matrix {}

impl Matrix {
    /// The part from this row and column on.
    pub fn from(self, row: usize, col: usize) -> Matrix {
        let data = self.data.wrapping_offset(row as isize * self.row).wrapping_offset(col as isize * self.col);
        Matrix { data, ..self }
    }

    /// Rows and columns exchanged.
    pub fn transposed(self) -> Matrix {
        Matrix { row: self.col, col: self.row, ..self }
    }
}

/// One product: `m x k` by `k x n`.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Single {
    pub m: usize,
    pub n: usize,
    pub k: usize,
    pub a: Matrix,
    pub b: Matrix,
    /// Bytes between its columns: one element.
    pub c: Matrix,
    pub onto: Onto,
    /// Of a matrix by itself transposed: by how many rows this part begins below the diagonal of the whole. What lies below it is left out, and
    /// mirrored in the end.
    pub below: Option<isize>,
}

/// Columns from which only half of a symmetric product is computed.
const MIRRORED: usize = 32;

impl Single {
    /// Whether it is a matrix by itself transposed.
    fn is_symmetric(&self) -> bool {
        let (a, b) = (&self.a, &self.b);
        self.m == self.n && a.data == b.data && (a.row, a.col) == (b.col, b.row)
    }

    /// What `below` is for its part from this row and column on.
    pub fn below(&self, row: usize, col: usize) -> Option<isize> {
        self.below.map(|below| below + row as isize - col as isize)
    }
}

/// A batch of products of one size.
pub(super) struct Problem<'a> {
    /// The first of them.
    pub first: Single,
    /// How many.
    pub batch: usize,
    /// Lengths of the leading axes, and bytes from one operand to the next along each.
    leading: SmallVec<[(usize, isize, isize); 4]>,
    /// Bytes of a result.
    out: usize,
    /// What makes the operands that are not in memory, of one product: the matrix at [`nowhere`].
    pub made: [Option<Make<'a>>; 2],
}

/// What stands for the address of a matrix that is made: another for others.
fn nowhere(number: usize) -> *mut u8 {
    std::ptr::without_provenance_mut(number + 1)
}

impl<'a> Problem<'a> {
    /// The problem of two operands; `None` where there is nothing left to do.
    pub fn new(vectors: [bool; 2], [a, b]: [Operand<'a>; 2], out: &Array) -> Result<Option<Problem<'a>>> {
        let bug = || Error::Bug(format!("matmul of {:?} and {:?} to {:?}", a.shape(), b.shape(), out.shape()));
        let (left, m, k) = match a.shape() {
            [left @ .., k] if vectors[0] => (left, &1, k),
            [left @ .., m, k] => (left, m, k),
            _ => return Err(bug()),
        };
        let (right, n) = match b.shape() {
            [right @ .., _] if vectors[1] => (right, &1),
            [right @ .., _, n] => (right, n),
            _ => return Err(bug()),
        };
        let size = a.dtype().size();
        let made = [a.make(), b.make()];
        let front = out.shape().get(..left.len().max(right.len())).ok_or_else(bug)?;
        if out.size() == 0 {
            return Ok(None);
        }
        if *k == 0 {
            // SAFETY: the result lies in C order, so that its elements are these bytes, and nobody reads them meanwhile.
            unsafe { std::ptr::write_bytes(out.data(), 0, out.size() * size) };
            return Ok(None);
        }
        let data = |x: &Operand| match x {
            Operand::Array(x) => x.data(),
            Operand::Made(m) => nowhere(m.number),
        };
        let stride = |x: &Operand, own: &[usize], d: usize| match (d + own.len()).checked_sub(front.len()) {
            Some(i) if own[i] != 1 => x.strides()[i],
            _ => 0,
        };
        let mut leading: SmallVec<[(usize, isize, isize); 4]> = SmallVec::new();
        for (d, &len) in front.iter().enumerate() {
            let (sa, sb) = (stride(&a, left, d), stride(&b, right, d));
            match leading.last_mut() {
                // Neighbours that can be one axis are.
                Some((before, ta, tb)) if *ta == sa * len as isize && *tb == sb * len as isize => {
                    (*before, *ta, *tb) = (*before * len, sa, sb);
                }
                _ if len == 1 => {}
                _ => leading.push((len, sa, sb)),
            }
        }
        // A vector on the left is a row, on the right a column.
        let mut a = match a.strides() {
            [.., last] if vectors[0] => Matrix { data: data(&a), row: 0, col: *last },
            [.., row, col] => Matrix { data: data(&a), row: *row, col: *col },
            _ => return Err(bug()),
        };
        let b = match b.strides() {
            [.., last] if vectors[1] => Matrix { data: data(&b), row: *last, col: 0 },
            [.., row, col] => Matrix { data: data(&b), row: *row, col: *col },
            _ => return Err(bug()),
        };
        let mut m = *m;
        // One matrix on the right: those on the left are one, if they lie one below the other.
        if m == 1
            && let [(_, sa, _)] = leading.as_slice()
        {
            a.row = *sa;
        }
        if let [(len, sa, 0)] = leading.as_slice()
            && *sa == a.row * m as isize
        {
            m *= len;
            leading.clear();
        }
        let c = Matrix { data: Address(out.data()).0, row: (n * size) as isize, col: size as isize };
        let batch = leading.iter().map(|l| l.0).product();
        let mut first = Single { m, n: *n, k: *k, a, b, c, onto: Onto::Nothing, below: None };
        if *n >= MIRRORED && first.is_symmetric() && leading.iter().all(|l| l.1 == l.2) {
            first.below = Some(0);
        }
        if batch > 1 && made.iter().any(Option::is_some) {
            return Err(bug());
        }
        Ok(Some(Problem { first, batch, leading, out: m * n * size, made }))
    }

    /// The problem of one product, of no length zero.
    pub fn of(one: Single) -> Problem<'a> {
        Problem { first: one, batch: 1, leading: SmallVec::new(), out: 0, made: [None; 2] }
    }

    /// Product `i` of the batch.
    pub fn single(&self, i: usize) -> Single {
        let mut one = self.first;
        let mut step = |at: usize, sa: isize, sb: isize| {
            one.a.data = one.a.data.wrapping_offset(at as isize * sa);
            one.b.data = one.b.data.wrapping_offset(at as isize * sb);
        };
        let mut rest = i;
        if let [(_, sa, sb), inner @ ..] = self.leading.as_slice() {
            for &(len, sa, sb) in inner.iter().rev() {
                step(rest % len, sa, sb);
                rest /= len;
            }
            step(rest, *sa, *sb);
        }
        one.c.data = one.c.data.wrapping_add(i * self.out);
        one
    }
}
