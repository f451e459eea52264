import type { Skills } from '../model/agent.ts';
import type { CallContext } from '../model/call.ts';
import type { QueueId } from '../model/ids.ts';

/**
 * What is to be said: a text (with `{variable}` places) in the call's language, or a sound file by name.
 * Flows give each text per language; the interpreter has chosen the language already.
 */
export type Prompt =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'audio'; readonly name: string };

/** What the interpreter asks of the shell. It never waits: the answer comes back as an event. */
export type FlowEffect =
  /** Answered by `played` when the last prompt is over; a `stop` ends it without an event. */
  | { readonly type: 'play'; readonly prompts: readonly Prompt[] }
  | { readonly type: 'stop' }
  /** Answered by `timeout` with the same id, unless `cancelTimer` comes first. One timer at a time. */
  | { readonly type: 'timer'; readonly id: number; readonly delayMs: number }
  | { readonly type: 'cancelTimer' }
  /** Answered by `identified`. */
  | { readonly type: 'identify' }
  /** Answered by `queueLeft` if the caller comes back from the queue without having spoken to anybody. */
  | {
      readonly type: 'enqueue';
      readonly queueId: QueueId;
      readonly priority: number;
      readonly requiredSkills: Skills;
    }
  /**
   * What the caller says, into a file. Answered by `recorded`, unless the caller hangs up first: what they said until
   * then is kept all the same. `about` tells whoever keeps it what it is for.
   */
  | {
      readonly type: 'record';
      readonly maxMs: number;
      readonly silenceMs?: number;
      readonly beep: boolean;
      readonly about: Readonly<Record<string, string>>;
    }
  | { readonly type: 'stopRecording' }
  | { readonly type: 'hangup'; readonly reason: 'flowEnded' | 'refused' }
  /** For the call's history: the node that was entered, the choice that was made. */
  | {
      readonly type: 'note';
      readonly event: string;
      readonly data: Readonly<Record<string, unknown>>;
    };

export type FlowEvent =
  | { readonly type: 'started'; readonly context: CallContext }
  | { readonly type: 'played' }
  /** One key: 0-9 * # A-D. */
  | { readonly type: 'digit'; readonly digit: string }
  | { readonly type: 'timeout'; readonly id: number }
  /** What is known of the caller now. */
  | { readonly type: 'identified'; readonly context: CallContext }
  /** With a duration of 0 nothing was kept. `failed`: it could not be written, or not to its end. */
  | {
      readonly type: 'recorded';
      readonly recordingId: string;
      readonly durationMs: number;
      readonly why: 'key' | 'silence' | 'limit' | 'stopped' | 'gone' | 'failed';
      /** The key that ended it: no `digit` tells of it. */
      readonly key?: string;
    }
  | { readonly type: 'queueLeft'; readonly why: 'timeout' | 'full' | 'unknownQueue' }
  /** By a rule of overflow of the queue, which names the exit. */
  | { readonly type: 'queueLeft'; readonly why: 'overflow'; readonly exit: string };
