import type { LogLevel } from '../lib/log.ts';

/** The whole product, running. */
export interface House {
  /** Made at the first start, when none was given, and shown this once. */
  readonly newApiKey: string | undefined;
  /** Of the user `admin`, made and shown in the same way. */
  readonly newPassword: string | undefined;
  readonly httpAddress: string;
  /** Where phones register; undefined with an external switch, which knows it itself. */
  readonly sipAddress: string | undefined;
  /** The same by TLS; undefined without a certificate. */
  readonly sipTlsAddress: string | undefined;
  readonly seeded: boolean;
  /** As it is set now. */
  readonly logLevel: LogLevel;
  /** What keeps it from taking calls, for the operator; empty when nothing does. */
  readonly troubles: readonly string[];
  /** Takes no more calls, and resolves when the last one is over or the time is up. */
  drain(limitMs: number): Promise<void>;
  /** Idempotent. */
  close(): Promise<void>;
}
