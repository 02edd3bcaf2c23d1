//! From a kernel to stages: what runs as compiled segments, what as tile routines, and where values wait in between.
//!
//! A segment is cut wherever a value needs a tile routine. Values that cross stages live in tile slots, or directly in the
//! memory of a result. Slots are reused as soon as their value is dead.

use super::cache;
use super::code::CompiledSegment;
use super::codegen::{Width, is_native};
use super::ir::{Access, Kernel, KernelResult, Operand, Segment, Sink, verify};
use crate::dtype::{DType, Scalar};
use crate::error::{Error, Result};
use crate::kernels::TileFn;
use crate::kernels::fold::lanes::{self, LaneFn};
use crate::kernels::tile;
use crate::ops::expr::{Body, Op, ValueId};
use crate::ops::reduction::Fold;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// Where a stage finds or leaves a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Loc {
    /// Operand `n` of the kernel, where it lies.
    Operand(u16),
    /// Tile slot `n`.
    Slot(u32),
    /// The memory of result `n`.
    Result(u32),
}

/// A step on one tile.
#[derive(Clone, Debug)]
pub enum Stage {
    /// Compiled code: operands, then stores.
    Segment {
        /// The code.
        code: Arc<CompiledSegment>,
        /// The same with stores that go past the caches, for calls that it can serve.
        streaming: Option<Arc<CompiledSegment>>,
        /// What it is passed.
        locs: Vec<Loc>,
    },
    /// A tile routine.
    Tile {
        /// The kernel's value that it makes; one that is loaded, constant or stored before is copied.
        value: ValueId,
        /// The routine.
        run: TileFn,
        /// Its inputs; the unused repeat the first.
        ins: [Loc; 3],
        /// Its result.
        out: Loc,
    },
}

/// A slot that holds one element repeated, for tile routines.
#[derive(Clone, Copy, Debug)]
pub struct Fill {
    /// The slot.
    pub slot: u32,
    /// The element.
    pub from: FillFrom,
    /// Bytes of the element.
    pub size: usize,
}

/// The element of a [`Fill`].
#[derive(Clone, Copy, Debug)]
pub enum FillFrom {
    /// A constant.
    Const(Scalar),
    /// A scalar operand.
    Operand(u16),
}

/// A kernel as stages.
#[derive(Clone, Debug)]
pub struct Program {
    /// Slots to fill before the stages.
    pub fills: Vec<Fill>,
    /// The steps, in order.
    pub stages: Vec<Stage>,
    /// Where each result's value is after the stages.
    pub results: Vec<Loc>,
    /// Number of slots.
    pub slots: usize,
    /// Bytes of the widest element in a slot.
    pub slot_item: usize,
    /// The most elements that a compiled segment takes in one step: fewer than this must be padded.
    pub block: usize,
    /// Of each result that is a fold which a segment begins, how it goes on. Its location is a slot of rows of lanes.
    pub begun: Vec<Option<Begun>>,
    /// Slots that hold no values but such rows.
    pub row_slots: usize,
    /// Segments may begin the folds of several blocks in one call if each but the last is a multiple of this.
    pub run: usize,
}

/// A fold that a segment begins.
#[derive(Clone, Copy, Debug)]
pub struct Begun {
    /// From rows of lanes to states.
    pub states: LaneFn,
    /// Bytes of a lane.
    pub lane: usize,
}

/// Instructions of a segment: shorter bodies let the processor overlap iterations (measured: 16 to 32).
const SEGMENT_OPS: usize = 32;

/// Folds that one segment begins: sums hold four of the sixteen vector registers, extremes two.
const MOST_FOLDS: usize = 3;

/// Which instructions become compiled segments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compile {
    /// All that the compiler takes.
    All,
    /// The same, if every segment has been compiled before; else nothing is scheduled.
    Known,
    /// None: every instruction runs as a tile routine.
    Nothing,
}

/// How a kernel is scheduled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// What is compiled.
    pub compile: Compile,
    /// Segments that store nothing but results which nobody reads again get code for that.
    pub stream: bool,
    /// Segments begin the folds of what they compute. They must then be called for each fold's sequence by itself.
    pub fold: bool,
}

/// Schedules a kernel. `None` where [`Compile::Known`] meets a segment that is not.
///
/// # Errors
/// `Error::Bug` where neither the compiler nor a routine knows an instruction.
pub fn schedule(kernel: &Kernel, wanted: Wanted) -> Result<Option<Program>> {
    Ok(Scheduler::new(kernel, wanted).run()?.map(|(program, _)| program))
}

/// What [`schedule`] compiles of a kernel, in order: for those who want to read it. `fold` as in [`Wanted`].
///
/// # Errors
/// As [`schedule`].
pub fn segments(kernel: &Kernel, compile: bool, fold: bool) -> Result<Vec<Segment>> {
    let compile = if compile { Compile::All } else { Compile::Nothing };
    let wanted = Wanted { compile, stream: false, fold };
    Ok(Scheduler::new(kernel, wanted).run()?.map_or_else(Vec::new, |(_, segments)| segments))
}

fn fold_of(sink: Sink) -> Option<Fold> {
    match sink {
        Sink::Fold(fold) => Some(fold),
        Sink::Store | Sink::Hold => None,
    }
}

struct Scheduler<'k> {
    kernel: &'k Kernel,
    body: &'k Body,
    wanted: Wanted,
    native: Vec<bool>,
    /// The stage group of each value that is computed.
    level: Vec<u32>,
    live: Vec<bool>,
}

/// A stage before locations are known.
enum Step {
    Segment(Vec<ValueId>),
    Tile(ValueId),
    /// All folds of a value that lies in memory.
    Folds(ValueId),
}

impl<'k> Scheduler<'k> {
    fn new(kernel: &'k Kernel, wanted: Wanted) -> Self {
        let body = &kernel.body;
        let n = body.insts().len();
        let native = (0..n).map(|i| wanted.compile != Compile::Nothing && is_native(body, ValueId(i as u32))).collect();
        Scheduler { kernel, body, wanted, native, level: vec![0; n], live: vec![false; n] }
    }

    fn is_source(&self, v: ValueId) -> bool {
        matches!(self.body.inst(v).op, Op::Load(_) | Op::Const(_))
    }

    fn run(mut self) -> Result<Option<(Program, Vec<Segment>)>> {
        self.mark_live();
        self.assign_levels();
        let steps = self.steps();
        Placement::new(&self, &steps).place(&steps)
    }

    fn mark_live(&mut self) {
        for r in &self.kernel.results {
            self.live[r.value.index()] = true;
        }
        for i in (0..self.live.len()).rev() {
            if self.live[i] {
                for a in self.body.insts()[i].args() {
                    self.live[a.index()] = true;
                }
            }
        }
    }

    /// Level of a value: how many tile routines lie before it. Native values that need nothing but operands are made as late
    /// as their first use, so that they do not wait in slots.
    fn assign_levels(&mut self) {
        let n = self.live.len();
        let mut movable = vec![false; n];
        for i in 0..n {
            let v = ValueId(i as u32);
            if self.is_source(v) {
                continue;
            }
            let args = self.body.inst(v).args();
            let after_tile = |a: &ValueId| u32::from(self.native[i] && !self.native[a.index()] && !self.is_source(*a));
            self.level[i] = args.iter().map(|a| self.level[a.index()] + after_tile(a)).max().unwrap_or(0);
            movable[i] = self.native[i] && args.iter().all(|a| self.is_source(*a) || movable[a.index()]);
        }
        let mut first_use = vec![u32::MAX; n];
        for r in &self.kernel.results {
            first_use[r.value.index()] = self.level[r.value.index()];
        }
        for i in (0..n).rev() {
            let v = ValueId(i as u32);
            if !self.live[i] || self.is_source(v) {
                continue;
            }
            if movable[i] && first_use[i] != u32::MAX {
                self.level[i] = first_use[i];
            }
            for a in self.body.inst(v).args() {
                first_use[a.index()] = first_use[a.index()].min(self.level[i]);
            }
        }
    }

    /// Native values, in order, as segments of bounded length: each is cut where the fewest bytes wait for the next one.
    fn cut<'v>(&self, mut values: &'v [ValueId]) -> Vec<&'v [ValueId]> {
        if values.is_empty() {
            return Vec::new();
        }
        // Users come after what they use.
        let mut last_use = vec![ValueId(0); self.live.len()];
        for &v in values {
            self.body.inst(v).args().iter().for_each(|a| last_use[a.index()] = v);
        }
        // A mask that waits is made a byte for each element and a mask again.
        let weight = |v: ValueId| if self.body.dtype(v) == DType::Bool { 16 } else { self.body.dtype(v).size() };
        let mut segments = Vec::new();
        while values.len() > SEGMENT_OPS {
            let waiting = |n: usize| -> usize {
                values[..n].iter().filter(|v| last_use[v.index()] >= values[n]).map(|&v| weight(v)).sum()
            };
            let at = (SEGMENT_OPS / 2..=SEGMENT_OPS).rev().min_by_key(|&n| waiting(n)).unwrap_or(SEGMENT_OPS);
            let (segment, rest) = values.split_at(at);
            segments.push(segment);
            values = rest;
        }
        segments.push(values);
        segments
    }

    /// The operands of which a segment begins all folds: several, as one alone is as well folded by its routine (measured).
    fn folded_together(&self) -> impl Iterator<Item = ValueId> {
        let wanted = self.wanted.fold && self.wanted.compile != Compile::Nothing;
        let values = (0..self.live.len()).map(|i| ValueId(i as u32)).filter(move |_| wanted);
        values.filter(|&v| {
            let Op::Load(n) = self.body.inst(v).op else { return false };
            let t = self.body.dtype(v);
            let results = || self.kernel.results.iter().filter(|r| r.value == v && r.sink != Sink::Store);
            let begun = |r: &KernelResult| fold_of(r.sink).is_some_and(|f| f != Fold::Count && lanes::folds(f, t));
            self.kernel.operands[usize::from(n)].access == Access::Unit
                && (2..=MOST_FOLDS).contains(&results().count())
                && results().all(begun)
        })
    }

    fn steps(&self) -> Vec<Step> {
        let levels = self.level.iter().max().map_or(0, |&l| l as usize + 1);
        let mut natives: Vec<Vec<ValueId>> = vec![Vec::new(); levels];
        let mut tiles: Vec<Vec<ValueId>> = vec![Vec::new(); levels];
        for i in 0..self.live.len() {
            let v = ValueId(i as u32);
            if self.live[i] && !self.is_source(v) {
                let group = if self.native[i] { &mut natives } else { &mut tiles };
                group[self.level[i] as usize].push(v);
            }
        }
        let mut steps: Vec<Step> = self.folded_together().map(Step::Folds).collect();
        for (natives, tiles) in natives.into_iter().zip(tiles) {
            steps.extend(self.cut(&natives).into_iter().map(|c| Step::Segment(c.to_vec())));
            steps.extend(tiles.into_iter().map(Step::Tile));
        }
        steps
    }
}

/// Finds a place for each value that crosses stages.
struct Placement<'s, 'k> {
    s: &'s Scheduler<'k>,
    /// The last step that reads each value from outside the segment that made it; `None` if none does.
    last_read: Vec<Option<usize>>,
    loc: FxHashMap<ValueId, Loc>,
    free: Vec<u32>,
    slots: u32,
    slot_item: usize,
    fills: Vec<Fill>,
    filled: FxHashMap<ValueId, u32>,
    block: usize,
    run: usize,
    /// The first result that stores each value.
    stored: FxHashMap<ValueId, u32>,
    /// By result: the fold that a segment begins, and its slot.
    begun: Vec<Option<(Begun, u32)>>,
    segments: Vec<Segment>,
}

/// What folds of an operand come to.
enum Found {
    Stage(Stage),
    /// They are left to their routines.
    Nothing,
    /// Only code that is known is wanted, and there is none.
    Unknown,
}

/// What a segment gives away, in values of the kernel.
struct Gives {
    stores: Vec<ValueId>,
    /// The results whose folds it begins.
    folds: Vec<usize>,
}

impl<'s, 'k> Placement<'s, 'k> {
    fn new(s: &'s Scheduler<'k>, steps: &[Step]) -> Self {
        let n = s.body.insts().len();
        let mut last_read = vec![None; n];
        for (at, step) in steps.iter().enumerate() {
            match step {
                Step::Segment(values) => {
                    for v in values {
                        for a in s.body.inst(*v).args().iter().filter(|a| !values.contains(a)) {
                            last_read[a.index()] = Some(at);
                        }
                    }
                }
                Step::Tile(v) => {
                    for a in s.body.inst(*v).args() {
                        last_read[a.index()] = Some(at);
                    }
                }
                // It stays where it is.
                Step::Folds(_) => {}
            }
        }
        let results = s.kernel.results.iter().enumerate().rev();
        Placement {
            s,
            last_read,
            stored: results.filter(|(_, r)| r.sink == Sink::Store).map(|(n, r)| (r.value, n as u32)).collect(),
            loc: FxHashMap::default(),
            free: Vec::new(),
            slots: 0,
            slot_item: 1,
            fills: Vec::new(),
            filled: FxHashMap::default(),
            block: 1,
            run: 1,
            begun: vec![None; s.kernel.results.len()],
            segments: Vec::new(),
        }
    }

    /// Whether a fold reads `v` after all steps. Folds that a segment has begun do not.
    fn folded_later(&self, v: ValueId) -> bool {
        let results = self.s.kernel.results.iter().zip(&self.begun);
        results.clone().any(|(r, begun)| r.value == v && r.sink != Sink::Store && begun.is_none())
    }

    fn new_slot(&mut self, dtype: DType) -> u32 {
        self.slot_item = self.slot_item.max(dtype.size());
        self.free.pop().unwrap_or_else(|| {
            self.slots += 1;
            self.slots - 1
        })
    }

    /// The first result that stores `v`, if one does.
    fn result_of(&self, v: ValueId) -> Option<u32> {
        self.stored.get(&v).copied()
    }

    /// A place for a value that a step makes.
    fn place_value(&mut self, v: ValueId) -> Loc {
        let loc = match self.result_of(v) {
            Some(r) => Loc::Result(r),
            None => Loc::Slot(self.new_slot(self.s.body.dtype(v))),
        };
        self.loc.insert(v, loc);
        loc
    }

    fn release_dead(&mut self, at: usize) {
        let dead: Vec<ValueId> = self
            .loc
            .iter()
            .filter(|(v, loc)| matches!(loc, Loc::Slot(_)) && self.last_read[v.index()].is_none_or(|l| l <= at))
            .filter(|(v, _)| !self.folded_later(**v))
            .map(|(v, _)| *v)
            .collect();
        let mut slots: Vec<u32> = dead
            .into_iter()
            .filter_map(|v| match self.loc.remove(&v) {
                Some(Loc::Slot(s)) => Some(s),
                _ => None,
            })
            .collect();
        // The map's order is arbitrary; the program must not be.
        slots.sort_unstable();
        self.free.extend(slots);
    }

    /// Where a tile routine reads a value: scalars and constants are spread over a slot first.
    fn tile_input(&mut self, v: ValueId) -> Loc {
        if let Some(loc) = self.loc.get(&v) {
            return *loc;
        }
        let inst = *self.s.body.inst(v);
        let from = match inst.op {
            Op::Load(n) if self.s.kernel.operands[usize::from(n)].access != Access::Scalar => return Loc::Operand(n),
            Op::Load(n) => FillFrom::Operand(n),
            Op::Const(value) => FillFrom::Const(value),
            Op::Prim(_) | Op::Math(_) | Op::Cast | Op::Table(_) => {
                unreachable!("computed values have a place before they are read")
            }
        };
        if let Some(&slot) = self.filled.get(&v) {
            return Loc::Slot(slot);
        }
        // Filled slots keep their value through all stages, so they come from fresh slots and are never freed.
        self.slot_item = self.slot_item.max(inst.dtype.size());
        let slot = self.slots;
        self.slots += 1;
        self.filled.insert(v, slot);
        self.fills.push(Fill { slot, from, size: inst.dtype.size() });
        Loc::Slot(slot)
    }

    fn place(mut self, steps: &[Step]) -> Result<Option<(Program, Vec<Segment>)>> {
        let mut stages = Vec::with_capacity(steps.len());
        for (at, step) in steps.iter().enumerate() {
            match step {
                Step::Segment(values) => match self.segment(values, at)? {
                    Some(stage) => stages.push(stage),
                    None => return Ok(None),
                },
                Step::Tile(v) => stages.push(self.tile(*v, at)?),
                Step::Folds(v) => match self.folds(*v)? {
                    Found::Stage(stage) => stages.push(stage),
                    Found::Nothing => {}
                    Found::Unknown => return Ok(None),
                },
            }
            self.release_dead(at);
        }
        let mut results = Vec::with_capacity(self.s.kernel.results.len());
        for (n, r) in self.s.kernel.results.iter().enumerate() {
            if let Some((_, slot)) = self.begun[n] {
                results.push(Loc::Slot(slot));
                continue;
            }
            let from = self.tile_input(r.value);
            let own = Loc::Result(n as u32);
            let loc = match r.sink {
                Sink::Fold(_) | Sink::Hold => from,
                Sink::Store if from == own => own,
                Sink::Store => {
                    let t = self.s.body.dtype(r.value);
                    let run = tile::cast(t, t).ok_or_else(|| Error::Bug(format!("no copy of {t}")))?;
                    stages.push(Stage::Tile { value: r.value, run, ins: [from; 3], out: own });
                    own
                }
            };
            results.push(loc);
        }
        let program = Program {
            fills: self.fills,
            stages,
            results,
            slots: self.slots as usize,
            slot_item: self.slot_item,
            block: self.block,
            row_slots: self.begun.iter().flatten().count(),
            begun: self.begun.into_iter().map(|b| b.map(|(begun, _)| begun)).collect(),
            run: self.run,
        };
        Ok(Some((program, self.segments)))
    }

    fn tile(&mut self, v: ValueId, at: usize) -> Result<Stage> {
        let inst = *self.s.body.inst(v);
        let types: Vec<DType> = inst.args().iter().map(|a| self.s.body.dtype(*a)).collect();
        let run = match inst.op {
            Op::Prim(p) => tile::prim(p, &types),
            Op::Math(f) => tile::math(f, inst.dtype),
            Op::Cast => tile::cast(types[0], inst.dtype),
            Op::Table(f) => Some(tile::table(f, types[1])),
            Op::Load(_) | Op::Const(_) => None,
        };
        let run = run.ok_or_else(|| Error::Bug(format!("no routine for {:?} of {types:?}", inst.op)))?;
        let mut ins = [Loc::Slot(0); 3];
        for (i, a) in inst.args().iter().enumerate() {
            ins[i] = self.tile_input(*a);
        }
        let first = ins[0];
        ins[inst.args().len()..].fill(first);
        // The result may take the slot of an input of its size that dies here; one of another size must not overlap.
        let in_place = inst.args().iter().enumerate().find_map(|(i, a)| match ins[i] {
            Loc::Slot(s)
                if self.result_of(v).is_none()
                    && self.loc.get(a) == Some(&ins[i])
                    && self.last_read[a.index()] == Some(at)
                    && !self.folded_later(*a)
                    && types[i].size() == inst.dtype.size() =>
            {
                Some((*a, s))
            }
            _ => None,
        });
        let out = match in_place {
            Some((a, s)) => {
                self.loc.remove(&a);
                self.loc.insert(v, Loc::Slot(s));
                Loc::Slot(s)
            }
            None => self.place_value(v),
        };
        Ok(Stage::Tile { value: v, run, ins, out })
    }

    fn segment(&mut self, values: &[ValueId], at: usize) -> Result<Option<Stage>> {
        let mut seg = Segment { operands: Vec::new(), body: Body::default(), stores: Vec::new(), folds: Vec::new() };
        let mut locs: Vec<Loc> = Vec::new();
        let mut inside: FxHashMap<ValueId, ValueId> = FxHashMap::default();
        for &v in values {
            let inst = *self.s.body.inst(v);
            let mut args = [ValueId(u32::MAX); 3];
            for (i, &a) in inst.args().iter().enumerate() {
                args[i] = match inside.get(&a) {
                    Some(&known) => known,
                    None => {
                        let made = self.import(a, &mut seg, &mut locs);
                        inside.insert(a, made);
                        made
                    }
                };
            }
            let made = seg.body.copy_inst(&inst, &args);
            inside.insert(v, made);
        }
        let mut folds = self.can_begin(values, at);
        let (code, gives) = loop {
            let gives = self.gives(values, at, &folds);
            seg.stores = gives.stores.iter().map(|v| inside[v]).collect();
            let results = gives.folds.iter().map(|&n| &self.s.kernel.results[n]);
            seg.folds = results.filter_map(|r| Some((inside[&r.value], fold_of(r.sink)?))).collect();
            let Some(code) = self.compiled(&seg)? else { return Ok(None) };
            // With narrow vectors folds are better left to routines; fewer folds may leave registers for wide ones.
            if folds.pop().is_none() || code.width() != Width::Single {
                break (code, gives);
            }
        };
        for &v in &gives.stores {
            let loc = self.place_value(v);
            locs.push(loc);
        }
        self.begin(&gives.folds, seg.lane(), code.block(), &mut locs)?;
        // A result that is stored once more is copied from the first.
        let times = |v: ValueId| self.s.kernel.results.iter().filter(|r| r.value == v).count();
        let last = |&v: &ValueId| self.last_read[v.index()].is_none_or(|l| l <= at) && times(v) == 1;
        let streams = self.s.wanted.stream && gives.folds.is_empty() && gives.stores.iter().all(last);
        // Not in the cache: walks of this size are few, and take a hundred times as long as the compiler.
        let streaming = if streams { CompiledSegment::streaming(&seg)?.map(Arc::new) } else { None };
        self.block = self.block.max(code.block());
        self.segments.push(seg);
        Ok(Some(Stage::Segment { code, streaming, locs }))
    }

    /// The code of a segment; `None` where only what is known is wanted, and it is not.
    fn compiled(&self, seg: &Segment) -> Result<Option<Arc<CompiledSegment>>> {
        if cfg!(debug_assertions) {
            verify::segment(seg)?;
        }
        Ok(match self.s.wanted.compile {
            Compile::Known => cache::known(seg),
            Compile::All | Compile::Nothing => Some(cache::segment(seg)?),
        })
    }

    /// Slots for the rows of lanes of folds that a segment begins, which takes blocks of so many elements.
    fn begin(&mut self, folds: &[usize], lane: usize, block: usize, locs: &mut Vec<Loc>) -> Result<()> {
        for &n in folds {
            let r = self.s.kernel.results[n];
            let (Some(fold), t) = (fold_of(r.sink), self.s.body.dtype(r.value)) else { continue };
            let states = lanes::lane_fold(fold, t, lane).ok_or_else(|| Error::Bug(format!("no lanes of {t}")))?;
            let slot = self.new_slot(DType::U8);
            self.slot_item = self.slot_item.max(lane);
            self.begun[n] = Some((Begun { states, lane }, slot));
            self.run = self.run.max(lanes::RUN * block);
            locs.push(Loc::Slot(slot));
        }
        Ok(())
    }

    /// A segment that begins all folds of an operand; nothing where vectors are narrow, so that routines are as good.
    fn folds(&mut self, v: ValueId) -> Result<Found> {
        let mut seg = Segment { operands: Vec::new(), body: Body::default(), stores: Vec::new(), folds: Vec::new() };
        let mut locs: Vec<Loc> = Vec::new();
        let load = self.import(v, &mut seg, &mut locs);
        let results = self.s.kernel.results.iter().enumerate().filter(|(_, r)| r.value == v && r.sink != Sink::Store);
        let folds: Vec<usize> = results.map(|(n, _)| n).collect();
        seg.folds = folds.iter().filter_map(|&n| Some((load, fold_of(self.s.kernel.results[n].sink)?))).collect();
        let Some(code) = self.compiled(&seg)? else { return Ok(Found::Unknown) };
        if code.width() == Width::Single {
            return Ok(Found::Nothing);
        }
        self.begin(&folds, seg.lane(), code.block(), &mut locs)?;
        self.block = self.block.max(code.block());
        self.segments.push(seg);
        Ok(Found::Stage(Stage::Segment { code, streaming: None, locs }))
    }

    /// The results whose folds a segment of these values can begin. What lies in memory anyway, for another reader or a
    /// fold that cannot be begun, is as well folded from there (measured).
    fn can_begin(&self, values: &[ValueId], at: usize) -> Vec<usize> {
        let mut begun: Vec<usize> = Vec::new();
        if !self.s.wanted.fold {
            return begun;
        }
        let results = &self.s.kernel.results;
        let can = |r: &KernelResult| fold_of(r.sink).is_some_and(|f| lanes::folds(f, self.s.body.dtype(r.value)));
        let stored = |v: ValueId| {
            let read_later = self.last_read[v.index()].is_some_and(|l| l > at);
            read_later || results.iter().any(|r| r.value == v && !can(r))
        };
        let mut lane = None;
        for (n, r) in results.iter().enumerate() {
            let t = self.s.body.dtype(r.value);
            let Some(fold) = fold_of(r.sink).filter(|_| values.contains(&r.value) && can(r) && !stored(r.value)) else {
                continue;
            };
            // Lanes have one size; counts take any.
            if fold == Fold::Count || *lane.get_or_insert(t.size()) == t.size() {
                begun.push(n);
            }
        }
        begun.truncate(MOST_FOLDS);
        begun
    }

    /// What a segment of these values gives away, if it begins these folds.
    fn gives(&self, values: &[ValueId], at: usize, folds: &[usize]) -> Gives {
        let folded_later = |v: ValueId| {
            let mut results = self.s.kernel.results.iter().enumerate();
            results.any(|(n, r)| r.value == v && r.sink != Sink::Store && !folds.contains(&n))
        };
        let given = |&v: &ValueId| {
            let read_later = self.last_read[v.index()].is_some_and(|l| l > at);
            read_later || self.result_of(v).is_some() || folded_later(v)
        };
        Gives { stores: values.iter().copied().filter(given).collect(), folds: folds.to_vec() }
    }

    /// A value from outside a segment, as a load or a constant inside it.
    fn import(&mut self, v: ValueId, seg: &mut Segment, locs: &mut Vec<Loc>) -> ValueId {
        let inst = *self.s.body.inst(v);
        let (loc, access) = match (self.loc.get(&v), inst.op) {
            (Some(loc), _) => (*loc, Access::Unit),
            (None, Op::Const(value)) => return seg.body.constant(value),
            (None, Op::Load(n)) => (Loc::Operand(n), self.s.kernel.operands[usize::from(n)].access),
            (None, Op::Prim(_) | Op::Math(_) | Op::Cast | Op::Table(_)) => {
                unreachable!("computed values have a place before they are read")
            }
        };
        seg.operands.push(Operand { dtype: inst.dtype, access });
        locs.push(loc);
        seg.body.load(seg.operands.len() as u16 - 1, inst.dtype)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jit::code::CompiledSegment;
    use crate::jit::ir::parse;

    /// So many Mandelbrot steps.
    fn steps(n: usize) -> Kernel {
        let mut text = String::from("kernel(a0: f64 unit, a1: f64 unit, a2: i32 unit) -> (i32)\n");
        text += "  %0 = load a0\n  %1 = load a1\n  %2 = load a2\n  %3 = const 4.0 : f64\n";
        let (mut x, mut y, mut count, mut next) = (0, 1, 2, 4);
        for _ in 0..n {
            let mut push = |line: String| {
                text += &format!("  %{next} = {line}\n");
                next += 1;
                next - 1
            };
            let (xx, yy) = (push(format!("mul %{x}, %{x} : f64")), push(format!("mul %{y}, %{y} : f64")));
            let r = push(format!("add %{xx}, %{yy} : f64"));
            let inside = push(format!("le %{r}, %3 : bool"));
            let one = push(format!("cast %{inside} : i32"));
            count = push(format!("add %{count}, %{one} : i32"));
            let xy = push(format!("mul %{x}, %{y} : f64"));
            let (to_y, to_x) = (push(format!("add %{xy}, %1 : f64")), push(format!("sub %{xx}, %{yy} : f64")));
            let to_x = push(format!("add %{to_x}, %0 : f64"));
            y = push(format!("select %{inside}, %{to_y}, %{y} : f64"));
            x = push(format!("select %{inside}, %{to_x}, %{x} : f64"));
        }
        parse::kernel(&format!("{text}  store 0, %{count}\n")).unwrap()
    }

    #[test]
    fn long_chains_are_cut_where_few_values_wait() {
        let cut = segments(&steps(20), true, false).unwrap();
        assert!(cut.len() >= 20 * 12 / SEGMENT_OPS && cut.len() <= 20 * 12 / (SEGMENT_OPS / 2));
        let is_wide = |s: &Segment| CompiledSegment::of_width(s, Width::Double).unwrap().is_some();
        for segment in &cut {
            let computed = segment.body.insts().iter().filter(|i| !matches!(i.op, Op::Load(_) | Op::Const(_))).count();
            assert!(computed <= SEGMENT_OPS, "{computed}");
            // The point and the count; no squares, no masks.
            assert!(segment.stores.len() <= 3, "{:?}", segment.stores);
            assert!(segment.stores.iter().all(|&v| segment.body.dtype(v) != DType::Bool));
            // As wide as anything on this machine.
            assert_eq!(is_wide(segment), is_wide(&segments(&steps(1), true, false).unwrap()[0]));
        }
    }

    #[test]
    fn several_folds_of_an_operand_are_begun_together() {
        let begun = |folds: &[&str]| {
            let results = folds.iter().map(|f| format!("{f} f64")).collect::<Vec<_>>().join(", ");
            let mut text = format!("kernel(a0: f64 unit) -> ({results})\n  %0 = load a0\n");
            folds.iter().enumerate().for_each(|(n, f)| text += &format!("  fold.{f} {n}, %0\n"));
            let kernel = parse::kernel(&text).unwrap();
            let segments = segments(&kernel, true, true).unwrap();
            segments.iter().map(|s| s.folds.len()).collect::<Vec<_>>()
        };
        assert_eq!(begun(&["min", "max", "sum"]), [3]);
        assert_eq!(begun(&["min", "sum"]), [2]);
        // Alone, with more than registers hold, or beside one that only a routine knows, they are their routines'.
        assert_eq!(begun(&["sum"]), [0; 0]);
        assert_eq!(begun(&["min", "max", "sum", "prod"]), [0; 0]);
        assert_eq!(begun(&["min", "argmax"]), [0; 0]);
    }

    #[test]
    fn what_fits_one_segment_is_not_cut() {
        assert_eq!(segments(&steps(2), true, false).unwrap().len(), 1);
    }
}
