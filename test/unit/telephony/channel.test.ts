import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import { test } from 'node:test';
import type Srf from 'drachtio-srf';
import { systemClock } from '../../../src/lib/clock.ts';
import { Channel } from '../../../src/telephony/channel.ts';
import type { EventSocket, Execution } from '../../../src/telephony/event-socket.ts';

/** What was asked of the media server, in order. */
function channelOf(connected = true) {
  const asked: string[] = [];
  const socket = {
    execute(_uuid: string, { argument, loops = 1 }: Execution) {
      if (connected) asked.push(loops < 0 ? `${argument} for ever` : argument);
      return connected;
    },
    api(command: string) {
      asked.push(command.split(' ')[0] ?? '');
      return Promise.resolve('+OK');
    },
  } as unknown as EventSocket;
  let ids = 0;
  const channel = new Channel({
    uuid: 'u',
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
