import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Cdr } from '../../../src/model/call.ts';
import { agentId, callId, contactId } from '../../../src/model/ids.ts';
import { startTestApi, type TestApi } from '../../support/api.ts';

const ANA = '+525555550001';
const OTHER = '+525555550011';

describe('accounts and histories, in PostgreSQL', () => {
  let api: TestApi;
  before(async () => {
    api = await startTestApi();
    for (const [id, numbers] of [
      ['ana', [ANA, OTHER]],
      ['luis', ['+525555550002']],
    ])
      await api.request('POST', '/v1/contacts', { id, name: 'X', status: 'customer', numbers });
  });
  after(() => api.stop());

  const put = (id: string, body: object) => api.request('PUT', `/v1/contacts/${id}/account`, body);

  it('an account is set by the API and belongs to one contact; its PIN never comes out', async () => {
    assert.equal((await put('ana', { account: '40012345', pin: '2741' })).status, 204);
    assert.equal((await put('ana', { account: '40012345', pin: '1111' })).status, 204);
    assert.equal((await put('ana', { account: '4001234', pin: '2741' })).status, 204);
    assert.match((await put('luis', { account: '4001234', pin: '9999' })).text, /another contact/);
    assert.equal((await put('nobody', { account: '777', pin: '9999' })).status, 404);
    assert.equal((await put('luis', { account: 'x', pin: '9999' })).status, 400);
    const url = '/v1/contacts/ana/account';
    const now = await api.request('GET', url);
    assert.deepEqual(Object.keys(now.body), ['revision', 'updatedAt']);
    const [seen, late] = [String(now.headers.etag), '"1"'].map((tag) => ({ 'if-match': tag }));
    const again = { account: '4001234', pin: '2741' };
    assert.equal((await api.request('PUT', url, again, late)).body.code, 'PRECONDITION_FAILED');
    assert.equal((await api.request('DELETE', url, undefined, late)).status, 412);
    assert.equal((await api.request('PUT', url, again, seen)).status, 204);
    assert.equal((await api.request('PUT', url, again, seen)).status, 412);
    assert.equal((await api.request('GET', '/v1/contacts/luis/account')).status, 404);
    assert.equal((await api.request('DELETE', '/v1/contacts/luis/account')).status, 404);
    assert.ok(!(await api.request('GET', '/v1/contacts/ana')).text.includes('2741'));
  });

  it('the right PIN names its owner, and an unknown account takes as long as a wrong PIN', async () => {
    const { accounts } = api.store;
    assert.equal((await accounts.ownerOf('4001234', '2741'))?.id, 'ana');
    assert.equal(await accounts.ownerOf('40012345', '2741'), undefined, 'an account that was left');
    const timed = async (account: string): Promise<number> => {
      const started = performance.now();
      assert.equal(await accounts.ownerOf(account, '0000'), undefined);
      return performance.now() - started;
    };
    const times = async (account: string): Promise<number> => {
      const all: number[] = [];
      for (let time = 0; time < 9; time++) all.push(await timed(account));
      return all.sort((a, b) => a - b)[4] ?? 0;
    };
    const [wrong, unknown] = [await times('4001234'), await times('999')];
    assert.ok(wrong / unknown < 2 && unknown / wrong < 2, `${wrong} ms and ${unknown} ms`);
  });

  it('five wrong attempts lock, also at once, and whether there is such an account or not', async () => {
    const { attempts } = api.store;
    for (const account of ['4001234', '999']) {
      const taken = await Promise.all(Array.from({ length: 12 }, () => attempts.take(account)));
      assert.equal(taken.filter((open) => open).length, 5);
      assert.equal(await attempts.take(account), false);
    }
    await attempts.clear('999');
    assert.equal(await attempts.take('999'), true);
    assert.equal((await put('ana', { account: '4001234', pin: '2741' })).status, 204);
    assert.equal(await attempts.take('4001234'), true, 'a new PIN ends the lock');
  });

  const cdr = (id: string, at: number, over: Partial<Cdr>): Cdr => ({
    callId: callId(id),
    sipCallId: id,
    dnis: '8005550100',
    status: 'customer',
    arrivedAt: at,
    endedAt: at + 60_000,
    waitMs: 0,
    talkMs: 30_000,
    outcome: 'answered',
    endedBy: 'caller',
    variables: {},
    ...over,
  });

  it('earlier calls are found by any number of their owner, and by the contact', async () => {
    const { records, memory } = api.store;
    const now = Date.now();
    records.cdr(
      cdr('c1', now - 5_000, { ani: ANA, contactId: contactId('ana'), intent: 'ventas' }),
    );
    records.cdr(cdr('c2', now - 4_000, { ani: OTHER, outcome: 'abandoned' }));
    records.cdr(cdr('c3', now - 3_000, { contactId: contactId('ana'), agentId: agentId('1001') }));
    records.cdr(cdr('c4', now - 2_000, { ani: '+525555550002' }));
    await records.flush();
    assert.deepEqual(await memory.recentCalls(ANA), [
      { at: now - 4_000, outcome: 'abandoned' },
      { at: now - 5_000, outcome: 'answered', intent: 'ventas' },
    ]);
    assert.deepEqual(await memory.recentCalls('+525555559999'), []);
    const first = await api.request('GET', '/v1/contacts/ana/history?limit=2');
    assert.deepEqual(
      first.body.items.map((call: { callId: string }) => call.callId),
      ['c3', 'c2'],
    );
    assert.equal(first.body.items[0].agentId, '1001');
    const rest = await api.request(
      'GET',
      `/v1/contacts/ana/history?limit=2&cursor=${first.body.nextCursor}`,
    );
    assert.deepEqual(
      rest.body.items.map((call: { callId: string }) => call.callId),
      ['c1'],
    );
    assert.equal((await api.request('GET', '/v1/contacts/nobody/history')).status, 404);
    assert.equal((await api.store.contacts.byNumber(ANA))?.lastAgentId, '1001');
  });
});
