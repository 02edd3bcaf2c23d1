//! Tiles: how the blocks of a walk are numbered, grouped into tasks, and how partial folds combine.
//!
//! All of it depends on the walk alone. Threads only decide who does which task.

use super::call::{ScratchLayout, Straight};
use super::options::{self, compile_after};
use crate::error::{Error, Result};
use crate::graph::plan::{
    BlockFold, Made, MadePart, Mode, Output, Reach, Source, Walk,
    nest::{LONG_ROW, TILE, Track, part_blocks},
};
use crate::jit::lower::lower;
use crate::jit::schedule::{Compile, FillFrom, Loc, Program, Stage, Wanted, schedule};
use crate::kernels::fold::{self, FoldFns, lanes};
use crate::ops::expr::Op;
use crate::ops::reduction::{Finish, Fold};
use smallvec::SmallVec;

/// Below this many elements a loop is not worth code: it runs through tile routines.
const COMPILE_FROM: usize = 48;
/// Elements of a tile where nothing waits in slots: long enough to hide the call, short enough to share out.
const LONG_TILE: usize = 16 * TILE;
/// Elements of a task that only stores, at most.
const TASK: usize = 32 * TILE;
/// Tasks that there should be at least, to share out evenly, and nanoseconds of estimated work that make one: more where each gathers
/// what is the same in every block.
const TASKS: usize = 16;
const SHORT_TASK: f64 = 3_000.0;
const GATHERING_TASK: f64 = 24_000.0;
/// Bytes of all tables of bins of a walk.
const TABLES: usize = 2 << 20;
/// The most blocks of a whole fold that the stages take at a time.
const MOST_IN_PLACE: usize = 16;
/// With this many blocks of results, folds need no cutting to keep threads busy.
const ENOUGH_RESULT_BLOCKS: usize = 64;
/// Nanoseconds of an element that is picked by a number.
const PICKED: f64 = 0.4;
/// Nanoseconds of estimated work from which helpers are asked, and those that are awake already.
const PARALLEL_FROM: f64 = 25_000.0;
const PARALLEL_FROM_AWAKE: f64 = 8_000.0;

/// What of a walk is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// Loops that are long enough to be worth it.
    BySize,
    /// As `BySize`, but short loops only if their code is there already: the first uses of a short loop run through tile
    /// routines, sooner than its code could be compiled.
    WhenItPays,
    /// Whatever the compiler takes.
    Always,
    /// Nothing: tile routines do all.
    Never,
}

/// A walk, ready to run.
#[derive(Debug)]
pub struct CompiledWalk {
    /// What was planned.
    pub walk: Walk,
    /// The stages of a tile.
    pub program: Program,
    /// The fold routines of each output; `None` for stores.
    pub folds: Vec<Option<&'static FoldFns>>,
    /// Bytes of an element of each output's value.
    pub value_sizes: Vec<usize>,
    /// By output: the states of its fold are its results, as there is one part, and a state is an element.
    pub folds_in_place: Vec<bool>,
    /// Which stages go from row to row.
    pub rows: ByRows,
    /// The blocks.
    pub grid: Grid,
    /// Where tiles and states lie in a thread's scratch memory.
    pub scratch: ScratchLayout,
    /// Roughly how long it takes on one thread.
    pub nanoseconds: f64,
    /// Whether what can be compiled is.
    pub compiled: bool,
    /// Whether it is to be compiled once it has been used often enough.
    pub waits: bool,
    /// Whether some results are stored past the caches.
    pub streams: bool,
    /// Whether compiled code may begin folds.
    pub folds_inside: bool,
    /// Whether some outputs are put where values say.
    pub packs: bool,
    /// The parts of what is made where it is read.
    pub made: Vec<Vec<CompiledWalk>>,
    /// The operand that the walk copies to its result, where that is all and the operand has to be brought together for it: it may be where
    /// the result is.
    pub only_moves: Option<usize>,
    /// Operands that are positions which are needed only where masks keep them.
    pub only_kept: Vec<bool>,
    /// What there is to do, step by step, if it is a step of a plan and one block.
    pub straight: Option<Straight>,
}

/// What compiled code takes row by row, where a block has several.
#[derive(Clone, Debug)]
pub struct ByRows {
    /// By operand: rows that lie apart ([`Mode::Rows`]) are read in place, as only compiled code reads them.
    pub operands: Vec<bool>,
    /// By output: likewise written in place.
    pub stores: Vec<bool>,
    /// By stage: whether it takes the rows of a block one by one.
    pub stages: Vec<bool>,
}

impl ByRows {
    fn of(walk: &Walk, program: &Program) -> ByRows {
        let nest = &walk.nest;
        let apart = |tracks: &[Track]| -> Vec<bool> { tracks.iter().map(|t| t.mode == Mode::Rows).collect() };
        let mut rows = ByRows { operands: apart(&nest.operands), stores: apart(&nest.stores), stages: Vec::new() };
        let mut contiguous = |loc: Loc| match loc {
            Loc::Operand(n) => rows.operands[usize::from(n)] = false,
            Loc::Result(o) => rows.stores[o as usize] = false,
            Loc::Slot(_) => {}
        };
        for stage in &program.stages {
            if let Stage::Tile { ins, out, .. } = stage {
                ins.iter().chain([out]).for_each(|&l| contiguous(l));
            }
        }
        for (output, &loc) in walk.outputs.iter().zip(&program.results) {
            // Routines that fold step from row to row by elements.
            let folds_apart = match (output, loc) {
                (Output::Fold { value, .. }, Loc::Operand(n)) => {
                    let (outer, size) = (nest.operands[usize::from(n)].outer(), walk.body.dtype(*value).size() as i64);
                    outer > 0 && outer % size == 0
                }
                _ => false,
            };
            if !folds_apart && !matches!(output, Output::Store { .. }) {
                contiguous(loc);
            }
        }
        let moves = |loc: &Loc| match *loc {
            Loc::Operand(n) => rows.operands[usize::from(n)] || nest.operands[usize::from(n)].mode == Mode::Row,
            Loc::Result(o) => rows.stores[o as usize],
            Loc::Slot(_) => false,
        };
        let by_rows = |stage: &Stage| match stage {
            Stage::Segment { code, locs, .. } => {
                locs.iter().any(moves) || code.folds() > 0 && nest.fold == BlockFold::Rows
            }
            Stage::Tile { .. } => false,
        };
        let stages = program.stages.iter().map(by_rows).collect();
        ByRows { stages, ..rows }
    }
}

/// The blocks of a walk.
#[derive(Clone, Debug)]
pub struct Grid {
    /// Rows and row length of a block.
    pub k: usize,
    /// See `k`.
    pub m: usize,
    /// Loop axes over which results are spread: axis, number of steps. The last two axes step by blocks.
    pub kept: SmallVec<[(usize, usize); 4]>,
    /// Loop axes that fold, likewise; where a fold's sequence is cut (`Nest::cut`), only their order counts.
    pub folded: SmallVec<[(usize, usize); 4]>,
    /// The blocks that fold into one result follow one another, in place, in all operands and stores.
    pub linear: bool,
    /// Blocks that the stages take at a time, if they do: of a whole fold those that follow one another in place, each folded by itself; of columns those
    /// below each other, along the only folded axis, folded together.
    pub tile: usize,
    /// All there is to fold are columns by routines that give the same bits for any grouping.
    pub groups_columns: bool,
    /// Blocks of results.
    pub result_blocks: usize,
    /// Blocks that fold into each.
    pub fold_blocks: usize,
    /// Result blocks of a task.
    pub results_per_task: usize,
    /// Fold blocks of a task.
    pub folds_per_task: usize,
    /// Parts that each fold is cut into.
    pub parts: usize,
    /// Tasks.
    pub tasks: usize,
}

impl CompiledWalk {
    /// Lowers, schedules and compiles a walk.
    ///
    /// # Errors
    /// `Error::Bug`.
    pub fn new(walk: Walk, code: Code) -> Result<CompiledWalk> {
        // What is stored would only evict what is read, if it cannot stay until somebody reads it.
        let stream = stored_bytes(&walk) > options::stream_from();
        let mut compiled = CompiledWalk::within(walk, code, stream, true)?;
        compiled.straight = Straight::of(&compiled);
        Ok(compiled)
    }

    /// As [`CompiledWalk::new`], for whoever runs it as part of something else, so that it has no list: storing past the caches where that is
    /// possible, if `stream` says so, and in tasks for several threads, if it is `shared`.
    ///
    /// # Errors
    /// As [`CompiledWalk::new`].
    pub fn within(walk: Walk, code: Code, stream: bool, shared: bool) -> Result<CompiledWalk> {
        let size = walk.nest.size();
        let compile = match code {
            Code::BySize if size >= COMPILE_FROM => Compile::All,
            Code::WhenItPays if size >= COMPILE_FROM.max(compile_after()) => Compile::All,
            Code::WhenItPays if size >= COMPILE_FROM => Compile::Known,
            Code::Always => Compile::All,
            Code::BySize | Code::WhenItPays | Code::Never => Compile::Nothing,
        };
        let kernel = lower(&walk)?;
        let beyond_cache = stream
            && walk.outputs.iter().zip(&walk.nest.stores).all(|(o, s)| match o {
                Output::Store { .. } => matches!(s.mode, Mode::Unit | Mode::Rows),
                Output::Fold { .. } | Output::Hold { .. } => true,
                Output::Pack { .. } | Output::Bins { .. } => false,
            });
        // Whole blocks, or rows that are long enough to be taken one by one, and for the lanes of each fold.
        let lane = |o: &Output| match o {
            Output::Fold { fold: Fold::Count, .. } => 1,
            _ => walk.body.dtype(o.value()).size().min(8),
        };
        let fills_lanes = |o: &Output| walk.nest.m * lane(o) >= lanes::ROW;
        let folds_inside = !beyond_cache
            && match walk.nest.fold {
                BlockFold::Flat => true,
                BlockFold::Rows => !walk.nest.ragged && walk.nest.m >= LONG_ROW && walk.outputs.iter().all(fills_lanes),
                BlockFold::None | BlockFold::Columns => false,
            };
        let known = schedule(&kernel, Wanted { compile, stream: beyond_cache, fold: folds_inside })?;
        let waits = known.is_none();
        let program = match known {
            Some(program) => program,
            None => {
                let nothing = Wanted { compile: Compile::Nothing, stream: false, fold: false };
                let routines = schedule(&kernel, nothing)?;
                routines.ok_or_else(|| Error::Bug("nothing was scheduled".into()))?
            }
        };
        let compiled = compile != Compile::Nothing && !waits;
        let streams = program.stages.iter().any(|s| matches!(s, Stage::Segment { streaming: Some(_), .. }));
        let folds: Vec<Option<&'static FoldFns>> = walk
            .outputs
            .iter()
            .map(|o| match o {
                Output::Store { .. } | Output::Hold { .. } | Output::Pack { .. } | Output::Bins { .. } => Ok(None),
                Output::Fold { value, fold: f, .. } => {
                    let t = walk.body.dtype(*value);
                    fold::fold(*f, t).map(Some).ok_or_else(|| Error::Bug(format!("no fold {} of {t}", f.name())))
                }
            })
            .collect::<Result<_>>()?;
        let value_sizes = walk.outputs.iter().map(|o| walk.body.dtype(o.value()).size()).collect();
        let packs = walk.outputs.iter().any(|o| matches!(o, Output::Pack { .. } | Output::Bins { .. }));
        let only_kept = if packs { only_kept(&walk) } else { vec![false; walk.operands.len()] };
        let only_moves = only_moves(&walk, &program).filter(|_| !streams);
        let rows = ByRows::of(&walk, &program);
        let made = compile_made(&walk.made, code)?;
        let waits = waits || made.iter().flatten().any(|p| p.waits);
        let nanoseconds = estimate(&walk) + made.iter().flatten().map(|p| p.nanoseconds).sum::<f64>();
        let grid = Grid::new(&walk, &program, &rows, if shared { nanoseconds } else { 0.0 });
        let scratch = ScratchLayout::new(&walk, &program, &grid, &made);
        let folds_in_place = walk.outputs.iter().zip(&folds).map(|(o, fns)| match o {
            Output::Fold { finishes, .. } => {
                let is_element = fns.is_some_and(|f| f.trees.is_some()) && matches!(finishes[..], [(Finish::Value, _)]);
                is_element && grid.parts == 1 && walk.nest.size() > 0
            }
            Output::Store { .. } | Output::Hold { .. } | Output::Pack { .. } | Output::Bins { .. } => false,
        });
        let folds_in_place = folds_in_place.collect();
        Ok(CompiledWalk {
            walk,
            program,
            folds,
            value_sizes,
            folds_in_place,
            rows,
            grid,
            scratch,
            nanoseconds,
            compiled,
            waits,
            streams,
            folds_inside,
            packs,
            made,
            only_moves,
            only_kept,
            straight: None,
        })
    }
}

/// The parts of what is made where it is read, ready to run: they have no results to stream.
pub(super) fn compile_made<'m>(made: impl IntoIterator<Item = &'m Made>, code: Code) -> Result<Vec<Vec<CompiledWalk>>> {
    let part = |p: &MadePart| CompiledWalk::within(p.walk.clone(), code, false, true);
    made.into_iter().map(|m| m.parts.iter().map(part).collect()).collect()
}

impl CompiledWalk {
    /// Whether it is worth asking helpers, who are awake or have to be woken.
    pub fn is_worth_helpers(&self, awake: bool) -> bool {
        self.grid.tasks > 1 && self.nanoseconds > if awake { PARALLEL_FROM_AWAKE } else { PARALLEL_FROM }
    }

    /// Bytes of the states of all folds.
    ///
    /// # Errors
    /// `Error::Memory` where they are more than can be counted.
    pub fn state_bytes(&self) -> Result<usize> {
        let bytes = self.scratch.fold_bytes.iter().zip(&self.folds_in_place).filter(|b| !b.1);
        let sum = bytes.map(|b| *b.0).try_fold(0usize, usize::checked_add);
        sum.filter(|&b| b < isize::MAX as usize).ok_or(Error::Memory { bytes: usize::MAX })
    }
}

impl Grid {
    fn new(walk: &Walk, program: &Program, rows: &ByRows, nanoseconds: f64) -> Grid {
        let nest = &walk.nest;
        let gathers = nest.operands.iter().any(|t| t.mode == Mode::Once);
        let wanted = ((nanoseconds / if gathers { GATHERING_TASK } else { SHORT_TASK }) as usize).clamp(1, TASKS);
        let long_tile = nest.size().div_ceil(wanted).next_multiple_of(TILE).min(LONG_TILE);
        let n = nest.dims.len();
        let in_place = |m: Mode| matches!(m, Mode::Unit | Mode::Scalar | Mode::Table);
        let rows_in_place = |(t, &whole): (&Track, &bool)| in_place(t.mode) || t.mode == Mode::Row || whole;
        // Nothing to gather and nothing to keep: the tile need not fit the first-level cache.
        let free = program.slots == program.row_slots
            && !nest.ragged
            && !nest.crossing
            && walk.operands.iter().all(|o| !matches!(o.source, Source::Iota | Source::Made(_)))
            && nest.operands.iter().zip(&rows.operands).all(rows_in_place)
            && nest.stores.iter().zip(&rows.stores).all(rows_in_place);
        let many = free && matches!(nest.fold, BlockFold::None | BlockFold::Rows) && nest.m == nest.dims[n - 1];
        let long = free && !many && nest.fold == BlockFold::None && nest.m == nest.tile && program.slots == 0;
        // An empty walk has no blocks; its block still needs a size.
        let m = if long { long_tile.max(nest.m) } else { nest.m.max(1) };
        let k = if many { (long_tile / m).min(nest.dims[n - 2]).max(nest.k).max(1) } else { nest.k.max(1) };
        let steps = |d: usize| {
            if d + 2 == n {
                nest.dims[d].div_ceil(k)
            } else if d + 1 == n {
                nest.dims[d].div_ceil(m)
            } else {
                nest.dims[d]
            }
        };
        let axes = |folded: bool| -> SmallVec<[(usize, usize); 4]> {
            (0..n).filter(|&d| nest.folded[d] == folded).map(|d| (d, steps(d))).collect()
        };
        let (kept, folded) = (axes(false), axes(true));
        let count = |axes: &[(usize, usize)]| axes.iter().map(|a| a.1).product::<usize>();
        let result_blocks = count(&kept);
        let fold_blocks = match nest.cut {
            None => count(&folded),
            Some(cut) => cut.pieces(nest.fold_count()),
        };
        let folds_per_task = if result_blocks >= ENOUGH_RESULT_BLOCKS || nest.fold == BlockFold::None {
            fold_blocks.max(1)
        } else {
            let most = most_parts(walk).unwrap_or(usize::MAX);
            part_blocks(fold_blocks).max(fold_blocks.div_ceil(most).next_power_of_two())
        };
        let parts = fold_blocks.div_ceil(folds_per_task).max(1);
        let task = (TASK / (k * m * fold_blocks.max(1))).min(result_blocks.div_ceil(wanted));
        let results_per_task = if parts > 1 { 1 } else { task.max(1) };
        let tasks = result_blocks.div_ceil(results_per_task) * parts;
        let linear = nest.fold == BlockFold::Flat
            && nest.cut.is_some()
            && folded.iter().all(|&(d, _)| d + 1 == n || nest.dims[d] == 1)
            && walk.operands.iter().all(|o| o.source != Source::Iota)
            && nest.operands.iter().chain(&nest.stores).all(|t| in_place(t.mode));
        // Of eight bytes each, slots for one block are what the first-level cache has room for beside the operands.
        let slots = ((program.slots - program.row_slots) * program.slot_item * m).max(1);
        let tile = match nest.fold {
            BlockFold::Flat if linear => (TILE * 8 / slots).clamp(1, MOST_IN_PLACE),
            // Not ragged, so that one axis folds.
            BlockFold::Columns if free => fold::MOST_BLOCKS,
            _ => 1,
        };
        Grid {
            k,
            m,
            kept,
            folded,
            linear,
            tile,
            groups_columns: nest.fold == BlockFold::Columns
                && (0..walk.outputs.len()).all(|o| groups_freely(walk, program, o)),
            result_blocks,
            fold_blocks,
            results_per_task,
            folds_per_task,
            parts,
            tasks,
        }
    }
}

/// Whether a routine folds output `o`, and gives the same bits for any grouping.
pub fn groups_freely(walk: &Walk, program: &Program, o: usize) -> bool {
    match &walk.outputs[o] {
        Output::Fold { value, fold, .. } => program.begun[o].is_none() && fold.is_exact(walk.body.dtype(*value)),
        Output::Store { .. } | Output::Hold { .. } | Output::Pack { .. } | Output::Bins { .. } => false,
    }
}

/// The operand that a walk gathers and stores, if it does nothing else.
fn only_moves(walk: &Walk, program: &Program) -> Option<usize> {
    let [Output::Store { value, .. }] = walk.outputs[..] else { return None };
    let Op::Load(n) = walk.body.inst(value).op else { return None };
    let n = usize::from(n);
    let is_made = matches!(walk.operands[n].source, Source::Made(_));
    (program.stages.len() == 1 && walk.nest.operands[n].mode == Mode::Gather && !is_made).then_some(n)
}

/// The positions that nothing uses but outputs that masks pack.
fn only_kept(walk: &Walk) -> Vec<bool> {
    let mut kept: Vec<bool> = walk.operands.iter().map(|o| o.source == Source::Iota).collect();
    let insts = walk.body.insts();
    for (i, inst) in insts.iter().enumerate() {
        let Op::Load(n) = inst.op else { continue };
        let outputs = |packed: bool| {
            let own = walk.outputs.iter().filter(|o| o.value().index() == i);
            own.filter(|o| matches!(o, Output::Pack { .. }) == packed).count()
        };
        let used = insts.iter().any(|j| j.args().iter().any(|a| a.index() == i));
        kept[usize::from(n)] &= !used && outputs(false) == 0 && outputs(true) > 0;
    }
    kept
}

/// The parts for whose tables of bins there is room, if a walk has any.
fn most_parts(walk: &Walk) -> Option<usize> {
    let bins = walk.outputs.iter().filter_map(|o| match o {
        Output::Bins { bins, .. } => Some(*bins),
        Output::Store { .. } | Output::Fold { .. } | Output::Hold { .. } | Output::Pack { .. } => None,
    });
    bins.max().map(|bins| (TABLES / (8 * bins.max(1))).max(1))
}

/// Bytes that a walk stores.
fn stored_bytes(walk: &Walk) -> usize {
    let sizes = walk.outputs.iter().map(|o| match o {
        Output::Store { value, .. } => walk.body.dtype(*value).size(),
        Output::Fold { .. } | Output::Hold { .. } | Output::Pack { .. } | Output::Bins { .. } => 0,
    });
    sizes.sum::<usize>() * walk.nest.size()
}

/// Nanoseconds that a walk takes on one thread, roughly: arithmetic per element, and bytes from memory.
fn estimate(walk: &Walk) -> f64 {
    let mut per_element = 0.0;
    for inst in walk.body.insts() {
        per_element += match inst.op {
            Op::Load(n) if matches!(walk.operands[usize::from(n)].reach, Reach::Picked(_)) => PICKED,
            Op::Load(_) => 0.05 * inst.dtype.size() as f64 / 8.0,
            Op::Const(_) => 0.0,
            Op::Prim(_) | Op::Cast => 0.1,
            Op::Math(_) => 2.0,
            Op::Table(f) => f.nanoseconds(),
        };
    }
    per_element += 0.1 * walk.outputs.len() as f64;
    per_element * walk.nest.size() as f64
}

/// The slots that the program's fills write, and what they hold: constants are written once a task.
pub fn constant_fills(program: &Program) -> impl Iterator<Item = (u32, usize, [u8; 16])> + '_ {
    program.fills.iter().filter_map(|f| match f.from {
        FillFrom::Const(value) => Some((f.slot, f.size, value.bytes())),
        FillFrom::Operand(_) => None,
    })
}

/// The place of a location among operands, slots and results laid out in this order.
pub fn place(loc: Loc, operands: usize, slots: usize) -> usize {
    match loc {
        Loc::Operand(n) => usize::from(n),
        Loc::Slot(n) => operands + n as usize,
        Loc::Result(n) => operands + slots + n as usize,
    }
}
