import { within } from '../lib/within.ts';
import type { CallContext } from '../model/call.ts';
import type { AgentId, CallId, QueueId } from '../model/ids.ts';
import type { Utterance } from '../model/utterance.ts';
import type { ArrivalKind } from './ports/outside.ts';
import type { World } from './world.ts';

/** Nobody waits for a sentence longer: the others are said without it. */
const VOICE_MS_MAX = 1_000;

/** A call as whoever is about to have it should know it. */
export interface Told {
  readonly callId: CallId;
  readonly kind: ArrivalKind;
  readonly context: CallContext;
  readonly queueId?: QueueId | undefined;
  readonly waitMs: number;
  /** The colleague it comes from. */
  readonly from?: string | undefined;
  /** In whose language, if they are an agent of ours. */
  readonly agentId?: AgentId;
}

/** What is said in somebody's ear before they have a call: who and why, if they are told, and which key takes it. */
export function arrivalWords(
  { directory, phrases }: Pick<World, 'directory' | 'phrases'>,
  { kind, from, context, queueId, waitMs, agentId }: Told,
  { whisper, accept: asks }: { readonly whisper: boolean; readonly accept: boolean },
): readonly Utterance[] {
  const own = agentId && directory?.agents.get(agentId)?.language;
  const language = own ?? directory?.language ?? context.language;
  const queueName = (queueId && directory?.queues.get(queueId)?.name) ?? '';
  const facts = whisper
    ? { kind, status: context.status, reason: context.intent || queueName, waitMs, asks }
    : { kind: 'call' as const, status: 'unknown' as const, reason: '', waitMs: 0, asks };
  return phrases.arrival(from ? { ...facts, from } : facts, language);
}

/** As files to be played. Never rejects: a sentence that cannot be had in time is passed over. */
export async function voiced(
  { prompts, clock, log }: Pick<World, 'prompts' | 'clock' | 'log'>,
  callId: CallId,
  sentences: readonly Utterance[],
): Promise<readonly string[]> {
  const spoken = sentences.map(async (sentence) => {
    let files: readonly string[] = [];
    const saying = prompts.say(sentence).then((made) => {
      files = made;
    });
    await within(clock, VOICE_MS_MAX, saying).catch((error) =>
      log.debug({ callId, error: String(error) }, 'A whisper could not be spoken'),
    );
    return files;
  });
  return (await Promise.all(spoken)).flat();
}
