import type { AudioSource } from '../audio/source.ts';
import { WavWriter } from '../audio/wav-writer.ts';
import type { Channel } from '../channel/channel.ts';
import { addChannelData } from '../channel/channel-events.ts';
import type { SwitchEvent } from '../esl/event.ts';
import type { World } from '../world.ts';
import { addMemberData, Member, MIX_RATE, MIX_SAMPLES, type Room } from './member.ts';

const SUBCLASS = 'conference::maintenance';
const FILES_MAX = 100;
const RECORDINGS_MAX = 10;

interface Playing {
  readonly file: string;
  readonly member: Member | undefined;
  source: AudioSource | undefined;
  samples: number;
}

/**
 * A room in which everybody hears all others. It lives while it has members.
 *
 *   created ──(first member)──> open ──(last member left, a member with endconf left)──> over
 */
export class Conference implements Room {
  readonly name: string;
  readonly profile: string;
  readonly uuid: string;
  readonly createdAtMs: number;
  readonly members = new Map<number, Member>();
  locked = false;
  membersMax = Number.POSITIVE_INFINITY;
  readonly #world: World;
  readonly #onOver: () => void;
  readonly #recordings = new Map<string, WavWriter>();
  readonly #sum = new Int32Array(MIX_SAMPLES);
  readonly #out = new Int16Array(MIX_SAMPLES);
  readonly #file = new Int16Array(MIX_SAMPLES);
  /** Played one after the other to all; those for one member beside them. */
  #playing: Playing[] = [];
  #nextId = 1;
  #over = false;

  constructor(world: World, name: string, profile: string, onOver: () => void) {
    this.#world = world;
    this.name = name;
    this.profile = profile;
    this.uuid = world.core.newId();
    this.createdAtMs = world.core.clock.now();
    this.#onOver = onOver;
    this.tell('conference-create');
  }

  /** An activity that makes a channel a member. */
  member(channel: Channel, flags: ReadonlySet<string>): Member {
    return new Member(this, channel, this.#nextId++, flags);
  }

  memberEntered(member: Member): void {
    this.members.set(member.id, member);
    member.channel.variables.setAll([
      ['conference_name', this.name],
      ['conference_member_id', member.id],
      ['conference_uuid', this.uuid],
    ]);
    this.tell('add-member', member, (event) => event.add('Floor', 'false'));
  }

  memberLeft(member: Member): void {
    if (!this.members.delete(member.id)) return;
    this.#playing = this.#playing.filter((playing) => playing.member !== member);
    this.tell('del-member', member);
    if (member.endsConference) for (const other of [...this.members.values()]) other.leave();
    if (this.members.size === 0) this.#end();
  }

  /** Plays into the room, or to one member. */
  async play(file: string, member?: Member): Promise<boolean> {
    if (this.#playing.length >= FILES_MAX) return false;
    const playing: Playing = { file, member, source: undefined, samples: 0 };
    this.#playing.push(playing);
    const source = await this.#world.files.open(file, MIX_RATE);
    if (!this.#playing.includes(playing)) return true;
    if (source.ok) playing.source = source.value;
    else this.#playing = this.#playing.filter((other) => other !== playing);
    this.tell(member ? 'play-file-member' : 'play-file', member, (event) => {
      event.add('File', file);
    });
    if (!source.ok) this.#playedOut(playing);
    return source.ok;
  }

  /** Ends what plays; returns how many files. */
  stopPlaying(all: boolean): number {
    const stopped = all ? this.#playing : this.#playing.slice(0, 1);
    this.#playing = all ? [] : this.#playing.slice(1);
    for (const playing of stopped) this.#playedOut(playing);
    return stopped.length;
  }

  record(path: string): boolean {
    if (this.#recordings.has(path) || this.#recordings.size >= RECORDINGS_MAX) return false;
    this.#recordings.set(path, new WavWriter(path, MIX_RATE, 1));
    this.tell('start-recording', undefined, (event) => event.add('Path', path));
    return true;
  }

  stopRecording(path: string): number {
    const paths = path === 'all' ? [...this.#recordings.keys()] : [path];
    let stopped = 0;
    for (const each of paths) {
      const writer = this.#recordings.get(each);
      if (!writer) continue;
      this.#recordings.delete(each);
      stopped++;
      writer
        .close()
        .catch(() => undefined)
        .finally(() => {
          this.tell('stop-recording', undefined, (event) => event.add('Path', each));
        });
    }
    return stopped;
  }

  /** 20 ms: everybody hears the sum without itself. */
  tick(): void {
    this.#sum.fill(0);
    for (const member of this.members.values()) {
      member.listen();
      if (member.voice) this.#add(member.voice);
    }
    this.#playToAll();
    for (const writer of this.#recordings.values()) {
      this.#limit(undefined);
      writer.write(this.#out, MIX_SAMPLES);
    }
    for (const member of this.members.values()) {
      if (member.deaf) this.#out.fill(0);
      else this.#limit(member.voice);
      this.#playToOne(member);
      member.say(this.#out);
    }
  }

  tell(action: string, member?: Member, more?: (event: SwitchEvent) => void): void {
    const { core } = this.#world;
    if (!core.bus.wanted('CUSTOM', SUBCLASS)) return;
    const event = core
      .event('CUSTOM', SUBCLASS)
      .add('Conference-Name', this.name)
      .add('Conference-Domain', core.ipv4)
      .add('Conference-Size', this.members.size)
      .add('Conference-Ghosts', 0)
      .add('Conference-Profile-Name', this.profile)
      .add('Conference-Unique-ID', this.uuid);
    if (member) {
      addChannelData(event, member.channel);
      addMemberData(event, member);
    }
    event.add('Action', action);
    more?.(event);
    core.bus.publish(event);
  }

  #add(pcm: Int16Array): void {
    for (let i = 0; i < MIX_SAMPLES; i++) {
      this.#sum[i] = (this.#sum[i] as number) + (pcm[i] as number);
    }
  }

  /** The sum less one voice, saturated, into `#out`. */
  #limit(without: Int16Array | undefined): void {
    for (let i = 0; i < MIX_SAMPLES; i++) {
      const value = (this.#sum[i] as number) - (without?.[i] ?? 0);
      this.#out[i] = Math.max(-32768, Math.min(32767, value));
    }
  }

  #playToAll(): void {
    const playing = this.#playing.find((each) => each.member === undefined);
    if (playing?.source && this.#read(playing)) this.#add(this.#file);
  }

  #playToOne(member: Member): void {
    const playing = this.#playing.find((each) => each.member === member);
    if (!playing?.source || !this.#read(playing)) return;
    for (let i = 0; i < MIX_SAMPLES; i++) {
      const value = (this.#out[i] as number) + (this.#file[i] as number);
      this.#out[i] = Math.max(-32768, Math.min(32767, value));
    }
  }

  #read(playing: Playing): boolean {
    const count = playing.source?.read(this.#file) ?? 0;
    this.#file.fill(0, count);
    playing.samples += count;
    if (count > 0) return true;
    this.#playing = this.#playing.filter((other) => other !== playing);
    this.#playedOut(playing);
    return false;
  }

  #playedOut(playing: Playing): void {
    const milliseconds = Math.round((playing.samples * 1000) / MIX_RATE);
    const action = playing.member ? 'play-file-member-done' : 'play-file-done';
    this.tell(action, playing.member, (event) => {
      event
        .add('seconds', Math.floor(milliseconds / 1000))
        .add('milliseconds', milliseconds)
        .add('samples', playing.samples)
        .add('File', playing.file);
    });
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#playing = [];
    this.stopRecording('all');
    this.tell('conference-destroy');
    this.#onOver();
  }
}
