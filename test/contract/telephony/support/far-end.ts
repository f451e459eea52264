import { RtpPeer } from '../../../../demo/phone/rtp-peer.ts';
import {
  type IncomingCall,
  newRequest,
  responseTo,
  type Session,
  type SessionHandlers,
  type SipRequest,
} from '../../../../src/embedded/sip/index.ts';
import { eventually } from '../../../support/eventually.ts';
import { Phone, type Switch, sdp } from '../../sip-edge/support.ts';
import type { Desk } from './desk.ts';
import type { Switches } from './switches.ts';

export { Phone, responseOf, sdp, statusOf } from '../../sip-edge/support.ts';

/** The switches as the SIP edge's tests know them. */
export const seenBy = (switches: Switches): Switch => ({
  ...switches,
  admin: switches.drachtio,
  external: true,
});

export const openPhone = (switches: Switches): Promise<Phone> => Phone.open(seenBy(switches));

/** A caller who was answered, and their leg as telephony sees it. */
export async function connect(
  desk: Desk,
  phone: Phone,
  handlers: SessionHandlers = {},
  body = sdp(40_000),
) {
  let over = false;
  const session: SessionHandlers = {
    ...handlers,
    onEnd: (cause) => {
      over = true;
      handlers.onEnd?.(cause);
    },
  };
  const dialled = phone.call(phone.uriOf('8005550100'), { body }, session);
  const { session: caller, response } = await dialled.answered;
  const { leg } = await desk.next('answered');
  const hungUp = () => eventually('the caller is hung up', () => over);
  return { caller, leg, hungUp, answer: response.body };
}

/** A phone that does as the test says with each INVITE, and remembers all of them. */
export async function agentPhone(switches: Switches, onInvite: (call: IncomingCall) => void) {
  const phone = await openPhone(switches);
  const calls: IncomingCall[] = [];
  const cancelled: IncomingCall[] = [];
  phone.onInvite = (call) => {
    calls.push(call);
    call.onCancel = () => cancelled.push(call);
    onInvite(call);
  };
  return { phone, calls, cancelled, uri: `sip:1001@127.0.0.1:${phone.agent.port}` };
}

/** An agent's phone that answers at once, and what became of its sessions. */
export async function answeringPhone(switches: Switches, handlers: SessionHandlers = {}) {
  const sessions: Session[] = [];
  let ended = 0;
  const onEnd: SessionHandlers['onEnd'] = (cause) => {
    ended++;
    handlers.onEnd?.(cause);
  };
  const agent = await agentPhone(switches, (call) => {
    call.progress(180);
    const session = call.accept({ body: sdp(42_000) }, { ...handlers, onEnd });
    if (session) sessions.push(session);
  });
  const hungUp = (count = 1) => eventually('the agent is hung up', () => ended >= count);
  return { ...agent, sessions, hungUp };
}

/** Lets time stand still for everybody in this process, while the switch goes on. */
export function block(ms: number): void {
  for (const end = performance.now() + ms; performance.now() < end; );
}

export { newRequest, responseTo, type SipRequest };

/** A caller with a voice and an ear: an {@link RtpPeer} that talks to whatever the answer names. */
export async function connectTalking(
  desk: Desk,
  phone: Phone,
  listenFor: readonly number[] = [],
  describe = sdp,
) {
  const rtp = await RtpPeer.open({ listenFor });
  talkers.add(rtp);
  const call = await connect(desk, phone, {}, describe(rtp.port));
  rtp.connect({ host: '127.0.0.1', port: audioPort(call.answer), eventType: 101 });
  return { ...call, rtp };
}

const talkers = new Set<RtpPeer>();

/** Those whose test failed would keep the process alive. */
export function hangUpTalkers(): void {
  for (const talker of talkers) talker.close();
}

/** Of a line that knows no telephone-event: its keys are tones in the audio. */
export const sdpWithoutEvents = (port: number): string =>
  sdp(port)
    .replace('AVP 8 101', 'AVP 8')
    .replace(/a=rtpmap:101.*\r\n/, '');

export const audioPort = (description: string): number =>
  Number(/^m=audio (\d+)/m.exec(description)?.[1]);
