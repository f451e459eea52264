import type { SwitchEvent } from '../esl/event.ts';

/** Who called whom, and when: microseconds since 1970, 0 for what has not happened. */
export interface CallerProfile {
  readonly uuid: string;
  readonly callerIdName: string;
  readonly callerIdNumber: string;
  readonly destination: string;
  readonly networkAddress: string;
  readonly channelName: string;
  readonly createdUs: number;
  answeredUs: number;
  progressMediaUs: number;
  hangupUs: number;
  transferUs: number;
  bridgedUs: number;
}

/** The headers of a caller profile (switch_caller.c), with the prefix Caller, Other-Leg or Channel. */
export function addCallerProfile(event: SwitchEvent, prefix: string, profile: CallerProfile): void {
  const add = (name: string, value: string | number) => event.add(`${prefix}-${name}`, value);
  add('Direction', 'inbound');
  add('Logical-Direction', 'inbound');
  if (profile.callerIdNumber !== '') add('Username', profile.callerIdNumber);
  add('Dialplan', 'XML');
  if (profile.callerIdName !== '') add('Caller-ID-Name', profile.callerIdName);
  if (profile.callerIdNumber !== '') add('Caller-ID-Number', profile.callerIdNumber);
  if (profile.callerIdName !== '') add('Orig-Caller-ID-Name', profile.callerIdName);
  if (profile.callerIdNumber !== '') add('Orig-Caller-ID-Number', profile.callerIdNumber);
  add('Network-Addr', profile.networkAddress);
  if (profile.callerIdNumber !== '') add('ANI', profile.callerIdNumber);
  add('Destination-Number', profile.destination);
  add('Unique-ID', profile.uuid);
  add('Source', 'mod_sofia');
  add('Context', 'centralita');
  add('Channel-Name', profile.channelName);
  add('Profile-Index', 1);
  add('Profile-Created-Time', profile.createdUs);
  add('Channel-Created-Time', profile.createdUs);
  add('Channel-Answered-Time', profile.answeredUs);
  add('Channel-Progress-Time', 0);
  add('Channel-Progress-Media-Time', profile.progressMediaUs);
  add('Channel-Hangup-Time', profile.hangupUs);
  add('Channel-Transfer-Time', profile.transferUs);
  add('Channel-Resurrect-Time', 0);
  add('Channel-Bridged-Time', profile.bridgedUs);
  add('Channel-Last-Hold', 0);
  add('Channel-Hold-Accum', 0);
  add('Screen-Bit', 'true');
  add('Privacy-Hide-Name', 'false');
  add('Privacy-Hide-Number', 'false');
}

/** The party at the other end of a bridge, or of the last one. */
export interface OtherLeg {
  readonly type: 'originator' | 'originatee';
  readonly profile: CallerProfile;
}
