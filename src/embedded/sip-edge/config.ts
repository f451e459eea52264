import type { Clock } from '../../lib/clock.ts';
import type { Logger, LogLevel } from '../../lib/log.ts';
import type { CertificateFiles, SipLimits, TimerValues } from '../sip/index.ts';

export interface SipEdgeConfig {
  readonly sipHost: string;
  /** 0 takes any free port. */
  readonly sipPort: number;
  /** With a certificate, there is TLS on a port of its own. */
  readonly certificate?: CertificateFiles;
  /** 0 takes any free port; 5061 unless given. */
  readonly tlsPort?: number;
  readonly adminHost: string;
  /** 0 takes any free port. */
  readonly adminPort: number;
  readonly secret: string;
  /** The address written into Via and Contact where it is not the one bound (a NAT in front of us). */
  readonly externalIp?: string;
  readonly logLevel?: LogLevel;
}

/** What only the in-thread variant can be given: a worker has its own. */
export interface InThreadOptions {
  readonly clock?: Clock;
  readonly logger?: Logger;
  readonly timers?: TimerValues;
  readonly limits?: SipLimits;
}

/** The ports that a started edge got. */
export interface SipEdgePorts {
  readonly adminPort: number;
  readonly sipPort: number;
  /** Undefined without TLS. */
  readonly tlsPort?: number;
}

export interface SipEdge extends SipEdgePorts {
  close(): Promise<void>;
}
