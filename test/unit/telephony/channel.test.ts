import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import type Srf from 'drachtio-srf';
import type { EslEvent } from 'modesl';
import { systemClock } from '../../../src/lib/clock.ts';
import { Channel } from '../../../src/telephony/channel.ts';
import type { EventSocket, Execution } from '../../../src/telephony/event-socket.ts';

/** What was asked of the media server, in order. */
function channelOf(connected = true, uuid = 'u') {
  const asked: string[] = [];
  const socket = {
    execute(_uuid: string, { application, argument, loops = 1 }: Execution) {
      const what = argument || application;
      if (connected) asked.push(loops < 0 ? `${what} for ever` : what);
      return connected;
    },
    api(command: string) {
      asked.push(command.split(' ')[0] ?? '');
      return Promise.resolve('+OK');
    },
  } as unknown as EventSocket;
  let ids = 0;
  const channel = new Channel({
    uuid,
    dialog: new EventEmitter() as unknown as Srf.Dialog,
    socket,
    clock: systemClock,
    newId: () => `${++ids}`,
    mediaServer: 'm',
  });
  return { channel, asked };
}

test('An announcement that meets the one before ends it, and not the music', async () => {
  const { channel, asked } = channelOf();
  channel.playEndlessly('music');
  const first = channel.play(['one']);
  void channel.play(['two']);
  assert.equal(await first, 'stopped');
  assert.deepEqual(asked, ['music for ever', 'one', 'uuid_break', 'music for ever', 'two']);
});

test('What cannot be asked for is over at once', async () => {
  const { channel } = channelOf(false);
  assert.equal(await channel.play(['one']), 'stopped');
});

const event = (headers: Record<string, string>) =>
  ({ getHeader: (name: string) => headers[name] }) as unknown as EslEvent;

test('Two are joined when the media server has joined them, and not when it says that it will', async () => {
  const { channel } = channelOf();
  const { channel: other } = channelOf(true, 'other');
  let answer: string | undefined;
  const joining = channel.bridgeTo(other).then((said) => {
    answer = said;
  });
  channel.event('CHANNEL_UNBRIDGE', event({ 'Other-Leg-Unique-ID': 'third' }));
  channel.event('CHANNEL_BRIDGE', event({ 'Other-Leg-Unique-ID': 'third' }));
  await new Promise(setImmediate);
  assert.equal(answer, undefined);
  channel.event('CHANNEL_BRIDGE', event({ 'Other-Leg-Unique-ID': 'other' }));
  await joining;
  assert.equal(answer, '+OK');
});

test('Whoever ends before they are joined is joined with nobody', async () => {
  const { channel } = channelOf();
  const { channel: other } = channelOf(true, 'other');
  const joining = channel.bridgeTo(other);
  await new Promise(setImmediate);
  other.lost();
  assert.match(await joining, /^-ERR/);
});

test('Music that waits for the end of a bridge is not played into the next one', async () => {
  const { channel, asked } = channelOf();
  const { channel: other } = channelOf(true, 'other');
  const joined = event({ 'Other-Leg-Unique-ID': 'other' });
  const joining = channel.bridgeTo(other);
  channel.event('CHANNEL_BRIDGE', joined);
  await joining;
  void channel.park();
  channel.playEndlessly('music');
  const again = channel.bridgeTo(other);
  channel.event('CHANNEL_UNBRIDGE', joined);
  channel.event('CHANNEL_BRIDGE', joined);
  await again;
  await new Promise(setImmediate);
  assert.deepEqual(asked, ['uuid_bridge', 'uuid_park', 'uuid_bridge']);
});

test('Who was held is retrieved when the media server is done with it, and joined with nobody before', async () => {
  const { channel, asked } = channelOf();
  const { channel: other } = channelOf(true, 'other');
  await channel.settled();
  other.event('CHANNEL_HOLD', event({}));
  let done = false;
  const settled = other.settled().then(() => {
    done = true;
  });
  const joining = channel.bridgeTo(other);
  await new Promise(setImmediate);
  assert.deepEqual([done, asked], [false, []]);
  other.event('CHANNEL_UNHOLD', event({}));
  await settled;
  await new Promise(setImmediate);
  assert.deepEqual(asked, ['uuid_bridge']);
  channel.event('CHANNEL_BRIDGE', event({ 'Other-Leg-Unique-ID': 'other' }));
  assert.equal(await joining, '+OK');
});

const PLAYED = 'music for ever';

test('Music that is on its way when a bridge is asked for is not heard in it, whatever comes first by how little', async () => {
  for (let later = 0; later < 12; later++) {
    const { channel, asked } = channelOf();
    const { channel: other } = channelOf(true, 'other');
    const { channel: third } = channelOf(true, 'third');
    const joining = channel.bridgeTo(other);
    channel.event('CHANNEL_BRIDGE', event({ 'Other-Leg-Unique-ID': 'other' }));
    await joining;
    void channel.park();
    channel.playEndlessly('music');
    channel.event('CHANNEL_UNBRIDGE', event({ 'Other-Leg-Unique-ID': 'other' }));
    for (let turn = 0; turn < later; turn++) await undefined;
    const again = channel.bridgeTo(third);
    await new Promise(setImmediate);
    channel.event('CHANNEL_BRIDGE', event({ 'Other-Leg-Unique-ID': 'third' }));
    await again;
    const since = asked.slice(2);
    const wanted = since.includes(PLAYED) ? [PLAYED, 'uuid_break', 'uuid_bridge'] : ['uuid_bridge'];
    assert.deepEqual(since, wanted, `${later} turns later`);
  }
});

test('A break that throws away the order to hear keys in the audio is followed by the same order', async () => {
  const { channel, asked } = channelOf();
  await channel.hearTones();
  channel.playEndlessly('music');
  channel.stopPlaying();
  const heard = ['module_exists', 'start_dtmf', 'music for ever', 'uuid_break', 'start_dtmf'];
  assert.deepEqual(asked, heard);
  channel.event('CHANNEL_EXECUTE_COMPLETE', event({ 'Application-UUID': '3' }));
  channel.playEndlessly('music');
  channel.stopPlaying();
  assert.deepEqual(asked.slice(heard.length), ['music for ever', 'uuid_break']);
});
