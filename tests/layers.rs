//! The arrows of the layout: which part of the crate may use which, and where unsafe code may stand.

use std::path::{Path, PathBuf};

/// What each part may use, besides itself. An error names the element types that it is about.
const MAY_USE: [(&str, &[&str]); 11] = [
    ("error", &["dtype"]),
    ("dtype", &["error"]),
    ("interrupt", &["error"]),
    ("array", &["error", "dtype"]),
    ("ops", &["error", "dtype"]),
    ("kernels", &["error", "dtype", "array", "ops"]),
    ("graph", &["error", "dtype", "interrupt", "array", "ops"]),
    ("jit", &["error", "dtype", "array", "ops", "kernels", "graph"]),
    ("runtime", &["error", "dtype", "interrupt", "array", "ops", "kernels", "graph", "jit"]),
    ("python", &["error", "dtype", "array", "ops", "kernels", "graph", "jit", "runtime"]),
    ("lib", &[]),
];

/// Inside `jit`: what each file may use of it.
const JIT: [(&str, &[&str]); 8] = [
    ("mod", &[]),
    ("ir", &[]),
    ("lower", &["ir"]),
    ("interp", &["ir"]),
    ("codegen", &["ir"]),
    ("code", &["ir", "codegen"]),
    ("cache", &["ir", "codegen", "code"]),
    ("schedule", &["ir", "codegen", "code", "cache"]),
];

/// Where unsafe code may stand: files, and folders with all below them.
const UNSAFE: [&str; 10] = [
    "src/kernels/",
    "src/array/buffer.rs",
    "src/array/fork.rs",
    "src/jit/code.rs",
    "src/jit/code/",
    "src/runtime/call.rs",
    "src/runtime/call/",
    "src/python/dlpack.rs",
    "src/python/interop.rs",
    "src/python/ndarray.rs",
];

fn files(folder: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

/// Each file by its path from the crate's root, with its text less comments and the tests at its foot.
fn sources() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut paths = Vec::new();
    files(&root.join("src"), &mut paths);
    paths.sort();
    let read = |p: &PathBuf| {
        let name = p.strip_prefix(root).unwrap().to_string_lossy().replace('\\', "/");
        let text = std::fs::read_to_string(p).unwrap();
        let code: Vec<&str> = text.lines().map(|l| l.split("//").next().unwrap_or_default()).collect();
        (name, code.join("\n"))
    };
    paths.iter().map(read).collect()
}

/// Without tests, which may look around.
fn own_code<'a>(file: &str, text: &'a str) -> &'a str {
    if file.contains("/tests/") || file.ends_with("/tests.rs") {
        return "";
    }
    text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default()
}

/// The parts of a path `src/<part>/...` or `src/<part>.rs`.
fn part(file: &str, depth: usize) -> &str {
    file.split('/').nth(depth).unwrap_or_default().trim_end_matches(".rs")
}

/// The names that follow `prefix` in a text: `crate::a::b` and, in groups, `crate::{a, b::c}`.
fn used<'a>(text: &'a str, prefix: &str) -> Vec<&'a str> {
    let mut names = Vec::new();
    for (at, _) in text.match_indices(prefix) {
        // `super::` within `super::super::`, or the tail of another name.
        if text[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':') {
            continue;
        }
        let rest = &text[at + prefix.len()..];
        let is_name = |c: char| c.is_alphanumeric() || c == '_';
        let Some(group) = rest.strip_prefix('{') else {
            names.push(rest.split(|c| !is_name(c)).next().unwrap_or_default());
            continue;
        };
        let mut depth = 0;
        let mut start = 0;
        for (i, c) in group.char_indices() {
            match c {
                '{' => depth += 1,
                '}' if depth > 0 => depth -= 1,
                ',' | '}' if depth == 0 => {
                    names.push(group[start..i].trim().split(|c| !is_name(c)).next().unwrap_or_default());
                    start = i + 1;
                    if c == '}' {
                        break;
                    }
                }
                _ => {}
            }
        }
    }
    names.retain(|n| !n.is_empty());
    names
}

#[test]
fn no_part_uses_what_is_above_it() {
    let mut wrong = Vec::new();
    for (file, text) in sources() {
        let from = part(&file, 1);
        let Some((_, may)) = MAY_USE.iter().find(|(p, _)| *p == from) else {
            wrong.push(format!("{file}: no part of the layout"));
            continue;
        };
        for to in used(own_code(&file, &text), "crate::") {
            if MAY_USE.iter().any(|(p, _)| *p == to) && to != from && !may.contains(&to) {
                wrong.push(format!("{file} uses {to}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn inside_jit_the_arrows_hold_too() {
    let mut wrong = Vec::new();
    for (file, text) in sources().iter().filter(|(f, _)| f.starts_with("src/jit/")) {
        let from = part(file, 2);
        let Some((_, may)) = JIT.iter().find(|(p, _)| *p == from) else {
            wrong.push(format!("{file}: not listed in this test"));
            continue;
        };
        let text = own_code(file, text);
        // `super` leads to `jit` from the files beside `mod.rs`.
        let beside = file.split('/').count() == 3;
        let near = if beside { used(text, "super::") } else { Vec::new() };
        for to in used(text, "crate::jit::").into_iter().chain(near) {
            if JIT.iter().any(|(p, _)| *p == to) && to != from && !may.contains(&to) {
                wrong.push(format!("{file} uses {to}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn unsafe_code_stands_where_the_layout_says() {
    let may = |file: &str| UNSAFE.iter().any(|u| file == *u || u.ends_with('/') && file.starts_with(u));
    let is_unsafe = |text: &str| {
        text.contains("expect(unsafe_code")
            || text.contains("allow(unsafe_code")
            || ["unsafe {", "unsafe fn ", "unsafe impl ", "unsafe trait ", "unsafe extern "].iter().any(|u| {
                // A type `unsafe fn(...)` is no unsafe code; a function is named.
                text.contains(u)
            })
    };
    let wrong: Vec<String> = sources().into_iter().filter(|(f, t)| !may(f) && is_unsafe(t)).map(|(f, _)| f).collect();
    assert!(wrong.is_empty(), "unsafe code in {}", wrong.join(", "));
}

#[test]
fn the_reader_of_paths_reads_paths() {
    let text = "use crate::{a, b::{c, d}, e};\nuse crate::f::g; fn x() { crate::h::i(); notcrate::j(); }";
    assert_eq!(used(text, "crate::"), ["a", "b", "e", "f", "h"]);
}
