use super::*;
use crate::dtype::Scalar;
use crate::kernels::tile::scalar_prim;
use crate::ops::prim::Prim;
use smallvec::smallvec;

/// One thread; `order` says in which order tasks are done.
fn in_order(total: usize, work: &(dyn Fn(usize) + Sync)) -> Result<()> {
    (0..total).for_each(work);
    Ok(())
}

fn backwards(total: usize, work: &(dyn Fn(usize) + Sync)) -> Result<()> {
    (0..total).rev().for_each(work);
    Ok(())
}

/// Numbers of a type, none of them zero, from a multiplicative generator.
fn numbers(t: DType, n: usize) -> Vec<Scalar> {
    let mut state = 0x9e37_79b9_7f4a_7c15u64;
    (0..n)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let x = f64::from((state >> 40) as u32 % 1000 + 1) / 499.0;
            match t {
                DType::Bool => Scalar::from_i128(t, i128::from(state >> 60 & 1)),
                _ if t.is_integer() => Scalar::from_i128(t, i128::from(state >> 57)),
                _ if t.is_complex() => Scalar::from_complex(t, x, 1.0 - x),
                _ => Scalar::from_f64(t, x),
            }
        })
        .collect()
}

fn array(t: DType, shape: &[usize], values: &[Scalar]) -> Array {
    let bytes: Vec<u8> = values.iter().flat_map(|v| v.bytes()[..t.size()].to_vec()).collect();
    Array::from_bytes(t, shape, &bytes).unwrap()
}

fn elements(x: &Array) -> Vec<Scalar> {
    let flat = x.with_layout(x.offset(), smallvec![x.size()], smallvec![x.dtype().size() as isize]).unwrap();
    (0..x.size()).map(|i| flat.element(&[i])).collect()
}

/// The scan element by element.
fn expected(p: Prim, shape: &[usize], axis: usize, x: &[Scalar]) -> Vec<Scalar> {
    let step: usize = shape[axis + 1..].iter().product();
    let mut sums = x.to_vec();
    for i in 0..x.len() {
        if !(i / step).is_multiple_of(shape[axis]) {
            sums[i] = scalar_prim(p, &[sums[i - step], sums[i]]);
        }
    }
    sums
}

const OPS: [(Ufunc, Prim); 7] = [
    (Ufunc::Add, Prim::Add),
    (Ufunc::Subtract, Prim::Sub),
    (Ufunc::Multiply, Prim::Mul),
    (Ufunc::Minimum, Prim::Minimum),
    (Ufunc::Maximum, Prim::Maximum),
    (Ufunc::BitwiseXor, Prim::Xor),
    (Ufunc::Gcd, Prim::Gcd),
];

#[test]
fn each_element_combines_those_before_it() {
    for (op, p) in OPS {
        for t in DType::ALL.into_iter().filter(|&t| p.result(&[t, t]) == Some(t) && (p != Prim::Mul || !t.is_complex()))
        {
            for shape in [&[1][..], &[65], &[3, 5], &[2, 70], &[70, 2], &[3, 2, 4], &[200, 3], &[3, 600]] {
                let values = numbers(t, shape.iter().product());
                let x = array(t, shape, &values);
                for axis in 0..shape.len() {
                    let out = Array::uninit(t, shape).unwrap();
                    scan(op, axis, (&x).into(), &out, None, &in_order).unwrap();
                    assert_eq!(
                        elements(&out),
                        expected(p, shape, axis, &values),
                        "{} {t} {shape:?} {axis}",
                        op.row().name
                    );
                }
            }
        }
    }
}

#[test]
fn chunks_are_cut_by_length_alone() {
    for (op, p) in OPS {
        for t in [DType::F64, DType::F32, DType::I64, DType::U8, DType::C64]
            .into_iter()
            .filter(|&t| p.result(&[t, t]) == Some(t))
        {
            for n in [CHUNK - 1, CHUNK, CHUNK + 1, 6 * CHUNK + 5, CHUNKS * CHUNK, CHUNKS * CHUNK + 1] {
                let values = numbers(t, n);
                let x = array(t, &[n], &values);
                let (a, b) = (Array::uninit(t, &[n]).unwrap(), Array::uninit(t, &[n]).unwrap());
                scan(op, 0, (&x).into(), &a, None, &in_order).unwrap();
                scan(op, 0, (&x).into(), &b, None, &backwards).unwrap();
                let made = elements(&a);
                let name = op.row().name;
                assert_eq!(made, elements(&b), "{name} {t} {n}: order of tasks");
                let exact = !t.is_inexact() || !is_associative(op) || matches!(p, Prim::Minimum | Prim::Maximum);
                if n < 10 * CHUNK && (exact || n <= CHUNK && !t.is_complex()) {
                    assert_eq!(made, expected(p, &[n], 0, &values), "{name} {t} {n}");
                }
                scan(op, 0, (&x).into(), &x, None, &in_order).unwrap();
                assert_eq!(elements(&x), made, "{name} {t} {n}: in place");
            }
        }
    }
}

#[test]
fn a_stop_between_tasks_is_passed_on() {
    let x = array(DType::F64, &[5 * CHUNK], &numbers(DType::F64, 5 * CHUNK));
    let stop = |_: usize, _: &(dyn Fn(usize) + Sync)| Err(Error::Interrupted);
    assert_eq!(scan(Ufunc::Add, 0, (&x).into(), &x, None, &stop), Err(Error::Interrupted));
}

#[test]
fn what_has_no_loop_is_a_bug() {
    let x = array(DType::F64, &[2], &numbers(DType::F64, 2));
    assert!(matches!(scan(Ufunc::Less, 0, (&x).into(), &x, None, &in_order), Err(Error::Bug(_))));
}
