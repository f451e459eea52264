import { setTimeout as delay } from 'node:timers/promises';
import type { Credentials } from './phone/digest.ts';
import type { PhoneBox, Ringing } from './phone/phone-box.ts';
import type { PhoneCall } from './phone/phone-call.ts';

/** Whose phone the demo plays. */
interface Agent extends Credentials {
  /** Typed after `*71`. */
  readonly pin: string;
}

/** The agents of config/example/company.yaml: their secrets are published. */
const EXAMPLE_STAFF: readonly Agent[] = [
  { user: '1001', password: 'vF7-tulipan-1001', pin: '2741' },
  { user: '1002', password: 'kM3-encina-1002', pin: '6093' },
  { user: '1003', password: 'qT9-alondra-1003', pin: '3518' },
  { user: '1004', password: 'zB5-romero-1004', pin: '8260' },
  { user: '1005', password: 'hN8-jilguero-1005', pin: '4972' },
  { user: '1006', password: 'wD2-almendro-1006', pin: '7135' },
];

/** An agent says a tone of their own, so that callers can tell whom they hear. */
export const AGENT_TONE_HZ = 1_730;
export const CALLER_TONE_HZ = 1_130;

const HEARD_MS = 200;
/** After a call an agent has after-call work; being ready again is the system's business, not ours. */
const REACTION_MS = 300;
/** Between the question for the PIN and its first key. */
const THINK_MS = 1_000;

/** What one agent's phone went through. */
export interface Conversation {
  readonly call: PhoneCall;
  /** Whether the agent heard the caller's tone. */
  heardCaller(): boolean;
}

/** Registers everybody, signs them in and makes them ready by feature code, as they would do it themselves. */
export async function callStaffIn(
  phones: PhoneBox,
  onConversation: (conversation: Conversation) => void,
): Promise<void> {
  const comeIn = async (agent: Agent) => {
    const status = await phones.register(agent, (ringing) => void answer(ringing, onConversation));
    if (status !== 200) throw new Error(`Agent ${agent.user} could not register: ${status}.`);
    await dialCode(phones, agent, '*71', `${agent.pin}#`);
    await dialCode(phones, agent, '*73');
  };
  await Promise.all(EXAMPLE_STAFF.map(comeIn));
}

export async function sendStaffHome(phones: PhoneBox): Promise<void> {
  const goHome = async (agent: Agent) => {
    await dialCode(phones, agent, '*72').catch(() => undefined);
    await phones.unregister(agent).catch(() => undefined);
  };
  await Promise.all(EXAMPLE_STAFF.map(goHome));
}

/** Dials a feature code, types what it asks for, and listens to the confirmation to its end. */
async function dialCode(
  phones: PhoneBox,
  credentials: Credentials,
  code: string,
  keys = '',
): Promise<void> {
  const call = await phones.dial(code, { credentials });
  await delay(THINK_MS);
  call.rtp.press(keys);
  const patience = setTimeout(() => call.hangUp(), 15_000);
  await call.ended;
  clearTimeout(patience);
}

async function answer(
  ringing: Ringing,
  onConversation: (conversation: Conversation) => void,
): Promise<void> {
  const stopped = await Promise.race([
    ringing.stopped.then(() => true),
    delay(REACTION_MS).then(() => false),
  ]);
  if (stopped) return;
  const call = await ringing.answer({ listenFor: [CALLER_TONE_HZ, AGENT_TONE_HZ] });
  if (!call) return;
  call.rtp.play(AGENT_TONE_HZ);
  onConversation({
    call,
    heardCaller: () => call.rtp.heard.find(CALLER_TONE_HZ, HEARD_MS) !== undefined,
  });
}
