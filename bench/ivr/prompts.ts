import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/lib/clock.ts';
import { silentLogger } from '../../src/lib/log.ts';
import type { Utterance } from '../../src/model/utterance.ts';
import { openSpeech, type Sentence, type Voice } from '../../src/speech/speech.ts';
import { besideEcho } from '../support/echo.ts';
import { type Distribution, distribution } from '../support/percentiles.ts';

/** A second of sound for whatever is said: what is measured is the way to the file, not the voice. */
const instant: Voice = {
  fingerprint: () => 'bench',
  speak: async () => new Int16Array(16_000).fill(1_000),
  isBusy: () => false,
  hurry: () => {},
  drop: () => {},
  close: async () => {},
};

const PROMPTS = 2_000;
/** One hiccup of the machine strikes all twenty of a batch: fewer batches would tell of nothing else. */
const ASKED = 20_000;
const RESTARTS = 10;
/** As many as 200 calls in menus may ask for in the same instant. */
const AT_ONCE = 20;

/** A cached prompt from disk, in milliseconds. */
const P99_MS_GOAL = 5;

export interface PromptFigures {
  readonly sameProcess: Distribution;
  /** Every file is looked into once by a new process. */
  readonly afterRestart: Distribution;
  readonly goalP99Ms: number;
  readonly reached: boolean;
}

/** How long it takes to find what to play when it is on disk, in milliseconds. */
export const measurePrompts = () => besideEcho(measure);

async function measure(): Promise<PromptFigures> {
  const dataDir = await mkdtemp(join(tmpdir(), 'bench-prompts-'));
  const sentences: readonly Sentence[] = Array.from({ length: PROMPTS }, (_, at) => ({
    text: `Frase número ${at}.`,
    language: 'es-MX',
  }));
  const open = () => openSpeech({ dataDir, log: silentLogger, clock: systemClock, voice: instant });
  try {
    const first = await open();
    await first.prerender(sentences);
    const sameProcess = distribution(
      await ask(sentences, (sentence) => first.prompts.say(sentence)),
    );
    await first.close();
    const afterwards: number[] = [];
    for (let restart = 0; restart < RESTARTS; restart++) {
      const next = await open();
      afterwards.push(...(await ask(sentences, (one) => next.prompts.say(one), PROMPTS)));
      await next.close();
    }
    const afterRestart = distribution(afterwards);
    const reached = [sameProcess, afterRestart].every(({ p99 }) => p99 <= P99_MS_GOAL);
    return { sameProcess, afterRestart, goalP99Ms: P99_MS_GOAL, reached };
  } finally {
    await rm(dataDir, { recursive: true });
  }
}

async function ask(
  sentences: readonly Sentence[],
  say: (utterance: Utterance) => Promise<unknown>,
  count = ASKED,
): Promise<readonly number[]> {
  const took: number[] = [];
  for (let at = 0; at < count; at += AT_ONCE) {
    await Promise.all(
      Array.from({ length: AT_ONCE }, async (_, offset) => {
        const sentence = sentences[(at + offset) % sentences.length];
        if (!sentence) return;
        const began = performance.now();
        await say(sentence);
        took.push(performance.now() - began);
      }),
    );
  }
  return took;
}
