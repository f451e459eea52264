import type { Action } from '../world.ts';
import { WaitingActivity } from './activity.ts';
import type { Channel } from './channel.ts';

/** A caller reaches the outbound socket only at an address as the real dialplan takes it. */
const SOCKET_ADDRESS = /^[0-9a-fA-F.:[\]]+:\d+$/;

/** What freeswitch/dialplan/centralita.xml does with a new channel. */
export function routeOf(channel: Channel): Action[] {
  const { variables } = channel;
  if (variables.get('sip_h_X-Centralita') === 'park') {
    return [
      { application: 'answer', data: '' },
      { application: 'park', data: '' },
    ];
  }
  const socket = variables.get('sip_h_X-esl-outbound') ?? '';
  const fsmrf = variables.get('sip_user_agent')?.startsWith('drachtio-fsmrf:') ?? false;
  if (fsmrf && SOCKET_ADDRESS.test(socket)) {
    return [
      { application: 'answer', data: '' },
      { application: 'socket', data: `${socket} async full` },
      { application: 'hangup', data: '' },
    ];
  }
  return [{ application: 'hangup', data: 'CALL_REJECTED' }];
}

/** Runs a dialplan's steps one after the other; at its end the channel is hung up, as FreeSWITCH does. */
export function runActions(channel: Channel, actions: readonly Action[]): void {
  const [first, ...rest] = actions;
  if (!channel.up) return;
  if (!first) {
    channel.hangup('NORMAL_CLEARING');
    return;
  }
  const route = ++channel.route;
  const execution = { ...first, uuid: channel.core.newId(), uuidName: undefined };
  channel.executor.execute(execution, false, () => {
    // Whoever transferred the channel meanwhile has other plans for it.
    if (channel.up && channel.route === route) runActions(channel, rest);
  });
}

/** The state of a channel that waits for commands. */
export function parkActivity(channel: Channel): WaitingActivity {
  return new WaitingActivity(
    () => channel.fire('CHANNEL_PARK'),
    () => channel.fire('CHANNEL_UNPARK'),
  );
}

/** Parks without the application: after a bridge, after `uuid_park`. */
export function parkChannel(channel: Channel): void {
  channel.route++;
  channel.setState('CS_PARK');
  channel.executor.enter(parkActivity(channel), () => undefined);
}
