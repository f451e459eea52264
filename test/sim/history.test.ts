import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseArrivals } from './history.ts';
import { simulate } from './simulate.ts';

const CSV = `at,queue
2026-11-20T09:01:05Z,
2026-11-20T09:00:00Z,q0
1763629205000,q1
`;

describe('arrivals from recorded history', () => {
  it('reads CSV and JSON alike, in the order of time', () => {
    const fromCsv = parseArrivals(CSV);
    assert.deepEqual(
      fromCsv.map(({ queue }) => queue),
      ['q1', 'q0', undefined],
    );
    assert.deepEqual(parseArrivals(JSON.stringify(fromCsv)), fromCsv);
    assert.deepEqual(parseArrivals('[3, 1]'), [{ at: 1 }, { at: 3 }]);
  });

  it('says which arrival is wrong', () => {
    assert.throws(() => parseArrivals('at\n5\nyesterday'), /Arrival 2: "yesterday" is no time/);
    assert.throws(() => parseArrivals('when\n5'), /column "at"/);
    assert.throws(() => parseArrivals('[]'), /no arrivals/);
  });

  it('as many calls come as were recorded', () => {
    const arrivals = Array.from({ length: 40 }, (_, n) => ({ at: n * 5_000 }));
    const { figures, violations } = simulate({ seed: 1, events: 3_000, arrivals });
    assert.deepEqual(violations, []);
    assert.ok((figures.queued ?? 0) >= 36 && (figures.queued ?? 0) <= 60, `${figures.queued}`);
  });
});
