//! Sorting networks over vectors: columns first, then pairs of columns merged (Knuth, volume 3, section 5.3.4; Batcher's bitonic merge).
//!
//! What is more than a block of registers is sorted block by block, and sorted halves are merged in memory. Missing rows and lanes
//! hold the largest key: these stay behind, so that comparisons with them are left out.
#![expect(unsafe_code, reason = "works on vectors through pointers")]

use super::lanes::Lanes;

/// Vectors of the largest network in registers.
pub const ROWS: usize = 16;

/// Sorts the columns of at most 16 rows, by the networks with the fewest comparisons known of 2, 4 (Knuth), 8 and 16 (Green).
///
/// # Safety
/// As [`Lanes`].
#[inline(always)]
unsafe fn sort_columns<V: Lanes, const R: usize>(rows: &mut [V; R]) {
    macro_rules! exchange {
        ($(($i:literal $j:literal))*) => {
            {$(if $j < R {
                // SAFETY: as the caller says.
                unsafe { (rows[$i], rows[$j]) = rows[$i].order(rows[$j]) };
            })*}
        };
    }
    match R {
        1 => {}
        2 => exchange!((0 1)),
        3..=4 => exchange!((0 1)(2 3) (0 2)(1 3) (1 2)),
        5..=8 => exchange!(
            (0 2)(1 3)(4 6)(5 7) (0 4)(1 5)(2 6)(3 7) (0 1)(2 3)(4 5)(6 7) (2 4)(3 5) (1 4)(3 6) (1 2)(3 4)(5 6)),
        9..=16 => exchange!(
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

/// Compares rows that are half a span apart, in spans from `span` rows on down.
///
/// # Safety
/// As [`Lanes`].
#[inline(always)]
unsafe fn halve<V: Lanes, const R: usize>(rows: &mut [V; R], mut span: usize, mirrored: bool) {
    while span > 1 {
        let mut first = 0;
        while first < R {
            let mut i = 0;
            while i < span / 2 {
                let up = first + i;
                let down = if mirrored { first + span - 1 - i } else { up + span / 2 };
                if down < R {
                    // SAFETY: as the caller says.
                    unsafe { (rows[up], rows[down]) = rows[up].order(rows[down]) };
                }
                i += 1;
            }
            first += span;
        }
        span /= 2;
    }
}

/// One stage of a merge within rows: lanes against those that `other` brings to their place.
macro_rules! within {
    ($rows:ident, $(($other:ident $w:literal, $bit:literal))*) => {
        {$(for row in $rows.iter_mut() {
            // SAFETY: as the caller says.
            *row = unsafe { row.settle::<$bit>(row.$other::<$w>()) };
        })*}
    };
}

/// Merges pairs of neighbouring groups of `W / 2` lanes, of which each is sorted row by row, to groups of `W` lanes.
///
/// Let a group have the sequences `a` and `b`, each of `m` keys. Compared are `a[i]` and `b[m - 1 - i]`, which lie in rows `r` and `R - 1 - r`,
/// in lanes that mirror each other. The smaller keys go to the upper rows, which hold a bitonic sequence then, as the lower do, of which
/// the elements that are half a sequence apart lie mirrored again; and so on down to single rows. If the first stage mirrors the lower row of a pair
/// where the upper is even and the upper one where it is odd, then rows that meet later lie face to face, and the last stage, between a row
/// and its mirror image, is the same for either.
///
/// # Safety
/// As [`Lanes`].
#[inline(always)]
unsafe fn merge<V: Lanes, const R: usize, const W: usize>(rows: &mut [V; R]) {
    let whole = R.next_power_of_two();
    let mut up = 0;
    while up < whole / 2 {
        let down = whole - 1 - up;
        // SAFETY: as the caller says.
        unsafe {
            if up % 2 == 1 {
                rows[up] = rows[up].reverse::<W>();
            }
            if down < R {
                let other = if up % 2 == 0 { rows[down].reverse::<W>() } else { rows[down] };
                (rows[up], rows[down]) = rows[up].order(other);
            }
        }
        up += 1;
    }
    // SAFETY: as the caller says.
    unsafe { halve(rows, whole / 2, true) };
    match W {
        2 => within!(rows, (reverse 2, 1)),
        4 => within!(rows, (reverse 4, 2) (swap 1, 1)),
        8 => within!(rows, (reverse 8, 4) (swap 2, 2) (swap 1, 1)),
        16 => within!(rows, (reverse 16, 8) (swap 4, 4) (swap 2, 2) (swap 1, 1)),
        _ => unreachable!("no such vector"),
    }
}

/// Sorts rows that hold a bitonic sequence.
///
/// # Safety
/// As [`Lanes`].
#[inline(always)]
unsafe fn clean<V: Lanes, const R: usize>(rows: &mut [V; R]) {
    // SAFETY: as the caller says.
    unsafe { halve(rows, R.next_power_of_two(), false) };
    match V::N {
        4 => within!(rows, (swap 2, 2) (swap 1, 1)),
        8 => within!(rows, (swap 4, 4) (swap 2, 2) (swap 1, 1)),
        16 => within!(rows, (swap 8, 8) (swap 4, 4) (swap 2, 2) (swap 1, 1)),
        _ => unreachable!("no such vector"),
    }
}

/// Sorts at most `R` vectors of keys, of which the first `WHOLE` are complete; a bitonic sequence if `CLEAN`.
///
/// # Safety
/// As [`Lanes`]; `WHOLE * V::N <= n <= R * V::N` keys can be read and written.
#[inline(always)]
unsafe fn block<V: Lanes, const R: usize, const WHOLE: usize, const CLEAN: bool>(keys: *mut V::Key, n: usize) {
    let row = |r: usize| (keys.wrapping_add(r * V::N), n.saturating_sub(r * V::N).min(V::N));
    // SAFETY: as the caller says.
    unsafe {
        let mut rows: [V; R] = std::array::from_fn(|r| match row(r) {
            (at, _) if r < WHOLE => V::load(at),
            (at, some) => V::load_some(at, some),
        });
        if CLEAN {
            clean(&mut rows);
        } else {
            sort_columns(&mut rows);
            merge::<V, R, 2>(&mut rows);
            merge::<V, R, 4>(&mut rows);
            if V::N >= 8 {
                merge::<V, R, 8>(&mut rows);
            }
            if V::N >= 16 {
                merge::<V, R, 16>(&mut rows);
            }
        }
        let mut r = 0;
        while r < R {
            match row(r) {
                (at, _) if r < WHOLE => rows[r].store(at),
                (at, some) => rows[r].store_some(at, some),
            }
            r += 1;
        }
    }
}

/// The block of so many keys.
///
/// # Safety
/// As [`Lanes`]; `n <= ROWS * V::N` keys can be read and written.
#[inline(always)]
unsafe fn blocks<V: Lanes, const CLEAN: bool>(keys: *mut V::Key, n: usize) {
    // SAFETY: as the caller says.
    unsafe {
        match n.div_ceil(V::N) {
            0..=1 => block::<V, 1, 0, CLEAN>(keys, n),
            2 => block::<V, 2, 1, CLEAN>(keys, n),
            3 => block::<V, 3, 2, CLEAN>(keys, n),
            4 => block::<V, 4, 3, CLEAN>(keys, n),
            5..=6 => block::<V, 6, 4, CLEAN>(keys, n),
            7..=8 => block::<V, 8, 6, CLEAN>(keys, n),
            9..=10 => block::<V, 10, 8, CLEAN>(keys, n),
            11..=12 => block::<V, 12, 10, CLEAN>(keys, n),
            13..=14 => block::<V, 14, 12, CLEAN>(keys, n),
            _ => block::<V, 16, 14, CLEAN>(keys, n),
        }
    }
}

/// Sorts at most two blocks of keys.
///
/// # Safety
/// As [`Lanes`].
#[inline(always)]
pub unsafe fn sort<V: Lanes>(keys: &mut [V::Key]) {
    let (at, n, most) = (keys.as_mut_ptr(), keys.len(), ROWS * V::N);
    assert!(n <= 2 * most);
    // Loops, as each call is a copy of all networks.
    for first in (0..n).step_by(most) {
        // SAFETY: as the caller says; keys from `first` on.
        unsafe { blocks::<V, false>(at.add(first), most.min(n - first)) };
    }
    if n > most {
        // SAFETY: as the caller says.
        unsafe { face::<V>(at, n) };
        for first in [0, most] {
            // SAFETY: as above.
            unsafe { blocks::<V, true>(at.add(first), most.min(n - first)) };
        }
    }
}

/// Compares two sorted blocks, each row with that which mirrors it: the smaller keys go to the first, and both hold bitonic sequences then.
///
/// # Safety
/// As [`Lanes`]; `ROWS * V::N < n <= 2 * ROWS * V::N` keys can be read and written.
#[inline(always)]
unsafe fn face<V: Lanes>(keys: *mut V::Key, n: usize) {
    let most = ROWS * V::N;
    let mut at = most;
    while at < n {
        let some = (n - at).min(V::N);
        // SAFETY: as the caller says; `at < n <= 2 * most`, and both are multiples of `V::N` but `n`.
        unsafe {
            let (up, down) = (keys.add(2 * most - V::N - at), keys.add(at));
            let other = V::load_some(down, some).mirror();
            let (low, high) = V::load(up).order(other);
            low.store(up);
            high.mirror().store_some(down, some);
        }
        at += V::N;
    }
}
