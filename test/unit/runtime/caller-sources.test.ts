import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { KnownCaller } from '../../../src/model/contact.ts';
import { agentId, contactId } from '../../../src/model/ids.ts';
import { type CallerOrder, callerSources } from '../../../src/runtime/caller-sources.ts';
import type { CrmAnswer } from '../../../src/runtime/ports/index.ts';

const ANI = '+525555550001';
const ours: KnownCaller = {
  id: contactId('ana'),
  name: 'Ana',
  status: 'customer',
  lastAgentId: agentId('1001'),
};
const theirs: KnownCaller = { id: contactId('C-77'), status: 'vip', variables: { saldo: '7' } };
const says = (value: KnownCaller | undefined): CrmAnswer => ({ known: true, value });
const silent: CrmAnswer = { known: false };

describe('who a caller is, of a CRM and a table', () => {
  const asked: string[] = [];
  const who = (
    order: CallerOrder,
    contact: KnownCaller | undefined,
    crm: CrmAnswer,
    ani = ANI,
  ): Promise<KnownCaller | undefined> => {
    asked.length = 0;
    const lookup = callerSources(
      order,
      { byNumber: async () => contact },
      {
        byNumber: async (e164) => {
          asked.push(e164);
          return crm;
        },
        ownerOf: async () => undefined,
      },
    );
    return lookup.byNumber(ani);
  };

  it('the CRM wins, and the table completes it', async () => {
    assert.deepEqual(await who('crm,contacts', ours, says(theirs)), {
      id: 'ana',
      name: 'Ana',
      status: 'vip',
      lastAgentId: '1001',
      variables: { saldo: '7' },
    });
    assert.deepEqual(await who('crm,contacts', undefined, says(theirs)), theirs);
  });

  it('the table serves when the CRM is silent, or knows nobody', async () => {
    assert.equal(await who('crm,contacts', ours, silent), ours);
    assert.equal(await who('crm,contacts', ours, says(undefined)), ours);
    assert.equal(await who('crm,contacts', undefined, silent), undefined);
  });

  it('who is blocked here is blocked, whatever the CRM says', async () => {
    const blocked = { ...ours, status: 'blocked' as const };
    assert.equal(await who('crm,contacts', blocked, says(theirs)), blocked);
  });

  it('with the table first, the CRM is asked about strangers only', async () => {
    assert.equal(await who('contacts,crm', ours, says(theirs)), ours);
    assert.deepEqual(asked, []);
    assert.equal(await who('contacts,crm', undefined, says(theirs)), theirs);
    assert.deepEqual(asked, [ANI]);
  });

  it('no extension and no SIP name leaves the house', async () => {
    for (const ani of ['1001', 'alice', '+', '+0123456'])
      assert.equal(await who('crm,contacts', undefined, says(theirs), ani), undefined);
    assert.deepEqual(asked, []);
  });
});
