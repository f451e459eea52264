import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { mock, test } from 'node:test';
import type Srf from 'drachtio-srf';
import { type Clock, ManualClock, systemClock } from '../../../src/lib/clock.ts';
import { newUuid as newId } from '../../../src/lib/ids.ts';
import { silentLogger as log } from '../../../src/lib/log.ts';
import { MediaPool } from '../../../src/telephony/media-pool.ts';
import { MediaServer } from '../../../src/telephony/media-server.ts';
import { eventually, pause } from '../../support/eventually.ts';
import { FakeEventSocket } from '../../support/fake-event-socket.ts';

const PROFILE = (port = 5080) =>
  `  drachtio_mrf\tprofile\tsip:mod_sofia@127.0.0.1:${port}\tRUNNING (0)\n`;
// fsmrf tells of lost connections on the console.
mock.method(console, 'error', () => undefined);

const profileOf = (answer: () => string) => (command: string) =>
  command === 'sofia status' ? answer() : '+OK\n';

async function open(srf: Partial<Srf>, clock: Clock = systemClock, port = 5080) {
  const fake = await FakeEventSocket.open();
  fake.answerOf = profileOf(() => PROFILE(port));
  const address = { host: '127.0.0.1', port: fake.port, secret: fake.secret };
  const server = new MediaServer({ address, srf: srf as Srf, clock, newId, log, owner: 'test' });
  return { fake, server };
}

/** A dialog of which only the end matters. */
function dialog(sdp = 'm=audio 9', ended = (): void => {}): Srf.Dialog {
  const destroy = (_options: unknown, done: () => void) => {
    ended();
    done();
  };
  const ending = { destroy, connected: true };
  const parts = { remote: { sdp }, local: { sdp: '' }, ...ending };
  return Object.assign(new EventEmitter(), parts) as unknown as Srf.Dialog;
}

test('A media server whose SIP profile is not up yet is waited for', async () => {
  const { fake, server } = await open({});
  let ready = false;
  fake.answerOf = profileOf(() => (ready ? PROFILE() : 'Name Type Data State\n0 profiles\n'));
  server.connect();
  await eventually('it was asked', () => fake.commands.includes('api sofia status'));
  await pause(100);
  assert.equal(server.up, false);
  ready = true;
  await eventually('it is up', () => server.up);
  server.close();
  await fake.close();
});

test('A media server that comes and goes leaves no connection behind', async () => {
  const { fake, server } = await open({});
  server.connect();
  for (let round = 0; round < 3; round++) {
    await eventually('it is up', () => server.up);
    // That of fsmrf goes first: it would connect again by itself.
    [...fake.connections].at(-1)?.destroy();
    await pause(50);
    fake.drop();
    await eventually('it is down', () => !server.up);
  }
  await eventually('it is up', () => server.up);
  // Longer than fsmrf takes to connect again by itself.
  await pause(1_500);
  assert.equal(fake.connections.size, 2, 'ours and that of fsmrf');
  server.close();
  await eventually('no connection is left', () => fake.connections.size === 0);
  await fake.close();
});

test('A media server that does not answer INVITE is passed over, and comes last from then on', async () => {
  const clock = new ManualClock(1_000_000);
  const invited: string[] = [];
  const srf = {
    createUAC(uri: string) {
      invited.push(uri.slice(-4));
      return uri.endsWith('5081') ? new Promise<never>(() => {}) : Promise.resolve(dialog());
    },
  } as unknown as Srf;
  const mute = await open(srf, clock, 5081);
  const well = await open(srf, clock, 5082);
  const pool = new MediaPool([mute.server, well.server]);
  pool.connect();
  await eventually('both are up', () => mute.server.up && well.server.up);
  const first = pool.createChannel('a', 'v=0');
  clock.advance(3_000);
  assert.equal((await first).server, well.server);
  assert.equal((await pool.createChannel('b', 'v=0')).server, well.server);
  assert.deepEqual(invited, ['5081', '5082', '5082']);
  await eventually('what may have come of it is ended', () =>
    mute.fake.commands.includes('api uuid_kill a'),
  );
  pool.close();
  await Promise.all([mute.fake.close(), well.fake.close()]);
});

test('A channel of a server that went away meanwhile is no channel', async () => {
  let answer: (dialog: Srf.Dialog) => void = () => {};
  const srf = { createUAC: () => new Promise((resolve) => (answer = resolve)) };
  const { fake, server } = await open(srf as unknown as Srf);
  server.connect();
  await eventually('it is up', () => server.up);
  const channel = assert.rejects(server.createChannel('a', 'v=0'));
  fake.drop();
  await eventually('it is down', () => !server.up);
  answer(dialog());
  await channel;
  assert.equal(server.load, 0);
  server.close();
  await fake.close();
});

test('An offer that the server takes with the sound off is refused, and its channel is ended', async () => {
  let ended = 0;
  const deaf = dialog('v=0\r\nm=audio 0 UDP/TLS/RTP/SAVPF 111\r\n', () => ended++);
  const { fake, server } = await open({ createUAC: () => Promise.resolve(deaf) } as unknown as Srf);
  server.connect();
  await eventually('it is up', () => server.up);
  await assert.rejects(server.createChannel('a', 'v=0'), { status: 488 });
  assert.deepEqual([ended, server.load], [1, 0]);
  server.close();
  await fake.close();
});
