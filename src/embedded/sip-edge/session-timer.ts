import { cseqOf, type SipMessage, type SipResponse } from '../sip/index.ts';
import type { EdgeContext } from './context.ts';
import type { EdgeDialog } from './dialogs.ts';
import { terminateDialog } from './ending.ts';

export interface SessionExpires {
  readonly seconds: number;
  readonly refresher: string | undefined;
}

/** Session-Expires (RFC 4028 section 4): the interval, and who refreshes. */
export function sessionExpiresOf(message: SipMessage): SessionExpires | undefined {
  const match = /^\s*(\d{1,9})\s*(?:;(.*))?$/.exec(message.headers.get('session-expires') ?? '');
  if (!match) return undefined;
  const refresher = /(?:^|;)\s*refresher\s*=\s*(\w+)/i.exec(match[2] ?? '')?.[1]?.toLowerCase();
  return { seconds: Number(match[1]), refresher };
}

/**
 * Starts the session timer anew. Whoever refreshes does so at half the interval; the other side ends a
 * session that was not refreshed in time (RFC 4028 section 10).
 */
export function armSessionTimer(
  context: EdgeContext,
  dialog: EdgeDialog,
  seconds: number,
  weRefresh: boolean,
): void {
  dialog.sessionTimer?.cancel();
  dialog.sessionExpiresS = seconds;
  const delayMs = weRefresh ? seconds * 500 : seconds * 1_000;
  dialog.sessionTimer = context.clock.after(delayMs, () => {
    if (weRefresh) refresh(context, dialog);
    else terminateDialog(context, dialog, 'Session timer expired', 'session-expired');
  });
}

/** Who refreshes and hears nothing final gives up so long before the session is over, or a third of it (section 10). */
const GIVE_UP_MS = 32_000;

/** A re-INVITE with the session as it stands; the client need not know. */
function refresh(context: EdgeContext, dialog: EdgeDialog): void {
  const headers: [string, string][] = [
    ['Contact', dialog.localContact],
    ['Session-Expires', `${dialog.sessionExpiresS};refresher=uac`],
    ['Min-SE', '90'],
  ];
  if (dialog.localSdp !== '') headers.push(['Content-Type', 'application/sdp']);
  const invite = dialog.dialog.request('INVITE', headers, dialog.localSdp);
  const target = dialog.dialog.targetOf(invite);
  if (!target) return;
  const expired = () =>
    terminateDialog(context, dialog, 'Session timer expired', 'session-expired');
  // One that only says 100 would never be given up.
  const leftMs = dialog.sessionExpiresS * 500;
  const marginMs = Math.min(GIVE_UP_MS, (dialog.sessionExpiresS * 1_000) / 3);
  dialog.sessionTimer = context.clock.after(leftMs - marginMs, expired);
  context.layer.request(invite, target, {
    onResponse: (response) => onRefreshed(context, dialog, response),
    onFailure: expired,
    onTerminated() {},
  });
}

function onRefreshed(context: EdgeContext, dialog: EdgeDialog, response: SipResponse): void {
  const { status } = response;
  if (status < 200 || dialog.dialog.state === 'terminated') return;
  if (status === 491) {
    // Glare: the peer's own offer refreshes as well.
    armSessionTimer(context, dialog, dialog.sessionExpiresS, true);
    return;
  }
  if (status >= 300) {
    terminateDialog(context, dialog, 'Session timer expired', 'session-expired');
    return;
  }
  const ack = dialog.dialog.ack(cseqOf(response)?.seq ?? 0);
  const target = dialog.dialog.targetOf(ack);
  if (target) context.layer.sendAck(ack, target);
  const next = sessionExpiresOf(response);
  const seconds = next?.seconds ?? dialog.sessionExpiresS;
  armSessionTimer(context, dialog, seconds, next?.refresher !== 'uas');
}
