import type { Clock } from '../../lib/clock.ts';
import { newUuid } from '../../lib/ids.ts';
import { type SipMessage, serialise } from '../sip/index.ts';
import type { Directory } from './directory.ts';
import { timeOfDay } from './wire.ts';

export type StopReason =
  | 'call-rejected'
  | 'call-canceled'
  | 'normal-release'
  | 'session-expired'
  | 'system-initiated-termination';

type Source = 'network' | 'application';

/** Call detail events for the clients that asked for them (`route|cdr:attempt` and so on). */
export class CdrWriter {
  readonly #directory: Directory;
  readonly #clock: Clock;

  constructor(directory: Directory, clock: Clock) {
    this.#directory = directory;
    this.#clock = clock;
  }

  attempt(source: Source, message: SipMessage): void {
    this.#post('cdr:attempt', source, '', message);
  }

  start(source: Source, role: 'uac' | 'uas', message: SipMessage): void {
    this.#post('cdr:start', source, `|${role}`, message);
  }

  stop(source: Source, reason: StopReason, message: SipMessage): void {
    this.#post('cdr:stop', source, `|${reason}`, message);
  }

  #post(verb: string, source: Source, tail: string, message: SipMessage): void {
    const client = this.#directory.pick(verb);
    if (!client) return;
    const time = timeOfDay(this.#clock.now());
    client.send(`${newUuid()}|${verb}|${source}|${time}${tail}\r\n${serialise(message)}`);
  }
}
