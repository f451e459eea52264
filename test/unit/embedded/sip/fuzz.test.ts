import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { StreamFramer } from '../../../../src/embedded/sip/framing.ts';
import {
  parseMessage,
  parseNameAddr,
  parseUri,
  parseVia,
  serialise,
} from '../../../../src/embedded/sip/index.ts';

const seed = [
  'INVITE sip:b@example.com;x=y SIP/2.0',
  'Via: SIP/2.0/UDP [2001:db8::1]:5060;branch=z9hG4bK1;rport, SIP/2.0/TCP h;branch=z9hG4bK2',
  'From: "A \\" B" <sip:a@example.com>;tag=1',
  'To: sip:b@example.com;tag=2',
  'Call-ID: x@y',
  'CSeq: 4294967295 INVITE',
  'Contact: <sip:a@192.0.2.1:5062;transport=tcp>;expires=3600',
  'Record-Route: <sip:p;lr>,<sip:q;lr>',
  'Content-Length: 4',
  '',
  'abcd',
].join('\r\n');

/** A valid message with pieces cut out, doubled and replaced. */
const mutated = fc
  .array(
    fc.record({
      at: fc.nat(seed.length),
      length: fc.nat(30),
      put: fc.oneof(
        fc.string({ maxLength: 20 }),
        fc.constantFrom('\r\n', '\r\n ', '"', '<', '>', ';', ',', '\0', ':', '\r\n\r\n', '%', '\\'),
      ),
    }),
    { maxLength: 6 },
  )
  .map((edits) => {
    let text = seed;
    for (const { at, length, put } of edits)
      text = text.slice(0, at) + put + text.slice(at + length);
    return text;
  });

describe('whatever the network sends', () => {
  it('is parsed or refused, never thrown at', () => {
    fc.assert(
      fc.property(fc.oneof(mutated, fc.string()), (text) => {
        parseMessage(text);
        parseUri(text);
        parseNameAddr(text);
        parseVia(text);
        new StreamFramer().push(Buffer.from(text));
      }),
      { numRuns: 2_000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        parseMessage(Buffer.from(bytes));
      }),
    );
  });

  it('means the same after it was written and read again', () => {
    fc.assert(
      fc.property(mutated, (text) => {
        const first = parseMessage(text);
        if (!first.ok) return;
        const second = parseMessage(serialise(first.value));
        assert.ok(second.ok, second.ok ? '' : second.error.reason);
        assert.equal(serialise(second.value), serialise(first.value));
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes time in proportion to its length', () => {
    for (const piece of [' ', '"', '<', ';', ',', '\\', 'a=', '\r\n ', 'sip:', '@']) {
      const text = seed.replace('<sip:a@example.com>', piece.repeat(4_000));
      const before = process.hrtime.bigint();
      parseMessage(text);
      parseNameAddr(piece.repeat(16_000));
      parseUri(`sip:${piece.repeat(16_000)}`);
      parseVia(`SIP/2.0/UDP ${piece.repeat(16_000)}`);
      // Quadratic behaviour would take seconds; the limit is generous for a busy machine.
      assert.ok(process.hrtime.bigint() - before < 1_000_000_000n, JSON.stringify(piece));
    }
  });
});
