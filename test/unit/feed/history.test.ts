import assert from 'node:assert/strict';
import { test } from 'node:test';
import { History, merged, type SentChange } from '../../../src/feed/history.ts';
import type { AgentId } from '../../../src/model/ids.ts';

const change = (seq: number, id = '1', more: Partial<SentChange> = {}): SentChange => {
  const facts = { id, queueIds: [], agentIds: [id as AgentId] };
  const json = `{"seq":${seq}}`;
  const key = `agents ${id}`;
  return { seq, topic: 'agents', json, key, before: facts, after: facts, goneJson: '{}', ...more };
};

test('what is still known can be asked for, what is forgotten or to come cannot', () => {
  const history = new History(3, 10);
  assert.deepEqual(history.since(10), []);
  assert.equal(history.since(9), undefined);
  assert.equal(history.since(11), undefined);
  for (let seq = 11; seq <= 15; seq += 1) history.add(change(seq));
  assert.equal(history.seq, 15);
  assert.equal(history.since(11), undefined);
  assert.deepEqual(
    history.since(12)?.map((one) => one.seq),
    [13, 14, 15],
  );
  assert.deepEqual(
    history.since(14)?.map((one) => one.seq),
    [15],
  );
  assert.deepEqual(history.since(15), []);
  assert.equal(history.since(16), undefined);
});

test('the end is found wherever the ring stands', () => {
  const history = new History(4, 0);
  for (let seq = 1; seq <= 13; seq += 1) {
    history.add(change(seq));
    assert.equal(history.seq, seq);
    assert.deepEqual(
      history.since(seq - 1)?.map((one) => one.seq),
      [seq],
    );
  }
});

test('merged, each thing stands once, as it is now and as it was before all of it', () => {
  const first = change(1, 'a', { before: undefined });
  const changes = [first, change(2, 'b'), change(3, 'a')];
  const result = merged(changes);
  assert.deepEqual(
    result.map(({ seq }) => seq),
    [2, 3],
  );
  assert.deepEqual(result[1]?.before, changes[2]?.before);
});
