import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { FlowStep } from '../../../src/ivr/flow.ts';
import type { FlowEvent } from '../../../src/ivr/vocabulary.ts';
import { Hidden } from '../../../src/lib/hidden.ts';
import {
  after,
  deeds,
  digit,
  flowOf,
  problemsOf,
  STRANGER,
  say,
  startFlow,
  stepFlow,
  timeout,
} from './flows.ts';

const nodes = (extra: object = {}): object => ({
  cuenta: {
    type: 'collect',
    prompts: [say('Su cuenta')],
    variable: 'cuenta',
    maxDigits: 4,
    failed: 'no',
    next: 'pin',
  },
  pin: {
    type: 'collect',
    prompts: [say('Su clave')],
    variable: 'pin',
    secret: true,
    maxDigits: 4,
    failed: 'no',
    next: 'verifica',
  },
  verifica: {
    type: 'verify',
    account: 'cuenta',
    pin: 'pin',
    verified: 'si',
    failed: 'no',
    locked: 'basta',
    ...extra,
  },
  si: { type: 'hangup' },
  no: { type: 'hangup' },
  basta: { type: 'hangup' },
});
const flow = flowOf(nodes());

const asked = (): FlowStep => after(flow, startFlow(flow, STRANGER), ...[...'40012741'].map(digit));
const told = (step: FlowStep, rest: object): FlowEvent =>
  ({ type: 'verified', id: (step.state.local as { id: number }).id, ...rest }) as FlowEvent;

describe('verify', () => {
  it('asks with what was typed, and nothing of the PIN can be written down', () => {
    const step = asked();
    const effect = step.effects.find(({ type }) => type === 'verify');
    assert.ok(effect?.type === 'verify');
    assert.equal(Hidden.reveal(effect.account, ''), '4001');
    assert.equal(Hidden.reveal(effect.pin, ''), '2741');
    assert.equal(effect.attemptsMax, 3);
    assert.equal(JSON.stringify(step).includes('2741'), false);
  });

  it('knows the caller by the account', () => {
    const step = asked();
    const context = { ...STRANGER, status: 'vip', name: 'Ana', variables: { cuenta: '4001' } };
    const good = stepFlow(flow, step.state, told(step, { result: 'verified', context }));
    assert.equal(good.state.node, 'si');
    assert.equal(good.state.context.name, 'Ana');
    assert.deepEqual(good.state.context.variables, { cuenta: '4001', verified: 'true' });
  });

  it('leaves by what came of it, and says that nobody is verified', () => {
    for (const [result, node] of [
      ['failed', 'no'],
      ['locked', 'basta'],
      ['unavailable', 'no'],
    ]) {
      const step = asked();
      const end = stepFlow(flow, step.state, told(step, { result }));
      assert.equal(end.state.node, node);
      assert.equal(end.state.context.variables.verified, 'false');
    }
    const careful = flowOf(nodes({ unavailable: 'basta' }));
    const step = after(careful, startFlow(careful, STRANGER), ...[...'40012741'].map(digit));
    assert.equal(stepFlow(careful, step.state, timeout(step)).state.node, 'basta');
  });

  it('asks nobody when nothing was typed, and takes no answer to an earlier question', () => {
    const { verifica, si, no, basta } = nodes() as Record<string, object>;
    const bare = flowOf({ verifica, si, no, basta });
    const step = startFlow(bare, STRANGER);
    assert.equal(step.state.node, 'no');
    assert.equal(deeds(step).includes('verify'), false);
    const waiting = asked();
    const stale: FlowEvent = { type: 'verified', id: 1, result: 'verified' };
    assert.equal(stepFlow(flow, waiting.state, stale).state.node, 'verifica');
  });

  it('needs all of its ways', () => {
    assert.match(
      problemsOf(nodes({ locked: 'nada' })).join(),
      /verifica.locked: there is no node nada/,
    );
  });
});
