//! From a [`Segment`] to machine code, through Cranelift: 128-bit vectors, a block of elements an iteration.
//!
//! Owns which instructions are compiled ([`is_native`]) and the code's form; where code lives is not known here. No
//! emitted instruction traps, reads beyond the elements that the caller lends, or calls anything.

mod cast;
mod emit;
mod host;
mod lanes;
mod native;
mod prim;
mod shape;

pub use native::is_native;

use super::ir::Segment;
use crate::error::{Error, Result};
use cranelift_codegen::Context;
use cranelift_codegen::control::ControlPlane;
use cranelift_codegen::isa::OwnedTargetIsa;
use cranelift_frontend::FunctionBuilderContext;
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Position-independent machine code of one function, `extern "C" fn(ptrs: *const *mut u8, n: usize)`.
#[derive(Clone, Debug)]
pub struct MachineCode {
    /// The instructions and the constants behind them.
    pub bytes: Vec<u8>,
    /// The alignment that the constants need.
    pub align: usize,
    /// Elements of one iteration: the smallest `n`.
    pub block: usize,
    /// The compiler's assembly text, where it was asked for.
    pub text: Option<String>,
}

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

/// Compiles a segment.
///
/// # Errors
/// [`Error::Bug`] where the segment has an instruction that [`is_native`] refuses, or the compiler fails.
pub fn compile(segment: &Segment) -> Result<MachineCode> {
    compile_with(segment, false)
}

/// The compiler's text of a segment's machine code, for `explain`.
///
/// # Errors
/// As [`compile`].
pub fn disassembly(segment: &Segment) -> Result<String> {
    Ok(compile_with(segment, true)?.text.unwrap_or_default())
}

/// A segment's function in Cranelift's IR, for `explain`.
///
/// # Errors
/// [`Error::Bug`] where the segment has an instruction that [`is_native`] refuses.
pub fn clif_text(segment: &Segment) -> Result<String> {
    guarded(|contexts, isa| {
        emit::emit(segment, isa, &mut contexts.compile.func, &mut contexts.build)?;
        Ok(contexts.compile.func.display().to_string())
    })
}

fn compile_with(segment: &Segment, text: bool) -> Result<MachineCode> {
    guarded(|contexts, isa| {
        let emitted = emit::emit(segment, isa, &mut contexts.compile.func, &mut contexts.build)?;
        contexts.compile.set_disasm(text);
        let compiled = contexts
            .compile
            .compile(isa.as_ref(), &mut ControlPlane::default())
            .map_err(|e| Error::Bug(format!("compiling a segment: {:?}", e.inner)))?;
        if !compiled.buffer.relocs().is_empty() || !compiled.buffer.traps().is_empty() {
            return Err(Error::Bug(format!("compiled code calls or traps: {:?}", segment.body.insts())));
        }
        Ok(MachineCode {
            bytes: compiled.code_buffer().to_vec(),
            align: compiled.buffer.alignment as usize,
            block: emitted.block,
            text: compiled.vcode.clone(),
        })
    })
}

/// Runs the compiler in this thread's contexts. The compiler may panic on vectors that it does not know: that is our
/// defect, never the process' end, and the contexts are made anew.
fn guarded<T>(f: impl FnOnce(&mut Contexts, &OwnedTargetIsa) -> Result<T>) -> Result<T> {
    let isa = host::get().ok_or_else(|| Error::Bug("no compiler for this machine".into()))?;
    CONTEXTS.with_borrow_mut(|contexts| {
        let result = catch_unwind(AssertUnwindSafe(|| f(contexts, isa)))
            .unwrap_or_else(|_| Err(Error::Bug("the compiler panicked on a segment".into())));
        if result.is_ok() {
            contexts.compile.clear();
        } else {
            *contexts = Contexts::new();
        }
        result
    })
}

#[cfg(test)]
mod tests;
