import type Srf from 'drachtio-srf';

/** Sends BYE. `failed` is called when there is nobody left to send it, as after drachtio's own restart. */
export function endDialog(dialog: Srf.Dialog | undefined, failed: () => void = () => {}): void {
  dialog?.destroy({ headers: {} }, (error) => {
    if (error) failed();
  });
}

/**
 * Whether neither side has said BYE. One that came in one piece with the answer has been dealt with before whoever
 * waits for the dialog can listen to it.
 */
export function isConnected(dialog: Srf.Dialog): boolean {
  // srf's types leave it out.
  return (dialog as Srf.Dialog & { readonly connected: boolean }).connected;
}
