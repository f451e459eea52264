import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Engine } from '../../src/acd/engine.ts';
import type { Decision } from '../../src/model/explanation.ts';
import type { CallId } from '../../src/model/ids.ts';
import type { ScriptStep } from './run.ts';
import { scriptOf } from './simulate.ts';

const EVENTS = 1_500;
const CALLS = 12;

/** Every so many of the day's calls, whatever became of them. */
function someCalls(script: readonly ScriptStep[]): readonly CallId[] {
  const ids = script.flatMap((step) =>
    'command' in step && step.command.type === 'call.enqueue' ? [step.command.callId] : [],
  );
  const every = Math.max(1, Math.floor(ids.length / CALLS));
  return [...new Set(ids.filter((_, index) => index % every === 0))];
}

function explain(script: readonly ScriptStep[], id: CallId, plain: string) {
  const engine = Engine.create();
  const trace = engine.follow(id, { decisionsMax: 10_000, candidatesMax: 1_000 });
  for (const step of script) {
    if ('command' in step) trace.apply(engine, step.at, step.command);
  }
  assert.equal(engine.serialize(), plain, 'W1 looking on changes nothing');
  return trace.explanation;
}

/** W2: the explanation is worked out from the rules alone, and must agree with what the engine did. */
function disagreements(decision: Decision): readonly string[] {
  switch (decision.kind) {
    case 'waits':
      return decision.candidates.shown
        .filter(({ objections }) => objections.length === 0)
        .map(({ agentId }) => `waits although agent ${agentId} is free for it`);
    case 'offered': {
      const { candidates, agentId } = decision;
      const [first] = candidates.shown;
      const chosen = candidates.shown.find((candidate) => candidate.agentId === agentId);
      if (!chosen) return [`offered to ${agentId}, who was no candidate`];
      if (chosen.objections.length > 0) {
        return [`offered to ${agentId} although ${JSON.stringify(chosen.objections)}`];
      }
      const isDrawn = candidates.strategy === 'random' || candidates.strategy.startsWith('ring-');
      return isDrawn || first?.agentId === agentId
        ? []
        : [`offered to ${agentId} and not to ${first?.agentId} by ${candidates.strategy}`];
    }
    case 'otherFirst':
      return decision.other.effectiveStart <= decision.place.effectiveStart
        ? []
        : [`${decision.other.callId} went first although it stood behind`];
    case 'notFor':
      return decision.agent.objections.length > 0
        ? []
        : [`agent ${decision.agent.agentId} stays free beside it without a reason`];
    default:
      return [];
  }
}

describe('explanations of simulated days', () => {
  for (const seed of [1, 2, 3, 4]) {
    it(`W2 every explanation agrees with what the engine did, seed ${seed}`, () => {
      const script = scriptOf({ seed, events: EVENTS });
      const engine = Engine.create();
      for (const step of script) if ('command' in step) engine.apply(step.at, step.command);
      const plain = engine.serialize();
      let decisions = 0;
      for (const id of someCalls(script)) {
        for (const decision of explain(script, id, plain).decisions) {
          decisions++;
          const wrong = disagreements(decision);
          assert.deepEqual(wrong, [], `seed ${seed}, call ${id}, ${JSON.stringify(decision)}`);
        }
      }
      assert.ok(decisions > CALLS, `${decisions} decisions`);
    });
  }
});
