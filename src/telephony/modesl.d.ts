/** What of modesl this product uses. Its own package has no types. */
declare module 'modesl' {
  import type { Socket } from 'node:net';

  /** An event or a reply: headers as FreeSWITCH sent them, and a body. */
  export interface EslEvent {
    getHeader(name: string): string | undefined;
    getBody(): string | undefined;
  }

  export interface Connection {
    readonly socket: Socket | null;
    on(event: string, listener: (event: EslEvent) => void): this;
    on(event: 'error', listener: (error: Error) => void): this;
    removeAllListeners(event?: string): this;
    connected(): boolean;
    send(command: string): void;
    sendRecv(command: string, onReply: (reply: EslEvent) => void): void;
    api(command: string, onResponse: (response: EslEvent) => void): void;
    subscribe(events: readonly string[], onReply?: () => void): void;
    disconnect(): void;
  }

  const esl: {
    Connection: new (
      host: string,
      port: number,
      password: string,
      onReady: () => void,
    ) => Connection;
  };
  export default esl;
}
