import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ManualClock, systemClock } from '../../../src/lib/clock.ts';
import { silentLogger } from '../../../src/lib/log.ts';
import { callId } from '../../../src/model/ids.ts';
import type { Recognition } from '../../../src/runtime/ports/hearing.ts';
import { Recognisers } from '../../../src/speech/stt/recognisers.ts';
import { VoskEngine } from '../../../src/speech/stt/vosk.ts';
import { eventually } from '../../support/eventually.ts';
import { Listener } from '../../support/listener.ts';
import { bytesOf, inARow, Speaker, silence } from '../../support/sounds.ts';
import { type VoskBehaviour, VoskServer } from '../../support/vosk-server.ts';

let words: Int16Array;

/** Recognisers before a Vosk server that does as the test says. */
async function hearing(
  behaviour: VoskBehaviour,
  options: {
    streamsMax?: number;
    alternatives?: number;
    answerMsMax?: number;
    clock?: ManualClock;
  } = {},
) {
  const server = await VoskServer.start(behaviour);
  const { alternatives = 0, streamsMax = 10, answerMsMax = 10_000, clock = systemClock } = options;
  const recognisers = await Recognisers.open({
    engines: [{ languages: ['es'], engine: new VoskEngine({ url: server.url, alternatives }) }],
    clock,
    log: silentLogger,
    sampleRate: 16_000,
    answerMsMax,
    streamsMax,
  });
  const recognitions: Recognition[] = [];
  recognisers.onRecognition = (recognition) => recognitions.push(recognition);
  return { server, recognisers, recognitions };
}

const request = (language: 'es-MX' | 'en' = 'es-MX') => ({
  callId: callId('c'),
  language,
  hints: ['ventas', 'facturación'],
  limits: { endSilenceMs: 500, speechMsMax: 4_000 },
});

/** Somebody speaks, in pieces as they come from the media server. */
function listenTo(recognisers: Recognisers, sound: Int16Array, ears = new Listener()): Listener {
  const session = recognisers.listen(request(), ears.events);
  const bytes = bytesOf(sound);
  for (let at = 0; at < bytes.length; at += 640) session.push(bytes.subarray(at, at + 640));
  return ears;
}

describe('recognisers, by the Vosk protocol', () => {
  before(async () => {
    const speaker = new Speaker();
    words = inARow(silence(400), await speaker.say('ventas', 'es-MX'), silence(900));
    await speaker.close();
  });

  const closing: (() => Promise<void>)[] = [];
  after(async () => {
    for (const close of closing) await close();
  });
  const open = async (...args: Parameters<typeof hearing>) => {
    const opened = await hearing(...args);
    closing.push(
      () => opened.recognisers.close(),
      () => opened.server.stop(),
    );
    return opened;
  };

  it('sends the speech, with hints and rate, and brings the words back', async () => {
    const { server, recognisers, recognitions } = await open({
      kind: 'hears',
      text: 'ventas',
      confidence: 0.9,
    });
    const ears = listenTo(recognisers, words);
    assert.equal(ears.spoke, 1);
    await eventually('an answer', ears.over);
    assert.deepEqual(ears.heard, [{ text: 'ventas', confidence: 0.9 }]);
    const [utterance] = server.utterances;
    assert.deepEqual(utterance?.config?.phrase_list, ['ventas', 'facturación', '[unk]']);
    assert.equal(utterance.config.sample_rate, 16_000);
    // What was said and half a second of silence, not the silence before and after.
    const ms = utterance.audioBytes / 32;
    assert.ok(ms > 700 && ms < 1_700, `${ms}`);
    assert.deepEqual(
      recognitions.map(({ outcome }) => outcome),
      ['heard'],
    );
  });

  it('makes shares of what Vosk says of its N-best', async () => {
    const alternatives = [
      { text: 'ventas', confidence: 230.1 },
      { text: 'venta', confidence: 229.4 },
      { text: '', confidence: 200 },
    ];
    const { recognisers } = await open({ kind: 'alternatives', alternatives }, { alternatives: 3 });
    const ears = listenTo(recognisers, words);
    await eventually('an answer', ears.over);
    assert.deepEqual(
      ears.heard?.map(({ text, confidence }) => [text, confidence.toFixed(2)]),
      [
        ['ventas', '0.67'],
        ['venta', '0.33'],
      ],
    );
  });

  it('joins results that the recogniser cut apart', async () => {
    const { recognisers } = await open({ kind: 'twoResults', texts: ['quiero', 'ventas'] });
    const ears = listenTo(recognisers, words);
    await eventually('an answer', ears.over);
    assert.equal(ears.heard?.[0]?.text, 'quiero ventas');
  });

  it('hears silence as silence, and a sound without words as well', async () => {
    const { recognisers, server } = await open({ kind: 'hears', text: '' });
    const ears = new Listener();
    const session = recognisers.listen(request(), ears.events);
    session.push(bytesOf(silence(2_000)));
    session.end();
    assert.equal(ears.not, 'silence');
    assert.equal(server.utterances[0]?.audioBytes ?? 0, 0);
    const cough = listenTo(recognisers, words);
    await eventually('an answer', cough.over);
    assert.equal(cough.not, 'silence');
  });

  const nonsense: readonly (readonly [string, VoskBehaviour])[] = [
    ['silent', { kind: 'silent' }],
    ['closing', { kind: 'closes' }],
    ['speaking HTML', { kind: 'says', message: '<html><body>502 Bad Gateway</body></html>' }],
    ['speaking other JSON', { kind: 'says', message: '[1,2,3]' }],
    ['sending 10 MB', { kind: 'says', message: `{"partial":"${'x'.repeat(10_000_000)}"}` }],
    ['sending partial results without end', { kind: 'floods' }],
  ];
  for (const [name, behaviour] of nonsense) {
    it(`fails, and ends, with a server ${name}`, async () => {
      const { recognisers, recognitions } = await open(behaviour, {
        answerMsMax: behaviour.kind === 'silent' ? 300 : 10_000,
      });
      const ears = listenTo(recognisers, words);
      await eventually('an end', ears.over);
      assert.equal(ears.not, 'failed');
      assert.equal(recognitions.length, 1);
      assert.equal(recognisers.states[0]?.streams, 0);
    });
  }

  it('sends nobody to a dead recogniser after three, until it has understood a trial', async () => {
    const clock = new ManualClock();
    const { server, recognisers } = await open({ kind: 'closes' }, { clock });
    for (let at = 0; at < 3; at++) {
      const ears = listenTo(recognisers, words);
      await eventually('a failure', ears.over);
    }
    assert.equal(recognisers.states[0]?.usable, false);
    const before = server.utterances.length;
    const refused = new Listener();
    recognisers.listen(request(), refused.events);
    await eventually('a refusal', refused.over);
    assert.equal(refused.not, 'unavailable');
    assert.equal(server.utterances.length, before, 'a caller was sent there');
    // A trial that fails, and one that is understood.
    clock.advance(10_000);
    await eventually('a trial', () => server.utterances.length === before + 1);
    await eventually('its end', () => server.utterances.at(-1)?.closed);
    assert.equal(recognisers.states[0]?.usable, false);
    server.behaviour = { kind: 'hears', text: 'ventas' };
    await eventually('a good trial', () => {
      clock.advance(10_000);
      return recognisers.states[0]?.usable;
    });
    const ears = listenTo(recognisers, words);
    await eventually('an answer', ears.over);
    assert.equal(ears.heard?.[0]?.text, 'ventas');
  });

  it('notices a recogniser that is gone before the caller has spoken', async () => {
    const { server, recognisers } = await open({ kind: 'silent' });
    await server.stop();
    const ears = new Listener();
    recognisers.listen(request(), ears.events);
    await eventually('a failure', ears.over);
    assert.equal(ears.not, 'failed');
  });

  it('has nobody for a language without a recogniser', async () => {
    const { recognisers } = await open({ kind: 'hears', text: 'x' });
    const ears = new Listener();
    recognisers.listen(request('en'), ears.events);
    assert.equal(ears.over(), false);
    await eventually('an answer', ears.over);
    assert.equal(ears.not, 'unavailable');
  });

  it('listens to so many at once, and to no more', async () => {
    const { server, recognisers } = await open({ kind: 'silent' }, { streamsMax: 20 });
    const all = Array.from({ length: 200 }, () => new Listener());
    const sessions = all.map((ears) => recognisers.listen(request(), ears.events));
    await eventually(
      'the refusals',
      () => all.filter(({ not }) => not === 'unavailable').length === 180,
    );
    await eventually('the others', () => server.utterances.length === 20);
    for (const session of sessions) session.cancel();
    assert.equal(recognisers.states[0]?.streams, 0);
  });

  it('says nothing more to somebody who has left', async () => {
    const { server, recognisers, recognitions } = await open({ kind: 'hears', text: 'ventas' });
    const ears = new Listener();
    const session = recognisers.listen(request(), ears.events);
    session.push(bytesOf(words));
    session.cancel();
    session.push(bytesOf(words));
    await eventually('the connection to close', () =>
      server.utterances.every(({ closed }) => closed),
    );
    assert.equal(ears.over(), false);
    assert.deepEqual(
      recognitions.map(({ outcome }) => outcome),
      ['cancelled'],
    );
  });
});
