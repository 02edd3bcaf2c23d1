use super::{Integer, SAMPLE, spread};

/// Numbers in disorder (Marsaglia, *Xorshift RNGs*, 2003).
fn random(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

/// Arrangements of `n` keys.
fn patterns<K: Integer>(n: usize, key: impl Fn(u64) -> K) -> Vec<Vec<K>> {
    let mut state = n as u64 + 77;
    let m = n as u64;
    let mut all: Vec<Vec<K>> = vec![
        (0..m).map(&key).collect(),
        (0..m).rev().map(&key).collect(),
        (0..m).map(|_| key(3)).collect(),
        (0..m).map(|_| K::MAX).collect(),
        (0..m).map(|i| key(i % 7)).collect(),
        (0..m).map(|i| key(i.min(m - i))).collect(),
        (0..m).map(|i| if i % 3 == 0 { K::MAX } else { key(i) }).collect(),
    ];
    for distinct in [2, 10, 1000, u64::MAX] {
        all.push((0..n).map(|_| key(random(&mut state) % distinct)).collect());
    }
    // The smallest keys where pivots are looked for.
    let mut killer: Vec<K> = (0..m).map(|i| key(i + 100)).collect();
    for i in 0..SAMPLE.min(n) {
        killer[spread(i, n)] = key(i as u64);
    }
    all.push(killer);
    all
}

fn sizes(most: usize) -> Vec<usize> {
    let mut sizes: Vec<usize> = (0..=most + 2).collect();
    sizes.extend([2 * most, 2 * most + 1, 1000, 511, 512, 4095, 4096, 30_000, 65_536]);
    sizes
}

fn sorts_every_pattern<K: Integer + std::fmt::Debug>(key: impl Fn(u64) -> K + Copy) {
    for sorter in K::sorters() {
        for n in sizes(2 * sorter.block) {
            for keys in patterns(n, key) {
                let mut want = keys.clone();
                want.sort_unstable();
                let mut got = keys.clone();
                sorter.sort(&mut got, None);
                assert_eq!(got, want, "{n} keys");
                // Nothing is written beside.
                let (mut longer, last) = ([&[key(7)], &keys[..], &[key(9)]].concat(), n + 1);
                sorter.sort(&mut longer[1..last], None);
                assert_eq!((longer[0], &longer[1..last], longer[last]), (key(7), &want[..], key(9)));
            }
        }
    }
}

#[test]
fn every_instruction_set_sorts_keys_of_64_bits() {
    sorts_every_pattern(|x| x.wrapping_mul(0x9e37_79b9_7f4a_7c15) as i64);
    sorts_every_pattern(|x| x as i64 - 5);
}

#[test]
fn every_instruction_set_sorts_keys_of_32_bits() {
    sorts_every_pattern(|x| (x.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32) as i32);
    sorts_every_pattern(|x| x as i32 - 5);
}

/// A network that sorts all zeros and ones sorts all keys (Knuth, volume 3, section 5.3.4, theorem Z): here all boundaries, and many others.
fn networks_sort_zeros_and_ones<K: Integer + std::fmt::Debug>(key: impl Fn(u64) -> K) {
    let mut state = 5;
    for sorter in K::sorters() {
        for n in 1..=(2 * sorter.block) {
            for round in 0..64 {
                let share = random(&mut state) % 65;
                let mut keys: Vec<K> = (0..n).map(|_| key(u64::from(random(&mut state) % 64 < share))).collect();
                if round == 0 {
                    keys = (0..n).map(|i| key(u64::from(i < n / 2))).collect();
                }
                let ones = keys.iter().filter(|k| **k == key(1)).count();
                sorter.sort(&mut keys, None);
                let want: Vec<K> = (0..n).map(|i| key(u64::from(i >= n - ones))).collect();
                assert_eq!(keys, want);
            }
        }
    }
}

#[test]
fn networks_sort() {
    networks_sort_zeros_and_ones(|x| x as i64);
    networks_sort_zeros_and_ones(|x| x as i32);
}

/// Partitions of every length up to some batches of vectors, in memory that begins anywhere, beside which nothing is written.
fn partitions_part<K: Integer + std::fmt::Debug>(key: impl Fn(u64) -> K) {
    let mut state = 9;
    for sorter in K::sorters() {
        for n in (0..700).chain([1000, 5000]) {
            for distinct in [1, 2, 50, 100_000] {
                let mut keys: Vec<K> = (0..n + 2).map(|_| key(random(&mut state) % distinct)).collect();
                let pivot = if n % 9 == 0 { K::MAX } else { key(random(&mut state) % (distinct + 1)) };
                if n % 4 == 0 {
                    (0..n).step_by(3).for_each(|i| keys[i] = K::MAX);
                }
                let mut got = keys.clone();
                let low = sorter.partition(&mut got[1..=n], pivot);
                assert!(got[1..=low].iter().all(|k| *k < pivot) && got[low + 1..=n].iter().all(|k| *k >= pivot));
                assert_eq!((got[0], got[n + 1]), (keys[0], keys[n + 1]));
                got.sort_unstable();
                keys.sort_unstable();
                assert_eq!(got, keys);
            }
        }
    }
}

#[test]
fn partitions_part_keys() {
    partitions_part(|x| x as i64 - 20);
    partitions_part(|x| x as i32 - 20);
}

#[test]
fn places_are_selected() {
    for sorter in i64::sorters() {
        for n in [1, 5, 128, 129, 1000, 20_000] {
            for keys in patterns(n, |x| x as i64) {
                let mut want = keys.clone();
                want.sort_unstable();
                let places = [0, n / 3, n / 2, n - 1];
                let mut got = keys.clone();
                let mut some = places.to_vec();
                some.dedup();
                sorter.sort(&mut got, Some(&some));
                for p in places {
                    assert_eq!(got[p], want[p]);
                    assert!(got[..p].iter().all(|k| *k <= want[p]) && got[p..].iter().all(|k| *k >= want[p]));
                }
            }
        }
    }
}

#[test]
fn bad_pivots_end_in_another_sort() {
    for sorter in i64::sorters() {
        for cuts in [0, 1, 3] {
            let mut state = 3;
            let mut keys: Vec<i64> = (0..20_000).map(|_| random(&mut state) as i64).collect();
            let mut want = keys.clone();
            want.sort_unstable();
            sorter.cut(&mut keys, 0, None, cuts);
            assert_eq!(keys, want);
        }
    }
}
