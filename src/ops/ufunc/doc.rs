//! The documentation of a row as a docstring in NumPy's sections.

use super::{Loop, Types, Ufunc, UfuncRow};
use crate::dtype::DType;

/// Type names with commas.
fn names(types: &[DType]) -> String {
    types.iter().map(|t| t.name()).collect::<Vec<_>>().join(", ")
}

/// Words in lines of at most 88 characters.
fn wrapped(text: &str) -> String {
    let mut lines = String::new();
    let mut length = 0;
    for word in text.split_ascii_whitespace() {
        let breaks = length > 0 && length + 1 + word.len() > 88;
        if length > 0 {
            lines.push(if breaks { '\n' } else { ' ' });
        }
        length = if breaks || length == 0 { word.len() } else { length + 1 + word.len() };
        lines += word;
    }
    lines
}

/// Lines of a table with two columns, underlined as reStructuredText has it.
fn table(head: (&str, &str), rows: &[(&str, &str)]) -> String {
    let all = || std::iter::once(&head).chain(rows);
    let left = all().map(|r| r.0.len()).max().unwrap_or(0);
    let right = all().map(|r| r.1.len()).max().unwrap_or(0);
    let rule = format!("{} {}\n", "=".repeat(left), "=".repeat(right));
    let line = |(a, b): (&str, &str)| format!("{a:left$} {b}\n");
    let body: String = rows.iter().copied().map(line).collect();
    format!("{rule}{}{rule}{body}{rule}", line(head))
}

impl UfuncRow {
    /// The types that its loops take and give, in one sentence.
    fn types_text(&self) -> String {
        let first: Vec<DType> = self.loops().iter().filter_map(|l| l.inputs.last().copied()).collect();
        match self.types {
            Types::Same(_) => format!("Types: {}; the result has the type of the operands.", names(&first)),
            Types::ToReal(_) => {
                format!(
                    "Types: {}; the result has the type of the operands, of complex numbers that of a part.",
                    names(&first)
                )
            }
            Types::ToBool(_) => format!("Types: {}; the result is bool.", names(&first)),
            Types::Compare(_) => {
                let mut types = first;
                types.dedup();
                types.sort_unstable();
                types.dedup();
                format!("Types: {}; the result is bool.", names(&types))
            }
            Types::Select(_) => format!("Types: {}; the result has the type of the values.", names(&first)),
            Types::List(_) => {
                let text = |l: &Loop| {
                    let result = names(&l.outputs);
                    let operands = names(&l.inputs);
                    format!("{operands} to {result}")
                };
                format!("Types: {}.", self.loops().iter().map(text).collect::<Vec<_>>().join("; "))
            }
        }
    }
}

impl Ufunc {
    /// The docstring: summary, parameters, returns, notes with special values, examples.
    pub fn docstring(self) -> String {
        let row = self.row();
        let mut text = format!("{}\n", row.summary);
        text += "\nParameters\n----------\n";
        for (name, what) in row.parameters {
            text += &format!("{name} : array_like\n    {what}\n");
        }
        text += "\nReturns\n-------\n";
        for (name, what) in row.returns {
            text += &format!("{name} : LazyArray\n    {what}\n");
        }
        text += "\nNotes\n-----\n";
        let bound = match row.max_ulp {
            0 => String::new(),
            n => format!(" At most {n} ulp from the exact result in float32 and float64."),
        };
        let types = format!("{} Other operands are converted by NumPy's rules.{bound}", row.types_text());
        text += &format!("{}\n", wrapped(&types));
        if !row.notes.is_empty() {
            text += &format!("\n{}\n", wrapped(row.notes));
        }
        if !row.special.is_empty() {
            let operands = row.parameters.iter().map(|p| p.0).collect::<Vec<_>>().join(", ");
            let results = if row.nout == 1 { "result" } else { "results" };
            text += &format!("\n{}", table((&operands, results), row.special));
        }
        text += &format!("\nExamples\n--------\n>>> import numpy_rs.lazy as lz\n{}\n", row.example);
        text
    }
}
