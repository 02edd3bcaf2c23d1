//! The machine that compiled code runs on: its instruction sets, found once.

use super::Width;
use cranelift_codegen::isa::{self, OwnedTargetIsa};
use cranelift_codegen::settings::{self, Configurable};
use std::sync::OnceLock;

/// The compiler's target, or `None` where nothing can be compiled: then every segment is interpreted.
pub(super) fn get() -> Option<&'static OwnedTargetIsa> {
    static HOST: OnceLock<Option<OwnedTargetIsa>> = OnceLock::new();
    HOST.get_or_init(build).as_ref()
}

fn build() -> Option<OwnedTargetIsa> {
    let mut shared = settings::builder();
    // Graph passes have done what the optimiser would do, and it re-orders node-major bodies into slower ones.
    shared.set("opt_level", "none").ok()?;
    // The single-pass allocator compiles twice as fast and spills everything at block ends: up to five times slower loops.
    shared.set("regalloc_algorithm", "backtracking").ok()?;
    shared.set("enable_verifier", if cfg!(debug_assertions) { "true" } else { "false" }).ok()?;
    shared.set("unwind_info", "false").ok()?;
    shared.set("enable_alias_analysis", "false").ok()?;
    shared.set("machine_code_cfg_info", "false").ok()?;
    // Probes appear only in frames above a page: no cost elsewhere, and a large one cannot step over the guard page.
    shared.set("enable_probestack", "true").ok()?;
    shared.set("probestack_strategy", "inline").ok()?;
    let mut builder = isa::lookup_by_name(TRIPLE?).ok()?;
    enable_instruction_sets(&mut builder)?;
    builder.finish(settings::Flags::new(shared)).ok()
}

#[cfg(target_arch = "x86_64")]
const TRIPLE: Option<&str> = Some("x86_64-unknown-linux-gnu");
#[cfg(not(target_arch = "x86_64"))]
const TRIPLE: Option<&str> = None;

/// Enables what the processor has, up to AVX2: beyond that the compiler has no vectors of more than 128 bits either. `None` below SSE4.2: there byte shuffles and 64-bit compares become library calls.
#[cfg(target_arch = "x86_64")]
fn enable_instruction_sets(builder: &mut isa::Builder) -> Option<()> {
    if !std::is_x86_feature_detected!("sse4.2") {
        return None;
    }
    for name in ["has_sse3", "has_ssse3", "has_sse41", "has_sse42"] {
        builder.enable(name).ok()?;
    }
    let detected = [
        ("has_avx", std::is_x86_feature_detected!("avx")),
        ("has_avx2", std::is_x86_feature_detected!("avx2")),
        ("has_fma", std::is_x86_feature_detected!("fma")),
        ("has_bmi1", std::is_x86_feature_detected!("bmi1")),
        ("has_bmi2", std::is_x86_feature_detected!("bmi2")),
    ];
    for (name, present) in detected {
        if present {
            builder.enable(name).ok()?;
        }
    }
    Some(())
}

#[cfg(not(target_arch = "x86_64"))]
fn enable_instruction_sets(_builder: &mut isa::Builder) -> Option<()> {
    None
}

/// Whether a product and a sum are one instruction.
pub(super) fn fuses() -> bool {
    #[cfg(target_arch = "x86_64")]
    return std::is_x86_feature_detected!("fma");
    #[cfg(not(target_arch = "x86_64"))]
    false
}

/// The widest vectors that the processor has for every type, and that do not slow it down: 512 bits from the generation on that has
/// VBMI2 (Ice Lake, Zen 4); those before lower their frequency for them.
pub(super) fn widest() -> Width {
    #[cfg(target_arch = "x86_64")]
    {
        let has_512_bits = std::is_x86_feature_detected!("avx512f")
            && std::is_x86_feature_detected!("avx512bw")
            && std::is_x86_feature_detected!("avx512dq")
            && std::is_x86_feature_detected!("avx512vbmi2");
        if has_512_bits {
            return Width::Quad;
        }
        if std::is_x86_feature_detected!("avx2") {
            return Width::Double;
        }
    }
    Width::Single
}
