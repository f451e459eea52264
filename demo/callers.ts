import { setTimeout as delay } from 'node:timers/promises';
import type { PhoneBox } from './phone/phone-box.ts';
import type { PhoneCall } from './phone/phone-call.ts';
import { AGENT_TONE_HZ, CALLER_TONE_HZ } from './staff.ts';

/** How one call went, as its caller tells it. */
export interface CallerStory {
  readonly ani: string;
  readonly outcome: 'answered' | 'abandoned' | 'failed';
  /** From the choice in the menu to the agent's voice; absent unless answered. */
  readonly waitMs?: number;
  readonly heardAgent: boolean;
  readonly why?: string;
}

const MAIN_NUMBER = '8005550100';
/** Numbers of contacts in the example company, and strangers. */
const CALLERS = [
  { ani: '5555550001', name: 'Ana' },
  { ani: '5555550002', name: 'Luis' },
  { ani: '5555550003', name: 'María' },
  { ani: '5555559001', name: 'Desconocido' },
  { ani: '5555559002', name: 'Desconocida' },
];
const KEYS = ['1', '2', '3'];
/** Callers decide after having heard a little of the menu. */
const THINK_MS = 1_500;
const TALK_MS = 2_000;
/** One caller in ten gives up early, as people do. */
const IMPATIENT_EVERY = 10;
const IMPATIENCE_MS = 4_000;
const PATIENCE_MS = 120_000;
const HEARD_MS = 200;
const POLL_MS = 20;

/** Places the `index`th call, goes through the menu, talks, and tells how it was. */
export async function placeCall(phones: PhoneBox, index: number): Promise<CallerStory> {
  const { ani, name } = CALLERS[index % CALLERS.length] ?? { ani: '5555559001', name: '' };
  try {
    const call = await phones.dial(MAIN_NUMBER, { ani, name, listenFor: [AGENT_TONE_HZ] });
    return await goThrough(call, index, ani);
  } catch (error) {
    return { ani, outcome: 'failed', heardAgent: false, why: String(error) };
  }
}

async function goThrough(call: PhoneCall, index: number, ani: string): Promise<CallerStory> {
  const leavesEarly = index % IMPATIENT_EVERY === IMPATIENT_EVERY - 1;
  await delay(THINK_MS);
  call.rtp.press(KEYS[index % KEYS.length] ?? '1');
  call.rtp.play(CALLER_TONE_HZ);
  const chosenAt = performance.now();
  if (leavesEarly) {
    await delay(IMPATIENCE_MS);
    if (!heardAgent(call)) return leave(call, ani);
  }
  const answeredAt = await waitForAgent(call, PATIENCE_MS);
  if (answeredAt === undefined) {
    if (!call.over) return leave(call, ani);
    return { ani, outcome: 'failed', heardAgent: false, why: 'the system hung up' };
  }
  await delay(TALK_MS);
  call.hangUp();
  return { ani, outcome: 'answered', heardAgent: true, waitMs: Math.max(0, answeredAt - chosenAt) };
}

function leave(call: PhoneCall, ani: string): CallerStory {
  call.hangUp();
  return { ani, outcome: 'abandoned', heardAgent: false };
}

const heardAgent = (call: PhoneCall) => call.rtp.heard.find(AGENT_TONE_HZ, HEARD_MS);

/** When the agent's voice began, on the clock of `performance.now()`. */
async function waitForAgent(call: PhoneCall, limitMs: number): Promise<number | undefined> {
  const end = performance.now() + limitMs;
  while (!call.over && performance.now() < end) {
    const voice = heardAgent(call);
    if (voice) return voice.fromMs;
    await delay(POLL_MS);
  }
  return undefined;
}
