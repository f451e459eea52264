import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Seen } from '../../../bench/support/capture.ts';
import { passage } from '../../../bench/support/talk-figures.ts';
import { PACKET_OCTETS, PCMA, writeLabel } from '../../../bench/support/talk-label.ts';

const ALICE = 1_000;
const BOB = 2_000;
const SWITCH = 5_000;

function packet(talker: number, count: number): Buffer {
  const data = Buffer.alloc(PACKET_OCTETS);
  data[0] = 0x80;
  data[1] = PCMA;
  writeLabel(data, { talker, count });
  return data;
}

/** Alice speaks to the switch, and the switch to Bob, `throughMs` later; undefined: never. */
function spoken(throughMs: readonly (number | undefined)[]): Seen[] {
  const seen = throughMs.flatMap((ms, n): Seen[] => {
    const data = packet(0, n + 1);
    const atMs = 20 * n;
    const sent = { atMs, from: ALICE, to: SWITCH, data };
    return ms === undefined ? [sent] : [sent, { atMs: atMs + ms, from: SWITCH, to: BOB, data }];
  });
  // What is sent at the very end is not judged.
  return [...seen, { atMs: 10_000, from: SWITCH, to: 9, data: packet(9, 1) }].sort(
    (a, b) => a.atMs - b.atMs,
  );
}

test('what the switch adds is told apart from what the phones sent', () => {
  const { phonesSpacingMs, switchSpacingMs, throughSwitchMs, addedSpacingMs, lost } = passage(
    spoken([1, 1, 4, 1]),
    [ALICE, BOB],
  );
  assert.deepEqual([phonesSpacingMs?.min, phonesSpacingMs?.max], [20, 20]);
  assert.deepEqual([switchSpacingMs.min, switchSpacingMs.max], [17, 23]);
  assert.deepEqual([addedSpacingMs?.min, addedSpacingMs?.max], [-3, 3]);
  assert.deepEqual([throughSwitchMs?.p50, throughSwitchMs?.max], [1, 4]);
  assert.equal(lost, 0);
});

test('a packet that never comes is lost, and its neighbours are no pair', () => {
  const figures = passage(spoken([1, undefined, 3, 3]), [ALICE, BOB]);
  assert.equal(figures.lost, 1);
  assert.deepEqual([figures.sent, figures.received], [4, 3]);
  assert.deepEqual([figures.addedSpacingMs?.count, figures.addedSpacingMs?.max], [1, 0]);
});

test('sound that no talker said has a spacing and nothing else', () => {
  const music = Buffer.alloc(PACKET_OCTETS, 0xd5);
  music[1] = PCMA;
  const seen = [0, 20, 41].map((atMs) => ({ atMs, from: SWITCH, to: BOB, data: music }));
  const { switchSpacingMs, lost, throughSwitchMs } = passage(seen, [ALICE, BOB]);
  assert.deepEqual([switchSpacingMs.min, switchSpacingMs.max], [20, 21]);
  assert.deepEqual([lost, throughSwitchMs], [undefined, undefined]);
});
