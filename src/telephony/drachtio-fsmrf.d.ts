/** What of drachtio-fsmrf this product uses. Its own package has no types. */
declare module 'drachtio-fsmrf' {
  import type { EventEmitter } from 'node:events';
  import type { Socket } from 'node:net';
  import type Srf from 'drachtio-srf';

  export interface MrfMediaServer extends EventEmitter {
    readonly conn: {
      readonly socket: Socket | null;
      readonly reconnectOpts: { maxAttempts?: number };
    };
    /** Where the profile listens: `address` is host:port. */
    readonly sip: { readonly ipv4: { readonly udp: { readonly address?: string } } };
    /** From the last HEARTBEAT. */
    readonly currentSessions: number;
    readonly maxSessions: number;
    disconnect(): void;
  }

  export interface MrfConnectOptions {
    readonly address: string;
    readonly port: number;
    readonly secret: string;
    readonly listenAddress?: string;
    readonly profile?: string;
  }

  class Mrf extends EventEmitter {
    constructor(srf: Srf);
    connect(options: MrfConnectOptions): Promise<MrfMediaServer>;
  }
  export default Mrf;
}
