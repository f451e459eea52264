import { RateChanger } from '../audio/resampler.ts';
import type { Activity, Interruption } from '../channel/activity.ts';
import type { Channel } from '../channel/channel.ts';
import type { SwitchEvent } from '../esl/event.ts';

/** The rate at which conferences are mixed (freeswitch/configuration/conference.conf.xml). */
export const MIX_RATE = 16_000;
export const MIX_SAMPLES = MIX_RATE / 50;

/** Mean level over which a member talks, and silent ticks after which it has stopped. */
const TALK_LEVEL = 200;
const TALK_TICKS = 25;

export interface Room {
  memberEntered(member: Member): void;
  memberLeft(member: Member): void;
  tell(action: string, member?: Member, more?: (event: SwitchEvent) => void): void;
}

/** One channel in a conference, as an activity of that channel. */
export class Member implements Activity {
  readonly id: number;
  readonly channel: Channel;
  readonly endsConference: boolean;
  readonly moderator: boolean;
  readonly joinedAtMs: number;
  muted: boolean;
  deaf: boolean;
  talking = false;
  /** What this member contributed to the current tick. */
  voice: Int16Array | undefined;
  /** Files that only this member hears. */
  readonly #room: Room;
  readonly #rate = new RateChanger();
  #quietTicks = 0;
  #in = false;
  #finish: () => void = () => undefined;

  constructor(room: Room, channel: Channel, id: number, flags: ReadonlySet<string>) {
    this.#room = room;
    this.channel = channel;
    this.id = id;
    this.muted = flags.has('mute');
    this.deaf = flags.has('deaf');
    this.endsConference = flags.has('endconf');
    this.moderator = flags.has('moderator');
    this.joinedAtMs = channel.core.clock.now();
  }

  start(finish: () => void): void {
    this.#finish = finish;
    this.#in = true;
    this.#room.memberEntered(this);
  }

  digit(digit: string): void {
    this.#room.tell('dtmf', this, (event) => event.add('DTMF-Key', digit));
  }

  interrupt(why: Interruption): void {
    if (why !== 'break') this.leave();
  }

  leave(): void {
    if (!this.#in) return;
    this.#in = false;
    this.#room.memberLeft(this);
    this.#finish();
  }

  /** Listens to the channel for this tick; something else on top of the conference keeps it out. */
  listen(): void {
    const active = this.channel.executor.top === this;
    const heard = active ? this.channel.heard() : undefined;
    const rate = this.channel.rtp?.sampleRate ?? 8000;
    this.voice = heard && !this.muted ? this.#rate.change(heard, rate, MIX_RATE) : undefined;
    this.#watchTalking();
  }

  say(pcm: Int16Array): void {
    if (this.channel.executor.top === this) this.channel.say(pcm, MIX_RATE);
  }

  #watchTalking(): void {
    let level = 0;
    if (this.voice) {
      for (let i = 0; i < MIX_SAMPLES; i += 4) level += Math.abs(this.voice[i] as number);
    }
    if ((level * 4) / MIX_SAMPLES > TALK_LEVEL) {
      this.#quietTicks = 0;
      if (!this.talking) {
        this.talking = true;
        this.#room.tell('start-talking', this);
      }
    } else if (this.talking && ++this.#quietTicks >= TALK_TICKS) {
      this.talking = false;
      this.#room.tell('stop-talking', this);
    }
  }
}

/** What an event tells of a member (mod_conference: conference_member_add_event_data). */
export function addMemberData(event: SwitchEvent, member: Member): void {
  event
    .add('Video', 'false')
    .add('Hear', String(!member.deaf))
    .add('See', 'true')
    .add('Speak', String(!member.muted))
    .add('Talking', String(member.talking))
    .add('Mute-Detect', 'false')
    .add('Hold', 'false')
    .add('Member-ID', member.id)
    .add('Member-Type', member.moderator ? 'moderator' : 'member')
    .add('Member-Ghost', 'false')
    .add('Energy-Level', 0)
    .add('Current-Energy', 0);
}
