import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { EslClient } from '../contract/media/support/esl-client.ts';
import type { Baresip } from '../support/baresip.ts';
import type { Line, Person } from '../support/company.ts';
import { eventually } from '../support/eventually.ts';
import { sharedHouse } from '../support/house.ts';
import { PocketSphinxServer } from '../support/pocketsphinx/server.ts';
import { type HistoryStep, historyOf, liveCalls } from '../support/records.ts';
import { HISSED, HUMMED, writeTransducer } from '../support/sherpa/listeners.ts';
import { inARow, Speaker, silence } from '../support/sounds.ts';
import { type Stage, scene } from '../support/stage.ts';
import { writeWav } from '../support/tones.ts';
import { VoskServer } from '../support/vosk-server.ts';

const RATE = 16_000;
/** What callers say; spoken before the house starts, which has a lot to say itself then. */
const SAID = {
  billing: { text: 'billing', language: 'en' },
  sales: { text: 'sales', language: 'en' },
  yes: { text: 'yes', language: 'en' },
  ventas: { text: 'ventas', language: 'es-MX' },
  hissed: { text: HISSED, language: 'es-ES' },
  endlessly: {
    text: 'quiero hablar con alguien que me pueda ayudar de una vez por todas',
    language: 'es-MX',
  },
} as const;
/** What a number of each language has in it, and where its callers are. */
const LINES = {
  en: { digit: 1, country: 'US' },
  'es-MX': { digit: 2, country: 'MX' },
  'es-ES': { digit: 3, country: 'ES' },
} as const;
const sounds = new Map<string, Int16Array>();

async function speakAll(): Promise<void> {
  const speaker = new Speaker();
  for (const [name, { text, language }] of Object.entries(SAID)) {
    sounds.set(name, await speaker.say(text, language, RATE));
  }
  await speaker.close();
}

/** A recogniser for each: a real one that knows English, one that the tests have in their hands, and sherpa-onnx's. */
let english: PocketSphinxServer;
let spanish: VoskServer;
let model: string;

describe('speaking to the house', () => {
  const house = sharedHouse('speech', async () => {
    await speakAll();
    english = await PocketSphinxServer.start();
    spanish = await VoskServer.start({ kind: 'silent' });
    model = await mkdtemp(join(tmpdir(), 'listener-'));
    await writeTransducer(model);
    return {
      env: {
        RECOGNISERS: `en=${english.url},es=${spanish.url},es-ES=sherpa:${model}`,
        RECOGNISER_ANSWER_MS: '3000',
        TRANSCRIPTS_KEPT: 'true',
      },
    };
  });
  after(async () => {
    await english?.stop();
    await spanish?.stop();
    await rm(model, { recursive: true, force: true });
  });
  let sales: Line;
  let billing: Line;
  let carmen: Person;
  before(async () => {
    const { company } = house();
    sales = await company.line();
    billing = await company.line();
    carmen = await company.person(sales, billing);
  });

  /** A number whose callers are asked, in that language. */
  async function number(language: keyof typeof LINES, extra: object = {}): Promise<string> {
    const { api } = house().system;
    const dnis = `90055${LINES[language].digit}${Object.keys(extra).length}`;
    const nodes = {
      pregunta: {
        type: 'speech',
        prompts: [{ en: 'How can we help you?', es: '¿En qué podemos ayudarle?' }],
        timeoutSeconds: 15,
        choices: [
          {
            key: 1,
            phrases: { en: ['sales', 'buy something'], es: ['ventas'] },
            set: { intent: 'sales' },
            next: 'ventas',
          },
          { key: 2, phrases: { en: ['billing', 'invoice'], es: ['factura'] }, next: 'facturas' },
        ],
        failed: 'adios',
        ...extra,
      },
      ventas: { type: 'queue', queue: sales.queueId },
      facturas: { type: 'queue', queue: billing.queueId },
      adios: { type: 'hangup' },
    };
    const document = { name: 'Voz', languages: Object.keys(LINES), start: 'pregunta', nodes };
    await api.post('/v1/flows', { id: `voz-${dnis}`, document });
    const { country } = LINES[language];
    const config = { dnis, name: 'Voz', flowId: `voz-${dnis}`, language, country };
    await api.post('/v1/numbers', config);
    return dnis;
  }

  /** A wideband telephone (G.722) that says nothing yet. */
  async function dial(stage: Stage, dnis: string): Promise<Baresip> {
    const quiet = stage.evidence.file('quiet.wav');
    writeWav(quiet, silence(120_000, RATE), RATE);
    const phone = await house().baresip(
      stage,
      { user: `caller-${dnis}`, password: '' },
      {
        registerSeconds: 0,
        wideband: { source: quiet },
      },
    );
    const { host, port } = house().system.sip;
    await phone.dial(`sip:${dnis}@${host}:${port}`);
    await phone.event('CALL_ESTABLISHED');
    return phone;
  }

  async function say(stage: Stage, phone: Baresip, name: keyof typeof SAID): Promise<void> {
    const path = stage.evidence.file(`${name}.wav`);
    const said = sounds.get(name) ?? silence(0, RATE);
    writeWav(path, inARow(silence(300, RATE), said, silence(60_000, RATE)), RATE);
    await phone.speaks(path);
  }

  /** The history of the one call there is, until it has that step. */
  async function step(type: string): Promise<HistoryStep> {
    const { api } = house().system;
    return eventually(`a step ${type}`, async () => {
      const [call] = await liveCalls(api);
      const steps = call ? await historyOf(api, call.id) : [];
      return steps.findLast((each) => each.type === type);
    });
  }

  scene(
    'a caller says "billing" in G.722, and a real recogniser brings him there',
    async (stage) => {
      const phone = await dial(stage, await number('en'));
      await say(stage, phone, 'billing');
      await house().company.waiting(billing, 1);
      const heard = await step('flow.heard');
      assert.deepEqual(heard.data.pii, { transcript: 'billing' });
      assert.equal((await step('flow.choice')).data.next, 'facturas');
      await phone.hangUp();
      await house().company.waiting(billing, 0);
    },
  );

  scene(`a caller says "${HISSED}" to sherpa-onnx, and is brought there`, async (stage) => {
    const choice = (key: number, said: string, next: string) => ({
      ...{ key, next, phrases: { en: [said], es: [said] } },
    });
    const choices = [choice(1, HUMMED, 'ventas'), choice(2, HISSED, 'facturas')];
    const phone = await dial(stage, await number('es-ES', { choices }));
    await say(stage, phone, 'hissed');
    await house().company.waiting(billing, 1);
    assert.deepEqual((await step('flow.heard')).data.pii, { transcript: HISSED });
    await phone.hangUp();
    await house().company.waiting(billing, 0);
  });

  scene('"sales", asked back, "yes": an agent is rung', async (stage) => {
    const { company } = house();
    const agent = await house().baresip(stage, carmen);
    await company.ready(carmen);
    // Nothing is sure enough here: everything is asked back.
    const phone = await dial(stage, await number('en', { confidence: { take: 1, confirm: 0.3 } }));
    await say(stage, phone, 'sales');
    assert.equal((await step('flow.heard')).data.choice, 0);
    await say(stage, phone, 'yes');
    await agent.rings();
    assert.equal((await step('flow.choice')).data.next, 'ventas');
    assert.deepEqual(english.heard.slice(-2), ['sales', 'yes']);
    await phone.hangUp();
    await agent.event('CALL_CLOSED');
  });

  scene(
    'a recogniser that never answers costs its caller a few seconds; a key is enough',
    async (stage) => {
      const phone = await dial(stage, await number('es-MX'));
      await say(stage, phone, 'ventas');
      assert.equal((await step('flow.speechUnavailable')).data.why, 'failed');
      await phone.press('2');
      await house().company.waiting(billing, 1);
      await phone.hangUp();
      await house().company.waiting(billing, 0);
      const metrics = await house().system.api.text('/metrics');
      assert.match(metrics, /centralita_recognitions_total\{[^}]*outcome="slow"\} 1/);
    },
  );

  scene(
    'where the media server has no live audio, the answer is recorded and understood',
    async (stage) => {
      const { FREESWITCH_HOST = '', FREESWITCH_PORT, FREESWITCH_SECRET = '' } = process.env;
      const esl = await EslClient.connect(
        FREESWITCH_HOST,
        Number(FREESWITCH_PORT),
        FREESWITCH_SECRET,
      );
      await esl.api('unload mod_audio_fork');
      stage.atTheEnd(async () => {
        await esl.api('load mod_audio_fork');
        esl.close();
      });
      const recording = (): Promise<unknown> =>
        esl.wait((event) => event['Event-Name'] === 'RECORD_START');
      const dnis = await number('en', { attempts: 3, endSilenceSeconds: 1 });
      const begun = recording();
      const phone = await dial(stage, dnis);
      // Nobody can be heard over the prompt.
      await begun;
      await say(stage, phone, 'billing');
      await house().company.waiting(billing, 1);
      assert.equal((await step('flow.choice')).data.next, 'facturas');
      await phone.hangUp();
      await house().company.waiting(billing, 0);
    },
    { skip: process.env.SWITCH === 'external' ? false : 'the embedded one always has it' },
  );

  scene('a caller who hangs up while speaking leaves nothing behind', async (stage) => {
    spanish.behaviour = { kind: 'hears', text: 'ventas' };
    const phone = await dial(stage, await number('es-MX', { timeoutSeconds: 20 }));
    await say(stage, phone, 'endlessly');
    await eventually('speech on its way', () => (spanish.utterances.at(-1)?.audioBytes ?? 0) > 0);
    await phone.hangUp();
    await eventually('the connection to close', () =>
      spanish.utterances.every(({ closed }) => closed),
    );
    const metrics = await house().system.api.text('/metrics');
    assert.doesNotMatch(metrics, /centralita_recogniser_streams\{[^}]*\} [1-9]/);
  });
});
