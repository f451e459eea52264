/** A final response other than 2xx, and the cause that the network gave with it. */
export interface SipRefusal {
  readonly status: number;
  /** ITU-T Q.850, from the Reason header (RFC 3326). */
  readonly q850?: number;
  /** Not a word came back, not even a provisional one. */
  readonly silent?: boolean;
  /** It had rung somewhere before: 180, 181 or 182. */
  readonly rang?: boolean;
  /** It had been on its way (183): what sounded then may have been ringing, or a network that says why not. */
  readonly progressed?: boolean;
  /** For how long it wants to be left alone. */
  readonly retryAfterSeconds?: number;
}

export const NO_RESPONSE: SipRefusal = { status: 408, silent: true };

/** What drachtio-srf rejects with: a SIP error with its response, or whatever went wrong in sending. */
export function refusalOf(error: unknown): SipRefusal {
  const { status, res } = error as { status?: number; res?: Response };
  const q850 = /Q\.850\s*;.*?cause\s*=\s*(\d{1,3})/i.exec(headerOf(res, 'Reason'))?.[1];
  const retryAfter = /^\s*(\d{1,6})/.exec(headerOf(res, 'Retry-After'))?.[1];
  return {
    status: status ?? 503,
    ...(q850 === undefined ? {} : { q850: Number(q850) }),
    ...(retryAfter === undefined ? {} : { retryAfterSeconds: Number(retryAfter) }),
  };
}

interface Response {
  has(name: string): boolean;
  get(name: string): string;
}

const headerOf = (res: Response | undefined, name: string): string =>
  res?.has(name) ? res.get(name) : '';
