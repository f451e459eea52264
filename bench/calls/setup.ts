import { setTimeout as delay } from 'node:timers/promises';
import type { PhoneBox } from '../../demo/phone/phone-box.ts';
import { eventually } from '../../test/support/eventually.ts';
import { type Distribution, distribution } from '../support/percentiles.ts';

const MAIN_NUMBER = '8005550100';
const WARM_UP_CALLS = 30;
const WARM_UP_MS = 10_000;

export interface SetupTimes {
  readonly callsPerSecond: number;
  readonly inviteTo200Ms: Distribution;
  readonly inviteToFirstPacketMs: Distribution;
}

/** How soon a caller is answered and hears the first prompt, at a steady rate. */
export async function measureSetup(
  phones: PhoneBox,
  callsPerSecond: number,
  calls: number,
): Promise<SetupTimes> {
  // The first calls after a start meet prompts that are still being rendered, and code that is not yet compiled.
  await placeSteadily(phones, callsPerSecond, WARM_UP_CALLS);
  await delay(WARM_UP_MS);
  const { answered, heard } = await placeSteadily(phones, callsPerSecond, calls);
  return {
    callsPerSecond,
    inviteTo200Ms: distribution(answered),
    inviteToFirstPacketMs: distribution(heard),
  };
}

async function placeSteadily(
  phones: PhoneBox,
  callsPerSecond: number,
  calls: number,
): Promise<{ answered: readonly number[]; heard: readonly number[] }> {
  const answered: number[] = [];
  const heard: number[] = [];
  const one = async (): Promise<void> => {
    const call = await phones.dial(MAIN_NUMBER, { ani: '5555559000' });
    const { startedAt, answeredAt = Number.NaN } = call.times;
    answered.push(answeredAt - startedAt);
    const firstAt = await eventually('the first packet', () => call.rtp.statistics.firstAt);
    heard.push(firstAt - startedAt);
    await delay(300);
    call.hangUp();
  };
  const going: Promise<void>[] = [];
  for (let index = 0; index < calls; index++) {
    going.push(one());
    await delay(1000 / callsPerSecond);
  }
  await Promise.all(going);
  return { answered, heard };
}
