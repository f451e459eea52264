import type Srf from 'drachtio-srf';

/** Sends BYE. `failed` is called when there is nobody left to send it, as after drachtio's own restart. */
export function endDialog(dialog: Srf.Dialog | undefined, failed: () => void = () => {}): void {
  dialog?.destroy({ headers: {} }, (error) => {
    if (error) failed();
  });
}
