import type { EpochMs } from '../../lib/clock.ts';

/** One SIP address of record with one place to reach it (RFC 3261 section 10). */
export interface Binding {
  readonly extension: string;
  /** The Contact URI as registered. */
  readonly contactUri: string;
  /** Where the REGISTER came from: `host:port`, and the transport it came by. */
  readonly receivedFrom: string;
  readonly transport: 'udp' | 'tcp' | 'tls';
  readonly callId: string;
  readonly cseq: number;
  readonly userAgent: string;
  /** 0 to 1, RFC 3261 section 20.10. */
  readonly q: number;
  readonly expiresAt: EpochMs;
  /** The proxies between us and the phone, as URIs, the one before us first (RFC 3327). Absent: none. */
  readonly path?: readonly string[];
  /**
   * One of the connections that a phone holds open (RFC 5626): it is reached over this one or not at all, and of several
   * of one phone one is tried after the other. Absent: a binding like any other.
   */
  readonly flow?: { readonly phone: string; readonly id: number };
}

export interface BindingStore {
  all(): Promise<readonly Binding[]>;
  /** Replaces every binding of the extension. */
  replace(extension: string, bindings: readonly Binding[]): Promise<void>;
}

/** What a phone proves itself with. HA1 is the digest of user:realm:password (RFC 7616 section 3.4.2). */
export interface SipCredentials {
  readonly extension: string;
  readonly ha1Md5: string;
  readonly ha1Sha256: string;
}

export interface CredentialStore {
  find(extension: string): Promise<SipCredentials | undefined>;
}

/** Where an extension's phones can be reached now, best first (served by registrar). */
export interface BindingLookup {
  bindingsOf(extension: string): readonly Binding[];
}
