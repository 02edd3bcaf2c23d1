//! The strided array: memory, layout, and views of it. Arrays are plain values here; who may write is decided above.

pub mod buffer;
pub mod fork;
pub mod layout;

pub use buffer::{Buffer, Keep};
pub use layout::{Shape, Strides};

use crate::dtype::{DType, Scalar};
use crate::error::{Error, Result};
use std::sync::Arc;

/// A strided array over shared memory. Cloning shares the memory.
#[derive(Debug)]
pub struct Array {
    buffer: Arc<Buffer>,
    offset: usize,
    shape: Shape,
    strides: Strides,
    dtype: DType,
}

impl Clone for Array {
    fn clone(&self) -> Array {
        Array {
            buffer: self.buffer.clone(),
            offset: self.offset,
            // Copies, where `SmallVec::clone` goes element by element.
            shape: Shape::from_slice(&self.shape),
            strides: Strides::from_slice(&self.strides),
            dtype: self.dtype,
        }
    }
}

impl Array {
    /// A C-contiguous array over fresh memory whose contents are arbitrary.
    ///
    /// # Errors
    /// `Error::Memory` where the memory cannot be had.
    pub fn uninit(dtype: DType, shape: &[usize]) -> Result<Array> {
        let strides = layout::c_strides(shape, dtype.size());
        let bytes = layout::checked_bytes(shape, dtype.size())?;
        Ok(Array { buffer: Arc::new(Buffer::new(bytes)?), offset: 0, shape: Shape::from_slice(shape), strides, dtype })
    }

    /// An array over existing memory.
    ///
    /// # Errors
    /// `Error::Value` if an element would lie outside the buffer.
    pub fn from_parts(
        buffer: Arc<Buffer>,
        offset: usize,
        shape: Shape,
        strides: Strides,
        dtype: DType,
    ) -> Result<Array> {
        layout::check_within(&shape, &strides, dtype.size(), offset, buffer.len())?;
        Ok(Array { buffer, offset, shape, strides, dtype })
    }

    /// A C-contiguous array with these contents.
    ///
    /// # Errors
    /// `Error::Memory`, `Error::Value` where the sizes do not agree.
    pub fn from_bytes(dtype: DType, shape: &[usize], bytes: &[u8]) -> Result<Array> {
        let len = layout::checked_bytes(shape, dtype.size())?;
        if len != bytes.len() {
            return Err(Error::Value(format!("{} bytes for an array of {len}", bytes.len())));
        }
        let mut buffer = Buffer::new(len)?;
        buffer.fill_from(bytes);
        let strides = layout::c_strides(shape, dtype.size());
        Ok(Array { buffer: Arc::new(buffer), offset: 0, shape: Shape::from_slice(shape), strides, dtype })
    }

    /// The element at an index.
    ///
    /// # Panics
    /// If the index lies outside the shape.
    pub fn element(&self, index: &[usize]) -> Scalar {
        assert!(index.len() == self.ndim() && index.iter().zip(&self.shape).all(|(i, n)| i < n));
        let steps: isize = index.iter().zip(&self.strides).map(|(&i, &s)| i as isize * s).sum();
        let bytes = self.buffer.read(self.offset.wrapping_add_signed(steps), self.dtype.size());
        Scalar::from_bits(self.dtype, u128::from_le_bytes(bytes))
    }

    /// The memory.
    pub fn buffer(&self) -> &Arc<Buffer> {
        &self.buffer
    }

    /// Bytes from the buffer's start to element zero.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// The address of element zero. Valid while the buffer lives.
    pub fn data(&self) -> *mut u8 {
        self.buffer.data().wrapping_add(self.offset)
    }

    /// Lengths of the axes.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Bytes from one element to the next along each axis.
    pub fn strides(&self) -> &[isize] {
        &self.strides
    }

    /// The element type.
    pub fn dtype(&self) -> DType {
        self.dtype
    }

    /// Number of axes.
    pub fn ndim(&self) -> usize {
        self.shape.len()
    }

    /// Number of elements.
    pub fn size(&self) -> usize {
        self.shape.iter().product()
    }

    /// True where the elements lie in C order without gaps.
    pub fn is_c_contiguous(&self) -> bool {
        layout::is_c_contiguous(&self.shape, &self.strides, self.dtype.size())
    }

    /// True where each element is aligned for its type.
    pub fn is_aligned(&self) -> bool {
        let a = self.dtype.align();
        (self.data() as usize).is_multiple_of(a) && self.strides.iter().all(|s| s.unsigned_abs().is_multiple_of(a))
    }

    /// The same memory as uint8, of an array of bytes.
    ///
    /// # Panics
    /// If an element has more than one byte.
    #[must_use]
    pub fn as_bytes(&self) -> Array {
        assert_eq!(self.dtype.size(), 1);
        Array { dtype: DType::U8, ..self.clone() }
    }

    /// The same memory under another layout.
    ///
    /// # Errors
    /// `Error::Value` if an element would lie outside the buffer.
    pub fn with_layout(&self, offset: usize, shape: Shape, strides: Strides) -> Result<Array> {
        Array::from_parts(self.buffer.clone(), offset, shape, strides, self.dtype)
    }
}
