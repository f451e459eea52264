import type { EpochMs } from '../lib/clock.ts';
import type { Hidden } from '../lib/hidden.ts';
import type { Skills } from '../model/agent.ts';
import type { CallContext } from '../model/call.ts';
import type { Language } from '../model/contact.ts';
import type { CalendarId, QueueId } from '../model/ids.ts';
import type { Part } from '../model/utterance.ts';

/**
 * What is to be said: a text in the call's language, or a sound file by name. Flows give each text per language; the
 * interpreter has chosen the language and filled the places already. `parts` tells what was filled in, if anything
 * was; `name` is what the flow of that id calls the prompt, if it has a name.
 */
export type Prompt =
  | {
      readonly kind: 'text';
      readonly text: string;
      /** Absent: the call's. */
      readonly language?: Language;
      readonly parts?: readonly Part[];
      readonly name?: string;
      readonly flowId?: string;
    }
  | { readonly kind: 'audio'; readonly name: string };

/** Part of a header: text, perhaps with what was typed in secret, or the name of a secret that only the shell knows. */
export type Piece = string | Hidden<string> | { readonly secret: string };

/** A question to one of the company's own systems over HTTP, everything in it filled in. */
export interface RequestOrder {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  readonly headers: Readonly<Record<string, readonly Piece[]>>;
  /** Hidden: what a caller typed in secret may be in it. */
  readonly body?: { readonly contentType: string; readonly text: Hidden<string> };
  /** For everything: all attempts and the pauses between them. */
  readonly limitMs: number;
  /** Further attempts after the first; 0 for what must not be done twice. */
  readonly retries: number;
  /** How long an answer may be given again without asking; 0: not at all. */
  readonly cacheMs: number;
  /** Variables by name, each with where the answer has it (a JSON Pointer, RFC 6901). */
  readonly set: Readonly<Record<string, string>>;
}

/** What came of a request. What the answer did not have is not among the variables. */
export type RequestAnswer =
  | {
      readonly ok: true;
      readonly status: number;
      readonly variables: Readonly<Record<string, string>>;
    }
  /** `status` is there when a server answered, with something else than 2xx. */
  | { readonly ok: false; readonly why: RequestFailure; readonly status?: number };

export type RequestFailure =
  /** The server said so. */
  | 'status'
  /** No answer in time, no connection, one that broke. */
  | 'timeout'
  | 'unreachable'
  /** An answer that cannot be used: not JSON, not of the form that was agreed, more than the limit. */
  | 'notJson'
  | 'invalid'
  | 'tooLarge'
  /** Not asked at all: it failed too often just now, too many questions at once, a host that is not allowed. */
  | 'circuitOpen'
  | 'busy'
  | 'notAllowed'
  /** The flow names a secret that the house was not given. */
  | 'secret';

/** What a recogniser believes to have heard. The confidences of one answer's alternatives add up to 1 at most. */
export interface Alternative {
  readonly text: string;
  readonly confidence: number;
}

/** Why nothing was heard: nobody spoke, the recogniser failed at it, or there was none to listen. */
export type NotHeard = 'silence' | 'failed' | 'unavailable';

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
      /** Said with the announcements: which keys there are. */
      readonly alsoSaid?: readonly Prompt[];
      /** The flow goes on when the agent has hung up (`agentLeft`); otherwise that ends the call. */
      readonly goesOnAfterwards?: true;
    }
  /** A key has led away from the queue, in which the call goes on waiting: no music, no announcements. */
  | { readonly type: 'elsewhere' }
  /**
   * Promises to ring the caller back; one who waits in a queue keeps the place. Without a number, the one that they
   * call from. Answered by `callbackMade` or `callbackRefused`.
   */
  | {
      readonly type: 'callback';
      readonly queueId: QueueId;
      /** As it was typed. */
      readonly number?: string;
      /** Not before this time, epoch milliseconds. */
      readonly at?: number;
    }
  /** Connects the caller with somebody; when either hangs up the call is over. Answered by `transferFailed` if not. */
  | {
      readonly type: 'transfer';
      readonly to: TransferTarget;
      readonly ringMs: number;
      /** Whoever picks up outside is asked for a key. */
      readonly asks: boolean;
    }
  /** What the caller answered: 1 to 5. It joins the call's record. */
  | { readonly type: 'surveyAnswer'; readonly question: string; readonly score: number }
  /** The last message is not to be kept: there will be another one. */
  | { readonly type: 'discardMessage' }
  /** Plays the last message that was recorded; answered as `play`. */
  | { readonly type: 'playMessage' }
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
  /** Answered by `verified` with the same id. After so many attempts in one call the answer is `locked`. */
  | {
      readonly type: 'verify';
      readonly id: number;
      readonly account: Hidden<string>;
      readonly pin: Hidden<string>;
      readonly attemptsMax: number;
    }
  /** Answered by `closureAnswered` with the same id. */
  | ({
      readonly type: 'closure';
      readonly id: number;
      readonly calendarId: CalendarId;
      readonly pin: Hidden<string>;
    } & (
      | { readonly do: 'check' | 'open' }
      | { readonly do: 'close'; readonly reason: string; readonly until?: EpochMs }
    ))
  /** Answered by `requested` with the same id. */
  | { readonly type: 'request'; readonly id: number; readonly order: RequestOrder }
  /** Between on and off, what the caller types is secret: it is in no recording, and nobody listens in. */
  | { readonly type: 'secret'; readonly on: boolean }
  /**
   * Listens to the caller in the call's language: perhaps `speaking`, then `heard` or `notHeard`, unless
   * `stopListening` comes first.
   */
  | ({ readonly type: 'listen' } & ListenWish)
  | { readonly type: 'stopListening' }
  | { readonly type: 'hangup'; readonly reason: 'flowEnded' | 'refused' }
  /** For the call's history: the node that was entered, the choice that was made. */
  | {
      readonly type: 'note';
      readonly event: string;
      readonly data: Readonly<Record<string, unknown>>;
    };

export type TransferTarget =
  | { readonly kind: 'extension'; readonly extension: string }
  /** As the flow has it, or as it was typed. */
  | { readonly kind: 'number'; readonly number: string }
  | { readonly kind: 'sip'; readonly uri: string };

/** Why nobody was connected. `notAllowed`: no destination that the house may call. */
export type TransferFailure = 'busy' | 'noAnswer' | 'failed' | 'notAllowed';

/** Why no promise was made: no number to ring · none that we may ring · the engine refuses, for whatever reason. */
export type CallbackRefusal = 'number' | 'notAllowed' | 'refused';

export interface ListenWish {
  /** What the caller is likely to say; a recogniser may take it as all that can be said. */
  readonly hints: readonly string[];
  /** So much silence after speech ends an answer. */
  readonly endSilenceMs: number;
  /** Whatever is said after so long is not listened to any more. */
  readonly speechMsMax: number;
}

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
      /** From the first sound to the last, if it was looked at: silence is no message. */
      readonly soundMs?: number;
      readonly why: 'key' | 'silence' | 'limit' | 'stopped' | 'gone' | 'failed';
      /** The key that ended it: no `digit` tells of it. */
      readonly key?: string;
    }
  /** Who is verified is known by the account: the context says as whom. */
  | {
      readonly type: 'verified';
      readonly id: number;
      readonly result: 'verified' | 'failed' | 'locked' | 'unavailable';
      readonly context?: CallContext;
    }
  /** How the calendar is now, or why it could not be touched. */
  | {
      readonly type: 'closureAnswered';
      readonly id: number;
      readonly result: 'open' | 'closed' | 'refused' | 'locked' | 'failed';
    }
  | { readonly type: 'requested'; readonly id: number; readonly answer: RequestAnswer }
  /** The caller has begun to speak. */
  | { readonly type: 'speaking' }
  /** The recogniser's answer, the likeliest first. */
  | { readonly type: 'heard'; readonly alternatives: readonly Alternative[] }
  | { readonly type: 'notHeard'; readonly why: NotHeard }
  /** An agent and the caller are being joined, wherever the flow is: it is in its queue node again. */
  | { readonly type: 'connected' }
  /** They could not be joined: the caller waits again. */
  | { readonly type: 'returned' }
  /** The agent has hung up, and the flow goes on. */
  | { readonly type: 'agentLeft' }
  | { readonly type: 'callbackMade' }
  | { readonly type: 'callbackRefused'; readonly why: CallbackRefusal }
  | { readonly type: 'transferFailed'; readonly why: TransferFailure }
  | { readonly type: 'queueLeft'; readonly why: 'timeout' | 'full' | 'unknownQueue' }
  /** By a rule of overflow of the queue, which names the exit. */
  | { readonly type: 'queueLeft'; readonly why: 'overflow'; readonly exit: string };
