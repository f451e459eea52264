/**
 * A SIP stack (RFC 3261 with 3262, 3311, 3515, 3581, 6026) over UDP and TCP on one port.
 *
 * Three doors, from the comfortable to the bare:
 *
 * 1. {@link UserAgent}: calls. For a server that answers, holds and ends calls.
 *
 * ```ts
 * const agent = await UserAgent.open({
 *   host: '127.0.0.1',
 *   port: 5080,                                  // 0: any
 *   onInvite(call) {                             // 100 Trying is already out
 *     call.onCancel = () => { … };               // 487 is already out
 *     call.progress(180);
 *     const session = call.accept({ body: sdp, headers: [['X-Id', '1']] }, {
 *       onAck(ack) { … },                        // ack.body: the answer to a late offer
 *       onReinvite(offer) { offer.accept({ body: sdp }) },   // or offer.reject(488)
 *       onRequest(transaction) { transaction.respond(responseTo(transaction.request, 200)) },
 *       onEnd(cause) { … },
 *     });
 *     // session?.reinvite({ body }), session?.request('INFO', { body, contentType }), session?.bye()
 *   },
 * });
 * agent.invite('sip:1001@127.0.0.1:5090', { body: sdp }, {
 *   onProgress(response) {}, onAnswer(session, response) {}, onFailure(failure) {},
 * });
 * await agent.request('OPTIONS', 'sip:127.0.0.1:5090');
 * await agent.close();
 * ```
 *
 * 2. {@link TransactionLayer}: transactions without calls. The SIP edge sits here.
 * 3. {@link SipTransport}, {@link parseMessage}, {@link serialise}: messages.
 *
 * Nothing throws on what the network sends. Time comes from the {@link Clock} given.
 */

export { IncomingCall } from './agent/incoming-call.ts';
export { OutgoingCall, type OutgoingHandlers } from './agent/outgoing-call.ts';
export { Session } from './agent/session.ts';
export type {
  EndCause,
  IncomingOffer,
  MessageParts,
  Outcome,
  SessionHandlers,
} from './agent/types.ts';
export { type OutgoingParts, UserAgent, type UserAgentOptions } from './agent/user-agent.ts';
export { contactUri, Dialog, type DialogState, dialogKey } from './dialog/dialog.ts';
export { Retransmitter } from './dialog/retransmitter.ts';
export * from './grammar.ts';
export { type Header, Headers, headerKey } from './headers.ts';
export { defaultLimits, type SipLimits } from './limits.ts';
export * from './message.ts';
export { type ParseError, parseMessage } from './parse.ts';
export { serialise, startLineOf } from './serialise.ts';
export { newTag } from './tag.ts';
export { cancelFor, InviteClientTransaction } from './transaction/client-invite.ts';
export { ClientTransaction } from './transaction/client-other.ts';
export type { ClientEvents, ClientFailure } from './transaction/context.ts';
export {
  type AnyClientTransaction,
  type AnyServerTransaction,
  TransactionLayer,
  type TransactionUser,
} from './transaction/layer.ts';
export { InviteServerTransaction } from './transaction/server-invite.ts';
export { ServerTransaction } from './transaction/server-other.ts';
export { defaultTimers, type TimerValues } from './transaction/timers.ts';
export {
  defaultPort,
  isStream,
  type Origin,
  type Protocol,
  type Target,
} from './transport/address.ts';
export type { CertificateFiles } from './transport/certificate.ts';
export { nextHopUri, targetOfUri } from './transport/routing.ts';
export { SipTransport } from './transport/transport.ts';
