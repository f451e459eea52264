import {
  type Dialog,
  isStream,
  type Origin,
  parseNameAddr,
  parseUri,
  type SipRequest,
  type SipResponse,
  type Target,
} from '../sip/index.ts';

const contactOf = (message: SipRequest | SipResponse) =>
  parseUri(parseNameAddr(message.headers.get('contact') ?? '')?.uri ?? '');

/**
 * A caller whose Contact is not where its INVITE came from is behind a NAT: what we send in the dialog
 * goes to where it came from. Over TCP and TLS it goes back through the same connection.
 */
export function targetOfCaller(
  request: SipRequest,
  origin: Origin,
  dialog: Dialog,
): Target | undefined {
  const { protocol, host, port, connectionId } = origin;
  if (isStream(protocol)) {
    return { protocol, host, port, ...(connectionId === undefined ? {} : { connectionId }) };
  }
  if (dialog.routeSet.length > 0) return undefined;
  const contact = contactOf(request);
  const same = contact?.host === host && (contact.port === undefined || contact.port === port);
  return same ? undefined : { protocol, host, port };
}

/**
 * A callee whose Contact is not where it answers from is behind a NAT, and reached where we reached it.
 * A peer of TCP or TLS is reached through the connection we have with it.
 */
export function targetOfCallee(
  response: SipResponse,
  target: Target,
  dialog: Dialog,
): Target | undefined {
  if (isStream(target.protocol)) return target;
  if (dialog.routeSet.length > 0) return undefined;
  return contactOf(response)?.host === target.host ? undefined : target;
}
