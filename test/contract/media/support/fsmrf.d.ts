/** What the contract tests use of drachtio-fsmrf beyond what the product uses, and which its package does not type. */
declare module 'drachtio-fsmrf' {
  import type { EventEmitter } from 'node:events';

  interface Endpoint extends EventEmitter {
    readonly uuid: string;
    readonly local: { readonly sdp: string; readonly mediaIp: string; readonly mediaPort: string };
    readonly remote: { readonly sdp: string };
    play(
      file: string | string[],
    ): Promise<{ playbackSeconds: string; playbackMilliseconds: string }>;
    playCollect(options: {
      file: string;
      min?: number;
      max?: number;
      tries?: number;
      timeout?: number;
      digitTimeout?: number;
      terminators?: string;
    }): Promise<{ digits: string | undefined; terminatorUsed: string | undefined }>;
    record(
      file: string,
      options: { timeLimitSecs?: number },
    ): Promise<{ recordSeconds: string; recordMilliseconds: string }>;
    bridge(other: Endpoint | string): Promise<void>;
    unbridge(): Promise<void>;
    join(
      conference: string | Conference,
      options?: object,
    ): Promise<{ memberId: number; confUuid: string }>;
    unjoin(): Promise<void>;
    confMute(): Promise<void>;
    confUnmute(): Promise<void>;
    set(name: string, value: string): Promise<void>;
    getChannelVariables(includeMedia?: boolean): Promise<Record<string, string | number>>;
    execute(application: string, argument?: string): Promise<{ getHeader(name: string): string }>;
    api(command: string, argument: string): Promise<{ body?: string }>;
    modify(sdp: string): Promise<string>;
    destroy(): Promise<void>;
    readonly dialog: { modify(sdp: string): Promise<string> };
  }

  interface Conference extends EventEmitter {
    readonly uuid: string;
    getSize(): Promise<number>;
    play(file: string): Promise<{ milliseconds: number }>;
    destroy(): Promise<void>;
  }

  interface MrfMediaServer {
    createEndpoint(options?: { remoteSdp?: string; codecs?: string[] }): Promise<Endpoint>;
    createConference(name: string, options?: object): Promise<Conference>;
    api(command: string): Promise<string>;
  }
}
