import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ManualClock } from '../../../src/lib/clock.ts';
import { silentLogger } from '../../../src/lib/log.ts';
import { Asked, NotBegun } from '../../../src/speech/voices/asked.ts';
import { GuardedVoice, Resting } from '../../../src/speech/voices/guarded-voice.ts';
import { type Sentence, type Voice, VoiceAway } from '../../../src/speech/voices/voice.ts';

/** A voice that says one sentence after the other, as the test has it; with its guard. */
function room() {
  const clock = new ManualClock();
  const lines: string[] = [];
  const asked: Sentence[] = [];
  const line = new Asked(clock);
  let fails: Error | undefined;
  const voice: Voice = {
    fingerprint: () => 'v1',
    speak: async (sentence) => {
      asked.push(sentence);
      if (fails) throw fails;
      return new Int16Array(1);
    },
    hurry: () => {},
    isBusy: () => false,
    drop: (why) => line.rejectAll(why),
    close: async () => {},
  };
  const told = (about: object, text: string): void =>
    void lines.push(`${text} ${JSON.stringify(about)}`);
  const guard = new GuardedVoice({
    voice,
    name: 'better',
    clock,
    log: { ...silentLogger, info: told, error: told },
    trial: (language) => ({ text: 'Un momento.', language }),
    onBack: () => lines.push('back'),
  });
  const say = async (text: string): Promise<string> => {
    const outcome = await guard.speak({ text, language: 'es-MX' }, true).catch((error) => error);
    await settled();
    return outcome instanceof Error ? outcome.constructor.name : 'said';
  };
  const rest = async (): Promise<void> => {
    clock.advance(10_000);
    await settled();
  };
  const fail = (error?: Error): void => {
    fails = error;
  };
  return { guard, lines, asked, line, say, fail, rest };
}
const settled = (): Promise<void> => new Promise(setImmediate);

const OUT = 'A voice is not used any more {"voice":"better","error":"Error: silent"}';

test('A voice that hangs is left alone at once, and what it has not begun is let go', async () => {
  const { guard, line, asked, say, fail } = room();
  const waiting = line.add({ text: 'Adiós.', language: 'es-MX' }, false).catch((error) => error);
  fail(new VoiceAway('silent'));
  assert.equal(await say('Hola.'), 'VoiceAway');
  assert.ok((await waiting) instanceof Resting);
  assert.equal(await say('Hola.'), 'Resting');
  assert.equal(asked.length, 1, 'nobody has asked it again');
  assert.deepEqual(guard.state, { name: 'better', usable: false, why: 'Error: silent' });
});

test('One that fails is left alone after three times in a row, and not for what it has not begun', async () => {
  const { guard, say, fail } = room();
  fail(new NotBegun('too many'));
  for (let n = 0; n < 5; n++) assert.equal(await say('Hola.'), 'NotBegun');
  for (const error of [new Error('1'), new Error('2'), undefined, new Error('1'), new Error('2')]) {
    fail(error);
    await say('Hola.');
  }
  assert.deepEqual(guard.state, { name: 'better', usable: true });
  await say('Hola.');
  assert.equal(guard.state.usable, false);
});

test('It is asked again by one sentence that nobody waits for, until it says it; that is told once', async () => {
  const { guard, lines, asked, say, fail, rest } = room();
  fail(new VoiceAway('silent'));
  await say('Hola.');
  await rest();
  await rest();
  assert.equal(asked.length, 3);
  assert.deepEqual(lines, [OUT]);
  fail();
  assert.equal(await say('Hola.'), 'Resting', 'it has not been tried yet');
  await rest();
  assert.deepEqual(asked.at(-1), { text: 'Un momento.', language: 'es-MX' });
  assert.deepEqual(lines, [OUT, 'A voice is used again {"voice":"better"}', 'back']);
  assert.deepEqual(guard.state, { name: 'better', usable: true });
  assert.equal(await say('Hola.'), 'said');
  await rest();
  assert.equal(asked.length, 5, 'it is not tried any more');
});

test('What is closed is neither tried nor told of', async () => {
  const { guard, lines, asked, say, fail, rest } = room();
  fail(new VoiceAway('silent'));
  await say('Hola.');
  await guard.close();
  await rest();
  assert.equal(asked.length, 1);
  assert.deepEqual(lines, [OUT]);
});
