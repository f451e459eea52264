import { createHmac } from 'node:crypto';

/**
 * What our webhooks are signed with: HMAC-SHA256 over `<unix seconds>.<body>`, hexadecimal, so that whoever gets one
 * knows that it is ours, that nobody changed it, and that it is not an old one sent again.
 */
export function signatureHeaders(
  secret: string,
  body: string,
  nowMs: number,
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(nowMs / 1_000));
  const digest = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
  return {
    'x-centralita-timestamp': timestamp,
    'x-centralita-signature': `v1=${digest}`,
  };
}
