import { hostname, networkInterfaces } from 'node:os';
import type { Clock } from '../../lib/clock.ts';
import type { NewId } from '../../lib/ids.ts';
import type { Logger } from '../../lib/log.ts';
import type { CompleteConfig } from './config.ts';
import { SwitchEvent } from './esl/event.ts';
import { EventBus } from './esl/event-bus.ts';

/** The version that we behave like, and that we are not it. */
export const VERSION = '1.11.3-dev+centralita-embedded~64bit';

export interface CoreParts {
  readonly config: CompleteConfig;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly logger: Logger;
}

/** What every part of the server shares: identity, time, configuration, and the events' common headers. */
export class SwitchCore {
  readonly uuid: string;
  readonly hostname = hostname();
  readonly config: CompleteConfig;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly logger: Logger;
  readonly bus = new EventBus();
  readonly startedAtMs: number;
  readonly ipv4: string;
  readonly globals = new Map<string, string>();
  #sequence = 0;

  constructor(parts: CoreParts) {
    this.config = parts.config;
    this.clock = parts.clock;
    this.newId = parts.newId;
    this.logger = parts.logger;
    this.uuid = parts.newId();
    this.startedAtMs = parts.clock.now();
    this.ipv4 = outsideAddress() ?? parts.config.rtpIp;
    this.globals.set('core_uuid', this.uuid);
    this.globals.set('hostname', this.hostname);
    this.globals.set('local_ip_v4', this.ipv4);
  }

  nowUs(): number {
    return this.clock.now() * 1000;
  }

  /** An event with the headers that every event has; FreeSWITCH tells its source file here. */
  event(name: string, subclass?: string): SwitchEvent {
    const event = new SwitchEvent(name, subclass);
    if (subclass !== undefined) event.add('Event-Subclass', subclass);
    const now = new Date(this.clock.now());
    event
      .add('Event-Name', name)
      .add('Core-UUID', this.uuid)
      .add('FreeSWITCH-Hostname', this.hostname)
      .add('FreeSWITCH-Switchname', this.hostname)
      .add('FreeSWITCH-IPv4', this.ipv4)
      .add('FreeSWITCH-IPv6', '::1')
      .add('Event-Date-Local', now.toISOString().slice(0, 19).replace('T', ' '))
      .add('Event-Date-GMT', now.toUTCString())
      .add('Event-Date-Timestamp', this.nowUs())
      .add('Event-Calling-File', 'centralita')
      .add('Event-Calling-Function', 'embedded_media')
      .add('Event-Calling-Line-Number', 1)
      .add('Event-Sequence', ++this.#sequence);
    return event;
  }

  /** Runs after the command that is being answered, so that its reply precedes its events. */
  soon(work: () => void): void {
    queueMicrotask(work);
  }
}

function outsideAddress(): string | undefined {
  for (const addresses of Object.values(networkInterfaces())) {
    for (const address of addresses ?? []) {
      if (address.family === 'IPv4' && !address.internal) return address.address;
    }
  }
  return undefined;
}
