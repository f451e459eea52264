import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { AgentId, CallId, QueueId, VoicemailId } from '../../../src/model/ids.ts';
import { WEBHOOK_EVENTS, WEBHOOK_PATTERNS, wantsEvent } from '../../../src/model/webhook.ts';
import { Messages } from '../../../src/webhooks/messages.ts';
import { payloadOf } from '../../../src/webhooks/payload.ts';

const messages = new Messages(
  () => 'id',
  (type) => type !== 'call.held',
);
const callId = 'c1' as CallId;
const event = (type: string, data = {}) => messages.ofEvent({ callId, seq: 2, at: 0, type, data });

test('types are named one by one, by family, or all', () => {
  assert.ok(wantsEvent(['call.arrived'], 'call.arrived'));
  assert.ok(wantsEvent(['call.*'], 'call.arrived'));
  assert.ok(wantsEvent(['*'], 'agent.state'));
  assert.equal(wantsEvent(['call.*', 'callback.made'], 'callback.ended'), false);
  assert.ok(WEBHOOK_PATTERNS.includes('callback.*'));
});

test('steps that are not published, and those that nobody wants, are no messages', () => {
  assert.equal(event('flow.node', { node: 'menu' }), undefined);
  assert.equal(event('call.finished'), undefined);
  assert.equal(event('call.held'), undefined);
  assert.equal(event('toString'), undefined);
});

test('what is deeper than a plain fact stays in the house', () => {
  const data = { queueId: 'ventas', position: 1, requiredSkills: { a: 1 }, leg: { localSdp: '' } };
  assert.deepEqual(event('call.queued', data)?.data, {
    callId,
    seq: 2,
    queueId: 'ventas',
    position: 1,
  });
});

test('records become messages whose order is that of their call or agent', () => {
  const finished = messages.ofCdr({
    callId,
    sipCallId: 'inside',
    dnis: '800',
    ani: '+34600000001',
    status: 'unknown',
    arrivedAt: 0,
    endedAt: 1_000,
    waitMs: 0,
    talkMs: 0,
    outcome: 'abandoned',
    endedBy: 'caller',
    variables: { account: '1234' },
  });
  assert.deepEqual([finished?.type, finished?.orderKey], ['call.finished', 'c1']);
  assert.equal(finished?.data.arrivedAt, '1970-01-01T00:00:00.000Z');
  assert.equal(finished?.data.sipCallId, undefined);
  const agentId = '1001' as AgentId;
  const state = messages.ofAgentState({
    agentId,
    at: 0,
    seq: 1,
    kind: 'notReady',
    reason: 'pausa',
  });
  assert.deepEqual(state?.data, { agentId, state: 'notReady', reason: 'pausa' });
  const voicemail = messages.ofVoicemail({
    id: 'v' as VoicemailId,
    callId,
    at: 0,
    durationMs: 1,
    dnis: '800',
    language: 'es-MX',
    queueId: 'ventas' as QueueId,
  });
  assert.deepEqual([voicemail?.type, voicemail?.data.voicemailId], ['voicemail.left', 'v']);
  if (!finished) return;
  const shown = JSON.parse(payloadOf(finished, false)).data;
  assert.deepEqual(
    [shown.ani, shown.variables, shown.outcome],
    [undefined, undefined, 'abandoned'],
  );
});

test('every type has words and an example', () => {
  for (const [type, { description, example }] of Object.entries(WEBHOOK_EVENTS))
    assert.ok(description !== '' && Object.keys(example).length > 0, type);
});

test('docs/webhooks.md names every type in the line of its family', () => {
  const docs = readFileSync(new URL('../../../docs/webhooks.md', import.meta.url), 'utf8');
  const lines = docs.split('\n').filter((line) => line.startsWith('| `'));
  for (const type of Object.keys(WEBHOOK_EVENTS)) {
    const [family, name] = type.split('.');
    const told = lines.some(
      (line) => line.includes(`\`${family}.*\``) && line.includes(`\`${name}\``),
    );
    assert.ok(told, type);
  }
});

test('times in the examples are ISO 8601, as those that are sent', () => {
  for (const [type, { example }] of Object.entries(WEBHOOK_EVENTS))
    for (const [key, value] of Object.entries(example))
      if (/(^at|At|notBefore|until)$/.test(key)) assert.match(String(value), /^\d{4}-.*Z$/, type);
});
