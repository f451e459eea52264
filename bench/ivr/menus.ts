import { setTimeout as delay } from 'node:timers/promises';
import { PhoneBox } from '../../demo/phone/phone-box.ts';
import type { PhoneCall } from '../../demo/phone/phone-call.ts';
import { eventually } from '../../test/support/eventually.ts';
import { Echo } from '../support/echo.ts';
import { type Distribution, distribution } from '../support/percentiles.ts';
import { openTestBench, type TestBench } from '../support/test-bench.ts';

/** After the first packet of the key; FreeSWITCH itself waits for its last one, 100 ms later. */
const P99_MS_GOAL = 100;
const CALLERS_PER_SECOND = 15;
const KEYS_EACH = 5;
/** Nothing was heard for so long: the prompt is over. */
const QUIET_MS = 200;
/** People do not press in step. */
const THINKING_MS = 2_000;
const ANSWER_MS_MAX = 5_000;

export interface MenuFigures {
  readonly switch: TestBench['switchKind'];
  readonly calls: number;
  readonly keys: number;
  /** Keys that no prompt followed. */
  readonly unanswered: number;
  readonly keyToPromptMs: Distribution;
  /** How late a datagram of nothing comes back on this machine meanwhile: what no product could be faster than. */
  readonly machineEchoMs: Distribution;
  readonly goalP99Ms: number;
  readonly reached: boolean;
}

/** So many callers in menus at once: from the first packet of a key to the first packet of what is said next. */
export async function measureMenus(calls: number): Promise<MenuFigures> {
  const bench = await openTestBench();
  try {
    const phones = await PhoneBox.open(bench.system.sip);
    const number = await bench.company.numberOf(menus(), {
      uno: { 'es-MX': 'Pulse uno, o cero.' },
      dos: { 'es-MX': 'Otra vez: uno, o cero.' },
    });
    const talking = await callEach(phones, number, calls);
    const echo = await Echo.start();
    const heard = (await Promise.all(talking.map(pressAndListen))).flat();
    for (const call of talking) call.hangUp();
    const keyToPromptMs = distribution(heard.filter((ms) => ms !== undefined));
    const unanswered = heard.filter((ms) => ms === undefined).length;
    const reached = unanswered === 0 && keyToPromptMs.p99 <= P99_MS_GOAL;
    return {
      switch: bench.switchKind,
      calls,
      keys: heard.length,
      unanswered,
      keyToPromptMs,
      machineEchoMs: echo.finish(),
      goalP99Ms: P99_MS_GOAL,
      reached,
    };
  } finally {
    await bench.close();
  }
}

const menus = () => ({
  uno: menu('uno', 'dos'),
  dos: menu('dos', 'uno'),
  fin: { type: 'hangup' },
});

const menu = (prompt: string, next: string) => ({
  type: 'menu',
  prompts: [prompt],
  timeoutSeconds: 30,
  choices: [
    { key: '1', next },
    { key: '0', next: 'fin' },
  ],
  failed: 'fin',
});

async function callEach(phones: PhoneBox, number: string, calls: number): Promise<PhoneCall[]> {
  const dialling: Promise<PhoneCall>[] = [];
  for (let index = 0; index < calls; index++) {
    dialling.push(phones.dial(number, { ani: '5555559000' }));
    await delay(1_000 / CALLERS_PER_SECOND);
  }
  return Promise.all(dialling);
}

/** Milliseconds for each key; undefined: nothing came. */
async function pressAndListen({ rtp }: PhoneCall): Promise<(number | undefined)[]> {
  const took: (number | undefined)[] = [];
  for (let turn = 0; turn < KEYS_EACH; turn++) {
    await promptIsOver(rtp);
    await delay(Math.random() * THINKING_MS);
    took.push(await nextPrompt(rtp, turn));
  }
  return took;
}

const promptIsOver = (rtp: PhoneCall['rtp']): Promise<unknown> =>
  eventually('the end of a prompt', () => {
    const { lastAt } = rtp.statistics;
    return lastAt !== undefined && performance.now() - lastAt > QUIET_MS;
  });

async function nextPrompt(rtp: PhoneCall['rtp'], turn: number): Promise<number | undefined> {
  rtp.statistics.firstAt = undefined;
  rtp.press('1');
  const heardAt = await eventually('a prompt', () => rtp.statistics.firstAt, ANSWER_MS_MAX).catch(
    () => undefined,
  );
  return heardAt === undefined ? undefined : heardAt - (rtp.keysSentAt[turn] ?? heardAt);
}
