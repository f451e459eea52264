import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parseContacts } from '../../../src/registrar/contact-header.ts';

const read = (text: string) => {
  const entries = parseContacts(text);
  return Array.isArray(entries)
    ? entries.map(({ uri, params }) => ({ uri, params: { ...params } }))
    : entries;
};

describe('a Contact header', () => {
  for (const [text, expected] of [
    ['*', '*'],
    [' <sip:1@h> ', [{ uri: 'sip:1@h', params: {} }]],
    ['sip:1@h;expires=0', [{ uri: 'sip:1@h', params: { expires: '0' } }]],
    ['<sip:1@h;ob>;Expires=60;q=0.5', [{ uri: 'sip:1@h;ob', params: { expires: '60', q: '0.5' } }]],
    [
      '"Pérez, \\"Ana\\" <x>" <sip:1@h>;expires=1, <sip:2@h>',
      [
        { uri: 'sip:1@h', params: { expires: '1' } },
        { uri: 'sip:2@h', params: {} },
      ],
    ],
    [
      'sip:1@h,sip:2@h',
      [
        { uri: 'sip:1@h', params: {} },
        { uri: 'sip:2@h', params: {} },
      ],
    ],
    [
      'Ana Pla <sip:1@h>;+sip.instance="<urn:uuid:1>";reg-id=1;ob',
      [{ uri: 'sip:1@h', params: { '+sip.instance': '<urn:uuid:1>', 'reg-id': '1', ob: '' } }],
    ],
    [
      '<sip:1@[2001:db8::1]:5060>;received=[2001:db8::1]:99',
      [{ uri: 'sip:1@[2001:db8::1]:5060', params: { received: '[2001:db8::1]:99' } }],
    ],
    ['<sip:1@h>;expires=1;expires=2', [{ uri: 'sip:1@h', params: { expires: '1' } }]],
    ['', undefined],
    ['<>', undefined],
    ['<sip:1@h', undefined],
    ['<sip:1@h>,', undefined],
    ['<sip:1@h> garbage', undefined],
    [
      '<sip:1@h>, *',
      [
        { uri: 'sip:1@h', params: {} },
        { uri: '*', params: {} },
      ],
    ],
    ['<sip:1@h>,'.repeat(40), undefined],
    ['<'.repeat(9_000), undefined],
  ] as const)
    test(`reads ${JSON.stringify(text.slice(0, 60))}`, () =>
      assert.deepEqual(read(text), expected));

  test('never throws, whatever it gets', () => {
    const alphabet = fc.constantFrom(...'<>";=,*\\ \t:@sip1'.split(''));
    fc.assert(fc.property(fc.string({ unit: alphabet, maxLength: 60 }), (text) => void read(text)));
  });
});
