import { own } from '../../../lib/own.ts';
import type { World } from '../world.ts';
import type { Conference } from './conference.ts';
import { type Member, MIX_RATE } from './member.ts';

/** A command on one conference: its words after the name. */
export type ConferenceCommand = (
  room: Conference,
  words: readonly string[],
  world: World,
) => string;

const found = (room: Conference, id: string | undefined): Member | undefined =>
  room.members.get(Number(id));

/** `all`, `non_moderator`, `last`, or a member's number. */
function selected(room: Conference, who: string | undefined): Member[] | undefined {
  const members = [...room.members.values()];
  if (who === 'all') return members;
  if (who === 'non_moderator' || who === undefined)
    return members.filter((each) => !each.moderator);
  if (who === 'last') return members.slice(-1);
  const member = found(room, who);
  return member && [member];
}

function onMembers(
  verb: string,
  act: (member: Member, room: Conference) => void,
): ConferenceCommand {
  return (room, [who]) => {
    const members = selected(room, who);
    if (!members) return `-ERR Non-Existant ID ${who}\n`;
    // What is told of each is told after the reply.
    for (const member of members) member.channel.core.soon(() => act(member, room));
    return members.map((member) => `+OK ${verb} ${member.id}\n`).join('') || '-ERR no members\n';
  };
}

const list: ConferenceCommand = (room, [what]) => {
  if (what === 'count') return String(room.members.size);
  return listMembers(room);
};

function listMembers(room: Conference): string {
  const lines = [...room.members.values()].reverse().map((member) => {
    const flags = [
      ...(member.deaf ? [] : ['hear']),
      ...(member.muted ? [] : ['speak']),
      ...(member.talking ? ['talking'] : []),
      ...(member.moderator ? ['moderator'] : []),
      ...(member.endsConference ? ['endconf'] : []),
    ];
    const { profile, uuid } = member.channel;
    const who = `${profile.callerIdName};${profile.callerIdNumber}`;
    return `${member.id};${profile.channelName};${uuid};${who};${flags.join('|')};0;0;0\n`;
  });
  return `${lines.join('')}\n`;
}

/** `conference list`: every room with its members. */
export function listRooms(rooms: Iterable<Conference>): string {
  const text = [...rooms].map((room) => {
    const plural = room.members.size === 1 ? '' : 's';
    const head = `+OK Conference ${room.name} (${room.members.size} member${plural} rate: ${MIX_RATE}`;
    return `${head} flags: running|answered|dynamic${room.locked ? '|locked' : ''})\n${listMembers(room)}`;
  });
  return text.join('') || '+OK No active conferences.\n';
}

export function jsonOf(room: Conference, nowMs: number): object {
  return {
    conference_name: room.name,
    member_count: room.members.size,
    ghost_count: 0,
    rate: MIX_RATE,
    run_time: Math.floor((nowMs - room.createdAtMs) / 1000),
    conference_uuid: room.uuid,
    locked: room.locked,
    running: true,
    members: [...room.members.values()].reverse().map((member) => ({
      type: 'caller',
      id: member.id,
      flags: {
        can_hear: !member.deaf,
        can_speak: !member.muted,
        talking: member.talking,
        is_moderator: member.moderator,
        end_conference: member.endsConference,
      },
      uuid: member.channel.uuid,
      caller_id_name: member.channel.profile.callerIdName,
      caller_id_number: member.channel.profile.callerIdNumber,
      join_time: Math.floor((nowMs - member.joinedAtMs) / 1000),
    })),
  };
}

const told =
  (action: string, change: (member: Member) => void) => (member: Member, room: Conference) => {
    change(member);
    room.tell(action, member);
  };

const lock =
  (locked: boolean): ConferenceCommand =>
  (room) => {
    room.locked = locked;
    room.tell(locked ? 'lock' : 'unlock');
    return `+OK ${room.name} ${locked ? 'locked' : 'unlocked'}\n`;
  };

/** `play <file> [async|<member>]` */
const play: ConferenceCommand = (room, words, world) => {
  const [file, target] = words;
  if (!file) return '-ERR no file\n';
  const single = target !== undefined && /^\d+$/.test(target);
  const member = single ? found(room, target) : undefined;
  if (single && !member) return `-ERR Non-Existant ID ${target}\n`;
  world.core.soon(() => {
    room.play(file, member).catch((error: unknown) => {
      world.core.logger.error({ error: String(error) }, 'Playing into a conference failed.');
    });
  });
  return member
    ? `+OK (play) Playing file ${file} to member ${target}\n`
    : `+OK (play) Playing file ${file}\n`;
};

const recording: ConferenceCommand = (room, [action = '', path = '']) => {
  if (action === 'start') {
    return room.record(path) ? `+OK Record file ${path}\n` : '-ERR Cannot record\n';
  }
  if (action === 'stop') {
    const count = room.stopRecording(path);
    return `Stopped recording file ${path}\n+OK Stopped recording ${count} files\n`;
  }
  return `${action === 'pause' ? 'Pause' : 'Resume'} recording file ${path}\n`;
};

/** `set max_members <n>` and the like. */
const setParameter: ConferenceCommand = (room, [name = '', value = '']) => {
  if (name === 'max_members') room.membersMax = Number(value) || Number.POSITIVE_INFINITY;
  return value;
};

const getParameter: ConferenceCommand = (room, [name = ''], world) => {
  const values: Record<string, string> = {
    run_time: String(Math.floor((world.core.clock.now() - room.createdAtMs) / 1000)),
    count: String(room.members.size),
    count_ghosts: '0',
    max_members: Number.isFinite(room.membersMax) ? String(room.membersMax) : '0',
    rate: String(MIX_RATE),
    profile_name: room.profile,
    is_locked: room.locked ? 'locked' : '',
  };
  return own(values, name) ?? '';
};

/** The commands on one conference, by name. */
export const CONFERENCE_COMMANDS: Readonly<Record<string, ConferenceCommand>> = {
  list,
  json_list: (room, _, world) => JSON.stringify([jsonOf(room, world.core.clock.now())]),
  mute: onMembers(
    'mute',
    told('mute-member', (member) => {
      member.muted = true;
    }),
  ),
  unmute: onMembers(
    'unmute',
    told('unmute-member', (member) => {
      member.muted = false;
    }),
  ),
  deaf: onMembers(
    'deaf',
    told('deaf-member', (member) => {
      member.deaf = true;
    }),
  ),
  undeaf: onMembers(
    'undeaf',
    told('undeaf-member', (member) => {
      member.deaf = false;
    }),
  ),
  kick: onMembers('kicked', (member, room) => {
    room.tell('kick-member', member);
    member.leave();
  }),
  hup: onMembers('hup', (member) => member.channel.hangup('NORMAL_CLEARING')),
  dtmf: (room, [who = '', digits = ''], world) => {
    const send = onMembers('sent', (member) => member.channel.sendDigits(digits, 250));
    return send(room, [who], world);
  },
  lock: lock(true),
  unlock: lock(false),
  play,
  stop: (room, [what]) => `+OK Stopped ${room.stopPlaying(what === 'all')} files.\n`,
  recording,
  record: (room, [path = ''], world) => recording(room, ['start', path], world),
  norecord: (room, [path = ''], world) => recording(room, ['stop', path], world),
  set: setParameter,
  get: getParameter,
  agc: () => '+OK AGC disabled\n',
  chkrecord: (room) => `Record file ${room.name}\n`,
};
