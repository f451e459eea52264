import type { Clock, EpochMs } from '../lib/clock.ts';
import type { Refusal } from '../lib/errors.ts';
import { refusal } from '../lib/errors.ts';
import { err, ok, type Result } from '../lib/result.ts';
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
import { auditedConfiguration } from './audited.ts';
import { LOCKS } from './locks.ts';
import { entriesOf, type Note } from './notes.ts';
import { partsOf } from './parts.ts';
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
import { hashPin as slowHash } from './secrets.ts';

const CHANGES_WAITING_MAX = 100;

/** What secrets are made with. */
export interface SecretMeans {
  /** Of the phones' digests. */
  readonly realm: string;
  /** For the trunks' passwords. */
  readonly seal: Seal;
  /** Absent: slowly, as it has to be. */
  readonly hashPin?: (pin: string) => Promise<string>;
}

/** Of what is not kept: nobody could try it out. */
const hashOfNothing = async (): Promise<string> => '';

export function configurationRepositories(
  db: Queryable,
  { realm, seal, hashPin = slowHash }: SecretMeans,
  guard?: ManagersGuard,
): ConfigurationRepositories {
  return {
    numbers: numberRepository(db),
    flows: flowRepository(db),
    queues: queueRepository(db),
    agents: agentRepository(db, { realm, hashPin }),
    calendars: calendarRepository(db, hashPin),
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

/** Thrown so that what went well rolls back, too. */
class Rehearsed extends Error {}

type Work<T> = (repositories: ConfigurationRepositories) => Promise<Result<T, Refusal>>;
/** Empty: nothing is against it. */
type Judge = () => Promise<readonly string[]>;

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

  change<T>(work: Work<T>, takeEffect: Judge): Promise<Result<T, Refusal>> {
    return this.#inTurn(() => this.#changeNow(work, takeEffect));
  }

  rehearse(work: Work<unknown>, objections: Judge): Promise<Result<undefined, Refusal>> {
    return this.#inTurn(() => this.#rehearseNow(work, objections));
  }

  async #inTurn<T>(now: () => Promise<Result<T, Refusal>>): Promise<Result<T, Refusal>> {
    if (this.#waiting >= CHANGES_WAITING_MAX)
      return err(refusal('OVERLOADED', 'Too many changes of the configuration are waiting.'));
    this.#waiting += 1;
    const turn = this.#last.then(now);
    this.#last = turn.catch(() => undefined);
    try {
      return await turn;
    } finally {
      this.#waiting -= 1;
    }
  }

  async #changeNow<T>(work: Work<T>, takeEffect: Judge): Promise<Result<T, Refusal>> {
    let tookEffect = false;
    try {
      const result = await inTransaction(this.#pool, async (client) => {
        const notes: Note[] = [];
        const takeNote = async (note: Note) => void notes.push(note);
        const outcome = await this.#tryOut(
          client,
          this.#means,
          (repositories) => work(auditedConfiguration(repositories, takeNote)),
          takeEffect,
        );
        tookEffect = true;
        for (const part of partsOf(notes))
          await insertEntries(client, entriesOf(part, this.#now()));
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

  /** Nobody is told of what is undone, and nobody's PIN is hashed for it. */
  async #rehearseNow(work: Work<unknown>, objections: Judge): Promise<Result<undefined, Refusal>> {
    const means = { ...this.#means, hashPin: hashOfNothing };
    try {
      await inTransaction(this.#pool, async (client) => {
        await this.#tryOut(client, means, work, objections);
        throw new Rehearsed();
      });
      return ok(undefined);
    } catch (error) {
      if (error instanceof Rehearsed) return ok(undefined);
      if (error instanceof Refused) return err(error.refusal);
      throw codedFault(error);
    } finally {
      this.#pending = undefined;
    }
  }

  /** What is written is there for whoever loads, until the transaction is over. Throws what is refused. */
  async #tryOut<T>(
    client: Queryable,
    means: SecretMeans,
    work: Work<T>,
    judge: Judge,
  ): Promise<Result<T, Refusal>> {
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCKS.configuration]);
    const guard = guardManagers(client);
    const outcome = await work(configurationRepositories(client, means, guard));
    const objection = outcome.ok ? await guard.objection() : outcome.error;
    if (objection) throw new Refused(objection);
    this.#pending = client;
    const problems = await judge();
    if (problems.length > 0) throw new Refused(cannotWork(problems));
    return outcome;
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
