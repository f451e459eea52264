import type { CallContext } from '../model/call.ts';
import type { Secrets } from './secrets.ts';
import type { Frame } from './stack.ts';

/**
 * Where a call stands in its flow: plain JSON but for what is hidden, which lives in this process alone. Keys typed
 * ahead may turn out to be secret ones: whoever writes a state down leaves `keys` out.
 */
export interface FlowState {
  readonly context: CallContext;
  /** The flows that the call has gone into, outermost first; empty: it is in the flow that it began in. */
  readonly stack: readonly Frame[];
  /** The node that the call is in. */
  readonly node: string;
  /** The queue node that the call waits by, though it may be in another one that a key led to. */
  readonly waitsBy: { readonly node: string; readonly stack: readonly Frame[] } | null;
  /** What that node remembers of itself. */
  readonly local: unknown;
  /** What the caller typed in confidence; it is gone when the flow is over. */
  readonly secrets: Secrets;
  /** Keys that were pressed before anybody asked for them. */
  readonly keys: string;
  /** The id of the last timer; with `timing`, it is running. */
  readonly timerId: number;
  readonly timing: boolean;
  readonly playing: boolean;
  /** Somebody listens to what the caller says. */
  readonly listening: boolean;
  /** Whatever is typed now is a secret. */
  readonly secretly: boolean;
  readonly over: boolean;
}

/** More keys than this are noise, or an attack. */
export const KEYS_MAX = 32;
/** A playback whose end nobody reported is over after this long: no call waits for ever for a prompt. */
export const PLAY_MS_MAX = 300_000;
/** Nodes entered for one event: twice as many as a flow may have. A flow that goes on beyond it is ended. */
export const NODES_PER_EVENT_MAX = 1_000;
