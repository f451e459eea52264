import type {
  AnyServerTransaction,
  InviteServerTransaction,
  SipRequest,
  SipResponse,
} from '../sip/index.ts';
import type { Client } from './client.ts';
import type { EdgeContext } from './context.ts';
import type { ClientMessage } from './wire.ts';

/** Placeholder until the proxy is written. */
export class SipProxy {
  constructor(_context: EdgeContext) {}
  onRequest(_transaction: AnyServerTransaction): boolean {
    return false;
  }
  onAck(_ack: SipRequest): boolean {
    return false;
  }
  onCancel(_transaction: InviteServerTransaction, _cancel: SipRequest): boolean {
    return false;
  }
  onStrayResponse(_response: SipResponse): void {}
  start(client: Client, message: ClientMessage): void {
    client.reply(message, 'NOK', 'not supported');
  }
}
