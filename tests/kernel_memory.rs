//! The kernel cache under many different kernels. Alone in its process, whose memory it watches.

use numpy_rs::dtype::DType;
use numpy_rs::jit::cache;
use numpy_rs::jit::ir::{Access, Operand, Segment};
use numpy_rs::ops::expr::Body;
use numpy_rs::ops::prim::Prim;

fn add_constant(x: f64) -> Segment {
    let mut body = Body::default();
    let (a, k) = (body.load(0, DType::F64), body.lit(x, DType::F64));
    let sum = body.prim(Prim::Add, &[a, k]);
    let operands = vec![Operand { dtype: DType::F64, access: Access::Unit }];
    Segment { operands, body, stores: vec![sum], folds: Vec::new() }
}

/// Resident bytes of this process.
fn resident() -> usize {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    statm.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
}

#[test]
fn twenty_thousand_kernels_take_no_more_memory_than_the_cache_holds() {
    const N: usize = 64;
    let one = 1.0f64.to_le_bytes().repeat(N);
    let mut after_filling = 0;
    for i in 0..20_000 {
        let kernel = cache::segment(&add_constant(f64::from(i))).unwrap();
        if i % 100 == 0 {
            let mut result = vec![0; 8 * N];
            kernel.run(&[&one], &mut [&mut result], &mut [], N);
            assert_eq!(result, (1.0 + f64::from(i)).to_le_bytes().repeat(N));
        }
        if i == 6_000 {
            after_filling = resident();
        }
    }
    let stats = cache::stats();
    assert_eq!((stats.hits, stats.misses), (0, 20_000));
    assert!(stats.kernels <= 4096 && stats.evictions as usize + stats.kernels == 20_000);
    let growth = resident().saturating_sub(after_filling);
    assert!(growth < 4 << 20, "grew by {growth} bytes");
}
