import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { ManualClock } from '../../../src/lib/clock.ts';
import { silentLogger } from '../../../src/lib/log.ts';
import type { Utterance } from '../../../src/model/utterance.ts';
import { writeFillers } from '../../../src/speech/audio/fillers.ts';
import { inspectWav } from '../../../src/speech/audio/wav.ts';
import { PromptCache } from '../../../src/speech/cache.ts';
import { Janitor } from '../../../src/speech/janitor.ts';
import { Recordings } from '../../../src/speech/recordings.ts';
import { Renderer } from '../../../src/speech/renderer.ts';
import { Uploads } from '../../../src/speech/uploads.ts';
import type { Sentence, Voice } from '../../../src/speech/voices/voice.ts';

/** Says everything as a hundred milliseconds of nearly nothing, when it is let, and remembers what it was asked. */
class FakeVoice implements Voice {
  readonly asked: { text: string; ending?: string; urgent: boolean }[] = [];
  version = 'v1';
  broken = false;
  held: (() => void)[] | undefined;

  fingerprint(language: string): string {
    return `${this.version}/${language}`;
  }

  async speak({ text, ending }: Sentence, urgent: boolean): Promise<Int16Array> {
    this.asked.push({ text, ...(ending ? { ending } : {}), urgent });
    if (text === 'no' || this.broken) throw new Error('I will not say that');
    const { held } = this;
    if (held) await new Promise<void>((resolve) => held.push(resolve));
    return new Int16Array(1_600).fill(1);
  }

  /** One sentence at a time. */
  isBusy(): boolean {
    return (this.held?.length ?? 0) > 0;
  }

  hurry(): void {}

  drop(): void {}

  async close(): Promise<void> {}
}

const PATIENCE = { moment: 'Un momento.', longer: 'Un momento más.', never: 'No podemos.' };
const lines: string[] = [];
const facts: object[] = [];
const told = (about: object, text: string): void => {
  facts.push(about);
  lines.push(text);
};
const log = { ...silentLogger, info: told, warn: told };
const spared: string[] = [];
const cut: string[] = [];
const missing: string[] = [];
let looks = 0;
let folder: string;
let voice: FakeVoice;
let house: FakeVoice;
let clock: ManualClock;
let cache: PromptCache;
let uploads: Uploads;
let renderer: Renderer;

async function reopen(): Promise<void> {
  cache = await PromptCache.open(folder, voice);
  uploads = await Uploads.open(join(folder, 'uploads'), clock, silentLogger);
  renderer = new Renderer({
    cache,
    spare: await PromptCache.open(folder, house),
    recordings: await Recordings.open(folder, uploads, silentLogger),
    fillers: await writeFillers(folder),
    clock,
    log,
    patience: () => PATIENCE,
    onSpare: (language) => spared.push(language),
    onCut: (language) => cut.push(language),
    onMissing: (language) => missing.push(language),
    lookAgain: () => {
      looks += 1;
    },
  });
}

/** So many looks in a row find nobody at the disk. */
const STILL_TURNS = 40;

/** Work that reads and writes files goes on until nothing changes any more: the manual clock stands still. */
async function whenStill(): Promise<void> {
  const isAtTheDisk = (): boolean =>
    process.getActiveResourcesInfo().some((name) => name.startsWith('FS') || name === 'CloseReq');
  for (let stillTurns = 0; stillTurns < STILL_TURNS; ) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    stillTurns = isAtTheDisk() ? 0 : stillTurns + 1;
  }
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'prompts-'));
  voice = new FakeVoice();
  house = new FakeVoice();
  house.version = 'house';
  clock = new ManualClock();
  spared.length = 0;
  lines.length = 0;
  facts.length = 0;
  cut.length = 0;
  missing.length = 0;
  looks = 0;
  await reopen();
});
afterEach(() => rm(folder, { recursive: true }));

const balance = (words: string): Utterance => ({
  text: `Debe ${words}.`,
  language: 'es-MX',
  parts: [
    { text: 'Debe ', filled: false },
    { text: words, filled: true },
    { text: '.', filled: false },
  ],
});
const pieces: readonly Sentence[] = [
  { text: 'Debe', language: 'es-MX', ending: 'joined' },
  { text: 'ciento', language: 'es-MX', ending: 'joined' },
  { text: 'ciento un', language: 'es-MX', ending: 'joined' },
  { text: 'pesos', language: 'es-MX', ending: 'joined' },
  { text: 'pesos', language: 'es-MX', ending: 'last' },
];

describe('Renderer', () => {
  it('makes a WAV file once, for all who ask and for the next process', async () => {
    const paths = await Promise.all(['hola', 'hola'].map((text) => renderer.render(text, 'es-MX')));
    assert.equal(paths[0], paths[1]);
    assert.ok((await inspectWav(paths[0] ?? '')).ok);
    await reopen();
    assert.equal(await renderer.render('hola', 'es-MX'), paths[0]);
    assert.deepEqual(voice.asked, [{ text: 'hola', urgent: true }]);
  });

  it('makes another file for another text, language or voice', async () => {
    const paths = [
      await renderer.render('hola', 'es-MX'),
      await renderer.render('hola', 'es-ES'),
      await renderer.render('adiós', 'es-MX'),
    ];
    voice.version = 'v2';
    paths.push(await renderer.render('hola', 'es-MX'));
    assert.equal(new Set(paths).size, 4);
  });

  it('makes a file anew that was deleted or damaged', async () => {
    const path = await renderer.render('hola', 'es-MX');
    await rm(path);
    await reopen();
    await renderer.render('hola', 'es-MX');
    await writeFile(path, '');
    await reopen();
    await renderer.render('hola', 'es-MX');
    assert.equal(voice.asked.length, 3);
    assert.ok((await readFile(path)).length > 44);
  });

  it('clears away what a crash left unfinished', async () => {
    await writeFile(join(folder, 'x.wav.1-1.part'), 'half');
    await writeFile(join(folder, 'own', 'y.wav.1-1.part'), 'half');
    await reopen();
    const left = await readdir(folder, { recursive: true });
    assert.ok(!left.some((name) => name.endsWith('.part')));
  });

  it('renders a list patiently, in its order, and tells what came of it', async () => {
    await renderer.render('uno', 'en');
    const report = await renderer.prerender([
      { text: 'pesos', language: 'es-MX', ending: 'last' },
      ...['uno', 'dos', 'no'].map((text) => ({ text, language: 'en' as const })),
    ]);
    assert.deepEqual(report, {
      rendered: 2,
      cached: 1,
      failed: 1,
      spared: 0,
      why: 'Error: I will not say that',
    });
    assert.deepEqual(voice.asked.slice(1), [
      { text: 'pesos', ending: 'last', urgent: false },
      { text: 'dos', urgent: false },
      { text: 'no', urgent: false },
    ]);
  });

  it('ends a list when it is told to, and knows how much was to be made while it was', async () => {
    voice.held = [];
    const list = ['uno', 'dos', 'tres'].map((text) => ({ text, language: 'en' as const }));
    let stop = false;
    const making = renderer.prerender(list, () => stop);
    await whenStill();
    renderer.ready(balance('mil pesos'));
    assert.deepEqual(facts, [{ language: 'es-MX', toBeMade: 3 }]);
    stop = true;
    voice.held.splice(0).forEach((resolve) => {
      resolve();
    });
    assert.deepEqual(await making, { rendered: 1, cached: 0, failed: 0, spared: 0 });
    assert.deepEqual(voice.asked, [{ text: 'uno', urgent: false }]);
  });
});

describe('Renderer: a sentence of one caller', () => {
  it('is put together from pieces when the voice does not have it at once', async () => {
    await renderer.prerender(pieces);
    voice.held = [];
    const speaking = renderer.speak(balance('ciento un pesos'));
    await whenStill();
    clock.advance(60);
    const { files } = await speaking;
    const expected = [pieces[0], pieces[2], pieces[4]].map((piece) => piece && cache.pathOf(piece));
    assert.deepEqual(files, expected);
    // The voice goes on: the next time it is heard whole.
    voice.held.splice(0).forEach((resolve) => {
      resolve();
    });
    await whenStill();
    assert.equal((await renderer.say(balance('ciento un pesos'))).length, 1);
  });

  it('is whole when it was made ahead, or is made in no time', async () => {
    await renderer.prerender(pieces);
    renderer.prepare([balance('mil pesos')]);
    await whenStill();
    assert.deepEqual(voice.asked.at(-1), { text: 'Debe mil pesos.', urgent: false });
    const [file = ''] = await renderer.say(balance('mil pesos'));
    assert.match(file, /\/own\/[0-9a-f]{40}\.wav$/);
    assert.equal((await renderer.speak(balance('ciento pesos'))).files.length, 1);
  });

  it('is put together at once, and the voice not asked, for somebody who hears something else', async () => {
    await renderer.prerender(pieces);
    const before = voice.asked.length;
    assert.equal((await renderer.say(balance('ciento un pesos'))).length, 3);
    assert.equal(renderer.ready(balance('ciento un pesos'))?.length, 3);
    assert.equal(voice.asked.length, before);
    assert.deepEqual(missing, []);
  });

  it('of a crowd asks a voice for one sentence, and puts the others together', async () => {
    await renderer.prerender(pieces);
    const before = voice.asked.length;
    voice.held = [];
    const first = renderer.speak(balance('ciento un pesos'));
    await whenStill();
    for (let n = 0; n < 1_000; n++)
      assert.equal((await renderer.speak(balance('ciento pesos'))).files.length, 3);
    clock.advance(60);
    assert.equal((await first).files.length, 3);
    assert.equal(voice.asked.length, before + 1);
  });

  it('is not there where a piece is not: it is counted for each, and told once', () => {
    for (let n = 0; n < 100; n++) assert.equal(renderer.ready(balance('mil pesos')), undefined);
    assert.equal(missing.length, 100);
    assert.deepEqual(lines, ['Callers are told less: it is not rendered']);
    assert.deepEqual([voice.asked, house.asked, looks], [[], [], 100]);
  });

  it('is put together from what the voice of the house has said where the better one fails', async () => {
    voice.broken = true;
    const thanks = { text: 'Gracias.', language: 'es-MX' } as const;
    const report = await renderer.prerender([thanks, ...pieces]);
    assert.deepEqual(report, {
      rendered: 0,
      cached: 0,
      failed: 6,
      spared: 6,
      why: 'Error: I will not say that',
    });
    assert.equal(voice.asked.length, 5, 'it is not asked for the rest of the list');
    assert.equal(renderer.ready(balance('ciento un pesos'))?.length, 3);
    assert.equal(renderer.ready(thanks)?.length, 1);
    assert.deepEqual([spared, missing, looks], [['es-MX', 'es-MX'], [], 2]);
    voice.broken = false;
    await renderer.prerender([thanks, ...pieces]);
    assert.deepEqual(
      renderer.ready(balance('ciento un pesos')),
      [pieces[0], pieces[2], pieces[4]].map((piece) => piece && cache.pathOf(piece)),
    );
    assert.deepEqual([missing, looks], [[], 2]);
  });

  it('takes a phrase with the ending that it needs, whatever else was rendered of it', async () => {
    // Some flow has "ciento un pesos" in the midst of a sentence.
    await renderer.prerender([
      ...pieces,
      { text: 'ciento un pesos', language: 'es-MX', ending: 'joined' },
    ]);
    assert.equal(renderer.ready(balance('ciento un pesos'))?.length, 3);
  });

  it('pauses where the value has a comma', async () => {
    await renderer.prerender(pieces);
    voice.held = [];
    assert.equal((await renderer.say(balance('ciento, pesos')))[2], join(folder, 'pause.wav'));
  });

  it('is said by the voice of the house when the better one takes too long, or fails', async () => {
    voice.held = [];
    const saying = renderer.say(balance('Ana'));
    await whenStill();
    clock.advance(2_500);
    assert.equal((await saying).length, 1);
    assert.deepEqual(house.asked, [{ text: 'Debe Ana.', urgent: true }]);
    assert.equal(
      await renderer.say({ text: 'no', language: 'en' }).catch(String),
      'Error: I will not say that',
    );
    assert.deepEqual(spared, ['es-MX', 'en']);
    assert.deepEqual(lines, [
      'Another voice says sentences',
      'Sentences are said without what no voice has in time',
    ]);
  });
});

/** "Hola, {name}. Debe {total}.": the name is in no vocabulary. */
const greeting = (name: string): Utterance => {
  const parts = [
    { text: 'Hola, ', filled: false },
    { text: name, filled: true },
    { text: '. Debe ', filled: false },
    { text: 'ciento pesos', filled: true },
    { text: '.', filled: false },
  ];
  return { text: parts.map(({ text }) => text).join(''), language: 'es-MX', parts };
};
const greetingPieces: readonly Sentence[] = [
  { text: 'Hola,', language: 'es-MX', ending: 'joined' },
  { text: 'Hola,', language: 'es-MX', ending: 'last' },
  ...pieces,
];
/** Where a rendering will be. */
const at = (text: string, ending?: Sentence['ending']): string =>
  cache.pathOf({ text, language: 'es-MX', ...(ending ? { ending } : { own: true }) });

const own = (text: string, ending: Sentence['ending']): string =>
  cache.pathOf({ text, language: 'es-MX', own: true, ...(ending ? { ending } : {}) });

describe('Renderer: somebody who hears silence otherwise', () => {
  /** What stands behind the name. */
  const afterwards = (): readonly string[] => [
    join(folder, 'pause.wav'),
    ...[at('Debe', 'joined'), at('ciento', 'joined'), at('pesos', 'last')],
  ];
  beforeEach(async () => {
    const patience = Object.values(PATIENCE).map((text) => ({ text, language: 'es-MX' }) as const);
    await renderer.prerender([...greetingPieces, ...patience]);
    voice.asked.length = 0;
    voice.held = [];
    house.held = [];
  });
  const says = async (who: FakeVoice): Promise<void> => {
    for (const go of who.held?.splice(0) ?? []) go();
    await whenStill();
  };

  it('hears what is known at once, and then the rest, which was made meanwhile', async () => {
    const { files, rest } = await renderer.speak(greeting('Ana'));
    assert.deepEqual(files, [at('Hola,', 'joined')]);
    await whenStill();
    assert.deepEqual(voice.asked, [
      { text: 'Ana', ending: 'last', urgent: true },
      { text: 'Hola, Ana. Debe ciento pesos.', urgent: false },
    ]);
    await says(voice);
    assert.deepEqual(rest?.(), { files: [own('Ana', 'last'), ...afterwards()] });
    assert.deepEqual(await renderer.speak(greeting('Ana')), {
      files: [at('Hola, Ana. Debe ciento pesos.')],
    });
  });

  it('hears the rest without the name when no voice has made it by then', async () => {
    const { rest } = await renderer.speak(greeting('Ana'));
    assert.deepEqual(rest?.(), { files: afterwards() });
    assert.deepEqual(cut, ['es-MX']);
  });

  it('hears the voice of the house where only that was in time', async () => {
    const { rest } = await renderer.speak(greeting('Ana'));
    await whenStill();
    await says(house);
    const [file = '', ...after] = rest?.().files ?? [];
    assert.notEqual(file, own('Ana', 'last'));
    assert.ok((await readFile(file)).length > 44);
    assert.deepEqual(after, afterwards());
    assert.deepEqual([spared, cut], [['es-MX'], []]);
  });

  it('is not told that something is missing when nothing is known of a place', async () => {
    const { files, rest } = await speakIn60ms(greeting(''));
    assert.deepEqual(files.slice(0, 3), [
      at('Hola,', 'last'),
      join(folder, 'pause.wav'),
      at('Debe', 'joined'),
    ]);
    assert.equal(rest, undefined);
  });

  /** What the company's own system answered, read out: nothing of it is known beforehand. */
  const answer = (text: string): Utterance => ({
    text,
    language: 'es-MX',
    parts: [{ text, filled: true }],
  });
  const heard = (text: string): string => cache.pathOf({ text, language: 'es-MX' });

  it('is asked for a moment where nothing of a sentence is known, and hears it then', async () => {
    const { files, rest } = await speakIn60ms(answer('Su paquete está en camino.'));
    assert.deepEqual(files, [heard('Un momento.')]);
    await whenStill();
    await says(voice);
    assert.deepEqual(rest?.(), { files: [at('Su paquete está en camino.')] });
    assert.deepEqual(cut, []);
  });

  it('never waits for a voice: what is there is played meanwhile, and in the end that it cannot be told', async () => {
    const { rest } = await speakIn60ms(answer('Otra.'));
    const pause = rest?.();
    assert.deepEqual(pause?.files, [join(folder, 'pause.wav')]);
    const longer = pause?.rest?.();
    assert.deepEqual(longer?.files, [heard('Un momento más.')]);
    assert.deepEqual(longer?.rest?.(), { files: [heard('No podemos.')] });
    assert.deepEqual(cut, ['es-MX']);
  });

  it('hears it as soon as it is there', async () => {
    const { rest } = await speakIn60ms(answer('Otra.'));
    const longer = rest?.().rest?.();
    await whenStill();
    await says(voice);
    assert.deepEqual(longer?.rest?.(), { files: [at('Otra.')] });
    assert.deepEqual(cut, []);
  });

  it('is asked for a moment where the beginning is there and what follows is not', async () => {
    const parts = (greeting('Ana').parts ?? []).map((part) => ({
      ...part,
      text: part.text.replace('Debe', 'Otra cosa'),
    }));
    const text = parts.map((part) => part.text).join('');
    const { files } = await speakIn60ms({ text, parts, language: 'es-MX' });
    assert.deepEqual(files, [cache.pathOf({ text: 'Un momento.', language: 'es-MX' })]);
  });

  async function speakIn60ms(utterance: Utterance) {
    const speaking = renderer.speak(utterance);
    await whenStill();
    clock.advance(60);
    return speaking;
  }
});

describe('Renderer: a better voice that fails', () => {
  it('is not waited for: what the voice of the house has made ahead is heard at once', async () => {
    const hello: Utterance = { text: 'Hola.', language: 'es-MX' };
    voice.broken = true;
    await renderer.prerender([hello, ...pieces]);
    const spare = await PromptCache.open(folder, house);
    assert.deepEqual(await renderer.speak(hello), { files: [spare.pathOf(hello)] });
    assert.equal((await renderer.speak(balance('ciento un pesos'))).files.length, 3);
    assert.deepEqual(spared, ['es-MX', 'es-MX']);
    voice.broken = false;
    assert.deepEqual(await renderer.speak(hello), { files: [cache.pathOf(hello)] });
  });
});

describe('Renderer: at a first start, before any voice has said a word', () => {
  const hello: Utterance = { text: 'Hola.', language: 'es-MX' };
  const interlude = (): string => join(folder, 'interlude.wav');
  const ask = async (utterance = hello) => {
    const speaking = renderer.speak(utterance);
    await whenStill();
    clock.advance(60);
    return speaking;
  };
  beforeEach(() => {
    voice.held = [];
    house.held = [];
  });

  it('plays a little music at once, and then the sentence, if there is one by then', async () => {
    const sound = await inspectWav(interlude());
    assert.ok(sound.ok);
    const { files, rest } = await ask();
    assert.deepEqual(files, [interlude()]);
    voice.held?.splice(0).forEach((resolve) => {
      resolve();
    });
    await whenStill();
    assert.deepEqual(rest?.(), { files: [cache.pathOf(hello)] });
    assert.deepEqual(lines, []);
  });

  it('plays some more, and then goes on without it: it is told once, however many callers there are', async () => {
    for (let caller = 0; caller < 3; caller++) {
      const { files, rest } = await ask();
      assert.deepEqual(files, [interlude()]);
      const pause = rest?.();
      assert.deepEqual(pause?.files, [join(folder, 'pause.wav')]);
      const more = pause?.rest?.();
      assert.deepEqual(more?.files, [interlude()]);
      assert.deepEqual(more?.rest?.(), { files: [] });
    }
    assert.deepEqual(lines, ['Sentences are said without what no voice has in time']);
    assert.equal(cut.length, 3);
  });

  it('tells once that nobody can be told anything, however many hear something else meanwhile', async () => {
    for (let caller = 0; caller < 3; caller++) {
      const saying = renderer.say(hello).catch(String);
      await whenStill();
      clock.advance(2_500);
      await whenStill();
      clock.advance(2_500);
      assert.match(String(await saying), /takes too long/);
    }
    assert.deepEqual(lines, [
      'Another voice says sentences',
      'Sentences are said without what no voice has in time',
    ]);
  });
});

describe('Janitor', () => {
  const day = 24 * 3_600_000;

  it('clears away what no flow says any more, and one caller’s own sentences after a day', async () => {
    const [kept, old] = [await renderer.render('sí', 'en'), await renderer.render('ya no', 'en')];
    const [own = ''] = await renderer.say(balance('mil'));
    const janitor = new Janitor({ folder, cache, clock, log: silentLogger });
    // What it would do by itself every hour does not come in between.
    janitor.close();
    const age = async (ms: number): Promise<void> => {
      clock.advance(Math.max(0, Date.now() + ms - clock.now()));
    };
    await age(day / 2);
    assert.equal(await janitor.clean(), 0);
    await age(2 * day);
    assert.equal(
      await janitor.clean(),
      1,
      'only the own sentence: what flows say is not known yet',
    );
    assert.equal(await readFile(own).catch(() => 'gone'), 'gone');
    janitor.keep([{ text: 'sí', language: 'en' }]);
    await age(40 * day);
    assert.equal(await janitor.clean(), 1);
    assert.equal(await readFile(old).catch(() => 'gone'), 'gone');
    assert.ok((await readFile(kept)).length > 44);
    assert.ok(renderer.audio('default'), 'music and recordings are not its business');
  });
});

describe('Recordings', () => {
  it('makes music at the first start, and keeps what the operator puts in its place', async () => {
    const path = renderer.audio('default');
    assert.equal(path, join(folder, 'music', 'default.wav'));
    const own = await readFile(await renderer.render('hola', 'es-MX'));
    await writeFile(path ?? '', own);
    await reopen();
    assert.deepEqual(await readFile(renderer.audio('default') ?? ''), own);
  });

  it('finds recordings by name, and those that come later the second time they are asked for', async () => {
    const recordings = await Recordings.open(folder, uploads, silentLogger);
    assert.equal(recordings.find('saludo'), undefined);
    await recordings.look();
    const sound = await readFile(await renderer.render('hola', 'es-MX'));
    await writeFile(join(folder, 'recordings', 'saludo.wav'), sound);
    assert.equal(recordings.find('saludo'), undefined);
    await recordings.look();
    assert.match(recordings.find('saludo.wav') ?? '', /recordings\/saludo\.wav$/);
    assert.equal(recordings.find('recordings/saludo'), recordings.find('saludo'));
    assert.equal(recordings.find('../../../etc/passwd'), undefined);
  });

  it('reports and refuses a file that is not sound', async () => {
    await writeFile(join(folder, 'music', 'foto.wav'), '\x89PNG\r\n\x1a\n');
    const warnings: object[] = [];
    const log = { ...silentLogger, warn: (fields: object) => void warnings.push(fields) };
    const recordings = await Recordings.open(folder, uploads, log);
    assert.equal(recordings.find('foto'), undefined);
    assert.deepEqual(warnings, [
      { path: join(folder, 'music', 'foto.wav'), why: 'it is not a WAV file' },
    ]);
  });
});
