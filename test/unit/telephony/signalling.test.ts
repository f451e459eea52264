import assert from 'node:assert/strict';
import { test } from 'node:test';
import Srf from 'drachtio-srf';
import { systemClock as clock } from '../../../src/lib/clock.ts';
import { createLogger } from '../../../src/lib/log.ts';
import { Signalling } from '../../../src/telephony/signalling.ts';
import { eventually } from '../../support/eventually.ts';
import { freePort } from '../../support/ports.ts';

test('A drachtio that is not there is told of once, however often it is tried', async () => {
  const lines: string[] = [];
  const srf = new Srf();
  const signalling = new Signalling({
    srf,
    drachtio: { host: '127.0.0.1', port: await freePort(), secret: 'secret' },
    clock,
    log: createLogger('warn', { stream: { write: (line) => void lines.push(line) } }),
    found: () => assert.fail('nobody is there'),
    lost: () => assert.fail('nobody was there'),
  });
  let attempts = 0;
  (srf as NodeJS.EventEmitter).on('reconnecting', () => {
    attempts += 1;
  });
  signalling.open();
  await eventually('some attempts', () => attempts >= 3);
  assert.equal(lines.length, 1, lines.join(''));
  assert.match(String(lines[0]), /ECONNREFUSED/);
});
