import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../../src/lib/clock.ts';
import type { CallId, QueueId, VoicemailId } from '../../../src/model/ids.ts';
import type { StoredVoicemail } from '../../../src/model/voicemail.ts';
import { Lines } from '../../../src/runtime/lines.ts';
import { MessageBoard } from '../../../src/runtime/messages/message-board.ts';

const queue = 'ventas' as QueueId;

test('a line is told when it has changed, at most twice a second', () => {
  const clock = new ManualClock();
  let line: string[] = [];
  const told: string[][] = [];
  const lines = new Lines(
    clock,
    () => line as CallId[],
    (_id, now) => told.push([...now]),
  );
  line = ['a', 'b'];
  for (let n = 0; n < 10; n += 1) {
    lines.touch(queue);
    clock.advance(40);
  }
  assert.deepEqual(told, []);
  clock.advance(200);
  assert.deepEqual(told, [['a', 'b']]);
  lines.touch(queue);
  clock.advance(1_000);
  assert.equal(told.length, 1, 'nothing has changed');
  line = [];
  lines.touch(queue);
  clock.advance(1_000);
  assert.deepEqual(told.at(-1), []);
  lines.touch(queue);
  lines.stop();
  line = ['c'];
  clock.advance(1_000);
  assert.equal(told.length, 2);
});

const message = (id: string, state: 'new' | 'handled' = 'new'): StoredVoicemail => ({
  id: id as VoicemailId,
  callId: 'c' as CallId,
  at: 0,
  durationMs: 1,
  dnis: '800',
  language: 'es-MX',
  state,
  revision: 1,
});

test('the board has what nobody has handled, and tells what becomes of it', () => {
  const told: string[] = [];
  const board = new MessageBoard((one) =>
    told.push('message' in one ? `${one.message.id} ${one.message.state}` : `${one.goneId} gone`),
  );
  board.restore([message('b'), message('a')]);
  board.changed(message('c'));
  board.changed(message('a', 'handled'));
  board.changed(message('unknown', 'handled'));
  board.gone('b' as VoicemailId);
  board.gone('b' as VoicemailId);
  assert.deepEqual(told, ['c new', 'a handled', 'b gone']);
  assert.deepEqual(
    board.all.map(({ id }) => id),
    ['c'],
  );
  for (let n = 0; n < 600; n += 1) board.changed(message(`m${n}`));
  assert.equal(board.all.length, 500);
});
