import type { SipResponse } from '../sip/index.ts';
import type { Client } from './client.ts';
import type { EdgeContext } from './context.ts';
import type { EdgeDialog } from './dialogs.ts';
import { endDialog } from './ending.ts';

/** Timer N (RFC 6665 section 4.1.2.4): so long after its time the last NOTIFY of a subscription may still come. */
const LAST_WORD_MS = 32_000;

/** A SUBSCRIBE was granted: if nobody renews it, its dialog is forgotten with it, whoever else has died meanwhile. */
export function armSubscription(
  context: EdgeContext,
  dialog: EdgeDialog,
  granted: SipResponse,
): void {
  const seconds = Number(granted.headers.get('expires') ?? 0);
  const ms = (Number.isFinite(seconds) ? Math.max(0, seconds) : 0) * 1_000 + LAST_WORD_MS;
  dialog.sessionTimer?.cancel();
  dialog.sessionTimer = context.clock.after(ms, () => endDialog(context, dialog));
}

/** A client is gone, and what it alone knew of with it: whoever speaks of that subscription is told so (481). */
export function endSubscriptionsOf(context: EdgeContext, client: Client): void {
  for (const dialog of [...context.dialogs])
    if (dialog.client === client && dialog.method === 'SUBSCRIBE') endDialog(context, dialog);
}
