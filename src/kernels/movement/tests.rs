//! Copies against the definition, for every size of an element and strides of both signs.

use super::*;
use crate::kernels::tile::Table;

/// Memory around which strides of both signs have room, each byte different from its neighbours.
pub(super) fn memory() -> Vec<u8> {
    (0..1usize << 16).map(|i| (i ^ (i >> 8) ^ (i >> 3)) as u8).collect()
}

/// Strides by element size: contiguous, none, the same row, reversed, every other, wide, transposed, unaligned.
fn strides(size: isize, k: usize, m: usize) -> Vec<(isize, isize)> {
    let (k, m) = (k as isize, m as isize);
    vec![
        (m * size, size),
        (m * size + 3, size),
        (0, 0),
        (size, 0),
        (0, size),
        (-m * size, -size),
        (2 * m * size, 2 * size),
        (2 * m * size, -2 * size),
        (size, k * size),
        (size, k * size + 5),
        (size, -k * size),
        (7, 3 * size + 1),
    ]
}

#[test]
fn gather_reads_what_strides_say() {
    let source = memory();
    for size in [1usize, 2, 4, 8, 16] {
        for (k, m) in [(1, 1), (1, 33), (3, 7), (5, 3), (6, 4), (1, 5), (8, 8), (9, 17), (16, 24), (31, 2)] {
            for (outer, inner) in strides(size as isize, k, m) {
                let mut got = vec![0u8; k * m * size];
                let base = 30_001isize;
                // SAFETY: the extents above stay within the memory on both sides of the base.
                unsafe { gather(size, k, m, source.as_ptr().offset(base), outer, inner, got.as_mut_ptr()) };
                for (n, element) in got.chunks(size).enumerate() {
                    let at = (base + (n / m) as isize * outer + (n % m) as isize * inner) as usize;
                    assert_eq!(element, &source[at..at + size], "{size} {k} {m} {outer} {inner} {n}");
                }
            }
        }
    }
}

#[test]
fn scatter_writes_where_gather_reads_and_nowhere_else() {
    for size in [1usize, 2, 4, 8, 16] {
        for (k, m) in [(1, 1), (1, 33), (3, 7), (8, 8), (9, 17), (16, 24), (31, 2)] {
            for (outer, inner) in strides(size as isize, k, m).into_iter().filter(|&(o, i)| i != 0 && o != 0 && o != 7)
            {
                let tile = &memory()[..k * m * size];
                let mut target = vec![0xa5u8; 1 << 16];
                let mut expected = target.clone();
                let base = 30_001isize;
                for (n, element) in tile.chunks(size).enumerate() {
                    let at = (base + (n / m) as isize * outer + (n % m) as isize * inner) as usize;
                    expected[at..at + size].copy_from_slice(element);
                }
                // SAFETY: the extents above stay within the memory on both sides of the base.
                unsafe { scatter(size, k, m, tile.as_ptr(), target.as_mut_ptr().offset(base), outer, inner) };
                assert_eq!(target, expected, "{size} {k} {m} {outer} {inner}");
            }
        }
    }
}

#[test]
fn fill_repeats_and_iota_counts() {
    let mut bytes = [0u8; 6];
    // SAFETY: three elements of two bytes.
    unsafe { fill(2, 3, [7u8, 9].as_ptr(), bytes.as_mut_ptr()) };
    assert_eq!(bytes, [7, 9, 7, 9, 7, 9]);
    let mut ramp = [0i64; 6];
    // SAFETY: two rows of three elements.
    unsafe { iota(2, 3, 5, 100, -1, ramp.as_mut_ptr()) };
    assert_eq!(ramp, [5, 4, 3, 105, 104, 103]);
    // SAFETY: likewise.
    unsafe { iota(2, 3, 5, 3, 1, ramp.as_mut_ptr()) };
    assert_eq!(ramp, [5, 6, 7, 8, 9, 10]);
    let mut same = [0i64; 15];
    // SAFETY: five rows of three elements.
    unsafe { iota(5, 3, 7, 0, 2, same.as_mut_ptr()) };
    assert_eq!(same, [7, 9, 11, 7, 9, 11, 7, 9, 11, 7, 9, 11, 7, 9, 11]);
}

#[test]
fn pick_reads_where_numbers_say() {
    let source = memory();
    let numbers: Vec<i64> = (0..4096i64)
        .map(|i| if i % 11 == 0 { [-1, i64::MIN, 1 << 40][i as usize % 3] } else { i * 37 % 190 })
        .collect();
    for size in [1usize, 2, 4, 8, 16] {
        for (k, m) in [(1, 1), (1, 33), (3, 7), (5, 3), (40, 4), (9, 17), (16, 24), (31, 2), (2, 300)] {
            for (stride, steps) in [(1, (0, 1)), (1, (0, 2)), (2, (3, -1)), (-1, (0, 1)), (1, (-2, 0)), (3, (7, 5))] {
                for place_steps in [(8, 0), (0, 8), (8 * m as isize, 8), (-8, 0), (16, 0)] {
                    let (len, stride) = (200, stride * size as isize);
                    let pick = Pick {
                        table: Table { data: source.as_ptr() as usize + 30_001, stride, len, first: 0 },
                        scale: if m == 7 { 1 } else { 3 },
                        first: if k == 9 { 40 } else { 0 },
                        rows: (k, m),
                        steps,
                        places: numbers.as_ptr() as usize + 8 * 1000,
                        place_steps,
                    };
                    let got = Isa::all().into_iter().flat_map(|isa| {
                        let mut got = vec![0u8; k * m * size];
                        // SAFETY: places up to 31 rows and 300 numbers away, and 200 elements on both sides, are in memory.
                        unsafe { pick.copy_for(isa, size, got.as_mut_ptr()) };
                        got
                    });
                    for (n, element) in got.collect::<Vec<u8>>().chunks(size).enumerate() {
                        let (i, j) = (n % (k * m) / m, n % m);
                        let place =
                            numbers[(1000 + (i as isize * place_steps.0 + j as isize * place_steps.1) / 8) as usize];
                        let moved = pick.first + i as i64 * steps.0 + j as i64 * steps.1;
                        let at = place.wrapping_mul(pick.scale).wrapping_add(moved);
                        let at = if (0..len as i64).contains(&at) { at as isize } else { 0 };
                        let from = (30_001 + at * stride) as usize;
                        assert_eq!(element, &source[from..from + size], "{pick:?} {n}");
                    }
                }
            }
        }
    }
}
