import { Retransmitter, responseTo, type SipResponse } from '../sip/index.ts';
import { wantsReliable } from './answer-compose.ts';
import type { EdgeContext, NetTransaction } from './context.ts';
import type { EdgeDialog } from './dialogs.ts';
import { terminateDialog } from './ending.ts';
import { forgetNet } from './net-transactions.ts';

/** What the real server says when its stack refuses a response. */
const NOT_SENT = 'Unknown server error sending response';

/** Sends a response the way its status wants it, and says what went wrong if something did. */
export function transmitAnswer(
  context: EdgeContext,
  net: NetTransaction,
  response: SipResponse,
): string | undefined {
  const { transaction, dialog } = net;
  const { status } = response;
  if (transaction.request.method === 'INVITE' && status >= 200 && status < 300) {
    return transmitSuccess(context, net, response);
  }
  const provisional = status > 100 && status < 200 && transaction.request.method === 'INVITE';
  if (provisional && dialog && !net.inDialog && wantsReliable(response.headers)) {
    return transmitReliably(context, net, dialog, response);
  }
  return transaction.respond(response) ? undefined : NOT_SENT;
}

function transmitSuccess(
  context: EdgeContext,
  net: NetTransaction,
  response: SipResponse,
): string | undefined {
  if (net.transaction.state !== 'proceeding') return NOT_SENT;
  // RFC 3262 section 3: no 2xx while a reliable answer with a description waits for its PRACK.
  const reliable = net.dialog?.reliable;
  if (reliable) reliable.heldFinal = () => repeatUntilAck(context, net, response);
  else repeatUntilAck(context, net, response);
  return undefined;
}

/** The 2xx goes out again and again until the ACK (RFC 3261 section 13.3.1.4). */
function repeatUntilAck(context: EdgeContext, net: NetTransaction, response: SipResponse): void {
  const { transaction, dialog } = net;
  if (!transaction.respond(response) || !dialog) return;
  dialog.retransmitter?.stop();
  dialog.retransmitter = new Retransmitter(
    context.clock,
    context.timers,
    '2xx',
    () => transaction.respond(response),
    () => {
      // A re-INVITE without ACK leaves the call as it was, as the real server does.
      if (!net.inDialog) terminateDialog(context, dialog, 'ACK timeout', undefined);
    },
  );
}

function transmitReliably(
  context: EdgeContext,
  net: NetTransaction,
  dialog: EdgeDialog,
  response: SipResponse,
): string | undefined {
  const { transaction } = net;
  const { headers } = transaction.request;
  const able = [...headers.tokens('supported'), ...headers.tokens('require')].includes('100rel');
  if (!able) return 'Remote endpoint does not support 100rel';
  if (dialog.reliable) return 'a reliable response waits for its PRACK';
  response.headers.set('RSeq', String(++dialog.rseq));
  if (!transaction.respond(response)) return NOT_SENT;
  const retransmitter = new Retransmitter(
    context.clock,
    context.timers,
    '1xx',
    () => transaction.respond(response),
    () => {
      // RFC 3262 section 3: without PRACK the INVITE is refused with a 5xx.
      transaction.respond(responseTo(transaction.request, 504, { toTag: net.toTag }));
      context.dialogs.remove(dialog);
      forgetNet(context, net);
    },
  );
  dialog.reliable = { rseq: dialog.rseq, retransmitter };
  return undefined;
}
