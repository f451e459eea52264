import { type Clock, type EpochMs, iso, type Timer } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import { type Principal, reaches } from '../model/access.ts';
import { type AgentId, agentId } from '../model/ids.ts';
import type { Authenticator } from '../runtime/ports/access.ts';
import type { LiveStatistics, QueueStatistics } from '../runtime/ports/feed.ts';
import type { Control, LiveChange } from '../runtime/ports/index.ts';
import { Audience, missingScope } from './audience.ts';
import { encodeFrame } from './frame.ts';
import { changesText, History, merged, type SentChange } from './history.ts';
import { Mirror } from './mirror.ts';
import { ownView } from './own-view.ts';
import {
  CLOSE,
  type ClientMessage,
  FEED_PROTOCOL,
  parseClientMessage,
  STATISTICS_SECONDS,
  type Subscription,
} from './protocol.ts';
import {
  type FeedSocket,
  type Following,
  type Guest,
  SESSION_LIMITS,
  Session,
  type SessionLimits,
} from './session.ts';
import { snapshotText } from './snapshot.ts';
import { changeWire, statisticsWire } from './wire.ts';

export interface FeedOptions {
  readonly control: Pick<Control, 'snapshot' | 'subscribe'> & LiveStatistics;
  readonly authenticator: Authenticator;
  readonly clock: Clock;
  readonly log: Logger;
  /** Names this run. */
  readonly feedId: string;
  readonly limits?: Partial<SessionLimits & FeedLimits>;
  readonly onSent?: (messages: number) => void;
}

export interface FeedLimits {
  readonly clientsMax: number;
  /** Of those who have not said who they are. */
  readonly strangersMax: number;
  /** Of one person: a key may be a whole company's wallboards. */
  readonly perUserMax: number;
  readonly historyMax: number;
  /** Between two messages to everybody: many clients then cost a few writes, not one a change each. */
  readonly gatherMs: number;
  readonly sweepMs: number;
}

export const FEED_LIMITS: FeedLimits = {
  clientsMax: 1_000,
  strangersMax: 100,
  perUserMax: 20,
  historyMax: 10_000,
  gatherMs: 25,
  sweepMs: 250,
};

/** Of the thread's time; reads are answered in the same. */
const WRITING_SHARE_MAX = 1 / 2;
/** However much there is to write. */
const GATHER_MS_MAX = 100;
/** A write that waited for a processor says nothing of what the next one takes: the shortest of so many does. */
const WRITINGS_LOOKED_AT = 4;

/** Tells clients what is going on: a snapshot first, then numbered changes, each written once for all of them. */
export class Feed {
  readonly #options: FeedOptions;
  readonly #limits: SessionLimits & FeedLimits;
  readonly #sessions = new Set<Session>();
  readonly #audiences = new Map<string, Audience>();
  readonly #history: History;
  readonly #mirror: Mirror;
  readonly #unsubscribe: () => void;
  /** Snapshots that were written for this number; many ask at once when a server comes back. */
  readonly #snapshots = new Map<string, Buffer>();
  #snapshotsSeq = -1;
  #gathered: SentChange[] = [];
  #seenVersion: number;
  #flushTimer: Timer | undefined;
  #flushedAt: EpochMs = Number.NEGATIVE_INFINITY;
  /** What the last messages to everybody took; the newest takes the oldest one's place. */
  readonly #writingsMs: number[] = new Array(WRITINGS_LOOKED_AT).fill(0);
  #writings = 0;
  #sweepTimer: Timer | undefined;
  #closed = false;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#limits = { ...SESSION_LIMITS, ...FEED_LIMITS, ...options.limits };
    const snapshot = options.control.snapshot();
    this.#history = new History(this.#limits.historyMax, snapshot.seq);
    this.#mirror = new Mirror(snapshot);
    this.#seenVersion = this.#mirror.version;
    this.#unsubscribe = options.control.subscribe((change) => this.#gather(change));
    this.#sweepLater();
  }

  get clients(): number {
    return this.#sessions.size;
  }

  /** Whether there is no room for one more like this; undefined: a stranger. */
  isFullFor(principal: Principal | undefined): boolean {
    const { clientsMax, strangersMax, perUserMax } = this.#limits;
    if (this.#sessions.size >= clientsMax) return true;
    if (principal?.kind === 'key') return false;
    let alike = 0;
    for (const { guest } of this.#sessions) if (guest?.principal.id === principal?.id) alike += 1;
    return alike >= (principal ? perUserMax : strangersMax);
  }

  /** A client has come. The socket tells the session's `received`, `pong` and `gone`. */
  connect(socket: FeedSocket, guest: Guest | undefined): FeedConnection {
    const { clock, feedId } = this.#options;
    const session = new Session(socket, this.#limits, guest, clock.now());
    this.#sessions.add(session);
    const authenticated = guest !== undefined;
    session.send({ type: 'hello', protocol: FEED_PROTOCOL, feedId, authenticated });
    return {
      received: (text) => this.#received(session, text),
      pinged: () => void session.heard(clock.now()),
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

  // ---- What clients say -------------------------------------------------------------------------------

  #received(session: Session, text: string): void {
    if (session.isClosed || !session.heard(this.#options.clock.now())) return;
    const message = parseClientMessage(text);
    if (message.ok) return this.#answer(session, message.value);
    const detail = `${message.error} See /asyncapi.json.`;
    session.send({ type: 'error', code: 'REQUEST_INVALID', detail });
  }

  #answer(session: Session, message: ClientMessage): void {
    if (message.type === 'ping') session.send({ type: 'pong' });
    else if (message.type === 'authenticate') void this.#authenticate(session, message.key);
    else if (!session.guest)
      session.fail('UNAUTHENTICATED', 'Authenticate first.', CLOSE.unauthenticated);
    else this.#subscribe(session, session.guest.principal, message);
  }

  async #authenticate(session: Session, secret: string): Promise<void> {
    const verify = () => this.#options.authenticator.verify(secret);
    try {
      const principal = await verify();
      if (!principal)
        session.fail('UNAUTHENTICATED', 'The key is not known here.', CLOSE.unauthenticated);
      else if (this.isFullFor(principal))
        session.fail('OVERLOADED', 'There are too many clients.', CLOSE.tryAgainLater);
      else session.authenticated({ principal, verify });
    } catch {
      session.fail('DATABASE_AWAY', 'The key cannot be checked.', CLOSE.tryAgainLater);
    }
  }

  #subscribe(session: Session, principal: Principal, message: Subscription): void {
    const missing = missingScope(principal, message);
    if (missing !== undefined) {
      const detail = `${principal.name} would need the scope ${missing} for these topics.`;
      session.send({ type: 'error', code: 'FORBIDDEN', detail });
      return;
    }
    const me = this.#meOf(session, principal, message);
    if (me === 'refused') return;
    // What is gathered belongs to the time before: everybody gets it now, and this client does not get it twice.
    this.#flush();
    const seconds = message.statisticsSeconds ?? STATISTICS_SECONDS.usual;
    const following: Following = {
      audience: this.#audienceOf(principal, message),
      ...(me === undefined ? {} : { me }),
      ...(message.topics.includes('statistics') ? { statisticsMs: seconds * 1_000 } : {}),
    };
    const { feedId, resumeFrom } = message;
    const known = feedId === this.#options.feedId ? resumeFrom : undefined;
    this.#bringUp(session, following, known, 'subscribed');
    this.#sendUnnumbered(session);
  }

  /** Whose own view is asked for; undefined: nobody's. */
  #meOf(session: Session, principal: Principal, { topics, agentId: asked }: Subscription) {
    if (!topics.includes('me')) return undefined;
    const id = asked === undefined ? principal.agentId : agentId(asked);
    const agent = id && this.#mirror.agents.get(id);
    if (agent && reaches(principal, agent)) return agent.id;
    const detail = 'Say by agentId whose view it is: an agent whom you may see.';
    session.send({
      type: 'error',
      code: id === undefined ? 'REQUEST_INVALID' : 'FORBIDDEN',
      detail,
    });
    return 'refused';
  }

  /** One object for all who see the same. Those whom nobody is left of are forgotten at the sweep. */
  #audienceOf(principal: Principal, message: Subscription): Audience {
    const audience = new Audience(principal, message, this.#mirror);
    const known = this.#audiences.get(audience.key);
    if (known) return known;
    this.#audiences.set(audience.key, audience);
    return audience;
  }

  /** Sends what is new since `from`, or everything. */
  #bringUp(
    session: Session,
    following: Following,
    from: number | undefined,
    why: 'subscribed' | 'lagged' | 'changed',
  ): void {
    const { audience } = following;
    const { seq } = this.#history;
    const missed = from === undefined ? undefined : this.#history.since(from);
    const text = missed && changesText(merged(missed), audience, seq, true);
    const frame = text === undefined ? this.#snapshot(audience, why) : encodeFrame(text);
    session.follow(following, frame, seq, this.#options.clock.now());
  }

  #snapshot(audience: Audience, why: 'subscribed' | 'lagged' | 'changed'): Buffer {
    const { seq } = this.#history;
    if (seq !== this.#snapshotsSeq) this.#snapshots.clear();
    this.#snapshotsSeq = seq;
    const key = `${why} ${audience.key}`;
    const known = this.#snapshots.get(key);
    if (known) return known;
    const made = encodeFrame(snapshotText(this.#options.control.snapshot(), audience, why));
    this.#snapshots.set(key, made);
    return made;
  }

  // ---- What happens -------------------------------------------------------------------------------------

  #gather(change: LiveChange): void {
    const { seq, topic } = change;
    const { key, before, after } = this.#mirror.take(change);
    const at = iso(change.at);
    const id = (after ?? before)?.id;
    this.#gathered.push({
      seq,
      topic,
      key,
      before,
      after,
      json: JSON.stringify(changeWire(change)),
      goneJson: after && id ? JSON.stringify({ seq, at, topic, goneId: id }) : undefined,
    });
    this.#flushLater();
  }

  /** After a pause a change is told at once; then so seldom that writing leaves the thread to others, too. */
  #flushLater(): void {
    if (this.#flushTimer) return;
    const { clock } = this.#options;
    const { gatherMs } = this.#limits;
    const pauseMs = Math.max(
      gatherMs,
      Math.min(Math.min(...this.#writingsMs) / WRITING_SHARE_MAX, GATHER_MS_MAX),
    );
    const sinceMs = Math.max(0, clock.now() - this.#flushedAt);
    this.#flushTimer = clock.after(pauseMs - sinceMs, () => this.#flush());
  }

  /** One frame for each audience, whoever is in it. */
  #flush(): void {
    this.#flushTimer?.cancel();
    this.#flushTimer = undefined;
    const changes = this.#gathered;
    this.#gathered = [];
    const seq = changes.at(-1)?.seq;
    if (seq === undefined) return;
    for (const change of changes) this.#history.add(change);
    const now = this.#options.clock.now();
    this.#flushedAt = now;
    const frames = new Map<Audience, Buffer | undefined>();
    let sent = 0;
    for (const session of this.#sessions) {
      const following = session.live;
      if (!following) continue;
      const { audience } = following;
      if (!frames.has(audience)) {
        const text = changesText(changes, audience, seq);
        frames.set(audience, text === undefined ? undefined : encodeFrame(text));
      }
      const frame = frames.get(audience);
      if (frame && !session.sendLive(frame, now)) continue;
      session.seq = seq;
      if (frame) sent += 1;
      if (following.me !== undefined) this.#sendMe(session, following.me);
    }
    if (sent > 0) this.#options.onSent?.(sent);
    this.#showAnew();
    this.#writingsMs[this.#writings++ % WRITINGS_LOOKED_AT] = this.#options.clock.now() - now;
  }

  /** Who sees some agents only has another floor before them when an agent's team or queues are others. */
  #showAnew(): void {
    const { version } = this.#mirror;
    if (version === this.#seenVersion) return;
    this.#seenVersion = version;
    for (const session of this.#sessions) {
      const following = session.live;
      if (following?.audience.isLimited) this.#bringUp(session, following, undefined, 'changed');
    }
  }

  #sendMe(session: Session, id: AgentId): void {
    const view = ownView(this.#mirror, id);
    const json = view ? JSON.stringify(view) : '';
    if (json === session.me || json === '') return;
    const { clock } = this.#options;
    const head = `{"type":"me","seq":${this.#history.seq},"at":"${iso(clock.now())}"`;
    if (session.sendLive(encodeFrame(`${head},"me":${json}}`), clock.now())) session.me = json;
  }

  // ---- What time brings -----------------------------------------------------------------------------------

  #sweepLater(): void {
    this.#sweepTimer = this.#options.clock.after(this.#limits.sweepMs, () => {
      this.#sweep();
      if (!this.#closed) this.#sweepLater();
    });
  }

  #sweep(): void {
    const now = this.#options.clock.now();
    this.#flush();
    const inUse = new Set<string>();
    for (const session of this.#sessions) {
      session.tick(now);
      const following = session.recovered;
      if (following) {
        this.#bringUp(session, following, session.seq, 'lagged');
        this.#sendUnnumbered(session);
      }
      if (session.live) inUse.add(session.live.audience.key);
      if (session.isToBeChecked(now)) void this.#check(session);
    }
    for (const key of this.#audiences.keys()) if (!inUse.has(key)) this.#audiences.delete(key);
    this.#tickStatistics();
  }

  /** A key may have been revoked, a session be over, a role be another. */
  async #check(session: Session): Promise<void> {
    const { guest } = session;
    if (!guest) return;
    try {
      const principal = await guest.verify();
      if (!principal)
        session.fail('UNAUTHENTICATED', 'The key is valid no more.', CLOSE.unauthenticated);
      else if (rightsOf(principal) !== rightsOf(guest.principal))
        session.fail('FORBIDDEN', 'Your rights have changed: connect again.', CLOSE.forbidden);
    } catch {
      // Nobody can say at the moment: it is asked again.
    }
  }

  #sendUnnumbered(session: Session): void {
    const following = session.live;
    if (following?.me !== undefined) this.#sendMe(session, following.me);
    if (following?.statisticsMs !== undefined) this.#tickStatistics();
  }

  /** Asked for once, and written once for each audience. */
  #tickStatistics(): void {
    const { clock, control } = this.#options;
    const now = clock.now();
    let figures: readonly QueueStatistics[] | undefined;
    const frames = new Map<Audience, Buffer>();
    for (const session of this.#sessions) {
      const { statisticsMs, audience } = session.live ?? {};
      if (statisticsMs === undefined || !audience || now < session.statisticsAt) continue;
      figures ??= control.statistics();
      const frame = frames.get(audience) ?? statisticsFrame(figures, audience, now);
      frames.set(audience, frame);
      session.statisticsAt = now + statisticsMs;
      session.sendLive(frame, now);
    }
  }
}

/** What a socket tells of its other end. */
export interface FeedConnection {
  received(text: string): void;
  pinged(): void;
  pong(): void;
  gone(): void;
}

function statisticsFrame(
  figures: readonly QueueStatistics[],
  audience: Audience,
  now: number,
): Buffer {
  const queues = figures.filter(({ id }) => audience.seesQueue(id)).map(statisticsWire);
  return encodeFrame(JSON.stringify({ type: 'statistics', at: iso(now), queues }));
}

const rightsOf = ({ scopes, teams, agentId: agent }: Principal): string =>
  JSON.stringify([scopes, teams ?? null, agent ?? null]);
