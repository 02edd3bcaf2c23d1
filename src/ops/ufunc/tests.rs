//! Tests of the table and of dispatch.

use super::*;
use crate::dtype::Weak;
use crate::error::Error;

/// NumPy's answer for each operand type of each operation; see `tests/data/make_promotion.py` for the format.
const PROMOTION: &str = include_str!("../../../tests/data/promotion.txt");

/// NumPy's names, identities and loops.
const LOOPS: &str = include_str!("../../../tests/data/loops.txt");

const LETTERS: &str = "?bBhHiIlLefdFD1.j";

fn operand(letter: char) -> OperandType {
    match letter {
        '1' => OperandType::Weak(Weak::Int),
        '.' => OperandType::Weak(Weak::Float),
        'j' => OperandType::Weak(Weak::Complex),
        c => OperandType::Typed(DType::from_char(c).unwrap()),
    }
}

fn text(types: &[DType]) -> String {
    types.iter().map(|t| t.char()).collect()
}

/// The answer in the notation of the file.
fn answer(op: Ufunc, operands: &[OperandType]) -> String {
    match op.resolve(operands) {
        Ok(found) => {
            let (first, outputs) = (found.inputs[0], text(&found.outputs));
            if found.inputs.iter().any(|&t| t != first) {
                format!("{}>{outputs}", text(&found.inputs))
            } else if found.outputs.iter().all(|&t| t == first) {
                first.char().to_string()
            } else {
                format!("{}>{outputs}", first.char())
            }
        }
        Err(Error::NoLoop { .. }) => "!L".into(),
        Err(Error::NoSignature { .. }) => "!S".into(),
        Err(Error::BoolArithmetic { .. }) => "!B".into(),
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn dispatch_is_numpy_s_for_every_operand_type() {
    let mut checked = 0;
    let mut seen = std::collections::BTreeSet::new();
    for line in PROMOTION.lines().filter(|l| !l.starts_with('#')) {
        let loops = line.contains(" : ");
        let (head, cells) = line.split_once(if loops { " : " } else { " => " }).unwrap();
        let mut head = head.split(' ');
        let op = Ufunc::by_name(head.next().unwrap()).unwrap();
        let first: Vec<_> = head.next().unwrap_or("").chars().map(operand).collect();
        seen.insert(op);
        assert_eq!(cells.split(' ').count(), LETTERS.chars().count());
        for (letter, cell) in LETTERS.chars().zip(cells.split(' ')) {
            let mut operands = first.clone();
            operands.push(operand(letter));
            if loops {
                // Two Python integers NumPy compares as objects; here they are int64, or Python compares them.
                let expected = if cell == "O>?" { "l>?" } else { cell };
                assert_eq!(answer(op, &operands), expected, "{line}: {letter}");
            } else {
                assert_eq!(text(&op.resolve(&operands).unwrap().outputs), cell, "{line}: {letter}");
            }
            checked += 1;
        }
    }
    // NumPy has no name for making complex numbers of parts.
    seen.insert(Ufunc::MakeComplex);
    assert_eq!(seen.len(), Ufunc::ALL.len());
    assert!(checked > 19_000, "{checked}");
}

#[test]
fn refusals_have_numpy_s_text() {
    let refusal = |op: Ufunc, letters: &str| {
        let operands: Vec<_> = letters.chars().map(operand).collect();
        op.resolve(&operands).unwrap_err().to_string()
    };
    assert_eq!(
        refusal(Ufunc::Floor, "D"),
        "ufunc 'floor' not supported for the input types, and the inputs could not be safely coerced to any supported \
         types according to the casting rule ''safe''"
    );
    assert_eq!(
        refusal(Ufunc::Gcd, "e1"),
        "ufunc 'gcd' did not contain a loop with signature matching types (<class 'numpy.dtypes.Float16DType'>, <class \
         'numpy.dtypes._PyLongDType'>) -> None"
    );
    assert_eq!(
        refusal(Ufunc::Positive, "?"),
        "ufunc 'positive' did not contain a loop with signature matching types <class 'numpy.dtypes.BoolDType'> -> None"
    );
    assert_eq!(
        refusal(Ufunc::Subtract, "??"),
        "numpy boolean subtract, the `-` operator, is not supported, use the bitwise_xor, the `^` operator, or the \
         logical_xor function instead."
    );
    assert_eq!(
        refusal(Ufunc::Negative, "?"),
        "The numpy boolean negative, the `-` operator, is not supported, use the `~` operator or the logical_not function \
         instead."
    );
}

#[test]
fn names_are_unique_and_found() {
    let mut names = std::collections::BTreeSet::new();
    for &op in Ufunc::ALL {
        for &name in [&op.row().name].into_iter().chain(op.row().aliases) {
            assert!(names.insert(name), "{name} names two rows");
            assert_eq!(Ufunc::by_name(name), Some(op));
        }
    }
    assert_eq!(Ufunc::by_name("no_such_ufunc"), None);
}

#[test]
fn every_loop_lowers_to_its_result_types() {
    for &op in Ufunc::ALL {
        let row = op.row();
        assert!(!row.loops().is_empty(), "{}", row.name);
        for found in row.loops() {
            assert_eq!((found.inputs.len(), found.outputs.len()), (row.nin, row.nout), "{}", row.name);
            for (out, &expected) in found.outputs.iter().enumerate() {
                let mut b = Body::default();
                let x: Vec<_> = found.inputs.iter().enumerate().map(|(n, &t)| b.load(n as u16, t)).collect();
                let v = op.lower_into(&mut b, out, &x);
                assert_eq!(b.dtype(v), expected, "{} of {}", row.name, text(&found.inputs));
            }
        }
    }
}

#[test]
fn float16_is_rounded_once() {
    for &op in Ufunc::ALL {
        let row = op.row();
        for found in row.loops().into_iter().filter(|l| l.inputs.contains(&DType::F16)) {
            for out in 0..row.nout {
                let mut b = Body::default();
                let x: Vec<_> = found.inputs.iter().enumerate().map(|(n, &t)| b.load(n as u16, t)).collect();
                let v = op.lower_into(&mut b, out, &x);
                let rounded = |inst: &&crate::ops::expr::Inst| {
                    inst.dtype == DType::F16 && matches!(inst.op, crate::ops::expr::Op::Cast)
                };
                let casts: Vec<_> = b.insts().iter().filter(rounded).collect();
                assert!(casts.len() <= 1, "{}", row.name);
                assert!(casts.first().is_none_or(|&c| c == b.inst(v)), "{} rounds before its end", row.name);
            }
        }
    }
}

#[test]
fn clip_by_constants_asks_no_nan() {
    let lowered = |low: f64, high: f64| {
        let mut b = Body::default();
        let x = b.load(0, DType::F64);
        let bounds = [b.lit(low, DType::F64), b.lit(high, DType::F64)];
        let v = Ufunc::Clip.lower_into(&mut b, 0, &[x, bounds[0], bounds[1]]);
        (v, bounds, b.insts().len())
    };
    let (_, _, insts) = lowered(-1.0, 1.0);
    assert_eq!(insts, 3 + 2);
    let (v, bounds, _) = lowered(f64::NAN, 1.0);
    assert_eq!(v, bounds[0]);
    let (v, bounds, _) = lowered(0.0, f64::NAN);
    assert_eq!(v, bounds[1]);
}

#[test]
fn out_of_range_comparisons_follow_the_order() {
    assert_eq!(compare_out_of_range(Ufunc::Less, DType::U8, true, false), Some(true));
    assert_eq!(compare_out_of_range(Ufunc::Less, DType::U8, true, true), Some(false));
    assert_eq!(compare_out_of_range(Ufunc::GreaterEqual, DType::I8, false, false), Some(true));
    assert_eq!(compare_out_of_range(Ufunc::Equal, DType::I8, false, true), Some(false));
    assert_eq!(compare_out_of_range(Ufunc::NotEqual, DType::I8, false, true), Some(true));
    assert_eq!(compare_out_of_range(Ufunc::Add, DType::U8, true, false), None);
    assert_eq!(compare_out_of_range(Ufunc::Less, DType::F32, true, false), None);
}

#[test]
fn powers_by_scalars_are_numpy_s() {
    assert_eq!(power_by_scalar(DType::F64, 2.0), Some(Ufunc::Square));
    assert_eq!(power_by_scalar(DType::F32, 0.5), Some(Ufunc::Sqrt));
    assert_eq!(power_by_scalar(DType::F32, -1.0), Some(Ufunc::Reciprocal));
    assert_eq!(power_by_scalar(DType::F16, -1.0), Some(Ufunc::Reciprocal));
    assert_eq!(power_by_scalar(DType::F16, 0.5), None);
    assert_eq!(power_by_scalar(DType::C128, 2.0), None);
    assert_eq!(power_by_scalar(DType::Bool, 2.0), None);
    assert_eq!(power_by_scalar(DType::F64, 3.0), None);
    assert_eq!(power_operator_by_scalar(DType::Bool, Weak::Int, 2.0), Some(Ufunc::Square));
    assert_eq!(power_operator_by_scalar(DType::F64, Weak::Float, 2.0), None);
    assert_eq!(power_operator_by_scalar(DType::C64, Weak::Float, 0.5), Some(Ufunc::Sqrt));
}

#[test]
fn every_row_is_documented() {
    for &op in Ufunc::ALL {
        let row = op.row();
        assert_eq!(row.parameters.len(), row.nin, "{}", row.name);
        assert_eq!(row.returns.len(), row.nout, "{}", row.name);
        for text in [row.summary, row.parameters[0].1, row.returns[0].1] {
            assert!(text.ends_with('.'), "{}: {text}", row.name);
        }
        let calls = [format!("lz.{}(", row.name), format!("ufuncs['{}'](", row.name)];
        assert!(calls.iter().any(|call| row.example.contains(call)), "{}", row.name);
        let angles = [" angle", "Angle"].iter().any(|word| op.docstring().contains(word));
        assert!(!angles || ["radians", "degrees"].iter().any(|unit| op.docstring().contains(unit)), "{}", row.name);
    }
}

#[test]
fn a_docstring_has_numpy_s_sections() {
    let text = Ufunc::Arctan2.docstring();
    insta::assert_snapshot!(text, @r"
    Angle of the point ``(x2, x1)`` from the positive first axis, in radians, element by element.

    Parameters
    ----------
    x1 : array_like
        Second coordinate (y).
    x2 : array_like
        First coordinate (x).

    Returns
    -------
    y : LazyArray
        Angles in radians, in [-pi, pi].

    Notes
    -----
    Types: float16, float32, float64; the result has the type of the operands. Other
    operands are converted by NumPy's rules. At most 1 ulp from the exact result in float32
    and float64.

    Float16 is computed in float32 and rounded once.

    ========== ======
    x1, x2     result
    ========== ======
    0.0, 0.0   0.0
    0.0, -0.0  pi
    -0.0, -0.0 -pi
    inf, inf   pi/4
    inf, -inf  3*pi/4
    ========== ======

    Examples
    --------
    >>> import numpy_rs.lazy as lz
    >>> lz.arctan2([1, -1], [1, -1]).compute()
    array([ 0.78539816, -2.35619449])
    ");
}

#[test]
fn names_identities_and_loops_are_numpy_s() {
    let mut missing: Vec<_> = Ufunc::ALL.iter().filter(|op| op.row().is_ufunc).collect();
    for line in LOOPS.lines().filter(|l| !l.starts_with('#')) {
        let [name, aliases, identity, loops] = line.split('|').map(str::trim).collect::<Vec<_>>()[..] else {
            panic!("{line}")
        };
        let op = Ufunc::by_name(name).unwrap();
        let row = op.row();
        missing.retain(|&&other| other != op);
        assert_eq!(row.name, name);
        let mut own = row.aliases.to_vec();
        own.sort_unstable();
        assert_eq!(own.join(" "), aliases, "{name}");
        let own: Vec<String> =
            row.loops().iter().map(|l| format!("{}->{}", text(&l.inputs), text(&l.outputs))).collect();
        assert_eq!(own.join(" "), loops, "{name}");
        let own = match (row.identity, row.nin, row.nout) {
            (Identity::None, 2, 1) => "None",
            (Identity::None, ..) => "-",
            (Identity::Reorderable, ..) => "reorderable",
            (Identity::Zero, ..) if name.starts_with("logical") => "False",
            (Identity::One, ..) if name.starts_with("logical") => "True",
            (Identity::Zero, ..) => "0",
            (Identity::One, ..) => "1",
            (Identity::MinusOne, ..) => "-1",
            (Identity::MinusInfinity, ..) => "-inf",
        };
        assert_eq!(own, identity, "{name}");
    }
    assert_eq!(missing, Vec::<&Ufunc>::new(), "NumPy has no such ufuncs");
}
