import { header, type SipRequest } from './sip.ts';

/** What the tools that look for open SIP servers call themselves when nobody has told them not to. */
const SCANNERS =
  /friendly-?scanner|friendly-request|sipvicious|sipcli|sip-?scan|sundayddr|iwar|sipsak|sipv\b|smap\b|vaxsip|vaxasip|pplsip|siparmyknife|gulp\b/i;

/** Whether the request says itself that it is a scan. It gets no answer: any answer is an invitation. */
export function isScanner(req: SipRequest): boolean {
  return SCANNERS.test(header(req, 'User-Agent') ?? '');
}
