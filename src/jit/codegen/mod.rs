//! From a [`Segment`] to machine code, through Cranelift: a block of elements an iteration, in 128-bit vectors, which a
//! pass over the machine code makes 512 or 256 bits wide where the processor has such and the compiler spills nothing.
//!
//! Owns which instructions are compiled ([`is_native`]) and the code's form; where code lives is not known here. No
//! emitted instruction traps, reads beyond the elements that the caller lends, or calls anything.

mod cast;
mod decode;
mod emit;
mod evex;
mod host;
mod lanes;
mod native;
mod prim;
mod quotient;
mod shape;
mod widen;

pub use native::is_native;
pub use quotient::{Quotients, reciprocal_beside};

use super::ir::Segment;
use crate::error::{Error, Result, caught};
use crate::ops::fault::Faults;
use cranelift_codegen::Context;
use cranelift_codegen::control::ControlPlane;
use cranelift_codegen::isa::OwnedTargetIsa;
use cranelift_frontend::FunctionBuilderContext;
use smallvec::SmallVec;
use std::cell::RefCell;
use widen::Stores;

/// Position-independent machine code of one function, `extern "C" fn(ptrs: *const *mut u8, n: usize)`.
#[derive(Clone, Debug)]
pub struct MachineCode {
    /// The instructions and the constants behind them.
    pub bytes: Vec<u8>,
    /// The alignment that the constants need.
    pub align: usize,
    /// The vectors' width. Code wider than [`Width::Single`] leaves the upper parts of registers dirty, and takes for each scalar
    /// operand a pointer to a vector filled with it.
    pub width: Width,
    /// Elements of one iteration: the smallest `n`.
    pub block: usize,
    /// It divides where products would do.
    pub divides: bool,
    /// The flags that tell that products did not do: what was stored may be wrong.
    pub betrayed_by: Faults,
    /// The scalar operands that are pointed to with their reciprocals, in vectors [`BESIDE`] them.
    pub divisors: SmallVec<[usize; 2]>,
    /// Stores go past the caches: `n` must be a multiple of the block, stores aligned to 32 bytes, and a fence must follow.
    pub streaming: bool,
    /// The compiler's assembly text, where it was asked for.
    pub text: Option<String>,
}

/// Bytes from a vector that is filled with a scalar operand to that with its reciprocal, whatever the width.
pub const BESIDE: i32 = Width::Quad.bytes() as i32;

/// What the compiler keeps allocated between functions.
struct Contexts {
    compile: Context,
    build: FunctionBuilderContext,
}

impl Contexts {
    fn new() -> Contexts {
        Contexts { compile: Context::new(), build: FunctionBuilderContext::new() }
    }
}

thread_local! {
    static CONTEXTS: RefCell<Contexts> = RefCell::new(Contexts::new());
}

/// The width of the vectors that a segment is compiled to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    /// 16 bytes: every segment can be.
    Single,
    /// 32 bytes.
    Double,
    /// 64 bytes.
    Quad,
}

impl Width {
    /// Bytes of one vector.
    pub const fn bytes(self) -> usize {
        match self {
            Width::Single => 16,
            Width::Double => 32,
            Width::Quad => 64,
        }
    }
}

/// Compiles a segment, to the wider vectors if it can be.
///
/// # Errors
/// [`Error::Bug`] where the segment has an instruction that [`is_native`] refuses, or the compiler fails.
pub fn compile(segment: &Segment, quotients: Quotients) -> Result<MachineCode> {
    compile_widest(segment, quotients, false)
}

/// Compiles a segment to vectors of one width; `None` where it cannot have that width.
///
/// # Errors
/// As [`compile`].
pub fn compile_to(segment: &Segment, width: Width, quotients: Quotients) -> Result<Option<MachineCode>> {
    compile_if_has(segment, width, quotients, Stores::Ordinary)
}

/// Compiles a segment to code whose stores go past the caches; `None` where it has no such form.
///
/// # Errors
/// As [`compile`].
pub fn compile_streaming(segment: &Segment, quotients: Quotients) -> Result<Option<MachineCode>> {
    compile_if_has(segment, Width::Double, quotients, Stores::Streaming)
}

/// The compiler's text of a segment's machine code, for `explain`.
///
/// # Errors
/// As [`compile`].
pub fn disassembly(segment: &Segment) -> Result<String> {
    let machine = compile_widest(segment, Quotients::Multiplied, true)?;
    let text = machine.text.unwrap_or_default();
    Ok(match machine.width {
        Width::Single => text,
        Width::Double => {
            format!("; widened to 256 bits afterwards: each xmm is a ymm, each constant is there twice\n{text}")
        }
        Width::Quad => {
            format!(
                "; widened to 512 bits afterwards: each xmm is a zmm, constants are in registers, comparisons give masks\n{text}"
            )
        }
    })
}

/// A segment's function in Cranelift's IR, for `explain`.
///
/// # Errors
/// [`Error::Bug`] where the segment has an instruction that [`is_native`] refuses.
pub fn clif_text(segment: &Segment) -> Result<String> {
    guarded(|contexts, isa| {
        let width = host::widest();
        emit::emit(segment, width, Quotients::Multiplied, isa, &mut contexts.compile.func, &mut contexts.build)?;
        Ok(contexts.compile.func.display().to_string())
    })
}

/// The widths that code may have here, the widest first.
fn widths() -> impl Iterator<Item = Width> {
    [Width::Quad, Width::Double, Width::Single].into_iter().filter(|&w| is_had(w))
}

fn is_had(width: Width) -> bool {
    width.bytes() <= host::widest().bytes()
}

fn compile_widest(segment: &Segment, quotients: Quotients, text: bool) -> Result<MachineCode> {
    for width in widths() {
        if let Some(machine) = compile_with(segment, width, quotients, Stores::Ordinary, text)? {
            return Ok(machine);
        }
    }
    Err(Error::Bug(format!("not compiled: {:?}", segment.body.insts())))
}

fn compile_if_has(
    segment: &Segment,
    width: Width,
    quotients: Quotients,
    stores: Stores,
) -> Result<Option<MachineCode>> {
    if is_had(width) { compile_with(segment, width, quotients, stores, false) } else { Ok(None) }
}

/// To vectors of one of [`widths`]; `None` where the code cannot be widened.
fn compile_with(
    segment: &Segment,
    width: Width,
    quotients: Quotients,
    stores: Stores,
    text: bool,
) -> Result<Option<MachineCode>> {
    guarded(|contexts, isa| {
        let emitted = emit::emit(segment, width, quotients, isa, &mut contexts.compile.func, &mut contexts.build)?;
        contexts.compile.set_disasm(text);
        let compiled = contexts
            .compile
            .compile(isa.as_ref(), &mut ControlPlane::default())
            .map_err(|e| Error::Bug(format!("compiling a segment: {:?}", e.inner)))?;
        if !compiled.buffer.relocs().is_empty() || !compiled.buffer.traps().is_empty() {
            return Err(Error::Bug(format!("compiled code calls or traps: {:?}", segment.body.insts())));
        }
        let bytes = match width {
            Width::Single => Some(compiled.code_buffer().to_vec()),
            Width::Double => widen::widen(compiled.code_buffer(), stores),
            Width::Quad => evex::widen(compiled.code_buffer()),
        };
        Ok(bytes.map(|bytes| MachineCode {
            bytes,
            align: (compiled.buffer.alignment as usize).max(width.bytes()),
            width,
            block: emitted.block,
            divides: emitted.divides,
            betrayed_by: emitted.betrayed_by,
            divisors: emitted.divisors,
            streaming: stores == Stores::Streaming,
            text: compiled.vcode.clone(),
        }))
    })
}

/// Runs the compiler in this thread's contexts. The compiler may panic on vectors that it does not know: that is our
/// defect, never the process' end, and the contexts are made anew.
fn guarded<T>(f: impl FnOnce(&mut Contexts, &OwnedTargetIsa) -> Result<T>) -> Result<T> {
    let isa = host::get().ok_or_else(|| Error::Bug("no compiler for this machine".into()))?;
    CONTEXTS.with_borrow_mut(|contexts| {
        let result = caught(|| f(contexts, isa));
        if result.is_ok() {
            contexts.compile.clear();
        } else {
            *contexts = Contexts::new();
        }
        result
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dtype::DType;
    use crate::jit::ir::{Access, Operand};
    use crate::ops::expr::{Body, ValueId};
    use crate::ops::prim::{MathFn, Prim};

    fn segment(build: impl FnOnce(&mut Body, ValueId) -> ValueId) -> Segment {
        let mut body = Body::default();
        let a = body.load(0, DType::F64);
        let result = build(&mut body, a);
        Segment {
            operands: vec![Operand { dtype: DType::F64, access: Access::Unit }],
            body,
            stores: vec![result],
            folds: Vec::new(),
        }
    }

    #[test]
    fn texts_show_the_loop() {
        let s = segment(|body, a| body.prim(Prim::Sqrt, &[a]));
        let clif = clif_text(&s).unwrap();
        assert!(clif.contains("= sqrt v") && clif.contains("f64x2"), "{clif}");
        let assembly = disassembly(&s).unwrap();
        assert!(assembly.contains("sqrtpd") && assembly.contains("ret"), "{assembly}");
    }

    #[test]
    fn what_is_not_native_is_a_defect_and_no_panic() {
        for s in [segment(|body, a| body.math(MathFn::Exp, &[a])), segment(|body, a| body.prim(Prim::Rem, &[a, a]))] {
            assert!(!is_native(&s.body, s.stores[0]));
            assert!(matches!(compile(&s, Quotients::Multiplied), Err(Error::Bug(_))));
        }
        // The contexts are whole again.
        assert!(compile(&segment(|body, a| body.prim(Prim::Neg, &[a])), Quotients::Multiplied).is_ok());
    }
}
