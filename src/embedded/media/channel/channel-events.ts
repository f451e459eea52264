import type { SwitchEvent } from '../esl/event.ts';
import { carriesVariables } from '../esl/event-names.ts';
import type { RtpSession } from '../rtp/rtp-session.ts';
import { addCallerProfile, type CallerProfile, type OtherLeg } from './caller-profile.ts';
import { type CallState, type ChannelState, STATE_NUMBERS } from './states.ts';
import type { Variables } from './variables.ts';

/** What an event tells of a channel. */
export interface ChannelFacts {
  readonly uuid: string;
  readonly state: ChannelState;
  readonly callState: CallState;
  readonly answerState: string;
  readonly cause: string | undefined;
  readonly profile: CallerProfile;
  readonly other: OtherLeg | undefined;
  readonly variables: Variables;
  readonly rtp: RtpSession | undefined;
}

/** Adds what FreeSWITCH tells of a channel with each of its events (switch_channel.c). */
export function addChannelData(event: SwitchEvent, channel: ChannelFacts): void {
  addBasicData(event, channel);
  if (!carriesVariables(event.name)) return;
  for (const [name, value] of channel.variables.entries()) event.add(`variable_${name}`, value);
}

function addBasicData(event: SwitchEvent, channel: ChannelFacts): void {
  event
    .add('Channel-State', channel.state)
    .add('Channel-Call-State', channel.callState)
    .add('Channel-State-Number', STATE_NUMBERS[channel.state])
    .add('Channel-Name', channel.profile.channelName)
    .add('Unique-ID', channel.uuid)
    .add('Call-Direction', 'inbound')
    .add('Presence-Call-Direction', 'inbound')
    .add('Channel-HIT-Dialplan', 'true')
    .add('Channel-Call-UUID', channel.variables.get('call_uuid') ?? channel.uuid)
    .add('Answer-State', channel.answerState);
  if (channel.cause !== undefined) event.add('Hangup-Cause', channel.cause);
  if (channel.rtp?.agreed) {
    const { name, sampleRate } = channel.rtp.codec;
    for (const way of ['Read', 'Write']) {
      event.add(`Channel-${way}-Codec-Name`, name);
      event.add(`Channel-${way}-Codec-Rate`, sampleRate);
      event.add(`Channel-${way}-Codec-Bit-Rate`, 64000);
    }
  }
  addCallerProfile(event, 'Caller', channel.profile);
  if (channel.other) {
    event.add('Other-Type', channel.other.type);
    addCallerProfile(event, 'Other-Leg', channel.other.profile);
  }
}
