import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { ManualClock } from '../../../src/lib/clock.ts';
import type { EventSocket, Execution } from '../../../src/telephony/event-socket.ts';
import { Playing } from '../../../src/telephony/playing.ts';
import { eventually } from '../../support/eventually.ts';
import { toneSamples, writeWav } from '../../support/tones.ts';

/** What was asked of the media server, in order; it pauses what it plays. */
function playing(pauses = '+OK\n', pathOf = (sound: string) => sound) {
  const asked: string[] = [];
  const socket = {
    execute: (_uuid: string, { argument }: Execution) => asked.push(argument) > 0,
    api: (command: string) => {
      asked.push(command);
      return Promise.resolve(command.startsWith('uuid_fileman') ? pauses : '+OK\n');
    },
  } as unknown as EventSocket;
  let ids = 0;
  const clock = new ManualClock();
  return {
    asked,
    clock,
    playing: new Playing({ uuid: 'u', socket, clock, newId: () => `${++ids}`, pathOf }),
  };
}

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'playing-'));
});
after(() => rm(folder, { recursive: true }));

const PAUSE = 'uuid_fileman u pause';
const BREAK = 'uuid_break u all';
const begun = (asked: readonly string[]) => eventually('it to begin', () => asked.length > 0);
const answers = (): Promise<void> => new Promise(setImmediate);

test('What plays while somebody listens is paused, and ended when nobody does', async () => {
  const { asked, playing: it } = playing();
  it.listenerComes();
  const question = it.play(['question']);
  await begun(asked);
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
  await begun(asked);
  it.stop();
  void it.play(['next']);
  await eventually('the next to begin', () => asked.includes('next'));
  it.listenerGoes();
  assert.deepEqual(asked, ['question', PAUSE, BREAK, 'next']);
});

test('What cannot be paused is broken', async () => {
  const { asked, playing: it } = playing('-ERR No file handle!\n');
  it.listenerComes();
  void it.play(['question']);
  await begun(asked);
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
    await begun(asked);
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

test('What is over by itself while somebody listens goes on as silence, until nobody does', async () => {
  const { asked, clock, playing: it } = playing();
  const [one, other] = ['one.wav', 'other.wav'].map((name) => join(folder, name));
  for (const path of [one, other]) writeWav(path ?? '', toneSamples(440, 0.5));
  it.listenerComes();
  const sentence = it.play([one ?? '', other ?? '']);
  await begun(asked);
  const held = `file_string://${one}!${other}!silence_stream://120000`;
  assert.deepEqual(asked, [held]);
  clock.advance(1_059);
  assert.equal(await Promise.race([sentence, answers().then(() => 'not yet')]), 'not yet');
  clock.advance(1);
  assert.equal(await sentence, 'played');
  it.stop();
  assert.deepEqual(asked, [held], 'there is nothing to stop');
  it.listenerGoes();
  assert.deepEqual(asked, [held, BREAK]);
});

test('What the media server fetches goes on as silence as well: how long it lasts is told by the file', async () => {
  const { asked, playing: it } = playing('+OK\n', (url) => url.replace('http://house', folder));
  writeWav(join(folder, 'fetched.wav'), toneSamples(440, 0.5));
  it.listenerComes();
  void it.play(['http://house/fetched.wav']);
  await begun(asked);
  assert.deepEqual(asked, ['file_string://http://house/fetched.wav!silence_stream://120000']);
  it.stop();
});

test('What is stopped before it has begun does not begin', async () => {
  const { asked, playing: it } = playing();
  it.listenerComes();
  const question = it.play(['question']);
  it.stop();
  assert.equal(await question, 'stopped');
  const next = it.play(['next']);
  await begun(asked);
  it.completed('2');
  assert.equal(await next, 'played');
  assert.deepEqual(asked, ['next']);
});
