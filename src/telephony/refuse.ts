import type Srf from 'drachtio-srf';

/** Says no, unless something has been said already. */
export function refuse(
  res: Srf.SrfResponse,
  status: number,
  headers: Record<string, string> = {},
): undefined {
  if (!res.finalResponseSent) res.send(status, { headers });
}
