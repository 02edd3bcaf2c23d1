//! Factorisations against what they promise: residuals and orthogonality in units of eps, length and norm, for every instruction set, with
//! dirty memory, any order of tasks, at lengths on both sides of those where matrices are taken apart.

use super::*;
use crate::array::{Buffer, Shape, Strides};
use crate::dtype::Scalar as Value;
use crate::ops::kernel::{QrMode, SvdMode};

type C = Complex<f64>;

const TYPES: [DType; 4] = [DType::F32, DType::F64, DType::C64, DType::C128];
/// Around the small matrices, blocks, panels and squares on the diagonal.
const LENGTHS: [usize; 16] = [1, 2, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 48, 65, 97, 130];

/// Numbers between -1 and 1.
fn random(dtype: DType, shape: &[usize], seed: &mut u64) -> Array {
    let n: usize = shape.iter().product();
    let mut next = || {
        *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*seed >> 33) as f64 / f64::from(1u32 << 30) - 1.0
    };
    let mut bytes = Vec::with_capacity(n * dtype.size());
    for _ in 0..n {
        let s = Value::from_complex(dtype, next(), if dtype.is_complex() { next() } else { 0.0 });
        bytes.extend_from_slice(&s.bytes()[..dtype.size()]);
    }
    Array::from_bytes(dtype, shape, &bytes).unwrap()
}

/// Memory that holds what must not be there afterwards.
fn dirty(dtype: DType, shape: &[usize]) -> Array {
    let n = shape.iter().product::<usize>() * dtype.size();
    Array::from_bytes(dtype, shape, &vec![0xff; n]).unwrap()
}

/// Fills the pool's free blocks with NaN.
fn soil() {
    for power in 6..22 {
        let mut buffer = Buffer::new(1 << power).unwrap();
        buffer.fill_from(&vec![0xff; 1 << power]);
    }
}

fn backwards(n: usize, work: &(dyn Fn(usize) + Sync)) -> Result<()> {
    (0..n).rev().for_each(work);
    Ok(())
}

/// Two threads that take turns.
fn shared(n: usize, work: &(dyn Fn(usize) + Sync)) -> Result<()> {
    std::thread::scope(|s| {
        s.spawn(|| (0..n).step_by(2).for_each(work));
        (0..n).skip(1).step_by(2).for_each(work);
    });
    Ok(())
}

/// The results of a function, by tasks from the last to the first.
fn results(isa: Isa, f: LinalgFn, operands: &[&Array]) -> Result<Vec<Array>> {
    results_by(isa, f, operands, &backwards)
}

fn results_by(isa: Isa, f: LinalgFn, operands: &[&Array], tasks: Tasks) -> Result<Vec<Array>> {
    soil();
    let types: Vec<(&[usize], DType)> = operands.iter().map(|x| (x.shape(), x.dtype())).collect();
    let outs: Vec<Array> = f.infer(&types).unwrap().iter().map(|(shape, t)| dirty(*t, shape)).collect();
    let operands: Vec<Array> = operands.iter().map(|x| (*x).clone()).collect();
    with(isa, &f, &operands, &outs, tasks)?;
    Ok(outs)
}

/// A matrix in double precision.
#[derive(Clone, Debug)]
struct M {
    rows: usize,
    cols: usize,
    x: Vec<C>,
}

impl M {
    fn new(rows: usize, cols: usize, f: impl Fn(usize, usize) -> C) -> M {
        M { rows, cols, x: (0..rows * cols).map(|i| f(i / cols, i % cols)).collect() }
    }

    /// The matrix of an array of two axes, or the column of one of one.
    fn of(a: &Array) -> M {
        let number = |v: Value| C { re: v.to_complex().0, im: v.to_complex().1 };
        match a.shape() {
            [n] => M::new(*n, 1, |i, _| number(a.element(&[i]))),
            [m, n] => M::new(*m, *n, |i, j| number(a.element(&[i, j]))),
            other => panic!("{other:?}"),
        }
    }

    fn at(&self, i: usize, j: usize) -> C {
        self.x[i * self.cols + j]
    }

    fn h(&self) -> M {
        M::new(self.cols, self.rows, |i, j| self.at(j, i).conj())
    }

    fn times(&self, b: &M) -> M {
        assert_eq!(self.cols, b.rows);
        M::new(self.rows, b.cols, |i, j| (0..self.cols).map(|k| self.at(i, k) * b.at(k, j)).sum())
    }

    fn minus(&self, b: &M) -> M {
        M::new(self.rows, self.cols, |i, j| self.at(i, j) - b.at(i, j))
    }

    fn norm(&self) -> f64 {
        self.x.iter().map(|x| x.norm_sqr()).sum::<f64>().sqrt()
    }

    fn eye(n: usize) -> M {
        M::new(n, n, |i, j| C { re: f64::from(u8::from(i == j)), im: 0.0 })
    }

    fn diagonal(s: &M) -> M {
        M::new(s.rows, s.rows, |i, j| if i == j { s.at(i, 0) } else { C::default() })
    }
}

/// Refuses what is more than some eps times a length and a norm.
fn small(what: &str, difference: &M, t: DType, n: usize, norm: f64) {
    let eps = if t.real() == DType::F32 { f64::from(f32::EPSILON) } else { f64::EPSILON };
    let bound = 4.0 * eps * n.max(4) as f64 * norm;
    let got = difference.norm();
    assert!(got <= bound, "{what}: {got:e}, not at most {bound:e}, of {t}, {} x {}", difference.rows, difference.cols);
}

/// The same elements laid out otherwise: as they are, transposed in memory, from the last to the first, with gaps.
fn layouts(a: &Array) -> Vec<Array> {
    let (n, size) = (a.ndim(), a.dtype().size() as isize);
    let (m, k) = (a.shape()[n - 2], a.shape()[n - 1]);
    let rest: usize = a.shape()[..n - 2].iter().product();
    let place = |offset: isize, row: isize, col: isize, matrix: isize, bytes: usize| {
        let mut strides = Strides::new();
        let mut step = matrix;
        for &len in a.shape()[..n - 2].iter().rev() {
            strides.insert(0, step);
            step *= len as isize;
        }
        strides.push(row);
        strides.push(col);
        let raw = dirty(DType::U8, &[bytes.max(1)]);
        let b =
            Array::from_parts(raw.buffer().clone(), offset as usize, Shape::from_slice(a.shape()), strides, a.dtype());
        let b = b.unwrap();
        crate::kernels::movement::copy(a, &b);
        b
    };
    let (rows, cols) = (m as isize, k as isize);
    let bytes = rest * m * k * size as usize;
    vec![
        a.clone(),
        place(0, size, rows * size, rows * cols * size, bytes),
        place(((rows * cols).max(1) - 1) * size, -cols * size, -size, rows * cols * size, bytes),
        place(0, 2 * cols * size, 2 * size, 2 * rows * cols * size, 4 * bytes),
    ]
}

fn each_case(mut check: impl FnMut(Isa, DType, usize, &mut u64)) {
    let mut seed = 1;
    for isa in Isa::all() {
        for t in TYPES {
            for n in LENGTHS {
                check(isa, t, n, &mut seed);
            }
        }
    }
}

#[test]
fn solutions_and_inverses_have_small_residuals() {
    each_case(|isa, t, n, seed| {
        let a = random(t, &[n, n], seed);
        let exact = M::of(&a);
        for a in layouts(&a) {
            for k in [1, 5, 40] {
                let b = random(t, &[n, k], seed);
                let x = &results(isa, LinalgFn::Solve { vectors: false }, &[&a, &b]).unwrap()[0];
                let x = M::of(x);
                small("solve", &exact.times(&x).minus(&M::of(&b)), t, n, exact.norm() * x.norm());
            }
            let b = random(t, &[n], seed);
            let x = M::of(&results(isa, LinalgFn::Solve { vectors: true }, &[&a, &b]).unwrap()[0]);
            small("solve1", &exact.times(&x).minus(&M::of(&b)), t, n, exact.norm() * x.norm());
            let x = M::of(&results(isa, LinalgFn::Inv { lenient: false }, &[&a]).unwrap()[0]);
            small("inv", &x.times(&exact).minus(&M::eye(n)), t, n, exact.norm() * x.norm() * 4.0);
        }
    });
}

#[test]
fn determinants_agree_with_their_logarithms_and_change_sign_with_rows() {
    each_case(|isa, t, n, seed| {
        let a = random(t, &[n, n], seed);
        let det = results(isa, LinalgFn::Det, &[&a]).unwrap()[0].element(&[]).to_complex();
        let both = results(isa, LinalgFn::Slogdet, &[&a]).unwrap();
        let (sign, log) = (both[0].element(&[]).to_complex(), both[1].element(&[]).to_f64());
        let eps = if t.real() == DType::F32 { f64::from(f32::EPSILON) } else { f64::EPSILON };
        let bound = 64.0 * eps * n.max(4) as f64 * (1.0 + log.abs());
        assert!((sign.0.hypot(sign.1) - 1.0).abs() <= bound);
        if log.exp() > 1e38 && t.real() == DType::F32 {
            assert!(det.0.is_infinite() || t.is_complex());
            return;
        }
        let far = (det.0 - sign.0 * log.exp()).hypot(det.1 - sign.1 * log.exp());
        assert!(far <= bound * log.exp(), "{t} {n}: {det:?} against {sign:?} {log}");
        if n > 1 {
            // The same rows in another order: an odd number of exchanges if there are two or three.
            let turned = &layouts(&a)[0];
            let strides = Strides::from_slice(&[-turned.strides()[0], turned.strides()[1]]);
            let last = turned.offset() + (n - 1) * turned.strides()[0] as usize;
            let turned = turned.with_layout(last, Shape::from_slice(&[n, n]), strides).unwrap();
            let other = results(isa, LinalgFn::Slogdet, &[&turned]).unwrap();
            let odd = if (n / 2) % 2 == 1 { -1.0 } else { 1.0 };
            let (re, im) = other[0].element(&[]).to_complex();
            let cond = 1e4;
            assert!((re * odd - sign.0).hypot(im * odd - sign.1) <= bound * cond, "{t} {n}");
        }
    });
}

#[test]
fn triangles_multiply_to_what_they_were_made_of() {
    each_case(|isa, t, n, seed| {
        let x = M::of(&random(t, &[n, n], seed));
        let exact = x.times(&x.h());
        let mut bytes = Vec::new();
        for i in 0..n {
            for j in 0..n {
                let e = exact.at(i, j) + M::eye(n).at(i, j) * 0.5;
                bytes.extend_from_slice(&Value::from_complex(t, e.re, e.im).bytes()[..t.size()]);
            }
        }
        let a = Array::from_bytes(t, &[n, n], &bytes).unwrap();
        let exact = M::of(&a);
        for a in layouts(&a) {
            let l = M::of(&results(isa, LinalgFn::Cholesky { upper: false }, &[&a]).unwrap()[0]);
            small("cholesky", &l.times(&l.h()).minus(&exact), t, n, exact.norm());
            let u = M::of(&results(isa, LinalgFn::Cholesky { upper: true }, &[&a]).unwrap()[0]);
            small("cholesky, upper", &u.h().times(&u).minus(&exact), t, n, exact.norm());
            assert!((0..n).all(|i| (0..i).all(|j| l.at(j, i) == C::default() && u.at(i, j) == C::default())));
        }
    });
}

#[test]
fn orthogonal_factors_are_orthogonal() {
    each_case(|isa, t, n, seed| {
        for (m, n) in [(n, n), (n + 9, n), (n, n + 9), (2 * n, n.div_ceil(2)), (40, n.min(16))] {
            let a = random(t, &[m, n], seed);
            let exact = M::of(&a);
            for a in layouts(&a) {
                for mode in [QrMode::Reduced, QrMode::Complete] {
                    let both = results(isa, LinalgFn::Qr(mode), &[&a]).unwrap();
                    let (q, r) = (M::of(&both[0]), M::of(&both[1]));
                    small("qr", &q.times(&r).minus(&exact), t, m.max(n), exact.norm());
                    small("q^H q", &q.h().times(&q).minus(&M::eye(q.cols)), t, m.max(n), 1.0);
                    assert!((0..r.rows).all(|i| (0..i.min(n)).all(|j| r.at(i, j) == C::default())));
                }
                let r = M::of(&results(isa, LinalgFn::Qr(QrMode::R), &[&a]).unwrap()[0]);
                let raw = results(isa, LinalgFn::Qr(QrMode::Raw), &[&a]).unwrap();
                let (h, tau) = (M::of(&raw[0]), M::of(&raw[1]));
                assert!((0..r.rows).all(|i| (i..n).all(|j| h.at(j, i) == r.at(i, j))));
                // Reflections from the last to the first make the matrix of the triangle.
                let mut back = M::new(m, n, |i, j| if i <= j && i < r.rows { r.at(i, j) } else { C::default() });
                for k in (0..tau.rows).rev() {
                    let one = C { re: 1.0, im: 0.0 };
                    let v = M::new(m, 1, |i, _| match i.cmp(&k) {
                        std::cmp::Ordering::Less => C::default(),
                        std::cmp::Ordering::Equal => one,
                        std::cmp::Ordering::Greater => h.at(k, i),
                    });
                    let w = v.h().times(&back);
                    back = M::new(m, n, |i, j| back.at(i, j) - tau.at(k, 0) * v.at(i, 0) * w.at(0, j));
                }
                small("raw", &back.minus(&exact), t, m.max(n), exact.norm());
            }
        }
    });
}

#[test]
fn singular_vectors_are_orthogonal_and_multiply_to_the_matrix() {
    let mut seed = 5;
    for t in TYPES {
        for (m, n) in [(1, 1), (2, 3), (9, 5), (16, 16), (40, 33), (7, 60), (130, 129)] {
            let a = random(t, &[m, n], &mut seed);
            let exact = M::of(&a);
            let k = m.min(n);
            for a in layouts(&a) {
                for mode in [SvdMode::Full, SvdMode::Reduced] {
                    let all = results(Isa::best(), LinalgFn::Svd(mode), &[&a]).unwrap();
                    let (u, s, vh) = (M::of(&all[0]), M::of(&all[1]), M::of(&all[2]));
                    assert!((1..k).all(|i| s.at(i - 1, 0).re >= s.at(i, 0).re && s.at(i, 0).re >= 0.0));
                    let (left, right) = (M::new(m, k, |i, j| u.at(i, j)), M::new(k, n, |i, j| vh.at(i, j)));
                    let back = left.times(&M::diagonal(&s)).times(&right);
                    small("svd", &back.minus(&exact), t, 4 * m.max(n), exact.norm());
                    small("u", &u.h().times(&u).minus(&M::eye(u.cols)), t, 4 * m.max(n), 1.0);
                    small("v", &vh.times(&vh.h()).minus(&M::eye(vh.rows)), t, 4 * m.max(n), 1.0);
                    let values = M::of(&results(Isa::best(), LinalgFn::Svd(SvdMode::Values), &[&a]).unwrap()[0]);
                    small("values", &values.minus(&s), t, 4 * k, exact.norm());
                }
            }
        }
    }
}

#[test]
fn what_least_squares_leave_is_orthogonal_to_the_columns() {
    let rcond = f64::EPSILON.to_bits();
    each_case(|isa, t, n, seed| {
        // Few and many more rows, also of blocks of their own, as many, and fewer.
        for (m, k) in [(n + 3, 2), (4 * n + 40, 1), (n, 1), (n / 2, 3), (if n <= 17 { 3000 + n } else { n }, 2)] {
            let (a, b) = (random(t, &[m, n], seed), random(t, &[m, k], seed));
            let alone = results(isa, LinalgFn::Lstsq { rcond }, &[&a, &b]).unwrap();
            let [x, squares, rank, values] = &alone[..] else { panic!("four results") };
            let (ma, mb, mx) = (M::of(&a), M::of(&b), M::of(x));
            let left = mb.minus(&ma.times(&mx));
            let orthogonal = ma.h().times(&left);
            small("least squares", &orthogonal, t, 8 * m.max(n), ma.norm() * (ma.norm() * mx.norm() + mb.norm()));
            assert_eq!(rank.element(&[]).to_f64(), m.min(n) as f64);
            if m > n {
                let expected = M::new(k, 1, |j, _| C { re: (0..m).map(|i| left.at(i, j).norm_sqr()).sum(), im: 0.0 });
                small("squares", &M::of(squares).minus(&expected), t, 8 * m, mb.norm() * mb.norm());
            }
            let svd = results(isa, LinalgFn::Svd(SvdMode::Values), &[&a]).unwrap();
            small("values", &M::of(values).minus(&M::of(&svd[0])), t, 8 * m.max(n), ma.norm());
            let by_two = results_by(isa, LinalgFn::Lstsq { rcond }, &[&a, &b], &shared).unwrap();
            assert!(alone.iter().zip(&by_two).all(|(x, y)| bits(x) == bits(y)), "threads, {t}, {m} x {n}");
        }
    });
}

#[test]
fn eigenvectors_are_what_matrices_only_stretch() {
    let mut seed = 6;
    for t in TYPES {
        for n in [1, 2, 3, 8, 17, 33, 70, 130] {
            let a = random(t, &[n, n], &mut seed);
            let exact = M::of(&a);
            for a in layouts(&a) {
                let both = results(Isa::best(), LinalgFn::Eig { vectors: true }, &[&a]).unwrap();
                let (w, v) = (M::of(&both[0]), M::of(&both[1]));
                small("eig", &exact.times(&v).minus(&v.times(&M::diagonal(&w))), t, 16 * n, exact.norm());
                for j in 0..n {
                    let column = M::new(n, 1, |i, _| v.at(i, j));
                    assert!((column.norm() - 1.0).abs() < 1e-5);
                }
                for upper in [false, true] {
                    let h = M::new(n, n, |i, j| match (i == j, (i < j) == upper) {
                        (true, _) => C { re: exact.at(i, i).re, im: 0.0 },
                        (false, true) => exact.at(i, j),
                        (false, false) => exact.at(j, i).conj(),
                    });
                    let both = results(Isa::best(), LinalgFn::Eigh { upper, vectors: true }, &[&a]).unwrap();
                    let (w, v) = (M::of(&both[0]), M::of(&both[1]));
                    assert!((1..n).all(|i| w.at(i - 1, 0).re <= w.at(i, 0).re));
                    small("eigh", &h.times(&v).minus(&v.times(&M::diagonal(&w))), t, 4 * n, h.norm());
                    small("v^H v", &v.h().times(&v).minus(&M::eye(n)), t, 4 * n, 1.0);
                    let f = LinalgFn::Eigh { upper, vectors: false };
                    small("values", &M::of(&results(Isa::best(), f, &[&a]).unwrap()[0]).minus(&w), t, 4 * n, h.norm());
                }
            }
        }
    }
}

/// All functions of one matrix.
fn functions() -> Vec<LinalgFn> {
    let mut all = vec![LinalgFn::Inv { lenient: false }, LinalgFn::Det, LinalgFn::Slogdet];
    all.extend([QrMode::Reduced, QrMode::Complete, QrMode::R, QrMode::Raw].map(LinalgFn::Qr));
    all.extend([SvdMode::Values, SvdMode::Reduced, SvdMode::Full].map(LinalgFn::Svd));
    for vectors in [false, true] {
        all.extend([LinalgFn::Eig { vectors }, LinalgFn::Eigh { upper: true, vectors }]);
    }
    all
}

/// One of a stack.
fn part(a: &Array, index: &[usize]) -> Array {
    let steps: isize = index.iter().zip(a.strides()).map(|(&i, &s)| i as isize * s).sum();
    let k = index.len();
    a.with_layout(a.offset().wrapping_add_signed(steps), a.shape()[k..].into(), a.strides()[k..].into()).unwrap()
}

fn bits(a: &Array) -> Vec<u8> {
    let own = crate::kernels::movement::own(a).unwrap();
    let n = own.size() * own.dtype().size();
    (0..n).map(|i| own.buffer().read(own.offset() + i, 1)[0]).collect()
}

#[test]
fn each_of_a_stack_has_the_bits_of_it_alone_on_any_threads() {
    let mut seed = 7;
    for t in TYPES {
        for n in [3, 16, 40] {
            let a = random(t, &[2, 5, n, n], &mut seed);
            for a in layouts(&a) {
                for f in functions() {
                    let all = results(Isa::best(), f, &[&a]).unwrap();
                    let other = results_by(Isa::best(), f, &[&a], &shared).unwrap();
                    for (x, y) in all.iter().zip(&other) {
                        assert!(bits(x) == bits(y), "{} of {t}", f.name());
                    }
                    for (i, j) in [(0, 0), (1, 2), (1, 4)] {
                        let alone = results(Isa::best(), f, &[&part(&a, &[i, j])]).unwrap();
                        for (x, y) in all.iter().zip(&alone) {
                            assert!(bits(&part(x, &[i, j])) == bits(y), "{} of {t}", f.name());
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn stacks_that_fill_vectors_agree_with_each_alone() {
    let mut seed = 11;
    for t in TYPES {
        for n in [17, 24, 32] {
            let a = random(t, &[11, n, n], &mut seed);
            for f in [LinalgFn::Inv { lenient: false }, LinalgFn::Qr(QrMode::Reduced), LinalgFn::Qr(QrMode::Raw)] {
                let all = results(Isa::best(), f, &[&a]).unwrap();
                for i in [0, 7, 10] {
                    let alone = results(Isa::best(), f, &[&part(&a, &[i])]).unwrap();
                    for (x, y) in all.iter().zip(&alone) {
                        let (x, y) = (M::of(&part(x, &[i])), M::of(y));
                        small(f.name(), &x.minus(&y), t, 100 * n, x.norm() * y.norm());
                    }
                }
            }
        }
    }
}

#[test]
fn large_matrices_have_the_same_bits_on_any_threads() {
    let mut seed = 8;
    for t in [DType::F64, DType::C64] {
        let a = random(t, &[300, 300], &mut seed);
        for f in [LinalgFn::Inv { lenient: false }, LinalgFn::Slogdet, LinalgFn::Qr(QrMode::Reduced)] {
            let (x, y) = (results(Isa::best(), f, &[&a]).unwrap(), results_by(Isa::best(), f, &[&a], &shared).unwrap());
            assert!(x.iter().zip(&y).all(|(x, y)| bits(x) == bits(y)), "{} of {t}", f.name());
        }
    }
}

#[test]
fn what_has_no_answer_is_an_error_and_no_other_matrix_is_hurt() {
    let singular = Err(Error::LinAlg("Singular matrix".into()));
    for isa in Isa::all() {
        for t in TYPES {
            for n in [2, 16, 17, 40] {
                let mut seed = 9;
                let a = random(t, &[3, n, n], &mut seed);
                // The last row of the second is zero.
                let zero = part(&a, &[1, n - 1]);
                let zeros = Array::from_bytes(t, &[n], &vec![0; n * t.size()]).unwrap();
                crate::kernels::movement::copy(&zeros, &zero);
                let inverse = |lenient| results(isa, LinalgFn::Inv { lenient }, &[&a]);
                assert_eq!(inverse(false).map(|_| ()), singular);
                let x = &inverse(true).unwrap()[0];
                let nan = |i: usize| M::of(&part(x, &[i])).x.iter().all(|x| x.re.is_nan());
                assert!(nan(1) && !nan(0) && !nan(2));
                let b = random(t, &[3, n, 1], &mut seed);
                assert_eq!(results(isa, LinalgFn::Solve { vectors: false }, &[&a, &b]).map(|_| ()), singular);
                let det = &results(isa, LinalgFn::Det, &[&a]).unwrap()[0];
                assert!(det.element(&[1]).to_complex() == (0.0, 0.0) && det.element(&[0]).to_complex() != (0.0, 0.0));
                let both = results(isa, LinalgFn::Slogdet, &[&a]).unwrap();
                assert_eq!(both[0].element(&[1]).to_complex(), (0.0, 0.0));
                assert_eq!(both[1].element(&[1]).to_f64(), f64::NEG_INFINITY);
                let failed = results(isa, LinalgFn::Cholesky { upper: false }, &[&a]);
                assert_eq!(failed.map(|_| ()), Err(Error::LinAlg("Matrix is not positive definite".into())));
            }
        }
    }
}

#[test]
fn interrupted_tasks_end_the_work() {
    let a = random(DType::F64, &[200, 200], &mut 10);
    let stop = |_: usize, _: &(dyn Fn(usize) + Sync)| Err(Error::Interrupted);
    for f in [LinalgFn::Inv { lenient: false }, LinalgFn::Det, LinalgFn::Qr(QrMode::Reduced)] {
        assert_eq!(results_by(Isa::best(), f, &[&a], &stop).map(|_| ()), Err(Error::Interrupted));
    }
}

#[test]
fn pivots_that_have_no_reciprocal_divide() {
    for n in [2, 20] {
        let tiny = 5e-324;
        let mut bytes = Vec::new();
        for i in 0..n * n {
            let x = if i % (n + 1) == 0 { tiny } else { 0.0f64 };
            bytes.extend_from_slice(&x.to_le_bytes());
        }
        let a = Array::from_bytes(DType::F64, &[n, n], &bytes).unwrap();
        for isa in Isa::all() {
            let x = &results(isa, LinalgFn::Solve { vectors: false }, &[&a, &a]).unwrap()[0];
            assert!(M::of(x).minus(&M::eye(n)).norm() == 0.0);
        }
    }
}

#[test]
fn nothing_is_made_of_nothing() {
    for t in TYPES {
        for shape in [&[0, 0][..], &[3, 0, 0], &[0, 4, 4]] {
            for f in functions() {
                let a = dirty(t, shape);
                let all = results(Isa::best(), f, &[&a]).unwrap();
                if f == LinalgFn::Det && shape == [3, 0, 0] {
                    assert!((0..3).all(|i| all[0].element(&[i]).to_complex() == (1.0, 0.0)));
                }
            }
        }
        let tall = dirty(t, &[3, 0]);
        let q = &results(Isa::best(), LinalgFn::Qr(QrMode::Complete), &[&tall]).unwrap()[0];
        assert_eq!(M::of(q).minus(&M::eye(3)).norm(), 0.0);
        let u = &results(Isa::best(), LinalgFn::Svd(SvdMode::Full), &[&tall]).unwrap()[0];
        assert_eq!(M::of(u).minus(&M::eye(3)).norm(), 0.0);
    }
}
