/** What the adapters tell whoever counts (served by reporting). Never throws, and costs next to nothing. */

/** A SIP message that went over the network, as signalling saw it: retransmissions are absorbed below it. */
export interface SipMessageSeen {
  readonly direction: 'received' | 'sent';
  /** Of a response, that of its request. */
  readonly method: string;
  /** Absent: a request. */
  readonly status?: number;
}

export interface TelephonyMeters {
  sip(message: SipMessageSeen): void;
  /** A command over the event socket of a media server was answered. */
  mediaAnswered(server: string, tookMs: number): void;
  /** The event socket of a media server is gone. */
  mediaLost(server: string): void;
  signallingLost(): void;
  /** What was believed was not so, and has been mended. */
  repaired?(what: 'deadDialog' | 'lostChannel' | 'zombieChannel'): void;
}

/** Whether a media server takes calls, and how many of our channels live there. */
export interface MediaServerView {
  readonly name: string;
  readonly up: boolean;
  readonly channels: number;
}

export interface StoreMeters {
  /** A statement is over, however it went. */
  queried(pool: string, tookMs: number, ok: boolean): void;
  /** Webhooks that will not be tried even once: their endpoint is given up. */
  deadLetters(count: number): void;
}

/** Connections of one pool: all there are, those that do nothing, and who waits for one. */
export interface PoolView {
  readonly name: string;
  readonly connections: number;
  readonly idle: number;
  readonly waiting: number;
}

/** Records on their way to the database. */
export interface RecordsView {
  /** In memory. */
  readonly pending: number;
  /** They are nowhere else, because neither database nor disk takes them. */
  readonly diskRefuses: boolean;
  readonly outboxBytes: number;
  /** Since the start. */
  readonly lost: number;
  readonly rejected: number;
}

/** What of the journal only the memory has. */
export interface JournalView {
  readonly pendingBytes: number;
  /** The disk does not take it, or did not a moment ago. */
  readonly diskRefuses: boolean;
  /** Commands that the memory had no room for: a crash loses them, until the disk has taken a snapshot. */
  readonly dropped: number;
}
