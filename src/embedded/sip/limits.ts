/**
 * Every bound of the SIP stack in one place. What happens at a limit is written where it is enforced:
 * a message that is too long is dropped (UDP) or ends its connection (TCP), a transaction too many gets
 * 503 statelessly, a connection too many is closed at once.
 */
export interface SipLimits {
  readonly messageBytesMax: number;
  readonly headersMax: number;
  readonly headerBytesMax: number;
  readonly connectionsMax: number;
  readonly transactionsMax: number;
  /** Bytes that may wait in one connection's send buffer before it is closed as stuck. */
  readonly sendBufferBytesMax: number;
  /** A connection that says nothing for so long is closed (a softphone pings every 30 to 120 s). */
  readonly connectionIdleMs: number;
  /** A connection that has never said a whole message or ping by then is closed: it takes somebody else's place. */
  readonly firstMessageMs: number;
  readonly connectTimeoutMs: number;
  /** A response to garbage is a favour; beyond this many in a second there is silence. */
  readonly malformedAnswersPerSecondMax: number;
}

export const defaultLimits: SipLimits = {
  messageBytesMax: 65_536,
  headersMax: 256,
  headerBytesMax: 16_384,
  connectionsMax: 1_000,
  transactionsMax: 20_000,
  sendBufferBytesMax: 1_048_576,
  connectionIdleMs: 3_600_000,
  // As long as an answer to what we say on a connection that we opened may take (timer B and F).
  firstMessageMs: 33_000,
  connectTimeoutMs: 4_000,
  malformedAnswersPerSecondMax: 50,
};
