import { responseTo } from '../sip/index.ts';
import { type Answer, addClientParts } from './answer-compose.ts';
import type { Client } from './client.ts';
import { findHeader } from './compose.ts';
import { type EdgeContext, sent } from './context.ts';
import type { EdgeDialog } from './dialogs.ts';
import type { ClientMessage } from './wire.ts';

/** Does a client's answer in the transaction of an INVITE belong to an UPDATE before its answer? */
export function isForUpdate(dialog: EdgeDialog | undefined, message: ClientMessage): boolean {
  const cseq = findHeader(message.headers, 'cseq') ?? '';
  return dialog?.earlyUpdate !== undefined && /UPDATE\s*$/i.test(cseq);
}

/** Answers an UPDATE that came before the call was answered: it shares the INVITE's transaction id. */
export function answerEarlyUpdate(
  context: EdgeContext,
  client: Client,
  message: ClientMessage,
  dialog: EdgeDialog,
  { status, reason }: Answer,
): void {
  const update = dialog.earlyUpdate;
  if (!update) return;
  const response = responseTo(update.request, status, reason ? { reason } : {});
  addClientParts(context, response, message);
  update.respond(response);
  if (status >= 200) delete dialog.earlyUpdate;
  const { raw, meta } = sent(context, response, update.origin);
  client.reply(message, 'OK', `${meta}|${dialog.transactionId}|${dialog.id}||Msg sent:|\r\n${raw}`);
}
