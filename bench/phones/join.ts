import { setTimeout as delay } from 'node:timers/promises';
import { levelDbfs, toneShare } from '../../demo/phone/goertzel.ts';
import type { PhoneBox } from '../../demo/phone/phone-box.ts';
import type { PhoneCall } from '../../demo/phone/phone-call.ts';
import { liveCalls } from '../../test/support/records.ts';
import { type Distribution, distribution } from '../support/percentiles.ts';
import type { TestBench } from '../support/test-bench.ts';
import {
  answered,
  CALLER_HZ,
  type Desk,
  joined,
  openDesk,
  SILENCE_DBFS,
  talk,
} from './conversation.ts';

/** How long one voice was away at a stretch: in the received stream itself, and on the clock by which it arrived. */
export interface Gap {
  /** By the timestamps of RTP: what a phone plays whose own buffer is deep enough for what the machine costs. */
  readonly audioMs: Distribution;
  readonly arrivalMs: Distribution;
}

/** The longest gap in what each hears of the other one who is spoken of. */
export interface JoinGaps {
  /** Agent and colleague, while nothing happens: what the way of measuring costs. */
  readonly before: Gap;
  /** Agent and colleague, who speak with one another, when the caller who waited is joined to them. */
  readonly join: Gap;
  /** Caller and agent, who speak with one another, when a colleague is joined to them. */
  readonly joinStraight: Gap;
  /** Caller and colleague, when the agent leaves the three. */
  readonly leave: Gap;
  /** The caller, from the music to the colleague whom the agent has asked: any sound counts. */
  readonly complete: Gap;
}

interface Silence {
  readonly audioMs: number;
  readonly arrivalMs: number;
}

type Silences = { [Name in keyof JoinGaps]: Silence[] };

/** A call, and the voice that is listened for in what it hears; without one, any sound. */
type Ear = readonly [call: PhoneCall, voiceHz?: number];

const [AGENT_HZ, COLLEAGUE_HZ] = [1_000, 1_730];
const FRAME_MS = 20;
const SAMPLES_PER_MS = 8;
/** Of two voices that are heard at once each has about half of the energy. */
const VOICE_SHARE_MIN = 0.15;
const WATCHED_MS = 400;
/** A leap that is no gap of what is watched. */
const ANEW_MS = 5_000;

/** What people hear when others are joined to them, or leave. */
export async function measureJoins(
  bench: TestBench,
  box: PhoneBox,
  times: number,
): Promise<JoinGaps> {
  const desk = await openDesk(bench, box);
  const heard: Silences = { before: [], join: [], joinStraight: [], leave: [], complete: [] };
  for (let index = 0; index < times; index += 1) {
    await inCall(bench, desk, box, async ({ caller, agent, ask, act }) => {
      const colleague = await answered(await ask('consult'));
      colleague.rtp.play(COLLEAGUE_HZ);
      await delay(WATCHED_MS);
      const two: Ear[] = [
        [agent, COLLEAGUE_HZ],
        [colleague, AGENT_HZ],
      ];
      heard.before.push(...(await silences(two, async () => {})));
      heard.join.push(...(await silences(two, () => act('conference'))));
      const whoStay: Ear[] = [
        [caller, COLLEAGUE_HZ],
        [colleague, CALLER_HZ],
      ];
      heard.leave.push(...(await silences(whoStay, () => act('leave'))));
      return colleague;
    });
    await inCall(bench, desk, box, async ({ caller, agent, ask }) => {
      const ringing = await ask('conference');
      let colleague: PhoneCall | undefined;
      const answer = async () => {
        colleague = await answered(ringing);
        colleague.rtp.play(COLLEAGUE_HZ);
      };
      const two: Ear[] = [
        [caller, AGENT_HZ],
        [agent, CALLER_HZ],
      ];
      heard.joinStraight.push(...(await silences(two, answer)));
      return colleague;
    });
    await inCall(bench, desk, box, async ({ caller, ask, act }) => {
      const colleague = await answered(await ask('consult'));
      colleague.rtp.play(COLLEAGUE_HZ);
      await delay(WATCHED_MS);
      heard.complete.push(...(await silences([[caller]], () => act('complete'))));
      return colleague;
    });
  }
  const gap = (silences: readonly Silence[]): Gap => ({
    audioMs: distribution(silences.map(({ audioMs }) => audioMs)),
    arrivalMs: distribution(silences.map(({ arrivalMs }) => arrivalMs)),
  });
  const { before, join, joinStraight, leave, complete } = heard;
  return {
    before: gap(before),
    join: gap(join),
    joinStraight: gap(joinStraight),
    leave: gap(leave),
    complete: gap(complete),
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

/** How long each of them heard nothing of the voice at a stretch, from before the act until a while after it. */
async function silences(
  ears: readonly Ear[],
  act: () => Promise<unknown>,
): Promise<readonly Silence[]> {
  const longest = ears.map(watchSilence);
  await act();
  await delay(WATCHED_MS);
  return longest.map((ofOne) => ofOne());
}

function watchSilence([{ rtp }, voiceHz]: Ear): () => Silence {
  const began = performance.now();
  let soundAt = began;
  let stamp: number | undefined;
  let [audioMs, arrivalMs] = [0, 0];
  rtp.onFrame = (samples, at, timestamp) => {
    if (levelDbfs(samples) < SILENCE_DBFS) return;
    if (voiceHz !== undefined && toneShare(samples, voiceHz, 8_000) < VOICE_SHARE_MIN) return;
    arrivalMs = Math.max(arrivalMs, at - soundAt - FRAME_MS);
    const ahead = stamp === undefined ? 0 : ((timestamp - stamp) | 0) / SAMPLES_PER_MS;
    // What is said again, or comes late, is no gap; FreeSWITCH begins to count anew when a leg is bridged.
    const isAnew = Math.abs(ahead) > ANEW_MS;
    if (!isAnew) audioMs = Math.max(audioMs, ahead - FRAME_MS);
    if (stamp === undefined || ahead > 0 || isAnew) stamp = timestamp;
    soundAt = at;
  };
  return () => {
    rtp.onFrame = () => {};
    const now = performance.now();
    // Whoever hears nothing any more has no timestamps to tell it by.
    const silentMs = now - soundAt - FRAME_MS;
    const end = silentMs > WATCHED_MS / 2 ? silentMs : 0;
    return { audioMs: Math.max(audioMs, end), arrivalMs: Math.max(arrivalMs, end) };
  };
}
