import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import type { Command } from '../../../src/acd/commands.ts';
import { ManualClock, systemClock } from '../../../src/lib/clock.ts';
import { silentLogger } from '../../../src/lib/log.ts';
import { agentId, callId, offerId, queueId } from '../../../src/model/ids.ts';
import { QUEUE_DEFAULTS } from '../../../src/model/queue.ts';
import { createExplainer } from '../../../src/runtime/explainer.ts';
import { openFolder } from '../../../src/runtime/journal/disk.ts';
import { Historian } from '../../../src/runtime/journal/historian.ts';
import { type JournalOptions, openJournal } from '../../../src/runtime/journal/journal.ts';
import { explainFromJournal } from '../../../src/runtime/why.ts';

const ventas = queueId('ventas');
const START = 1_700_000_000_000;

const configure: Command = {
  type: 'configure',
  queues: [{ ...QUEUE_DEFAULTS, id: ventas, name: 'Ventas', wrapUpMs: 0 }],
  agents: [
    { id: agentId('1001'), name: 'Carmen', extension: '1001', skills: {}, queueIds: [ventas] },
  ],
};

const enqueue = (id: string): Command => ({
  type: 'call.enqueue',
  callId: callId(id),
  queueId: ventas,
  priority: 5,
  requiredSkills: {},
});

describe('why, from the journal', () => {
  let folder: string;
  let clock: ManualClock;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'why-'));
    clock = new ManualClock(START);
  });
  const historians: Historian[] = [];
  afterEach(async () => {
    for (const historian of historians.splice(0)) await historian.close();
    await rm(folder, { recursive: true });
  });

  function openHistorian(): Historian {
    const historian = new Historian({ folder, clock: systemClock });
    historians.push(historian);
    return historian;
  }

  /** Carmen takes one call a minute, each after a minute's wait. */
  async function aDay(calls: number, more: Partial<JournalOptions> = {}) {
    const onTrouble = (trouble: unknown) => assert.fail(JSON.stringify(trouble));
    const opened = await openJournal({ folder, clock, onTrouble, ...more });
    const { journal, engine } = opened;
    const give = (command: Command) => {
      journal.append(clock.now(), command);
      return engine.apply(clock.now(), command).changes;
    };
    give(configure);
    give({ type: 'agent.signIn', agentId: agentId('1001') });
    give({ type: 'agent.reachable', agentId: agentId('1001'), reachable: true });
    for (let n = 0; n < calls; n++) {
      clock.advance(60_000);
      give(enqueue(`c${n}`));
      clock.advance(60_000);
      const changes = give({ type: 'agent.ready', agentId: agentId('1001') });
      const made = changes.find((change) => change.type === 'offer.made');
      assert.ok(made?.type === 'offer.made');
      clock.advance(2_000);
      give({ type: 'offer.answered', offerId: offerId(made.offerId) });
      clock.advance(30_000);
      give({ type: 'call.ended', callId: callId(`c${n}`) });
      give({ type: 'agent.notReady', agentId: agentId('1001'), reason: 'pausa' });
      await journal.flush();
      await journal.compacted();
    }
    return opened;
  }

  const PER_CALL = 152_000;
  const windowOf = (n: number) => ({
    callId: callId(`c${n}`),
    from: START + n * PER_CALL + 60_000,
    until: START + (n + 1) * PER_CALL,
  });
  const WHOLE = ['call.queued', 'waits', 'offered', 'call.connected', 'call.ended'];

  async function kindsOf(n: number): Promise<readonly string[]> {
    const answer = await explainFromJournal(await openFolder(folder), windowOf(n));
    assert.equal(answer.kind, 'explained');
    if (answer.kind !== 'explained') return [];
    return answer.explanation.decisions.map((decision) =>
      decision.kind === 'change' ? decision.type : decision.kind,
    );
  }

  it('W6 any call of the journal is explained, across snapshots, segments and restarts', async () => {
    const first = await aDay(5, { snapshotEvery: 7 });
    await first.journal.close();
    const again = await openJournal({ folder, clock, onTrouble: () => {} });
    await again.journal.close();
    for (let n = 0; n < 5; n++) assert.deepEqual(await kindsOf(n), WHOLE, `call ${n}`);
  });

  it('W6 a call in progress is explained up to now', async () => {
    const { journal } = await aDay(1);
    journal.append(clock.now(), enqueue('now'));
    await journal.flush();
    const call = { callId: callId('now'), from: clock.now() };
    const answer = await explainFromJournal(await openFolder(folder), call);
    assert.ok(answer.kind === 'explained');
    const waits = answer.explanation.decisions.at(-1);
    assert.ok(waits?.kind === 'waits');
    assert.deepEqual(waits.candidates.shown[0]?.objections, [
      { code: 'notReady', since: clock.now(), reason: 'pausa' },
    ]);
    await journal.close();
  });

  it('W6 what is older than the journal is said to be, with what it still holds', async () => {
    const { journal } = await aDay(20, { snapshotEvery: 7, keepMs: 5 * PER_CALL });
    await journal.close();
    assert.deepEqual(await kindsOf(19), WHOLE);
    const answer = await explainFromJournal(await openFolder(folder), windowOf(1));
    assert.ok(answer.kind === 'tooOld');
    const keptMs = clock.now() - answer.keptSince;
    assert.ok(keptMs > 4 * PER_CALL && keptMs < 9 * PER_CALL, `${keptMs} ms`);
  });

  it('W6 is worked out in a thread of its own; an answer is a value, also when there is none', async () => {
    const { journal } = await aDay(3);
    const historian = openHistorian();
    const explainer = createExplainer({
      journal,
      historian,
      clock: systemClock,
      log: silentLogger,
      keepMs: 7_200_000,
    });
    const explained = await explainer.explain(windowOf(2));
    assert.ok(explained.ok);
    assert.equal(explained.value.decisions.length, WHOLE.length);
    const gone = await explainer.explain({ callId: callId('c0'), from: START - 1_000_000 });
    assert.ok(gone.ok, 'the first generation begins with nothing: there is nothing before it');
    await historian.close();
    const closed = await explainer.explain(windowOf(2));
    assert.equal(closed.ok ? '' : closed.error.code, 'OVERLOADED');
    await journal.close();
  });

  it('J7 the thread makes the snapshots of a journal, and they are the state to the byte', async () => {
    const historian = openHistorian();
    const { journal, engine } = await aDay(6, {
      snapshotEvery: 10,
      compact: (job) => historian.compact(job),
    });
    await journal.close();
    await historian.close();
    const again = await openJournal({ folder, clock, onTrouble: () => {} });
    assert.equal(again.engine.serialize(), engine.serialize());
    assert.ok(again.commandsReplayed < 20, `${again.commandsReplayed} replayed`);
    await again.journal.close();
  });
});
