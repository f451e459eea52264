import { setTimeout as delay } from 'node:timers/promises';
import { levelDbfs } from '../../demo/phone/goertzel.ts';
import type { PhoneBox } from '../../demo/phone/phone-box.ts';
import type { PhoneCall } from '../../demo/phone/phone-call.ts';
import { liveCalls } from '../../test/support/records.ts';
import { type Distribution, distribution } from '../support/percentiles.ts';
import type { TestBench } from '../support/test-bench.ts';
import { answered, openDesk, talk } from './conversation.ts';

export interface JoinGaps {
  /** The longest silence of each of the two while the third joins, and in as long a time before. */
  readonly gapMs: Distribution;
  readonly gapBeforeMs: Distribution;
}

const [CALLER_HZ, AGENT_HZ, COLLEAGUE_HZ] = [440, 1_000, 1_730];
/** Below this nothing is heard. */
const SILENCE_DBFS = -50;
const FRAME_MS = 20;
const WATCHED_MS = 1_000;

/** What an agent and a colleague, who speak with one another, hear when the caller who waited is joined to them. */
export async function measureJoins(
  bench: TestBench,
  box: PhoneBox,
  times: number,
): Promise<JoinGaps> {
  const desk = await openDesk(bench, box);
  const { company } = bench;
  const [gaps, before]: [number[], number[]] = [[], []];
  for (let index = 0; index < times; index += 1) {
    const { caller, phone } = await talk(desk, box, '5555559000');
    caller.rtp.play(CALLER_HZ);
    phone.rtp.play(AGENT_HZ);
    await company.state(desk.agent, 'talking');
    const live = (await liveCalls(company.api)).find(
      ({ queueId }) => queueId === desk.line.queueId,
    );
    const ringing = desk.nextRing(desk.colleague);
    await company.api.post(`/v1/calls/${live?.id}/consult`, { to: { agent: desk.colleague.id } });
    const other = await answered(await ringing);
    other.rtp.play(COLLEAGUE_HZ);
    await delay(WATCHED_MS);
    const two = [phone, other];
    before.push(...(await longestSilences(two, async () => {})));
    gaps.push(
      ...(await longestSilences(two, () =>
        company.api.post(`/v1/calls/${live?.id}/conference`, {}),
      )),
    );
    caller.hangUp();
    phone.hangUp();
    other.hangUp();
    await company.state(desk.agent, 'ready');
    await company.state(desk.colleague, 'notReady');
  }
  return { gapMs: distribution(gaps), gapBeforeMs: distribution(before) };
}

/** How long each of them heard nothing at a stretch, from before the act until a second after it. */
async function longestSilences(
  calls: readonly PhoneCall[],
  act: () => Promise<unknown>,
): Promise<readonly number[]> {
  const longest = calls.map(({ rtp }) => watchSilence((heard) => (rtp.onFrame = heard)));
  await act();
  await delay(WATCHED_MS);
  return longest.map((ofOne) => ofOne());
}

function watchSilence(
  listen: (heard: (samples: Int16Array, at: number) => void) => void,
): () => number {
  let soundAt = performance.now();
  let longestMs = 0;
  const until = (at: number): void => {
    longestMs = Math.max(longestMs, at - soundAt - FRAME_MS);
  };
  listen((samples, at) => {
    if (levelDbfs(samples) < SILENCE_DBFS) return;
    until(at);
    soundAt = at;
  });
  return () => {
    until(performance.now());
    listen(() => {});
    return Math.max(0, longestMs);
  };
}
