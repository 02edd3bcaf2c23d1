//! Sorting networks over vectors: columns first, then pairs of columns merged (Knuth, volume 3, section 5.3.4; Batcher's bitonic merge).
#![expect(unsafe_code, reason = "works on vectors through pointers")]

use super::Integer;
use super::lanes::Lanes;
use std::mem::MaybeUninit;

/// Vectors of the largest network.
pub const ROWS: usize = 16;
/// Lanes of the widest vector.
const WIDEST: usize = 16;

/// Compares rows and puts the smaller keys into the first of each pair.
macro_rules! exchange {
    ($rows:ident: $(($i:literal $j:literal))*) => {
        {$(($rows[$i], $rows[$j]) = $rows[$i].order($rows[$j]);)*}
    };
}

/// Sorts the columns of 2, 4, 8 or 16 rows; a single row has its columns sorted.
///
/// # Safety
/// As [`Lanes`].
#[inline(always)]
unsafe fn sort_columns<V: Lanes, const R: usize>(rows: &mut [V; R]) {
    // SAFETY: as the caller says. The networks with the fewest comparisons known: Knuth's for 4, Green's for 16.
    unsafe {
        match R {
            1 => {}
            2 => exchange!(rows: (0 1)),
            4 => exchange!(rows: (0 1)(2 3) (0 2)(1 3) (1 2)),
            8 => exchange!(rows:
                (0 2)(1 3)(4 6)(5 7) (0 4)(1 5)(2 6)(3 7) (0 1)(2 3)(4 5)(6 7) (2 4)(3 5) (1 4)(3 6) (1 2)(3 4)(5 6)),
            16 => exchange!(rows:
                (0 13)(1 12)(2 15)(3 14)(4 8)(5 6)(7 11)(9 10)
                (0 5)(1 7)(2 9)(3 4)(6 13)(8 14)(10 15)(11 12)
                (0 1)(2 3)(4 5)(6 8)(7 9)(10 11)(12 13)(14 15)
                (0 2)(1 3)(4 10)(5 11)(6 7)(8 9)(12 14)(13 15)
                (1 2)(3 12)(4 6)(5 7)(8 10)(9 11)(13 14)
                (1 4)(2 6)(5 8)(7 10)(9 13)(11 14)
                (2 4)(3 6)(9 12)(11 13)
                (3 5)(6 8)(7 9)(10 12)
                (3 4)(5 6)(7 8)(9 10)(11 12)
                (6 7)(8 9)),
            _ => unreachable!("no such network"),
        }
    }
}

/// One stage of a merge within rows: lanes against those that `other` brings to their place.
macro_rules! within {
    ($rows:ident, $other:ident $w:literal, $bit:literal) => {
        for row in $rows.iter_mut() {
            let (low, high) = row.order(row.$other::<$w>());
            *row = low.mix::<$bit>(high);
        }
    };
}

/// Merges pairs of neighbouring groups of `W / 2` lanes, of which each is sorted row by row, to groups of `W` lanes.
///
/// Let a group have the sequences `a` and `b`, each of `m` keys. Compared are `a[i]` and `b[m - 1 - i]`, which lie in rows `r` and `R - 1 - r`,
/// in lanes that mirror each other. The smaller keys go to the upper rows, which hold a bitonic sequence then, as the lower do, of which
/// the elements that are half a sequence apart lie mirrored again; and so on down to single rows.
///
/// # Safety
/// As [`Lanes`].
#[inline(always)]
unsafe fn merge<V: Lanes, const R: usize, const W: usize>(rows: &mut [V; R]) {
    let mut span = R;
    while span > 1 {
        let mut first = 0;
        while first < R {
            for i in 0..span / 2 {
                let (up, down) = (first + i, first + span - 1 - i);
                // SAFETY: as the caller says.
                unsafe { (rows[up], rows[down]) = rows[up].order(rows[down].reverse::<W>()) };
            }
            first += span;
        }
        span /= 2;
    }
    // SAFETY: as the caller says.
    unsafe {
        match W {
            2 => within!(rows, reverse 2, 1),
            4 => {
                within!(rows, reverse 4, 2);
                within!(rows, swap 1, 1);
            }
            8 => {
                within!(rows, reverse 8, 4);
                within!(rows, swap 2, 2);
                within!(rows, swap 1, 1);
            }
            16 => {
                within!(rows, reverse 16, 8);
                within!(rows, swap 4, 4);
                within!(rows, swap 2, 2);
                within!(rows, swap 1, 1);
            }
            _ => unreachable!("no such vector"),
        }
    }
}

/// Sorts at most `R` vectors of keys.
///
/// # Safety
/// As [`Lanes`]; `n <= R * V::N` keys can be read and written.
#[inline(always)]
unsafe fn sort_rows<V: Lanes, const R: usize>(keys: *mut V::Key, n: usize) {
    let mut whole = MaybeUninit::<[V::Key; (ROWS + 1) * WIDEST]>::uninit();
    // SAFETY: as the caller says; beside sixteen of the widest vectors `whole` has room for what the last store writes beyond them.
    unsafe {
        let mut at = keys;
        if n < R * V::N {
            // Filled up with the largest key, which stays behind.
            at = whole.as_mut_ptr().cast();
            std::ptr::copy_nonoverlapping(keys, at, n);
            let largest = V::splat(V::Key::MAX);
            for i in (n..R * V::N).step_by(V::N) {
                largest.store(at.add(i));
            }
        }
        let mut rows: [V; R] = std::array::from_fn(|r| V::load(at.add(r * V::N)));
        sort_columns(&mut rows);
        merge::<V, R, 2>(&mut rows);
        merge::<V, R, 4>(&mut rows);
        if V::N >= 8 {
            merge::<V, R, 8>(&mut rows);
        }
        if V::N >= 16 {
            merge::<V, R, 16>(&mut rows);
        }
        for (r, row) in rows.into_iter().enumerate() {
            row.store(at.add(r * V::N));
        }
        if n < R * V::N {
            std::ptr::copy_nonoverlapping(at, keys, n);
        }
    }
}

/// Sorts at most `ROWS * V::N` keys.
///
/// # Safety
/// As [`Lanes`].
#[inline(always)]
pub unsafe fn sort<V: Lanes>(keys: &mut [V::Key]) {
    let (at, n) = (keys.as_mut_ptr(), keys.len());
    assert!(n <= ROWS * V::N);
    // SAFETY: as the caller says.
    unsafe {
        match n.div_ceil(V::N) {
            0 => {}
            1 => sort_rows::<V, 1>(at, n),
            2 => sort_rows::<V, 2>(at, n),
            3..=4 => sort_rows::<V, 4>(at, n),
            5..=8 => sort_rows::<V, 8>(at, n),
            _ => sort_rows::<V, 16>(at, n),
        }
    }
}
