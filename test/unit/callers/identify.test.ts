import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { identify } from '../../../src/callers/callers.ts';
import type { CallContext } from '../../../src/model/call.ts';
import type { Contact } from '../../../src/model/contact.ts';
import { agentId, contactId } from '../../../src/model/ids.ts';

const CALL: CallContext = {
  ani: '+525555550001',
  dnis: '8005550100',
  status: 'unknown',
  language: 'es-MX',
  intent: 'ventas',
  variables: { cuenta: '7' },
};
const ANA: Contact = {
  id: contactId('ana'),
  name: 'Ana García',
  status: 'vip',
  numbers: ['+525555550001'],
  language: 'en',
  lastAgentId: agentId('1001'),
};

describe('identify', () => {
  it('puts what is known of a contact into the context, and keeps what the call has taught', () => {
    assert.deepEqual(identify(CALL, ANA), {
      ...CALL,
      status: 'vip',
      language: 'en',
      contactId: 'ana',
      name: 'Ana García',
      lastAgentId: '1001',
    });
  });

  it('leaves the language of the number to a contact who has none', () => {
    const { language: _, lastAgentId: _agent, ...plain } = ANA;
    const context = identify(CALL, plain);
    assert.equal(context.language, 'es-MX');
    assert.ok(!('lastAgentId' in context));
  });

  it('knows nothing of a stranger, whoever was thought to call before', () => {
    assert.deepEqual(identify(identify(CALL, ANA), undefined), { ...CALL, language: 'en' });
    const { ani: _, ...anonymous } = CALL;
    assert.equal(identify(anonymous, undefined).status, 'unknown');
  });
});
