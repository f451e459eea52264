import type { StopReason } from './cdr.ts';
import { type EdgeContext, localAddress, sent } from './context.ts';
import type { EdgeDialog } from './dialogs.ts';
import { sipToClient } from './wire.ts';

/** Forgets a dialog and what is under way in it. */
export function endDialog(context: EdgeContext, dialog: EdgeDialog): void {
  if (dialog.pendingInvite && dialog.pendingInvite.state !== 'terminated') {
    dialog.pendingInvite.terminate();
  }
  context.dialogs.remove(dialog);
  // An INVITE that was answered and never acknowledged is still on the books.
  if (dialog.role === 'uas') context.net.delete(dialog.transactionId);
}

/**
 * Ends a dialog by a BYE that no client asked for, and tells the client of it as drachtio does: as a BYE
 * "from the application" in the transaction `unsolicited`.
 */
export function terminateDialog(
  context: EdgeContext,
  dialog: EdgeDialog,
  text: string,
  cdr: StopReason | undefined,
): void {
  const headers: [string, string][] = [['Reason', `SIP;cause=200;text="${text}"`]];
  const bye = dialog.dialog.request('BYE', headers);
  const target = dialog.dialog.targetOf(bye);
  if (target) {
    context.layer.request(bye, target, { onResponse() {}, onFailure() {}, onTerminated() {} });
  }
  const protocol = target?.protocol ?? dialog.dialog.protocol;
  const { raw, meta } = sent(context, bye, { protocol, ...localAddress(context) });
  dialog.client.send(sipToClient(meta, 'unsolicited', dialog.id, raw));
  if (cdr) context.cdr.stop('application', cdr, bye);
  endDialog(context, dialog);
}
