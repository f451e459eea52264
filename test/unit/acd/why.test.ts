import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Command } from '../../../src/acd/commands.ts';
import { Engine } from '../../../src/acd/engine.ts';
import type { TraceLimits } from '../../../src/acd/trace.ts';
import type { Candidate, Decision } from '../../../src/model/explanation.ts';
import { agentId, callId } from '../../../src/model/ids.ts';
import { Random } from '../../sim/random.ts';
import { agent, Desk, queue } from './desk.ts';

type Of<Kind extends Decision['kind']> = Extract<Decision, { kind: Kind }>;

/** A desk whose commands can be replayed with somebody looking on. */
class WatchedDesk extends Desk {
  readonly journal: { at: number; command: Command }[] = [];

  override give(command: Command) {
    // The field initialisers of a subclass run after the first configuration.
    this.journal?.push({ at: this.now, command });
    return super.give(command);
  }

  explain(id: string, limits?: TraceLimits) {
    const engine = Engine.restore(this.before);
    const trace = engine.follow(callId(id), limits);
    for (const { at, command } of this.journal) trace.apply(engine, at, command);
    assert.equal(engine.serialize(), this.engine.serialize(), 'W1 looking on changes nothing');
    return trace.explanation;
  }

  decisions<Kind extends Decision['kind']>(id: string, kind: Kind): Of<Kind>[] {
    return this.explain(id).decisions.filter((decision) => decision.kind === kind) as Of<Kind>[];
  }

  readonly before = this.engine.serialize();
}

const codes = (candidate: Candidate | undefined): readonly string[] =>
  candidate?.objections.map(({ code }) => code) ?? ['nobody'];

const shown = (decision: Of<'waits'> | Of<'offered'> | undefined, id: string) =>
  decision?.candidates.shown.find(({ agentId }) => agentId === id);

describe('why', () => {
  it('W1 an engine that is followed does what it would have done', () => {
    const desk = new WatchedDesk([queue('v')], [agent('1', ['v']), agent('2', ['v'])]);
    desk.work('1', '2');
    desk.call('a', 'v');
    desk.fail('a', 'busy');
    desk.pass(30_000);
    // `explain` compares the bytes.
    assert.ok(desk.explain('a').decisions.length > 0);
  });

  it('W2 an offer names the candidates in the order of the strategy, with what it compares', () => {
    const desk = new WatchedDesk([queue('v')], [agent('1', ['v']), agent('2', ['v'])]);
    desk.work('2').after(5_000).work('1').after(7_000);
    desk.call('a', 'v');
    const [offered] = desk.decisions('a', 'offered');
    assert.equal(offered?.agentId, '2');
    assert.deepEqual(
      offered?.candidates.shown.map(({ agentId, score }) => [agentId, score.idleMs]),
      [
        ['2', 12_002],
        ['1', 7_001],
      ],
    );
    assert.equal(offered?.candidates.strategy, 'longest-idle');
    assert.equal(offered?.cause.type, 'call.enqueue');
  });

  it('W3 whoever was drawn by lot is named, however many could have been', () => {
    const ids = Array.from({ length: 30 }, (_, n) => `a${n}`);
    const desk = new WatchedDesk(
      [queue('v', { strategy: 'random' })],
      ids.map((id) => agent(id, ['v'])),
    );
    desk.work(...ids);
    for (let n = 0; n < 10; n++) {
      desk.call(`c${n}`, 'v');
      const [offered] = desk.decisions(`c${n}`, 'offered');
      assert.equal(offered?.candidates.shown.length, 20);
      assert.deepEqual(codes(shown(offered, offered?.agentId ?? '')), []);
    }
  });

  it('W3 a call that waits says of every agent all that kept them from it', () => {
    const ids = ['off', 'break', 'talks', 'wraps', 'nophone', 'skill', 'paused'];
    const desk = new WatchedDesk(
      [queue('v'), queue('s', { wrapUpMs: 60_000, rejectDelayMs: 60_000 })],
      ids.map((id) => agent(id, ['v', 's'], id === 'skill' ? { ventas: 3 } : { ventas: 9 })),
    );
    desk.work('talks').call('t', 's');
    desk.answer('t');
    desk.work('wraps').call('w', 's');
    desk.answer('w');
    desk.end('w');
    desk.work('paused').call('p', 's');
    desk.fail('p', 'rejected');
    desk.abandon('p');
    desk.work('break').notReady('break', 'pausa');
    desk.work('nophone').phone('nophone', false);
    desk.work('skill');
    desk.after(10).call('a', 'v', 5, { ventas: 5 });
    const [waits] = desk.decisions('a', 'waits');
    assert.equal(waits?.position, 1);
    assert.deepEqual(Object.fromEntries(ids.map((id) => [id, codes(shown(waits, id))])), {
      off: ['offline', 'noPhone'],
      break: ['notReady'],
      talks: ['talking'],
      wraps: ['wrapUp'],
      nophone: ['noPhone'],
      skill: ['skill'],
      paused: ['paused'],
    });
    assert.deepEqual(shown(waits, 'skill')?.objections, [
      { code: 'skill', skill: 'ventas', held: 3, needed: 5 },
    ]);
    assert.equal(waits?.candidates.free, 0);
    assert.equal(waits?.candidates.refused, ids.length);
    assert.equal(waits?.candidates.refusedBy.noPhone, 2);
  });

  it('W3 a call that came back says who was passed over, and until when', () => {
    const desk = new WatchedDesk([queue('v')], [agent('1', ['v'])]);
    desk.work('1').call('a', 'v');
    desk.fail('a', 'busy');
    const waits = desk.decisions('a', 'waits').at(-1);
    assert.deepEqual(codes(shown(waits, '1')), ['paused', 'passedOver']);
    desk.pass(20_000);
    const again = desk.decisions('a', 'offered').at(-1);
    assert.equal(again?.cause.type, 'deadline');
    assert.equal(again?.at, (waits?.at ?? 0) + 10_000);
  });

  it('W4 an agent who got another call: which, and that it stood before', () => {
    const desk = new WatchedDesk([queue('v')], [agent('1', ['v'])]);
    desk.call('vip', 'v', 8);
    desk.after(1).call('a', 'v');
    desk.work('1');
    const [passed] = desk.decisions('a', 'otherFirst');
    assert.equal(passed?.other.callId, 'vip');
    assert.equal(passed?.agent.agentId, '1');
    assert.equal(passed?.cause.type, 'agent.ready');
    assert.ok((passed?.other.effectiveStart ?? 0) < (passed?.place.effectiveStart ?? 0));
  });

  it('W4 an agent of the queue who became free and cannot have the call is named', () => {
    const desk = new WatchedDesk([queue('v')], [agent('1', ['v'])]);
    desk.call('a', 'v', 5, { ruso: 4 });
    desk.work('1');
    const notFor = desk.decisions('a', 'notFor').at(-1);
    assert.deepEqual(codes(notFor?.agent), ['skill']);
  });

  it('W4 time alone can open a call to more agents: each step of relaxation is a moment', () => {
    const relaxation = [
      { afterMs: 2_000, lowerLevels: 2 },
      { afterMs: 4_000, dropSkills: ['ruso'] },
    ];
    const desk = new WatchedDesk(
      [queue('v', { requiredSkills: { ruso: 9 }, relaxation })],
      [agent('1', ['v'], { ruso: 3 })],
    );
    desk.work('1').call('a', 'v');
    desk.pass(5_000);
    const needed = desk.decisions('a', 'waits').map(({ at, candidates }) => {
      const [objection] = candidates.shown[0]?.objections ?? [];
      return [at - desk.now + 5_000, objection?.code === 'skill' ? objection.needed : undefined];
    });
    assert.deepEqual(needed, [
      [0, 9],
      [2_000, 7],
    ]);
    const [offered] = desk.decisions('a', 'offered');
    assert.equal((offered?.at ?? 0) - desk.now + 5_000, 4_000);
    assert.equal(offered?.cause.type, 'deadline');
  });

  it('W4 what came of it stands between the decisions, in order', () => {
    const desk = new WatchedDesk([queue('v')], [agent('1', ['v'])]);
    desk.call('a', 'v');
    desk.work('1');
    desk.answer('a');
    desk.after(5_000).end('a');
    assert.deepEqual(
      desk
        .explain('a')
        .decisions.map((decision) => (decision.kind === 'change' ? decision.type : decision.kind)),
      ['call.queued', 'waits', 'offered', 'call.connected', 'call.ended'],
    );
  });

  it('W5 a long story keeps its beginning and its end, and counts what is left out', () => {
    const desk = new WatchedDesk([queue('v', { wrapUpMs: 0 })], [agent('1', ['v'])]);
    desk.work('1');
    for (let n = 0; n < 60; n++) desk.after(1).call(`c${n}`, 'v');
    desk.after(1).call('a', 'v');
    for (let n = 0; n < 60; n++) {
      desk.answer(`c${n}`);
      desk.end(`c${n}`);
    }
    desk.answer('a');
    const limits = { decisionsMax: 10, candidatesMax: 1 };
    const whole = desk.explain('a');
    const { decisions, omitted } = desk.explain('a', limits);
    assert.equal(decisions.length, 10);
    assert.equal(omitted, whole.decisions.length - 10);
    assert.deepEqual(decisions.at(-1), whole.decisions.at(-1));
    assert.equal(decisions[0]?.kind, 'change');
    for (const decision of decisions) {
      if ('candidates' in decision) assert.ok(decision.candidates.shown.length <= 1);
    }
  });

  it('W2 on any day: who is offered a call was the first free candidate, and who waits had none', () => {
    for (const seed of [1, 2]) {
      const desk = randomDay(new Random(seed));
      let offers = 0;
      for (let n = 0; n < 40; n += 3) {
        for (const decision of desk.explain(`c${n}`).decisions) {
          if (decision.kind === 'waits') assert.equal(decision.candidates.free, 0);
          if (decision.kind === 'otherFirst') {
            const { place, other } = decision;
            assert.ok(other.effectiveStart <= place.effectiveStart, JSON.stringify(decision));
          }
          if (decision.kind !== 'offered') continue;
          offers++;
          assert.deepEqual(decision.candidates.shown[0]?.agentId, decision.agentId);
        }
      }
      assert.ok(offers > 8, `${offers} offers`);
    }
  });
});

/** People who come and go, refuse and talk, and callers with and without demands. */
function randomDay(random: Random): WatchedDesk {
  const ids = ['1', '2', '3', '4'];
  const desk = new WatchedDesk(
    [queue('v', { missesMax: 3 }), queue('s', { requiredSkills: { ventas: 4 } })],
    ids.map((id) => agent(id, ['v', 's'], { ventas: random.between(1, 9) })),
  );
  desk.work(...ids);
  for (let n = 0; n < 40; n++) {
    desk.pass(random.between(1, 8_000));
    const skills = random.chance(0.3) ? { ventas: random.between(1, 9) } : {};
    desk.call(`c${n}`, random.chance(0.5) ? 'v' : 's', random.between(0, 10), skills);
    for (let m = 0; m <= n; m++) live(desk, random, `c${m}`);
    const id = ids[random.between(0, 3)] ?? '1';
    if (random.chance(0.1)) desk.notReady(id);
    else if (random.chance(0.5)) desk.give({ type: 'agent.ready', agentId: agentId(id) });
  }
  return desk;
}

function live(desk: WatchedDesk, random: Random, id: string): void {
  const stage = desk.stage(id);
  if (stage === 'offered' && random.chance(0.5)) desk.answer(id);
  else if (stage === 'offered' && random.chance(0.3))
    desk.fail(id, random.chance(0.5) ? 'busy' : 'rejected');
  else if (stage === 'talking' && random.chance(0.3)) desk.end(id);
}
