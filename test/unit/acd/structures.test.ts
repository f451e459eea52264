import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { CallTable } from '../../../src/acd/call-table.ts';
import { Deadlines, NEVER, type Timed, UNTIMED } from '../../../src/acd/deadlines.ts';
import { LaneHeap } from '../../../src/acd/lane-heap.ts';
import { callIdOf, offerIdOf } from '../../../src/acd/offer-id.ts';
import { ListSortedBy } from '../../../src/acd/sorted-list.ts';
import { Spares } from '../../../src/acd/spares.ts';
import type { Call } from '../../../src/acd/state.ts';
import { callId, offerId } from '../../../src/model/ids.ts';

const timed = (seq: number): Timed => ({ seq, timer: UNTIMED });

/** As it is printed when a property fails; `SEED=…` plays it again. */
const seed = Number(process.env.SEED ?? Date.now() % 1_000_000_000);

describe('sorted list', () => {
  it('R1 stays in order and knows every rank, whatever is added and removed', () => {
    const steps = fc.array(fc.tuple(fc.boolean(), fc.nat({ max: 500 })), { maxLength: 1_500 });
    fc.assert(
      fc.property(steps, (list) => {
        const sorted = new ListSortedBy<number>(Math.floor, (a, b) => a - b);
        const model = new Set<number>();
        for (const [adds, value] of list) {
          if (!adds) assert.equal(sorted.remove(value), model.delete(value));
          else if (!model.has(value)) {
            assert.equal(sorted.add(value), value < Math.min(NEVER, ...model));
            model.add(value);
          }
        }
        const expected = [...model].sort((a, b) => a - b);
        assert.deepEqual([...sorted], expected);
        assert.equal(sorted.size, expected.length);
        assert.equal(sorted.first, expected[0]);
        for (const [rank, value] of expected.entries()) assert.equal(sorted.rank(value), rank);
        assert.equal(sorted.rank(1_000), expected.length);
      }),
      { numRuns: 50, seed },
    );
  });

  it('R1 carries thousands, in and out', () => {
    const sorted = new ListSortedBy<number>(Math.floor, (a, b) => a - b);
    for (let n = 0; n < 5_000; n++) sorted.add((n * 7_919) % 5_000);
    assert.equal(sorted.rank(2_500), 2_500);
    assert.equal(
      sorted.find((value) => value > 4_000),
      4_001,
    );
    for (let n = 0; n < 5_000; n++) assert.equal(sorted.shift(), n);
    assert.equal(sorted.shift(), undefined);
    assert.equal(sorted.size, 0);
  });
});

describe('calls by id', () => {
  // Ids that differ in the middle alone share their number: they stand one behind the other.
  const idOf = (n: number) =>
    callId(
      n % 3 === 0 ? `c${n}` : `caller-${String(n % 5).padStart(9, '0')}-the-same-end-${n % 7}`,
    );

  it('finds whoever came and has not gone, whatever their ids have in common', () => {
    const steps = fc.array(fc.tuple(fc.boolean(), fc.nat({ max: 300 })), { maxLength: 1_500 });
    fc.assert(
      fc.property(steps, (list) => {
        const table = new CallTable();
        const model = new Map<string, Call>();
        for (const [seq, [comes, n]] of list.entries()) {
          const id = idOf(n);
          const known = model.get(id);
          assert.equal(table.get(id), known);
          if (known && !comes) {
            table.delete(known);
            model.delete(id);
          } else if (!known && comes) {
            const call = { id, seq } as Call;
            // Mostly it is asked for just before, and sometimes another one is.
            if (seq % 2 === 0) table.has(seq % 3 === 0 ? idOf(n + 1) : id);
            table.add(call);
            model.set(id, call);
          }
        }
        assert.equal(table.size, model.size);
        assert.deepEqual(table.values(), [...model.values()]);
        for (let n = 0; n <= 300; n++) assert.equal(table.get(idOf(n)), model.get(idOf(n)));
      }),
      { numRuns: 100, seed },
    );
  });

  it('carries thousands, in and out', () => {
    const table = new CallTable();
    const calls = Array.from({ length: 5_000 }, (_, seq) => ({ id: idOf(3 * seq), seq }) as Call);
    for (const call of calls) table.add(call);
    for (const call of calls.slice(0, 4_990)) table.delete(call);
    assert.deepEqual(table.values(), calls.slice(4_990));
    assert.equal(table.has(idOf(0)), false);
    table.delete(calls[0] as Call);
    assert.equal(table.size, 10);
  });
});

describe('lanes of a queue', () => {
  interface OneLane {
    readonly n: number;
    readonly demand: number;
    readonly head: { readonly effectiveStart: number; readonly seq: number };
    place: number;
  }

  const filled = (starts: readonly number[]) => {
    const heap = new LaneHeap<OneLane>();
    for (const [n, effectiveStart] of starts.entries()) {
      const lane = { n, demand: n, head: { effectiveStart, seq: n }, place: 0 };
      heap.add(lane, effectiveStart);
    }
    return heap;
  };

  it('R1 are walked each before those below it, and without those below whom it does not go', () => {
    const property = fc.property(
      fc.array(fc.nat({ max: 30 }), { maxLength: 70 }),
      fc.nat({ max: 31 }),
      (starts, latest) => {
        const heap = filled(starts);
        const walked: number[] = [];
        for (let place = heap.top; place >= 0; ) {
          const start = heap.startAt(place);
          assert.equal(heap.lanes[place]?.head.effectiveStart, start);
          if (start <= latest) walked.push(heap.lanes[place]?.n ?? -1);
          place = heap.after(place, start <= latest);
        }
        // Whoever comes too late hides none who does not.
        const inTime = starts.flatMap((start, n) => (start <= latest ? [n] : []));
        assert.deepEqual(
          walked.toSorted((a, b) => a - b),
          inTime,
        );
      },
    );
    fc.assert(property, { numRuns: 300, seed });
  });
});

describe("offers' ids", () => {
  it('O2 are the call and a number, whichever number it was before', () => {
    const numbers = [1, 999, 1_000, 1_001, 1_999, 2_000, 1_000, 7, 999_999, 1_000_000, 2 ** 40];
    for (const seq of numbers) {
      const id = offerIdOf(callId('a#call'), seq);
      assert.equal(id, `a#call#${seq}`);
      assert.equal(callIdOf(id), 'a#call');
    }
    assert.equal(callIdOf(offerId('nothing')), '');
  });
});

describe('spare calls', () => {
  it('are given out again once the command is over, each to one', () => {
    const steps = fc.array(fc.constantFrom('goes', 'comes', 'command'), { maxLength: 400 });
    fc.assert(
      fc.property(steps, (list) => {
        const spares = new Spares<number>();
        const [before, now] = [new Set<number>(), new Set<number>()];
        for (const [n, step] of list.entries()) {
          if (step === 'goes') {
            spares.add(n);
            now.add(n);
          } else if (step === 'command') {
            spares.renew();
            for (const item of now) before.add(item);
            now.clear();
          } else {
            const item = spares.take();
            assert.equal(item !== undefined, before.size > 0);
            if (item !== undefined) assert.ok(before.delete(item));
          }
        }
      }),
      { seed },
    );
  });

  it('are no more than a limit', () => {
    const spares = new Spares<number>();
    for (let n = 0; n < 5_000; n++) spares.add(n);
    spares.renew();
    let kept = 0;
    while (spares.take() !== undefined) kept++;
    assert.equal(kept, 1_024);
  });
});

describe('deadlines', () => {
  it('T2 fires in the order of time and number, whatever was set, moved and dropped before', () => {
    const steps = fc.array(
      fc.tuple(fc.nat({ max: 99 }), fc.option(fc.nat({ max: 50 }), { nil: NEVER })),
      { maxLength: 400 },
    );
    fc.assert(
      fc.property(steps, fc.nat({ max: 50 }), (list, now) => {
        const deadlines = new Deadlines<Timed>();
        const items = Array.from({ length: 100 }, (_, seq) => ({ ...timed(seq), seq }));
        let last = items.length;
        const model = new Map<Timed, number>();
        const expected = () =>
          [...model].sort(([a, at], [b, bt]) => at - bt || a.seq - b.seq).map(([item]) => item);
        for (const [n, [index, dueAt]] of list.entries()) {
          const item = items[index] as (typeof items)[number];
          if (n % 5 === 0) {
            // It goes, and comes again as another, as calls do.
            deadlines.forget(item);
            item.seq = last++;
          }
          deadlines.set(item, dueAt);
          model.set(item, dueAt);
          if (dueAt === NEVER) model.delete(item);
          if (n % 16 > 0) continue;
          const [first] = expected();
          const due = first && (model.get(first) ?? NEVER) <= now ? first : undefined;
          assert.equal(deadlines.takeDue(now), due);
          if (due) model.delete(due);
        }
        for (const item of items) assert.equal(deadlines.of(item), model.get(item) ?? NEVER);
        assert.equal(deadlines.size, model.size);
        assert.equal(deadlines.next, model.get(expected()[0] as Timed));
        for (const item of expected()) assert.equal(deadlines.takeDue(50), item);
        assert.equal(deadlines.takeDue(NEVER), undefined);
      }),
      { seed },
    );
  });

  it('T2 whoever has gone keeps nobody of the same instant from their turn', () => {
    const deadlines = new Deadlines<Timed>();
    const others = Array.from({ length: 21 }, (_, n) => timed(10 + n));
    for (const item of others) deadlines.set(item, 5);
    // The next one to come stands below it in the heap.
    const [gone] = others.splice(5, 1);
    assert.ok(gone);
    deadlines.forget(gone);
    const early = timed(1);
    deadlines.set(early, 5);
    for (const item of [early, ...others]) assert.equal(deadlines.takeDue(5), item);
    assert.equal(deadlines.takeDue(5), undefined);
  });

  it('T2 fires nothing early', () => {
    const deadlines = new Deadlines<Timed>();
    const item = timed(1);
    deadlines.set(item, 10);
    assert.equal(deadlines.takeDue(9), undefined);
    assert.equal(deadlines.takeDue(10), item);
    assert.equal(deadlines.next, undefined);
    assert.equal(deadlines.size, 0);
  });
});
