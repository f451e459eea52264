import type { Clock, EpochMs } from '../lib/clock.ts';
import type { Refusal } from '../lib/errors.ts';
import { refusal } from '../lib/errors.ts';
import { err, type Result } from '../lib/result.ts';
import type { Seal } from '../lib/seal.ts';
import type {
  ConfigurationChanges,
  ConfigurationRepositories,
  WholeConfiguration,
} from '../runtime/ports/admin.ts';
import type { Configuration, ConfigurationSource } from '../runtime/ports/index.ts';
import { insertEntries } from './access/audit-log.ts';
import { guardManagers, type ManagersGuard } from './access/managers.ts';
import { allUsers, userRepository } from './access/users.ts';
import { auditedConfiguration, entriesOf, type Note } from './audited.ts';
import { LOCKS } from './locks.ts';
import { codedFault, inTransaction, type Pool, type Queryable } from './pool.ts';
import { agentRepository, allAgents } from './repositories/agents.ts';
import { allCalendars, calendarRepository } from './repositories/calendars.ts';
import { diallingRepository } from './repositories/dialling.ts';
import { flowRepository, liveFlows } from './repositories/flows.ts';
import { allLabels, labelRepository } from './repositories/labels.ts';
import { allNumbers, numberRepository } from './repositories/numbers.ts';
import { allQueueIds, allQueues, queueRepository } from './repositories/queues.ts';
import {
  allReasons,
  dispositionRepository,
  notReadyReasonRepository,
} from './repositories/reasons.ts';
import { settingsRepository } from './repositories/settings.ts';
import { allTrunks, trunkRepository } from './repositories/trunks.ts';
import { allWebhooks, webhookRepository } from './repositories/webhooks.ts';

const CHANGES_WAITING_MAX = 100;
/** Of what was changed, written down in one go: some milliseconds of the thread that routes calls. */
const NOTES_MAX = 500;

/** What secrets are made with. */
export interface SecretMeans {
  /** Of the phones' digests. */
  readonly realm: string;
  /** For the trunks' passwords. */
  readonly seal: Seal;
}

export function configurationRepositories(
  db: Queryable,
  { realm, seal }: SecretMeans,
  guard?: ManagersGuard,
): ConfigurationRepositories {
  return {
    numbers: numberRepository(db),
    flows: flowRepository(db),
    queues: queueRepository(db),
    agents: agentRepository(db, realm),
    calendars: calendarRepository(db),
    dispositions: dispositionRepository(db),
    notReadyReasons: notReadyReasonRepository(db),
    trunks: trunkRepository(db, seal),
    dialling: diallingRepository(db),
    settings: settingsRepository(db),
    teams: labelRepository(db, 'teams'),
    skills: labelRepository(db, 'skills'),
    groups: labelRepository(db, 'groups'),
    webhooks: webhookRepository(db, seal),
    users: userRepository(db, guard),
    all: () => readAll(db, seal),
    known: async () => ({
      queueIds: await allQueueIds(db),
      calendarIds: (await allCalendars(db)).map(({ id }) => id),
      flows: await liveFlows(db),
    }),
  };
}

/** Thrown inside the transaction so that it rolls back; never leaves this file. */
class Refused extends Error {
  readonly refusal: Refusal;
  constructor(why: Refusal) {
    super(why.code);
    this.refusal = why;
  }
}

/**
 * The configuration, to load and to change. A change is tried out before it is committed: while it takes effect,
 * `load` reads through its transaction. Were the commit then to fail, the old configuration takes effect again.
 */
export class ConfigurationStore implements ConfigurationSource, ConfigurationChanges {
  readonly #pool: Pool;
  readonly #means: SecretMeans;
  readonly #onChange: () => Promise<void>;
  readonly #now: () => EpochMs;
  #pending: Queryable | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  /** `onChange` is told after each change, and awaited; `clock` says when it was, for the audit log. */
  constructor(pool: Pool, means: SecretMeans, clock: Clock, onChange: () => Promise<void>) {
    this.#pool = pool;
    this.#means = means;
    this.#onChange = onChange;
    this.#now = () => clock.now();
  }

  /** Rejects when the database is away. */
  async load(): Promise<Configuration> {
    if (this.#pending) return readConfiguration(this.#pending, this.#means.seal);
    return inTransaction(this.#pool, async (client) => {
      // One moment's configuration, whatever is committed meanwhile.
      await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
      return readConfiguration(client, this.#means.seal);
    });
  }

  async change<T>(
    work: (repositories: ConfigurationRepositories) => Promise<Result<T, Refusal>>,
    takeEffect: () => Promise<readonly string[]>,
  ): Promise<Result<T, Refusal>> {
    if (this.#waiting >= CHANGES_WAITING_MAX)
      return err(refusal('OVERLOADED', 'Too many changes of the configuration are waiting.'));
    this.#waiting += 1;
    const turn = this.#last.then(() => this.#changeNow(work, takeEffect));
    this.#last = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      this.#waiting -= 1;
    }
  }

  async #changeNow<T>(
    work: (repositories: ConfigurationRepositories) => Promise<Result<T, Refusal>>,
    takeEffect: () => Promise<readonly string[]>,
  ): Promise<Result<T, Refusal>> {
    let tookEffect = false;
    try {
      const result = await inTransaction(this.#pool, async (client) => {
        await client.query('SELECT pg_advisory_xact_lock($1)', [LOCKS.configuration]);
        const notes: Note[] = [];
        const guard = guardManagers(client);
        const repositories = configurationRepositories(client, this.#means, guard);
        const takeNote = async (note: Note) => void notes.push(note);
        const outcome = await work(auditedConfiguration(repositories, takeNote));
        const objection = outcome.ok ? await guard.objection() : outcome.error;
        if (objection) throw new Refused(objection);
        this.#pending = client;
        const problems = await takeEffect();
        if (problems.length > 0) throw new Refused(cannotWork(problems));
        tookEffect = true;
        for (let from = 0; from < notes.length; from += NOTES_MAX)
          await insertEntries(client, entriesOf(notes.slice(from, from + NOTES_MAX), this.#now()));
        return outcome;
      });
      // Its client is back in the pool: nobody may read through it any more.
      this.#pending = undefined;
      await this.#onChange().catch(() => undefined);
      return result;
    } catch (error) {
      if (error instanceof Refused) return err(error.refusal);
      this.#pending = undefined;
      if (tookEffect) await takeEffect().catch(() => undefined);
      throw codedFault(error);
    } finally {
      this.#pending = undefined;
    }
  }
}

const cannotWork = (problems: readonly string[]): Refusal =>
  refusal('CONFIGURATION_REFUSED', problems[0] ?? '', problems);

/** What the engine runs by, and what else the operator decides. */
async function readAll(db: Queryable, seal: Seal): Promise<WholeConfiguration> {
  const configuration = await readConfiguration(db, seal);
  const { own: settings } = await settingsRepository(db).get();
  const teams = await allLabels(db, 'teams');
  const skills = await allLabels(db, 'skills');
  const groups = await allLabels(db, 'groups');
  const webhooks = await allWebhooks(db);
  const users = await allUsers(db);
  return { ...configuration, settings, teams, skills, groups, webhooks, users };
}

/** One after the other: a client runs one query at a time anyway. */
async function readConfiguration(db: Queryable, seal: Seal): Promise<Configuration> {
  const numbers = await allNumbers(db);
  const flows = await liveFlows(db);
  const queues = await allQueues(db);
  const calendars = await allCalendars(db);
  const agents = await allAgents(db);
  const trunks = await allTrunks(db, seal);
  const dialling = await diallingRepository(db).get();
  const outside = { trunks, ...(dialling ? { dialling } : {}) };
  return { numbers, flows, queues, agents, calendars, ...outside, ...(await allReasons(db)) };
}
