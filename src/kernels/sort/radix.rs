//! Sorting by the bytes of keys, the lowest first: each pass keeps the order of equal bytes (Knuth, volume 3, section 5.2.5).

/// Whether a slice is long enough for passes over it, of which each clears and sums a table, to be faster than comparisons.
pub fn pays(digits: usize, len: usize) -> bool {
    match digits {
        0 => false,
        d => len >= 128 * d,
    }
}

/// Sorts items by numbers of so many bytes; equal ones keep their order.
pub fn sort<T: Copy>(items: &mut [T], digits: usize, number: impl Fn(&T) -> u64) {
    if items.is_sorted_by_key(&number) {
        return;
    }
    let mut counts = [[0usize; 256]; 8];
    for item in &*items {
        let number = number(item).to_le_bytes();
        for (count, digit) in counts.iter_mut().zip(number).take(digits) {
            count[usize::from(digit)] += 1;
        }
    }
    let mut aside = items.to_vec();
    let (mut from, mut to) = (&mut *items, &mut aside[..]);
    let mut moved = false;
    for (d, count) in counts.iter_mut().enumerate().take(digits) {
        if count.contains(&from.len()) {
            continue;
        }
        let mut place = 0;
        for c in count.iter_mut() {
            place += std::mem::replace(c, place);
        }
        for item in &*from {
            let digit = (number(item) >> (8 * d)) as usize & 0xff;
            to[count[digit]] = *item;
            count[digit] += 1;
        }
        (from, to) = (to, from);
        moved = !moved;
    }
    if moved {
        to.copy_from_slice(from);
    }
}
