import type Srf from 'drachtio-srf';
import { unsupportedExtensions } from './extensions.ts';

/** What we say of ourselves in INVITEs, in answers to them and to OPTIONS (RFC 3261 sections 13.2.1, 13.3.1.4, 11.2). */
export const CAPABILITIES: Readonly<Record<string, string>> = {
  Allow: 'INVITE, ACK, CANCEL, BYE, OPTIONS, UPDATE, INFO, REFER, NOTIFY, SUBSCRIBE, REGISTER',
  Supported: 'timer',
};

const { Allow = '' } = CAPABILITIES;

/** Text messages and states of others are for nobody here (RFC 3261 section 8.2.1). */
export const NOT_TAKEN = ['message', 'publish'] as const;

export const refuseMethod = (_req: unknown, res: Srf.SrfResponse): void =>
  res.send(405, { headers: { Allow } });

/** One that has sense in a call only: its call is none, or it names none. */
export function refuseOutside(req: Srf.SrfRequest, res: Srf.SrfResponse): void {
  if (/;\s*tag=/i.test(req.get('To') ?? '')) res.send(481);
  else refuseMethod(req, res);
}

export function answerOptions(req: Srf.SrfRequest, res: Srf.SrfResponse): void {
  const unsupported = unsupportedExtensions(req);
  if (unsupported.length > 0) res.send(420, { headers: { Unsupported: unsupported.join(', ') } });
  else res.send(200, { headers: { ...CAPABILITIES, Accept: 'application/sdp' } });
}
