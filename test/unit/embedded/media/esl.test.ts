import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { CommandParser } from '../../../../src/embedded/media/esl/command-parser.ts';
import { SwitchEvent, urlDecode, urlEncode } from '../../../../src/embedded/media/esl/event.ts';
import { Subscription } from '../../../../src/embedded/media/esl/subscription.ts';

test('A stream is cut into the same commands however it arrives', () => {
  const stream = Buffer.from(
    'auth x\n\nsendmsg u\ncall-command: execute\nContent-Length: 5\n\nab\n\ncapi status\r\n\r\n',
  );
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1 }), (sizes) => {
      const parser = new CommandParser();
      const lines: string[] = [];
      for (let at = 0, turn = 0; at < stream.length; turn++) {
        const size = sizes[turn % sizes.length] ?? 1;
        for (const { line, body } of parser.push(stream.subarray(at, at + size)) ?? []) {
          lines.push(`${line}|${body}`);
        }
        at += size;
      }
      assert.deepEqual(lines, ['auth x|', 'sendmsg u|ab\n\nc', 'api status|']);
    }),
  );
});

test('No stream makes the parser fail, and an endless line is refused', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 50 })), (chunks) => {
      const parser = new CommandParser();
      for (const chunk of chunks) if (!parser.push(Buffer.from(chunk))) break;
    }),
  );
  const parser = new CommandParser();
  assert.equal(parser.push(Buffer.alloc(70_000, 97)), undefined);
  assert.equal(new CommandParser().push(Buffer.from('a\nContent-Length: -1\n\n')), undefined);
});

test('Values are encoded as FreeSWITCH does, and decode to themselves', () => {
  assert.equal(urlEncode('Sun, 22 Nov 04:01 a@b/c'), 'Sun,%2022%20Nov%2004%3A01%20a%40b/c');
  assert.equal(urlEncode('añ€'), 'a%C3%B1%E2%82%AC');
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (text) => {
      assert.equal(urlDecode(urlEncode(text)), text);
    }),
  );
  assert.equal(urlDecode('%zz'), '%zz');
});

test('An event is written plain and as JSON', () => {
  const event = new SwitchEvent('BACKGROUND_JOB')
    .add('Event-Name', 'BACKGROUND_JOB')
    .add('Empty', '');
  event.body = '+OK ñ\n';
  assert.equal(
    event.plain(),
    'Event-Name: BACKGROUND_JOB\nEmpty: _undef_\nContent-Length: 7\n\n+OK ñ\n',
  );
  assert.equal(JSON.parse(event.json())._body, '+OK ñ\n');
});

const eventOf = (name: string, uuid: string, subclass?: string) =>
  new SwitchEvent(name, subclass).add('Event-Name', name).add('Unique-ID', uuid);

test('Subscriptions: names, custom ones, all but some, filters', () => {
  const one = new Subscription();
  assert.equal(one.add(['json', 'DTMF', 'nosuch', 'CUSTOM', 'conference::maintenance']), true);
  assert.equal(one.format, 'json');
  assert.equal(one.wants(eventOf('DTMF', 'a')), true);
  assert.equal(one.wants(eventOf('CHANNEL_PARK', 'a')), false);
  assert.equal(one.wants(eventOf('CUSTOM', 'a', 'conference::maintenance')), true);
  assert.equal(one.wants(eventOf('CUSTOM', 'a', 'other')), false);
  assert.equal(one.add(['nosuch']), false);
  one.addFilter('Unique-ID', 'B');
  assert.equal(one.wants(eventOf('DTMF', 'a')), false);
  assert.equal(one.wants(eventOf('DTMF', 'b')), true);
  one.removeFilter('unique-id', undefined);
  assert.equal(one.wants(eventOf('DTMF', 'a')), true);
  const all = new Subscription();
  all.add(['plain', 'ALL']);
  all.remove(['DTMF']);
  assert.equal(all.wants(eventOf('DTMF', 'a')), false);
  assert.equal(all.wants(eventOf('HEARTBEAT', 'a')), true);
  assert.equal(all.clear(), true);
  assert.equal(all.clear(), false);
  assert.equal(all.wants(eventOf('HEARTBEAT', 'a')), false);
});

test('myevents: one channel only', () => {
  const mine = new Subscription();
  assert.equal(mine.addMyEvents('a'), true);
  assert.equal(mine.addMyEvents('a'), false);
  assert.equal(mine.wants(eventOf('DTMF', 'a')), true);
  assert.equal(mine.wants(eventOf('DTMF', 'b')), false);
});
