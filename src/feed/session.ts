import type { EpochMs } from '../lib/clock.ts';
import type { ErrorCode } from '../lib/errors.ts';
import { CLOSE, type ServerMessage, type Topic } from './protocol.ts';

/** What a session needs of a websocket. */
export interface FeedSocket {
  /** Bytes that were sent and not yet taken by the network. */
  readonly bufferedAmount: number;
  send(text: string): void;
  ping(): void;
  close(code: number, reason: string): void;
  terminate(): void;
}

export interface SessionLimits {
  /** Above this, the client reads too slowly and gets nothing more … */
  readonly bufferedBytesMax: number;
  /** … until it has read down to this; then it gets a fresh snapshot. */
  readonly bufferedBytesLow: number;
  readonly laggingMsMax: number;
  readonly authenticateMsMax: number;
  readonly pingEveryMs: number;
  /** Silence after which the other end is taken for dead. */
  readonly silenceMsMax: number;
  readonly messagesPerSecondMax: number;
}

export const SESSION_LIMITS: SessionLimits = {
  bufferedBytesMax: 1_000_000,
  bufferedBytesLow: 64_000,
  laggingMsMax: 30_000,
  authenticateMsMax: 5_000,
  pingEveryMs: 20_000,
  silenceMsMax: 50_000,
  messagesPerSecondMax: 20,
};

/** Each state holds what belongs to it alone. */
type State =
  | { readonly kind: 'anonymous'; readonly since: EpochMs }
  | { readonly kind: 'authenticated' }
  | { readonly kind: 'live'; readonly topics: ReadonlySet<Topic> }
  | { readonly kind: 'lagging'; readonly topics: ReadonlySet<Topic>; readonly since: EpochMs }
  | { readonly kind: 'closed' };

/**
 *   anonymous ──(key)──▶ authenticated ──(subscribe)──▶ live ──(reads too slowly)──▶ lagging
 *       └─(too late)─▶ closed ◀──(silent, flooding, lagging too long)──┘◀──(has caught up)─┘ snapshot
 *
 * Nothing is kept for a client: what it cannot take now is replaced by a snapshot later.
 */
export class Session {
  readonly #socket: FeedSocket;
  readonly #limits: SessionLimits;
  #state: State;
  #heardAt: EpochMs;
  #pingedAt: EpochMs;
  #secondStartedAt: EpochMs;
  #messagesInSecond = 0;

  constructor(socket: FeedSocket, limits: SessionLimits, authenticated: boolean, now: EpochMs) {
    this.#socket = socket;
    this.#limits = limits;
    this.#state = authenticated ? { kind: 'authenticated' } : { kind: 'anonymous', since: now };
    this.#heardAt = now;
    this.#pingedAt = now;
    this.#secondStartedAt = now;
  }

  get isAnonymous(): boolean {
    return this.#state.kind === 'anonymous';
  }

  get isClosed(): boolean {
    return this.#state.kind === 'closed';
  }

  /** What it is to be sent now; nothing while it lags. */
  get liveTopics(): ReadonlySet<Topic> | undefined {
    return this.#state.kind === 'live' ? this.#state.topics : undefined;
  }

  /** What it waits for a snapshot of, when it has caught up. */
  get recoveredTopics(): ReadonlySet<Topic> | undefined {
    const caughtUp = this.#socket.bufferedAmount <= this.#limits.bufferedBytesLow;
    return this.#state.kind === 'lagging' && caughtUp ? this.#state.topics : undefined;
  }

  authenticated(): void {
    if (this.#state.kind !== 'anonymous') return;
    this.#state = { kind: 'authenticated' };
    this.send({ type: 'authenticated' });
  }

  /** Sends where things stand; from now on it is sent the changes of these topics. */
  follow(topics: ReadonlySet<Topic>, text: string, now: EpochMs): void {
    if (this.#state.kind === 'closed') return;
    const tooSlow = this.#socket.bufferedAmount > this.#limits.bufferedBytesMax;
    // Asking again and again is no way to make us keep more for a client that does not read.
    const since = this.#state.kind === 'lagging' ? this.#state.since : now;
    this.#state = tooSlow ? { kind: 'lagging', topics, since } : { kind: 'live', topics };
    if (!tooSlow) this.#socket.send(text);
  }

  /** Something came from the other end. False: too much did, and the session is over. */
  heard(now: EpochMs): boolean {
    this.#heardAt = now;
    if (now - this.#secondStartedAt >= 1_000) {
      this.#secondStartedAt = now;
      this.#messagesInSecond = 0;
    }
    this.#messagesInSecond += 1;
    if (this.#messagesInSecond <= this.#limits.messagesPerSecondMax) return true;
    this.fail('TOO_MANY_REQUESTS', 'Too many messages in a second.', CLOSE.policy);
    return false;
  }

  /** The other end lives, without having said anything. */
  pongReceived(now: EpochMs): void {
    this.#heardAt = now;
  }

  send(message: ServerMessage): void {
    this.sendText(JSON.stringify(message));
  }

  sendText(text: string): void {
    if (this.#state.kind !== 'closed') this.#socket.send(text);
  }

  /** Sends changes that were written once for everybody, unless the client is too far behind. */
  sendChanges(text: string, now: EpochMs): void {
    if (this.#state.kind !== 'live') return;
    if (this.#socket.bufferedAmount > this.#limits.bufferedBytesMax)
      this.#state = { kind: 'lagging', topics: this.#state.topics, since: now };
    else this.#socket.send(text);
  }

  fail(code: ErrorCode, detail: string, closeCode: number): void {
    this.send({ type: 'error', code, detail });
    this.close(closeCode, code);
  }

  /** What time brings: limits that are passed, and the question whether anybody is there. */
  tick(now: EpochMs): void {
    const state = this.#state;
    if (state.kind === 'closed') return;
    if (now - this.#heardAt > this.#limits.silenceMsMax) return this.#terminate();
    if (state.kind === 'anonymous' && now - state.since > this.#limits.authenticateMsMax)
      return this.fail('UNAUTHENTICATED', 'No key came in time.', CLOSE.unauthenticated);
    if (state.kind === 'lagging' && now - state.since > this.#limits.laggingMsMax)
      return this.#terminate();
    if (now - this.#pingedAt < this.#limits.pingEveryMs) return;
    this.#pingedAt = now;
    this.#socket.ping();
  }

  close(code: number, reason: string): void {
    if (this.#state.kind === 'closed') return;
    this.#state = { kind: 'closed' };
    this.#socket.close(code, reason);
  }

  #terminate(): void {
    this.#state = { kind: 'closed' };
    this.#socket.terminate();
  }
}
