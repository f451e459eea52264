import type { EpochMs } from '../lib/clock.ts';
import type { ErrorCode } from '../lib/errors.ts';
import type { Principal } from '../model/access.ts';
import type { AgentId } from '../model/ids.ts';
import type { Audience } from './audience.ts';
import { encodeFrame } from './frame.ts';
import { CLOSE, type ServerMessage } from './protocol.ts';

/** What a session needs of a websocket. */
export interface FeedSocket {
  /** Bytes that were sent and not yet taken by the network. */
  readonly bufferedAmount: number;
  /** A whole text frame, as {@link encodeFrame} makes it. */
  sendFrame(frame: Buffer): void;
  ping(): void;
  close(code: number, reason: string): void;
  terminate(): void;
}

export interface SessionLimits {
  /** Above this, the client reads too slowly and gets nothing more … */
  readonly bufferedBytesMax: number;
  /** … until it has read down to this; then it gets what it missed, merged, or a fresh snapshot. */
  readonly bufferedBytesLow: number;
  readonly laggingMsMax: number;
  readonly authenticateMsMax: number;
  readonly pingEveryMs: number;
  /** Silence after which the other end is taken for dead. */
  readonly silenceMsMax: number;
  readonly messagesPerSecondMax: number;
  /** So often it is asked whether who was let in still may. */
  readonly recheckMs: number;
}

export const SESSION_LIMITS: SessionLimits = {
  bufferedBytesMax: 256_000,
  bufferedBytesLow: 32_000,
  laggingMsMax: 30_000,
  authenticateMsMax: 5_000,
  pingEveryMs: 20_000,
  silenceMsMax: 50_000,
  messagesPerSecondMax: 20,
  recheckMs: 30_000,
};

/** Who was let in, and how that is asked again. */
export interface Guest {
  readonly principal: Principal;
  readonly verify: () => Promise<Principal | undefined>;
}

/** What a client follows. */
export interface Following {
  readonly audience: Audience;
  /** Whose own view it gets. */
  readonly me?: AgentId;
  /** How often it gets figures. */
  readonly statisticsMs?: number;
}

/** Each state holds what belongs to it alone. */
type State =
  | { readonly kind: 'anonymous'; readonly since: EpochMs }
  | { readonly kind: 'authenticated' }
  | { readonly kind: 'live'; readonly following: Following }
  | { readonly kind: 'behind'; readonly following: Following; readonly since: EpochMs }
  | { readonly kind: 'closed' };

/**
 *   anonymous ──(key)──▶ authenticated ──(subscribe)──▶ live ──(reads too slowly)──▶ behind
 *       └─(too late)─▶ closed ◀──(silent, flooding, behind too long)──┘◀──(has caught up)─┘ merged changes, or a snapshot
 *
 * Nothing is kept for a client but the number of the last change it has: what it cannot take now is made up for later.
 */
export class Session {
  readonly #socket: FeedSocket;
  readonly #limits: SessionLimits;
  #state: State;
  #guest: Guest | undefined;
  #heardAt: EpochMs;
  #pingedAt: EpochMs;
  #checkedAt: EpochMs;
  #secondStartedAt: EpochMs;
  #messagesInSecond = 0;
  /** Since when more waits in the connection than may. */
  #fullSince: EpochMs | undefined;
  /** The last change it has. */
  seq = 0;
  /** When it gets figures again. */
  statisticsAt: EpochMs = 0;
  /** The own view that it has. */
  me = '';

  constructor(socket: FeedSocket, limits: SessionLimits, guest: Guest | undefined, now: EpochMs) {
    this.#socket = socket;
    this.#limits = limits;
    this.#guest = guest;
    this.#state = guest ? { kind: 'authenticated' } : { kind: 'anonymous', since: now };
    this.#heardAt = now;
    this.#pingedAt = now;
    this.#checkedAt = now;
    this.#secondStartedAt = now;
  }

  get guest(): Guest | undefined {
    return this.#guest;
  }

  get isClosed(): boolean {
    return this.#state.kind === 'closed';
  }

  /** What it is to be sent now; nothing while it is behind. */
  get live(): Following | undefined {
    return this.#state.kind === 'live' ? this.#state.following : undefined;
  }

  /** What it waits to be brought up to date with, when it has read what it was sent. */
  get recovered(): Following | undefined {
    const hasRead = this.#socket.bufferedAmount <= this.#limits.bufferedBytesLow;
    return this.#state.kind === 'behind' && hasRead ? this.#state.following : undefined;
  }

  authenticated(guest: Guest): void {
    if (this.#state.kind !== 'anonymous') return;
    this.#guest = guest;
    this.#state = { kind: 'authenticated' };
    this.send({ type: 'authenticated' });
  }

  /** Sends where things stand at `seq`; from now on it is sent what it follows. */
  follow(following: Following, frame: Buffer, seq: number, now: EpochMs): void {
    if (this.#state.kind === 'closed') return;
    const tooSlow = this.#isFull;
    // Asking again and again is no way to make us keep more for a client that does not read.
    const since = this.#state.kind === 'behind' ? this.#state.since : now;
    this.me = '';
    this.statisticsAt = 0;
    // Numbers before the first: it knows nothing, and will have a snapshot.
    this.seq = tooSlow ? -1 : seq;
    this.#state = tooSlow ? { kind: 'behind', following, since } : { kind: 'live', following };
    if (!tooSlow) this.#socket.sendFrame(frame);
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

  /** Whoever asks again and again, and reads no answer, gets none. */
  send(message: ServerMessage): void {
    if (this.#state.kind === 'closed' || this.#isFull) return;
    this.#socket.sendFrame(encodeFrame(JSON.stringify(message)));
  }

  get #isFull(): boolean {
    return this.#socket.bufferedAmount > this.#limits.bufferedBytesMax;
  }

  /** Sends what was written once for everybody who follows the same, unless the client is too far behind. */
  sendLive(frame: Buffer, now: EpochMs): boolean {
    if (this.#state.kind !== 'live') return false;
    if (this.#isFull) {
      this.#state = { kind: 'behind', following: this.#state.following, since: now };
      return false;
    }
    this.#socket.sendFrame(frame);
    return true;
  }

  fail(code: ErrorCode, detail: string, closeCode: number): void {
    this.send({ type: 'error', code, detail });
    this.close(closeCode, code);
  }

  /** Whether it is time to ask again who this is. */
  isToBeChecked(now: EpochMs): boolean {
    if (!this.#guest || this.isClosed || now - this.#checkedAt < this.#limits.recheckMs)
      return false;
    this.#checkedAt = now;
    return true;
  }

  /** What time brings: limits that are passed, and the question whether anybody is there. */
  tick(now: EpochMs): void {
    const state = this.#state;
    if (state.kind === 'closed') return;
    if (now - this.#heardAt > this.#limits.silenceMsMax) return this.#terminate();
    if (state.kind === 'anonymous' && now - state.since > this.#limits.authenticateMsMax)
      return this.fail('UNAUTHENTICATED', 'No key came in time.', CLOSE.unauthenticated);
    this.#fullSince = this.#isFull ? (this.#fullSince ?? now) : undefined;
    const unreadSince = state.kind === 'behind' ? state.since : this.#fullSince;
    if (unreadSince !== undefined && now - unreadSince > this.#limits.laggingMsMax)
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
