import { setTimeout as delay } from 'node:timers/promises';
import type { PhoneBox, Ringing } from '../../demo/phone/phone-box.ts';
import type { PhoneCall } from '../../demo/phone/phone-call.ts';
import { eventually, within } from '../../test/support/eventually.ts';
import { dismiss, readyAgents } from '../support/agents.ts';
import { type Distribution, distribution } from '../support/percentiles.ts';
import type { TestBench } from '../support/test-bench.ts';

const AGENT_TONE_HZ = 1_730;
const PAUSE_MS = 100;
/** The first calls after a start meet code that is not yet compiled. */
const WARM_UP_CALLS = 15;

export interface OfferTimes {
  readonly callToIdleAgentsInviteMs: Distribution;
  readonly agents200ToCallerHearsMs: Distribution;
}

/** How soon an idle agent's phone rings, and how soon after its answer the caller hears the agent. */
export async function measureOffers(
  bench: TestBench,
  phones: PhoneBox,
  calls: number,
): Promise<OfferTimes> {
  const line = await bench.company.line();
  let rung: (ringing: Ringing) => void = () => undefined;
  const people = await readyAgents(bench, phones, line, 4, (ringing) => rung(ringing));
  const toInvite: number[] = [];
  const toVoice: number[] = [];
  for (let index = -WARM_UP_CALLS; index < calls; index++) {
    const ringing = new Promise<Ringing>((resolve) => {
      rung = resolve;
    });
    const startedAt = performance.now();
    const call = await phones.dial(line.dnis, { ani: '5555559000', listenFor: [AGENT_TONE_HZ] });
    const ring = await within('the ringing', ringing);
    const voiceMs = await voiceAfterAnswer(ring, call);
    if (index >= 0) {
      toInvite.push(ring.at - startedAt);
      toVoice.push(voiceMs);
    }
    call.hangUp();
    await delay(PAUSE_MS);
  }
  await dismiss(bench, phones, people);
  return {
    callToIdleAgentsInviteMs: distribution(toInvite),
    agents200ToCallerHearsMs: distribution(toVoice),
  };
}

async function voiceAfterAnswer(ring: Ringing, caller: PhoneCall): Promise<number> {
  const agent = await ring.answer();
  if (!agent) throw new Error('The agent could not answer.');
  agent.rtp.play(AGENT_TONE_HZ);
  const answeredAt = agent.times.answeredAt ?? Number.NaN;
  const voice = await eventually('the voice of the agent', () =>
    caller.rtp.heard.find(AGENT_TONE_HZ, 60),
  );
  return voice.fromMs - answeredAt;
}
