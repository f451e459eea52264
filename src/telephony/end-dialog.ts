import type Srf from 'drachtio-srf';
import { provesWithin, requestWithinDialog } from './within-dialog.ts';

/** Sends BYE. `failed` is called when there is nobody left to send it, as after drachtio's own restart. */
export function endDialog(dialog: Srf.Dialog | undefined, failed: () => void = () => {}): void {
  const ended = (error: unknown): void => {
    if (error) failed();
  };
  // A call that a trunk has not taken the BYE of goes on there, and costs.
  if (dialog && provesWithin(dialog)) requestWithinDialog(dialog, { method: 'BYE' }, ended);
  else dialog?.destroy({ headers: {} }, ended);
}

/**
 * Sends CANCEL. srf throws when the connection to drachtio is gone, in the middle of whatever called this, such as a
 * timer: that would end the process, and there is nothing left to cancel.
 */
export function cancelInvite(request: Srf.SrfRequest | undefined): void {
  try {
    request?.cancel(() => {});
  } catch {
    // Nobody to send it.
  }
}

/**
 * Whether neither side has said BYE. One that came in one piece with the answer has been dealt with before whoever
 * waits for the dialog can listen to it.
 */
export function isConnected(dialog: Srf.Dialog): boolean {
  // srf's types leave it out.
  return (dialog as Srf.Dialog & { readonly connected: boolean }).connected;
}
