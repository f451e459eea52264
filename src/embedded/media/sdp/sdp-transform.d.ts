/** What we use of sdp-transform, which ships no types. */
declare module 'sdp-transform' {
  export interface ParsedMedia {
    type: string;
    port: number;
    protocol: string;
    /** A number when there is only one. */
    payloads?: string | number;
    rtp: { payload: number; codec: string; rate?: number; encoding?: number }[];
    fmtp: { payload: number; config: string }[];
    connection?: { version: number; ip: string };
    direction?: string;
    ptime?: number;
  }
  export interface ParsedSdp {
    origin?: { username: string; sessionId: number | string; sessionVersion: number };
    connection?: { version: number; ip: string };
    direction?: string;
    media: ParsedMedia[];
  }
  export function parse(sdp: string): ParsedSdp;
}
