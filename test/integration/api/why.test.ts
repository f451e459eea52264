import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { systemClock } from '../../../src/lib/clock.ts';
import { refusal } from '../../../src/lib/errors.ts';
import { silentLogger } from '../../../src/lib/log.ts';
import { err, ok } from '../../../src/lib/result.ts';
import { callId } from '../../../src/model/ids.ts';
import { createExplainer } from '../../../src/runtime/explainer.ts';
import { Historian } from '../../../src/runtime/journal/historian.ts';
import { openJournal } from '../../../src/runtime/journal/journal.ts';
import { startTestApi, type TestApi } from '../../support/api.ts';
import { FakeAgentLeg } from '../../support/fake-telephony.ts';
import { TestFloor } from '../../support/floor.ts';

let api: TestApi;
before(async () => {
  api = await startTestApi();
});
after(() => api.stop());

/** A call center with a journal on disk and the thread that reads it. */
async function aFloorWithAJournal(t: { after(work: () => Promise<void>): void }) {
  const folder = await mkdtemp(join(tmpdir(), 'why-'));
  const clock = systemClock;
  const { journal, engine } = await openJournal({
    folder,
    clock,
    onTrouble: (trouble) => assert.fail(JSON.stringify(trouble)),
  });
  const historian = new Historian({ folder, clock });
  const log = silentLogger;
  const explainer = createExplainer({ journal, historian, clock, log, keepMs: 3_600_000 });
  t.after(async () => {
    await historian.close();
    await journal.close();
    await rm(folder, { recursive: true });
  });
  const floor = await TestFloor.open(engine, { journal });
  return { floor, explainer };
}

test('W6 a call is explained over the API: who was looked at, who got it, and why the others did not', async (t) => {
  const { floor, explainer } = await aFloorWithAJournal(t);
  api.explainer.explaining = (call) => explainer.explain(call);
  t.after(async () => {
    api.explainer.explaining = async () =>
      ok({ callId: callId('over'), decisions: [], omitted: 0 });
  });
  floor.ready('1001');
  floor.ready('1002');
  floor.center.submit({ type: 'agent.notReady', agentId: '1002' as never, reason: 'pausa' });
  floor.clock.advance(312_000);
  const caller = await floor.queuedCall('c1', '+525555550001');
  const ring = floor.telephony.rings.at(-1);
  assert.ok(ring);
  floor.center.agentAnswered(ring.offerId, new FakeAgentLeg(ring));
  api.control.calls = [...floor.center.snapshot().calls];

  const { status, body, text } = await api.request('GET', `/v1/calls/${caller.callId}/why`);
  assert.equal(status, 200, text);
  const kinds = body.decisions.map((decision: { kind: string; type?: string }) =>
    decision.kind === 'change' ? decision.type : decision.kind,
  );
  assert.deepEqual(kinds, ['call.queued', 'offered', 'call.connected']);
  const [, offered] = body.decisions;
  assert.equal(offered.agentId, '1001');
  assert.equal(offered.candidates.shown[0].agentId, '1001');
  assert.match(offered.text, /^→ .+ \(idle 312 s\), the only one free by longest-idle/);
  const other = offered.candidates.shown.find(
    ({ agentId }: { agentId: string }) => agentId === '1002',
  );
  assert.equal(other?.objections[0].code, 'notReady');
  assert.match(other.objections[0].since, /^\d{4}-.*Z$/);

  const plain = await api.request(
    'GET',
    `/v1/calls/${caller.callId}/why?zone=Europe/Madrid`,
    undefined,
    { accept: 'text/plain' },
  );
  assert.match(String(plain.headers['content-type']), /^text\/plain/);
  assert.match(plain.text, /^Ana .*\(vip, ventas\), arrived 1970-01-01 .* Europe\/Madrid/);
  assert.match(plain.text, /\n\d\d:\d\d:\d\d\.\d{3} {2}→ .+ \(idle 312 s\)/);
  assert.match(plain.text, /: not ready \(pausa\) since /);
});

test('W6 a call that is over is looked for in the time that its record names', async () => {
  const cdr = {
    callId: callId('over'),
    sipCallId: 'x@y',
    dnis: '8005550100',
    status: 'unknown',
    arrivedAt: 1_700_000_000_000,
    endedAt: 1_700_000_060_000,
    waitMs: 0,
    talkMs: 0,
    outcome: 'abandoned',
    endedBy: 'caller',
    variables: {},
  } as const;
  api.store.records.cdr(cdr);
  await api.store.records.flush();
  const found = await api.request('GET', '/v1/calls/over/why');
  assert.equal(found.status, 200, found.text);
  const { from, until } = api.explainer.asked.at(-1) ?? {};
  assert.deepEqual([from, until], [cdr.arrivedAt, cdr.endedAt]);
});

test('W6 what cannot be explained has a code: no such call, older than the journal, no such zone', async () => {
  const none = await api.request('GET', '/v1/calls/nobody/why');
  assert.deepEqual([none.status, none.body.code], [404, 'NOT_FOUND']);
  api.explainer.explaining = async () => err(refusal('EXPLANATION_GONE', 'Kept for 72 hours.'));
  const gone = await api.request('GET', '/v1/calls/over/why');
  assert.deepEqual([gone.status, gone.body.code], [404, 'EXPLANATION_GONE']);
  const zone = await api.request('GET', '/v1/calls/over/why?zone=Mars/Olympus');
  assert.deepEqual([zone.status, zone.body.code], [400, 'REQUEST_INVALID']);
});
