import { type Clock, iso, type Timer } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import type { Authenticator } from '../runtime/ports.access.ts';
import type { Control, LiveChange } from '../runtime/ports.ts';
import { History, type SentChange } from './history.ts';
import {
  CLOSE,
  type ClientMessage,
  FEED_PROTOCOL,
  parseClientMessage,
  type ServerMessage,
  type Topic,
} from './protocol.ts';
import { type FeedSocket, SESSION_LIMITS, Session, type SessionLimits } from './session.ts';
import { agentWire, callWire, changeWire, queueWire } from './wire.ts';

export interface FeedOptions {
  readonly control: Control;
  readonly apiKeys: Authenticator;
  readonly clock: Clock;
  readonly log: Logger;
  /** Names this run. */
  readonly feedId: string;
  readonly limits?: Partial<SessionLimits & FeedLimits>;
}

export interface FeedLimits {
  readonly clientsMax: number;
  readonly historyMax: number;
  /** Changes are gathered for so long: many clients then cost a few writes, not one a change each. */
  readonly gatherMs: number;
  readonly sweepMs: number;
}

export const FEED_LIMITS: FeedLimits = {
  clientsMax: 1_000,
  historyMax: 10_000,
  gatherMs: 10,
  sweepMs: 250,
};

/** Tells clients what is going on: a snapshot first, then numbered changes, each written once for all of them. */
export class Feed {
  readonly #options: FeedOptions;
  readonly #limits: SessionLimits & FeedLimits;
  readonly #sessions = new Set<Session>();
  readonly #history: History;
  readonly #unsubscribe: () => void;
  #gathered: SentChange[] = [];
  #flushTimer: Timer | undefined;
  #sweepTimer: Timer | undefined;
  #closed = false;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#limits = { ...SESSION_LIMITS, ...FEED_LIMITS, ...options.limits };
    this.#history = new History(this.#limits.historyMax, options.control.snapshot().seq);
    this.#unsubscribe = options.control.subscribe((change) => this.#gather(change));
    this.#sweepLater();
  }

  get clients(): number {
    return this.#sessions.size;
  }

  get isFull(): boolean {
    return this.#sessions.size >= this.#limits.clientsMax;
  }

  /** A client has come. The socket tells the session's `received`, `pong` and `gone`. */
  connect(socket: FeedSocket, authenticated: boolean): FeedConnection {
    const { clock, feedId } = this.#options;
    const session = new Session(socket, this.#limits, authenticated, clock.now());
    this.#sessions.add(session);
    session.send({ type: 'hello', protocol: FEED_PROTOCOL, feedId, authenticated });
    return {
      received: (text) => this.#received(session, text),
      pong: () => session.pongReceived(clock.now()),
      gone: () => this.#sessions.delete(session),
    };
  }

  /** Says goodbye to everybody. Idempotent. */
  close(): void {
    this.#closed = true;
    this.#unsubscribe();
    this.#flushTimer?.cancel();
    this.#sweepTimer?.cancel();
    for (const session of this.#sessions) session.close(CLOSE.goingAway, 'SHUTTING_DOWN');
  }

  #received(session: Session, text: string): void {
    if (session.isClosed || !session.heard(this.#options.clock.now())) return;
    const message = parseClientMessage(text);
    if (!message) {
      session.send({ type: 'error', code: 'REQUEST_INVALID', detail: 'See the protocol.' });
      return;
    }
    this.#answer(session, message);
  }

  #answer(session: Session, message: ClientMessage): void {
    if (message.type === 'ping') session.send({ type: 'pong' });
    else if (message.type === 'authenticate') void this.#authenticate(session, message.key);
    else if (session.isAnonymous)
      session.fail('UNAUTHENTICATED', 'Authenticate first.', CLOSE.unauthenticated);
    else this.#subscribe(session, message);
  }

  async #authenticate(session: Session, key: string): Promise<void> {
    try {
      if (await this.#options.apiKeys.verify(key)) session.authenticated();
      else session.fail('UNAUTHENTICATED', 'The key is not known here.', CLOSE.unauthenticated);
    } catch {
      session.fail('DATABASE_AWAY', 'The key cannot be checked.', CLOSE.tryAgainLater);
    }
  }

  #subscribe(session: Session, message: ClientMessage & { readonly type: 'subscribe' }): void {
    // What is gathered belongs to the time before: everybody gets it now, and this client does not get it twice.
    this.#flush();
    const topics = new Set(message.topics);
    const { feedId, resumeFrom } = message;
    const known = feedId === this.#options.feedId && resumeFrom !== undefined;
    const missed = known ? this.#history.since(resumeFrom) : undefined;
    const text = missed
      ? changesText(missed, topics, this.#history.seq)
      : this.#snapshotText(topics, 'subscribed');
    session.follow(topics, text, this.#options.clock.now());
  }

  #snapshotText(topics: ReadonlySet<Topic>, why: 'subscribed' | 'lagged'): string {
    const { seq, at, agents, queues, calls } = this.#options.control.snapshot();
    const message: ServerMessage = {
      type: 'snapshot',
      seq,
      at: iso(at),
      why,
      ...(topics.has('agents') ? { agents: agents.map(agentWire) } : {}),
      ...(topics.has('queues') ? { queues: queues.map(queueWire) } : {}),
      ...(topics.has('calls') ? { calls: calls.map(callWire) } : {}),
    };
    return JSON.stringify(message);
  }

  #gather(change: LiveChange): void {
    const json = JSON.stringify(changeWire(change));
    this.#gathered.push({ seq: change.seq, topic: change.topic, json });
    this.#flushTimer ??= this.#options.clock.after(this.#limits.gatherMs, () => this.#flush());
  }

  /** One text for each set of topics that somebody has, whoever they are. */
  #flush(): void {
    this.#flushTimer?.cancel();
    this.#flushTimer = undefined;
    const changes = this.#gathered;
    this.#gathered = [];
    const seq = changes.at(-1)?.seq;
    if (seq === undefined) return;
    for (const change of changes) this.#history.add(change);
    const now = this.#options.clock.now();
    const texts = new Map<string, string>();
    for (const session of this.#sessions) {
      const topics = session.liveTopics;
      if (!topics || !changes.some((change) => topics.has(change.topic))) continue;
      const key = [...topics].sort().join();
      const text = texts.get(key) ?? changesText(changes, topics, seq);
      texts.set(key, text);
      session.sendChanges(text, now);
    }
  }

  #sweepLater(): void {
    this.#sweepTimer = this.#options.clock.after(this.#limits.sweepMs, () => {
      this.#sweep();
      if (!this.#closed) this.#sweepLater();
    });
  }

  #sweep(): void {
    const now = this.#options.clock.now();
    this.#flush();
    for (const session of this.#sessions) {
      session.tick(now);
      const topics = session.recoveredTopics;
      if (topics) session.follow(topics, this.#snapshotText(topics, 'lagged'), now);
    }
  }
}

/** What a socket tells of its other end. */
export interface FeedConnection {
  received(text: string): void;
  pong(): void;
  gone(): void;
}

function changesText(
  changes: readonly SentChange[],
  topics: ReadonlySet<Topic>,
  seq: number,
): string {
  const wanted = changes.filter((change) => topics.has(change.topic));
  return `{"type":"changes","seq":${seq},"changes":[${wanted.map((change) => change.json).join(',')}]}`;
}
