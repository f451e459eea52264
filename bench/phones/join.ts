import { setTimeout as delay } from 'node:timers/promises';
import { levelDbfs } from '../../demo/phone/goertzel.ts';
import type { PhoneBox } from '../../demo/phone/phone-box.ts';
import type { PhoneCall } from '../../demo/phone/phone-call.ts';
import { liveCalls } from '../../test/support/records.ts';
import { type Distribution, distribution } from '../support/percentiles.ts';
import type { TestBench } from '../support/test-bench.ts';
import { answered, type Desk, joined, openDesk, SILENCE_DBFS, talk } from './conversation.ts';

/** The longest silence, in the received audio, of each who is spoken of. */
export interface JoinGaps {
  /** Agent and colleague, while nothing happens: what the way of measuring costs. */
  readonly beforeMs: Distribution;
  /** Agent and colleague, who speak with one another, when the caller who waited is joined to them. */
  readonly joinMs: Distribution;
  /** Caller and agent, who speak with one another, when a colleague is joined to them. */
  readonly joinStraightMs: Distribution;
  /** Caller and colleague, when the agent leaves the three. */
  readonly leaveMs: Distribution;
  /** The caller, from the music to the colleague whom the agent has asked. */
  readonly completeMs: Distribution;
}

type Gaps = { [Name in keyof JoinGaps]: number[] };

const [AGENT_HZ, COLLEAGUE_HZ] = [1_000, 1_730];
const FRAME_MS = 20;
const WATCHED_MS = 700;

/** What people hear when others are joined to them, or leave. */
export async function measureJoins(
  bench: TestBench,
  box: PhoneBox,
  times: number,
): Promise<JoinGaps> {
  const desk = await openDesk(bench, box);
  const gaps: Gaps = { beforeMs: [], joinMs: [], joinStraightMs: [], leaveMs: [], completeMs: [] };
  for (let index = 0; index < times; index += 1) {
    await inCall(bench, desk, box, async ({ caller, agent, ask, act }) => {
      const colleague = await answered(await ask('consult'));
      colleague.rtp.play(COLLEAGUE_HZ);
      await delay(WATCHED_MS);
      gaps.beforeMs.push(...(await silences([agent, colleague], async () => {})));
      gaps.joinMs.push(...(await silences([agent, colleague], () => act('conference'))));
      gaps.leaveMs.push(...(await silences([caller, colleague], () => act('leave'))));
      return colleague;
    });
    await inCall(bench, desk, box, async ({ caller, agent, ask }) => {
      const ringing = await ask('conference');
      let colleague: PhoneCall | undefined;
      const answer = async () => {
        colleague = await answered(ringing);
        colleague.rtp.play(COLLEAGUE_HZ);
      };
      gaps.joinStraightMs.push(...(await silences([caller, agent], answer)));
      return colleague;
    });
    await inCall(bench, desk, box, async ({ caller, ask, act }) => {
      const colleague = await answered(await ask('consult'));
      colleague.rtp.play(COLLEAGUE_HZ);
      await delay(WATCHED_MS);
      gaps.completeMs.push(...(await silences([caller], () => act('complete'))));
      return colleague;
    });
  }
  const { beforeMs, joinMs, joinStraightMs, leaveMs, completeMs } = gaps;
  return {
    beforeMs: distribution(beforeMs),
    joinMs: distribution(joinMs),
    joinStraightMs: distribution(joinStraightMs),
    leaveMs: distribution(leaveMs),
    completeMs: distribution(completeMs),
  };
}

interface Call {
  readonly caller: PhoneCall;
  readonly agent: PhoneCall;
  /** By the API: the colleague's phone rings. */
  ask(how: 'consult' | 'conference'): ReturnType<Desk['nextRing']>;
  act(what: string): Promise<unknown>;
}

/** A caller who speaks with the agent, for as long as it is made use of; whoever the work brought in is let go. */
async function inCall(
  { company }: TestBench,
  desk: Desk,
  box: PhoneBox,
  use: (call: Call) => Promise<PhoneCall | undefined>,
): Promise<void> {
  const { caller, phone: agent } = await talk(desk, box, '5555559000');
  agent.rtp.play(AGENT_HZ);
  await joined(caller, agent);
  const live = (await liveCalls(company.api)).find(({ queueId }) => queueId === desk.line.queueId);
  const act = (what: string, body: object = {}) =>
    company.api.post(`/v1/calls/${live?.id}/${what}`, body);
  const ask = async (how: string) => {
    const ringing = desk.nextRing(desk.colleague);
    await act(how, { to: { agent: desk.colleague.id } });
    return ringing;
  };
  const colleague = await use({ caller, agent, ask, act });
  for (const phone of [caller, agent, colleague]) if (phone && !phone.over) phone.hangUp();
  await company.state(desk.agent, 'ready');
  await company.state(desk.colleague, 'notReady');
}

/** How long each of them heard nothing at a stretch, from before the act until a while after it. */
async function silences(
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
