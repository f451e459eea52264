import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { normalise, readNumber } from '../../../src/callers/callers.ts';

/** What the trunk sent, the country that was called, and what the context holds. */
const TABLE: readonly [string, string, string | undefined][] = [
  // Mexico: national, international in every guise, and the 1 that mobiles had until 2019.
  ['5555550001', 'MX', '+525555550001'],
  ['55 5555-0001', 'MX', '+525555550001'],
  ['+525555550001', 'MX', '+525555550001'],
  ['525555550001', 'MX', '+525555550001'],
  ['00525555550001', 'MX', '+525555550001'],
  ['+5215555550001', 'MX', '+525555550001'],
  ['5215555550001', 'MX', '+525555550001'],
  // … and the prefixes that were dialled until then, of Mexico only.
  ['015555550001', 'MX', '+525555550001'],
  ['01 55 5555 0001', 'MX', '+525555550001'],
  ['0445555550150', 'MX', '+525555550150'],
  ['0455555550150', 'MX', '+525555550150'],
  ['0465555550150', 'MX', '0465555550150'],
  // Spain: as its own, and seen from Mexico.
  ['910000005', 'ES', '+34910000005'],
  ['+34 910 00 00 05', 'MX', '+34910000005'],
  ['0034910000005', 'MX', '+34910000005'],
  ['34910000005', 'ES', '+34910000005'],
  // The United States.
  ['2025550106', 'US', '+12025550106'],
  ['12025550106', 'US', '+12025550106'],
  ['(202) 555-0106', 'US', '+12025550106'],
  // SIP and tel URIs, with and without their clothes.
  ['sip:+525555550001@198.51.100.7;user=phone', 'MX', '+525555550001'],
  ['"Ana" <sip:5555550001@example.com:5060>;tag=1', 'MX', '+525555550001'],
  ['sips:5555550001;phone-context=mx@example.com', 'MX', '+525555550001'],
  ['tel:+34-910-00-00-05', 'MX', '+34910000005'],
  ['%2B34910000005', 'MX', '+34910000005'],
  // Withheld.
  ['anonymous', 'MX', undefined],
  ['Anonymous', 'MX', undefined],
  ['restricted', 'ES', undefined],
  ['"Anonymous" <sip:anonymous@anonymous.invalid>', 'MX', undefined],
  ['unavailable', 'MX', undefined],
  ['', 'MX', undefined],
  ['sip:@example.com', 'MX', undefined],
  // Extensions of the house, and what a person may still recognise.
  ['1001', 'MX', '1001'],
  ['sip:1001@10.0.0.5', 'ES', '1001'],
  ['sipp', 'MX', 'sipp'],
  ['ana.garcia', 'MX', 'ana.garcia'],
  ['1234567', 'MX', '1234567'],
  ['+999123', 'MX', '+999123'],
  ['99999999999999999999', 'MX', '99999999999999999999'],
  ['2025550106', 'ZZ', '2025550106'],
];

describe('normalise', () => {
  for (const [raw, country, expected] of TABLE) {
    it(`reads ${raw || 'nothing'} in ${country} as ${expected ?? 'anonymous'}`, () => {
      assert.equal(normalise(raw, country), expected);
    });
  }

  it('tells numbers, extensions, names and withheld numbers apart', () => {
    assert.deepEqual(readNumber('1001', 'MX'), { kind: 'internal', extension: '1001' });
    assert.deepEqual(readNumber('sipp', 'MX'), { kind: 'raw', text: 'sipp' });
    assert.deepEqual(readNumber('anonymous', 'MX'), { kind: 'anonymous' });
  });

  it('reads anything without an exception, briefly, and the same the second time', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), fc.string({ maxLength: 3 }), (raw, country) => {
        const once = normalise(raw, country);
        assert.ok(once === undefined || once.length <= 64);
        if (once?.startsWith('+52')) assert.equal(normalise(once, country), once);
      }),
    );
  });
});
