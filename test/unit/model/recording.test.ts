import assert from 'node:assert/strict';
import { test } from 'node:test';
import { callId } from '../../../src/model/ids.ts';
import { noticeIn, recordsByRule, shareOf } from '../../../src/model/recording.ts';

test('A share of calls is recorded: the same ones always, and as many as were asked for', () => {
  const rule = { mode: 'share', percent: 20, stereo: false } as const;
  const ids = Array.from({ length: 20_000 }, (_, at) => callId(`call-${at}-${at * 7919}`));
  const recorded = ids.filter((id) => recordsByRule(rule, id));
  assert.ok(Math.abs(recorded.length / ids.length - 0.2) < 0.01, `${recorded.length}`);
  assert.deepEqual(
    recorded,
    ids.filter((id) => recordsByRule(rule, id)),
  );
  // Whoever is within a smaller share is within a greater one.
  const more = new Set(ids.filter((id) => recordsByRule({ ...rule, percent: 50 }, id)));
  assert.ok(recorded.every((id) => more.has(id)));
  assert.ok(ids.every((id) => shareOf(id) >= 0 && shareOf(id) < 100));
  assert.equal(ids.filter((id) => recordsByRule({ ...rule, percent: 0 }, id)).length, 0);
  assert.equal(ids.filter((id) => recordsByRule({ ...rule, percent: 100 }, id)).length, ids.length);
});

test('A notice is said in the language, in another variety of it, or as it is', () => {
  const texts = { es: 'Se graba.', en: 'It is recorded.' };
  assert.deepEqual(noticeIn(texts, 'es-MX'), { kind: 'text', said: 'Se graba.' });
  assert.deepEqual(noticeIn({ en: 'It is.' }, 'es-ES'), { kind: 'text', said: 'It is.' });
  assert.deepEqual(noticeIn({ audio: 'aviso' }, 'en'), { kind: 'audio', said: 'aviso' });
});
