import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Hidden } from '../../../src/lib/hidden.ts';
import { silentLogger } from '../../../src/lib/log.ts';
import type { KnownCaller } from '../../../src/model/contact.ts';
import { contactId } from '../../../src/model/ids.ts';
import { CallSession } from '../../../src/runtime/call-session.ts';
import { verifyCaller } from '../../../src/runtime/flow/verify.ts';
import type { Accounts, AttemptCounter } from '../../../src/runtime/ports/index.ts';
import { createVerifier } from '../../../src/runtime/verification.ts';
import { inbound } from '../../support/fake-telephony.ts';

const ana: KnownCaller = { id: contactId('ana'), name: 'Ana', status: 'vip' };
const context = {
  dnis: '8005550100',
  status: 'unknown',
  language: 'es-MX',
  variables: { a: '1' },
} as const;

describe('verification', () => {
  const set = (over: Partial<Accounts & AttemptCounter> = {}) => {
    const done: string[] = [];
    const parts = {
      ownerOf: async (_account: string, pin: string) => (pin === '2741' ? ana : undefined),
      take: async (account: string) => {
        done.push(`take ${account}`);
        return true;
      },
      clear: async (account: string) => void done.push(`clear ${account}`),
      ...over,
    };
    const verifier = createVerifier(parts, parts, silentLogger);
    const session = new CallSession(inbound('c1'), context, 0);
    const attempt = (pin: string, attemptsMax = 3) =>
      verifyCaller(verifier, session, {
        type: 'verify',
        id: 7,
        account: new Hidden('4001'),
        pin: new Hidden(pin),
        attemptsMax,
      });
    return { done, attempt };
  };

  it('says as whom the caller is known', async () => {
    const { done, attempt } = set();
    assert.deepEqual(await attempt('2741'), {
      type: 'verified',
      id: 7,
      result: 'verified',
      context: { ...context, status: 'vip', contactId: 'ana', name: 'Ana' },
    });
    assert.deepEqual(done, ['take 4001', 'clear 4001']);
  });

  it('allows so many attempts in one call, and the last wrong one locks', async () => {
    const { done, attempt } = set();
    const results: string[] = [];
    for (const pin of ['1', '2', '3', '2741']) {
      const answer = await attempt(pin);
      assert.ok(answer.type === 'verified');
      results.push(answer.result);
    }
    assert.deepEqual(results, ['failed', 'failed', 'locked', 'locked']);
    assert.equal(done.length, 3, 'the fourth was not even tried');
  });

  it('tries nothing for an account that is locked', async () => {
    let asked = 0;
    const { attempt } = set({
      take: async () => false,
      ownerOf: async () => {
        asked += 1;
        return ana;
      },
    });
    assert.deepEqual(await attempt('2741'), { type: 'verified', id: 7, result: 'locked' });
    assert.equal(asked, 0);
  });

  it('a database or a CRM that is away is neither right nor wrong', async () => {
    const { attempt } = set({ ownerOf: () => Promise.reject(new Error('away')) });
    assert.deepEqual(await attempt('2741'), { type: 'verified', id: 7, result: 'unavailable' });
  });
});
