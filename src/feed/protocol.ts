import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import type { ErrorCode } from '../lib/errors.ts';
import type { AgentWire, CallWire, ChangeWire, QueueWire } from './wire.ts';

/** Grows when a message changes its meaning; new messages and new fields leave it as it is. */
export const FEED_PROTOCOL = 1;

export const TOPICS = ['agents', 'queues', 'calls'] as const;
export type Topic = (typeof TOPICS)[number];

const Topics = Type.Array(Type.Enum([...TOPICS]), { minItems: 1, maxItems: TOPICS.length });

/**
 * What a client may say: who it is (unless the upgrade's headers said it), what it wants to see, and that it lives.
 * `subscribe` replaces what was subscribed before. With `feedId` and `resumeFrom`, the number of the last change
 * that the client has, it gets the changes since; where they are no longer known, a snapshot.
 */
export const ClientMessage = Type.Union([
  Type.Object({ type: Type.Literal('authenticate'), key: Type.String({ maxLength: 200 }) }),
  Type.Object({
    type: Type.Literal('subscribe'),
    topics: Topics,
    feedId: Type.Optional(Type.String({ maxLength: 100 })),
    resumeFrom: Type.Optional(Type.Integer({ minimum: 0 })),
  }),
  Type.Object({ type: Type.Literal('ping') }),
]);
export type ClientMessage = Static<typeof ClientMessage>;

const clientMessage = Compile(ClientMessage);

/** Undefined: it is not one of ours. */
export function parseClientMessage(text: string): ClientMessage | undefined {
  try {
    const message: unknown = JSON.parse(text);
    return clientMessage.Check(message) ? message : undefined;
  } catch {
    return undefined;
  }
}

export type ServerMessage =
  /** The first message. `feedId` names this run of the server: the numbers of another run mean nothing here. */
  | {
      readonly type: 'hello';
      readonly protocol: typeof FEED_PROTOCOL;
      readonly feedId: string;
      readonly authenticated: boolean;
    }
  | { readonly type: 'authenticated' }
  /** Everything as it is, up to and with change `seq`. `why` a client gets one without having asked: it lagged. */
  | {
      readonly type: 'snapshot';
      readonly seq: number;
      readonly at: string;
      readonly why: 'subscribed' | 'lagged';
      readonly agents?: readonly AgentWire[];
      readonly queues?: readonly QueueWire[];
      readonly calls?: readonly CallWire[];
    }
  /** Steps in order. `seq` is the number up to which the client now knows everything, to resume from. */
  | {
      readonly type: 'changes';
      readonly seq: number;
      readonly changes: readonly ChangeWire[];
    }
  | { readonly type: 'pong' }
  | { readonly type: 'error'; readonly code: ErrorCode; readonly detail: string };

/** Close codes (RFC 6455 section 7.4.1; 4000 and up are ours). */
export const CLOSE = {
  goingAway: 1001,
  policy: 1008,
  tryAgainLater: 1013,
  unauthenticated: 4401,
} as const;
