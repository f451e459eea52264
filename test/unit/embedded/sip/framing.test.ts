import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { StreamFramer } from '../../../../src/embedded/sip/framing.ts';

const message = (body: string) =>
  `MESSAGE sip:a SIP/2.0\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
const kinds = (framer: StreamFramer, text: string) =>
  framer.push(Buffer.from(text)).map((frame) => frame.kind);

describe('framing of streams', () => {
  it('finds the same messages however the stream is cut', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme', maxLength: 60 }), { minLength: 1, maxLength: 5 }),
        fc.array(fc.nat(40), { minLength: 1, maxLength: 50 }),
        (bodies, cuts) => {
          const stream = Buffer.from(bodies.map(message).join(''));
          const framer = new StreamFramer();
          const found: string[] = [];
          let at = 0;
          for (let turn = 0; at < stream.length; turn++) {
            const next = at + 1 + (cuts[turn % cuts.length] ?? 0);
            for (const frame of framer.push(stream.subarray(at, next))) {
              assert.ok(frame.kind === 'message');
              found.push(frame.data.toString());
            }
            at = next;
          }
          assert.deepEqual(found, bodies.map(message));
        },
      ),
    );
  });

  it('knows keep-alives, and line ends that are none', () => {
    const framer = new StreamFramer();
    assert.deepEqual(kinds(framer, '\r\n\r\n'), ['ping']);
    assert.deepEqual(kinds(framer, `\r\n${message('x')}\r\n\r\n`), ['message', 'ping']);
    assert.deepEqual(kinds(framer, '\r\n'), []);
    assert.deepEqual(kinds(framer, '\r\n'), ['ping']);
  });

  it('takes the compact length, and none for 0', () => {
    assert.deepEqual(kinds(new StreamFramer(), 'A b SIP/2.0\r\nl: 2\r\n\r\nxx'), ['message']);
    assert.deepEqual(kinds(new StreamFramer(), 'A b SIP/2.0\r\nX: 2\r\n\r\n'), ['message']);
  });

  it('takes a length on the next line (RFC 3261 section 7.3.1)', () => {
    const folded = 'A b SIP/2.0\r\nContent-Length :\r\n 2\r\nX: y\r\n\r\nxx';
    assert.deepEqual(kinds(new StreamFramer(), folded + folded), ['message', 'message']);
    const last = 'A b SIP/2.0\r\nl:\r\n\t2\r\n\r\nxx';
    assert.deepEqual(kinds(new StreamFramer(), last), ['message']);
  });

  it('gives up on what it cannot follow', () => {
    const framer = new StreamFramer();
    assert.deepEqual(kinds(framer, 'A b SIP/2.0\r\nContent-Length: -1\r\n\r\n'), ['broken']);
    assert.deepEqual(kinds(framer, message('later')), []);
    assert.deepEqual(kinds(new StreamFramer(), 'x'.repeat(70_000)), ['broken']);
    assert.deepEqual(kinds(new StreamFramer(), 'A b SIP/2.0\r\nl: 99999999\r\n\r\n'), ['broken']);
  });
});
