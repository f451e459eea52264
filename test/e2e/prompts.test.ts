import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe } from 'node:test';
import { eventually } from '../support/eventually.ts';
import { type House, sharedHouse } from '../support/house.ts';
import { toneOf, writePiper } from '../support/sherpa/voices.ts';
import { scene } from '../support/stage.ts';
import { TONES, toneSamples } from '../support/tones.ts';
import { wavFile } from '../support/wav-bytes.ts';

const TELEPHONE = { tag: 1, bits: 16, channels: 1, rate: 8_000 };
/** The embedded switch fetches sounds here; whether a FreeSWITCH does is said for all tests (`PROMPTS_SCHEME`). */
const scheme = process.env.SWITCH === 'external' ? '' : 'http://';

function toneFile(hz: number, seconds: number): Buffer {
  const samples = toneSamples(hz, seconds);
  return wavFile(TELEPHONE, Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength));
}

async function upload(house: House, name: string, wav: Buffer): Promise<void> {
  const { base, key } = house.system.api;
  const answer = await fetch(`${base}/v1/prompts/${name}?language=es-MX`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'audio/wav' },
    body: new Uint8Array(wav),
  });
  assert.equal(answer.status, 200, await answer.text());
}

/** A flow that says one thing and hangs up, with a number. */
async function saying(
  house: House,
  id: string,
  text: string,
  dnis: string,
  language = 'es-MX',
): Promise<void> {
  const { api } = house.system;
  const document = {
    name: id,
    languages: [language],
    start: 'saber',
    prompts: { aviso: { es: text } },
    nodes: {
      saber: { type: 'set', variables: { total: '21000.50', quien: 'mamá' }, next: 'decir' },
      decir: { type: 'play', prompts: ['aviso'], next: 'fin' },
      fin: { type: 'hangup' },
    },
  };
  await api.post('/v1/flows', { id, document });
  await api.post('/v1/numbers', { dnis, name: id, flowId: id, language, country: 'MX' });
}

describe('prompts', () => {
  let voices: string;
  const house = sharedHouse('prompts', async () => {
    voices = await mkdtemp(join(tmpdir(), 'voices-'));
    await writePiper(join(voices, 'tonos'), 'es');
    return {
      env: (port) => ({
        VOICES: 'es-ES=sherpa:tonos#1',
        VOICES_DIR: voices,
        ...(scheme ? { PROMPTS_URL: `${scheme}127.0.0.1:${port}` } : {}),
      }),
    };
  });
  after(() => rm(voices, { recursive: true, force: true }));

  scene(
    'an uploaded recording is heard instead of the text, at once, and so is the next',
    async (stage) => {
      await saying(house(), 'grabado', 'Esto no se oye.', '8007700001');
      for (const tone of [TONES.agent, TONES.otherAgent]) {
        await upload(house(), 'grabado.aviso', toneFile(tone, 2));
        const caller = await house().dial(stage, '8007700001');
        await eventually('the caller to hear the recording', () =>
          caller.rtp?.heard.find(tone, 1_500),
        );
        await caller.wasHungUp();
      }
    },
  );

  scene("an amount is spoken, and one caller's own sentence is kept apart", async (stage) => {
    await saying(house(), 'saldo', 'Debe {variables.total | money MXN}.', '8007700002');
    const caller = await house().dial(stage, '8007700002');
    await caller.answered();
    await caller.wasHungUp();
    const own = await readdir(join(house().system.dataDir, 'prompts', 'own'));
    assert.equal(own.filter((name) => name.endsWith('.wav')).length, 1);
    assert.ok(
      !house().system.logs.some(({ msg }) => msg === 'A prompt could not be spoken'),
      'the log says that it was spoken',
    );
  });

  scene(
    'a voice of sherpa-onnx says what was written, and what nobody knew before the call',
    async (stage) => {
      await saying(house(), 'tonos', 'Mamá mamá, {variables.quien}.', '8007700003', 'es-ES');
      const [m, a] = [toneOf('m', 1), toneOf('a', 1)];
      const caller = await house().dial(stage, '8007700003', { listenFor: [m, a] });
      await caller.wasHungUp();
      // Of each there are six, of 72 ms, and the frames at their edges are neither.
      const heard = [m, a].map((tone) => caller.rtp?.heard.totalMs(tone) ?? 0);
      assert.ok(Math.min(...heard) > 6 * 30, `${heard} ms`);
    },
  );
});
