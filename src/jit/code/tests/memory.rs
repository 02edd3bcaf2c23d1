//! Where code lies.

use super::*;
use crate::ops::prim::Prim;

#[test]
fn memory_is_never_writable_and_executable() {
    let s = segment(&[DType::F64], |body, loads| body.prim(Prim::Sqrt, &[loads[0]]));
    let kernel = CompiledSegment::new(&s).unwrap();
    let entry = kernel.code.entry.as_ptr() as usize;
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let mut found = false;
    for line in maps.lines() {
        let mut words = line.split_whitespace();
        let (range, rights) = (words.next().unwrap(), words.next().unwrap());
        assert!(!(rights.contains('w') && rights.contains('x')), "{line}");
        let (start, end) = range.split_once('-').unwrap();
        let bound = |hex| usize::from_str_radix(hex, 16).unwrap();
        if (bound(start)..bound(end)).contains(&entry) {
            found = true;
            assert!(rights.starts_with("r-x"), "{line}");
        }
    }
    assert!(found);
}
