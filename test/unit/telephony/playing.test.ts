import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventSocket, Execution } from '../../../src/telephony/event-socket.ts';
import { Playing } from '../../../src/telephony/playing.ts';

/** What was asked of the media server, in order; it pauses what it plays. */
function playing(pauses = '+OK\n') {
  const asked: string[] = [];
  const socket = {
    execute: (_uuid: string, { argument }: Execution) => asked.push(argument) > 0,
    api: (command: string) => {
      asked.push(command);
      return Promise.resolve(command.startsWith('uuid_fileman') ? pauses : '+OK\n');
    },
  } as unknown as EventSocket;
  let ids = 0;
  return { asked, playing: new Playing({ uuid: 'u', socket, newId: () => `${++ids}` }) };
}

const PAUSE = 'uuid_fileman u pause';
const BREAK = 'uuid_break u all';
const answers = (): Promise<void> => new Promise(setImmediate);

test('What plays while somebody listens is paused, and ended when nobody does', async () => {
  const { asked, playing: it } = playing();
  it.listenerComes();
  const question = it.play(['question']);
  it.stop();
  assert.equal(await question, 'stopped');
  assert.deepEqual(asked, ['question', PAUSE]);
  it.listenerGoes();
  assert.deepEqual(asked, ['question', PAUSE, BREAK]);
});

test('Whatever is played next ends what is paused', async () => {
  const { asked, playing: it } = playing();
  it.listenerComes();
  void it.play(['question']);
  it.stop();
  void it.play(['next']);
  await answers();
  it.listenerGoes();
  assert.deepEqual(asked, ['question', PAUSE, BREAK, 'next']);
});

test('What cannot be paused is broken', async () => {
  const { asked, playing: it } = playing('-ERR No file handle!\n');
  it.listenerComes();
  void it.play(['question']);
  it.stop();
  await answers();
  it.listenerGoes();
  assert.deepEqual(asked, ['question', PAUSE, BREAK]);
});

test('What was over before it was paused, or ended with a bridge, is not broken again', async () => {
  for (const end of ['completed', 'forget'] as const) {
    const { asked, playing: it } = playing();
    it.listenerComes();
    void it.play(['question']);
    it.stop();
    it[end]('1');
    it.listenerGoes();
    assert.deepEqual(asked, ['question', PAUSE], end);
  }
});

test('Music is ended, whoever listens: it lies beneath, and would go on', () => {
  const { asked, playing: it } = playing();
  it.listenerComes();
  it.playEndlessly('music');
  void it.play(['announcement']);
  it.stop();
  assert.deepEqual(asked, ['music', 'announcement', BREAK]);
});
