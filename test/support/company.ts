import type { ApiClient } from './api-client.ts';
import { eventually, LIMIT_MS } from './eventually.ts';

/** A queue with a number that leads straight into it. */
export interface Line {
  readonly dnis: string;
  readonly queueId: string;
  readonly name: string;
}

/** Somebody who can register a phone and answer. */
export interface Person {
  readonly id: string;
  readonly user: string;
  readonly password: string;
}

interface AgentAnswer {
  readonly live?: { readonly state: string; readonly reason?: string; readonly reachable: boolean };
}

interface QueueAnswer {
  readonly live?: { readonly waiting: number };
}

/** Quick where the product's defaults would make a test wait, and otherwise like them. */
const QUEUE = {
  ringTimeoutMs: 20_000,
  wrapUpMs: 0,
  rejectDelayMs: 60_000,
  busyDelayMs: 60_000,
  unreachableDelayMs: 60_000,
};
const FLOW = {
  name: 'Directo',
  languages: ['es-MX'],
  start: 'identificacion',
  prompts: {},
  nodes: {
    identificacion: { type: 'identify', next: 'cola' },
  },
};
let count = 0;

/** Makes queues, numbers and people by the API: each test has its own, and none can disturb another. */
export class Company {
  readonly api: ApiClient;

  constructor(api: ApiClient) {
    this.api = api;
  }

  async line(settings: Readonly<Record<string, unknown>> = {}): Promise<Line> {
    const number = nextNumber();
    const queueId = `cola-${number}`;
    const dnis = `80055${number}`;
    const name = `Cola ${number}`;
    await this.api.post('/v1/queues', { id: queueId, name, ...QUEUE, ...settings });
    const nodes = { ...FLOW.nodes, cola: { type: 'queue', queue: queueId } };
    await this.api.post('/v1/flows', { id: `flujo-${number}`, document: { ...FLOW, nodes } });
    await this.api.post('/v1/numbers', {
      dnis,
      name,
      flowId: `flujo-${number}`,
      language: 'es-MX',
      country: 'MX',
    });
    return { dnis, queueId, name };
  }

  /** A number that leads into a flow of these nodes. */
  async numberOf(nodes: object, prompts: object = {}): Promise<string> {
    const number = nextNumber();
    const dnis = `80055${number}`;
    const id = `flujo-${number}`;
    const document = { ...FLOW, start: Object.keys(nodes)[0], prompts, nodes };
    await this.api.post('/v1/flows', { id, document });
    await this.api.post('/v1/numbers', {
      ...{ dnis, name: `Flujo ${number}`, flowId: id, language: 'es-MX', country: 'MX' },
    });
    return dnis;
  }

  async person(...lines: readonly Line[]): Promise<Person> {
    const person = nextPerson();
    await this.api.post('/v1/agents', agentOf(person, lines));
    return person;
  }

  /** So many at once, by one file: one change of the configuration instead of hundreds. */
  async people(count: number, ...lines: readonly Line[]): Promise<readonly Person[]> {
    const people = Array.from({ length: count }, nextPerson);
    const agents = people.map((person) => agentOf(person, lines));
    await this.api.post('/v1/configuration/apply', { document: { agents } }, { 'if-match': '*' });
    return people;
  }

  /** Signs in and is ready, with a phone that is registered. */
  async ready(person: Person | string): Promise<void> {
    const id = typeof person === 'string' ? person : person.id;
    await this.agent(id, (live) => live.reachable);
    await this.api.post(`/v1/agents/${id}/sign-in`);
    await this.api.post(`/v1/agents/${id}/state`, { state: 'ready' });
    // With callers waiting, ready lasts no longer than a moment.
    const taking = ['ready', 'offered', 'talking'];
    await this.agent(id, ({ state }) => taking.includes(state), `${id} ready`);
  }

  /** Waits until the agent is in that state. */
  async state(person: Person | string, state: string, limitMs = LIMIT_MS): Promise<void> {
    const id = typeof person === 'string' ? person : person.id;
    await this.agent(id, (live) => live.state === state, `${id} to be ${state}`, limitMs);
  }

  async agent(
    id: string,
    matches: (live: NonNullable<AgentAnswer['live']>) => boolean,
    what = `agent ${id}`,
    limitMs = LIMIT_MS,
  ): Promise<NonNullable<AgentAnswer['live']>> {
    return eventually(
      what,
      async () => {
        const { live } = await this.api.get<AgentAnswer>(`/v1/agents/${id}`);
        return live && matches(live) ? live : undefined;
      },
      limitMs,
    );
  }

  /** Waits until so many callers stand in the line. */
  async waiting(line: Line, callers: number): Promise<void> {
    await eventually(`${callers} callers in ${line.queueId}`, async () => {
      const { live } = await this.api.get<QueueAnswer>(`/v1/queues/${line.queueId}`);
      return live?.waiting === callers;
    });
  }
}

function nextNumber(): string {
  count += 1;
  return String(10_000 + count).slice(1);
}

function nextPerson(): Person {
  const user = `2${nextNumber()}`;
  return { id: user, user, password: `secreto-${user}-largo` };
}

const agentOf = ({ id, user, password }: Person, lines: readonly Line[]) => ({
  id,
  name: `Persona ${user}`,
  extension: user,
  sipPassword: password,
  queueIds: lines.map(({ queueId }) => queueId),
});
