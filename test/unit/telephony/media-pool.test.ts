import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MediaPool, NoChannel } from '../../../src/telephony/media-pool.ts';
import type { MediaServer } from '../../../src/telephony/media-server.ts';
import { sipFailure } from '../../../src/telephony/sip-failure.ts';

const offer = (payloads: string): string =>
  `v=0\r\nm=audio 4000 RTP/AVP ${payloads}\r\na=sendrecv\r\n`;
const COMMON = offer('96 8 101');

/** A server that answers these statuses, one after the other, and then gives channels; and what it was asked for. */
function server(load: number, ...statuses: number[]) {
  const asked: string[] = [];
  const createChannel = async (uuid: string) => {
    asked.push(uuid);
    const status = statuses.shift();
    if (status !== undefined) throw sipFailure(status);
    return { uuid };
  };
  const fake = { up: true, silent: false, load, createChannel } as unknown as MediaServer;
  return { fake, asked };
}

const statusOf = async (pool: MediaPool, sdp: string): Promise<number> => {
  const error = await pool.createChannel('a', sdp).catch((reason: unknown) => reason);
  assert.ok(error instanceof NoChannel);
  return error.status;
};

test('A port that was taken is no fault of an offer that any server understands: it is tried again', async () => {
  const one = server(0, 488);
  const made = await new MediaPool([one.fake]).createChannel('a', COMMON);
  assert.equal(made.server, one.fake);
  assert.deepEqual(one.asked, ['a', 'a.2'], 'by another name');
});

test('A server that is too busy for a moment is asked once more, and no caller hears of it', async () => {
  const one = server(0, 503);
  assert.equal((await new MediaPool([one.fake]).createChannel('a', COMMON)).server, one.fake);
  assert.deepEqual(one.asked, ['a', 'a.2']);
  const full = server(0, 503, 503);
  assert.equal(await statusOf(new MediaPool([full.fake]), COMMON), 503);
  assert.deepEqual(full.asked, ['a', 'a.2']);
});

test('Another server is tried before the same one again, and that one only once more', async () => {
  const [one, other] = [server(0, 488, 488), server(1, 503)];
  const pool = new MediaPool([one.fake, other.fake]);
  assert.equal(await statusOf(pool, COMMON), 488);
  assert.deepEqual([one.asked, other.asked], [['a', 'a.2'], ['a']]);
});

test('An offer that may be at fault is refused at once, and a server that fails is not asked again', async () => {
  for (const payloads of ['18 101', '96', '80 90']) {
    const [one, other] = [server(0, 488), server(1)];
    assert.equal(await statusOf(new MediaPool([one.fake, other.fake]), offer(payloads)), 488);
    assert.deepEqual(other.asked, [], payloads);
  }
  const dead = server(0, 408, 408);
  assert.equal(await statusOf(new MediaPool([dead.fake]), COMMON), 503);
  assert.deepEqual(dead.asked, ['a']);
});
