import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { describeCaller } from '../../../src/callers/callers.ts';
import type { CallContext } from '../../../src/model/call.ts';
import { contactId } from '../../../src/model/ids.ts';

const CALL: CallContext = {
  dnis: '8005550100',
  status: 'unknown',
  language: 'es-MX',
  variables: {},
};

/** What is known, the queue, the wait → what the phone shows. */
const TABLE: readonly [Partial<CallContext>, string, number, string][] = [
  [
    { status: 'vip', name: 'Ana García', intent: 'ventas' },
    'Ventas',
    45_900,
    'VIP Ana García · ventas · 0:45',
  ],
  [{ status: 'customer', name: 'Luis Hernández' }, 'Soporte', 0, 'Luis Hernández · Soporte · 0:00'],
  [{ status: 'prospect', name: 'María' }, 'Ventas', 60_000, 'Prospecto María · Ventas · 1:00'],
  [
    { status: 'prospect', name: 'Tom', language: 'en' },
    'Sales',
    61_000,
    'Prospect Tom · Sales · 1:01',
  ],
  [{ ani: '+525555550009' }, 'Ventas', 3_723_000, '+525555550009 · Ventas · 1:02:03'],
  [{}, 'Ventas', -5, 'Anónimo · Ventas · 0:00'],
  [{ name: '"Bobby" <sip:x>\r\nVia: y' }, 'Q', 0, 'Bobby sip:x Via: y · Q · 0:00'],
  [
    {
      status: 'vip',
      name: 'María de los Ángeles Fernández de la Torre y Montemayor',
      intent: 'devoluciones y cambios',
    },
    'Ventas',
    5_000,
    'VIP María de los Ángeles Fern… · devoluciones y camb… · 0:05',
  ],
];

describe('describeCaller', () => {
  for (const [known, queue, waitMs, display] of TABLE) {
    it(`shows ${display}`, () => {
      assert.equal(describeCaller({ ...CALL, ...known }, queue, waitMs).displayName, display);
    });
  }

  it('has a form for phones that show ASCII only', () => {
    const pop = describeCaller({ ...CALL, status: 'vip', name: 'Ana Muñoz 李' }, 'Facturación', 0);
    assert.equal(pop.asciiName, 'VIP Ana Munoz ? - Facturacion - 0:00');
  });

  it('gives software the same in headers, percent-encoded', () => {
    const context = {
      ...CALL,
      status: 'vip',
      name: 'Ana García',
      intent: 'ventas',
      contactId: contactId('ana'),
    } as const;
    assert.deepEqual(describeCaller(context, 'Ventas', 45_900).headers, {
      'X-Centralita-Queue': 'Ventas',
      'X-Centralita-Status': 'vip',
      'X-Centralita-Language': 'es-MX',
      'X-Centralita-Wait': '45',
      'X-Centralita-Number-Called': '8005550100',
      'X-Centralita-Intent': 'ventas',
      'X-Centralita-Contact': 'ana',
      'X-Centralita-Name': 'Ana Garc%C3%ADa',
    });
  });

  it('cuts a long value between characters', () => {
    const { headers } = describeCaller({ ...CALL, name: `a${'ñ'.repeat(80)}` }, 'Q', 0);
    assert.equal(headers['X-Centralita-Name'], `a${'%C3%B1'.repeat(33)}`);
  });

  it('cannot be made to break a header, whatever a caller is called', () => {
    const text = fc.string({ unit: 'binary', maxLength: 300 });
    fc.assert(
      fc.property(text, text, text, fc.integer(), (name, intent, queue, waitMs) => {
        const pop = describeCaller({ ...CALL, name, intent, ani: name }, queue, waitMs);
        assert.ok([...pop.displayName].length <= 60, pop.displayName);
        assert.doesNotMatch(pop.displayName, /["\\<>\p{Cc}]/u);
        assert.match(pop.asciiName, /^[\x20-\x7e]*$/);
        for (const value of Object.values(pop.headers)) {
          assert.match(value, /^[\x20-\x7e]{0,200}$/);
          decodeURIComponent(value);
        }
      }),
    );
  });
});
