import type Srf from 'drachtio-srf';
import type { Channel } from './channel.ts';
import type { SipFailure } from './sip-failure.ts';

/**
 * Hold, retrieve and new addresses: what the far end proposes, by re-INVITE or UPDATE, goes to the media server,
 * whose answer goes back. Transfers are declined (RFC 3515 section 2.4.2), which srf by itself would accept.
 */
export function passRenegotiation(dialog: Srf.Dialog, channel: Channel): void {
  dialog.on('modify', (req, res) => void answer(req, res, channel));
  dialog.on('update', (req, res) => (req.body ? void answer(req, res, channel) : res.send(200)));
  dialog.on('refer', (_req, res) => res.send(603));
  // An INVITE without an offer was answered with ours: the answer to it comes in the ACK (RFC 3264 section 4).
  dialog.on('ack', (ack) => {
    if (ack.body) channel.renegotiate(ack.body).catch(() => {});
  });
}

async function answer(req: Srf.SrfRequest, res: Srf.SrfResponse, channel: Channel): Promise<void> {
  try {
    const body = req.body ? await channel.renegotiate(req.body) : channel.sdp;
    res.send(200, { body });
  } catch (error) {
    // Whoever was told that offers crossed tries again (RFC 3261 section 14.1); 488 leaves the call as it was.
    res.send((error as SipFailure).status === 491 ? 491 : 488);
  }
}
