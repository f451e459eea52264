import type { Clock, EpochMs } from '../lib/clock.ts';
import type { ConfigurationRepositories } from '../runtime/ports/admin.ts';
import type { CdrRepository } from '../runtime/ports/cdrs.ts';
import type { Repository } from '../runtime/ports/lists.ts';

/** What another node has changed is seen after so long; what this one changes, at once. */
const FRESH_MS = 1_000;
/** A call that is over is in the list as soon as it is written down, and so much later at most. */
const RECORDS_FRESH_MS = 250;
const ANSWERS_MAX = 2_000;

interface Answer {
  readonly at: EpochMs;
  readonly value: Promise<unknown>;
  /** It is being asked anew already. */
  renewed: boolean;
}

/**
 * The same repositories; consoles and wallboards that ask for the same lists again and again are answered from
 * memory. `expire` is for whoever has changed something by another way.
 */
export function cachedReads(
  repositories: ConfigurationRepositories,
  clock: Clock,
): ConfigurationRepositories & { expire(): void } {
  const { remembered, expire } = memory(clock, FRESH_MS);
  const writing =
    <Args extends readonly unknown[], T>(write: (...args: Args) => Promise<T>) =>
    (...args: Args): Promise<T> =>
      write(...args).finally(expire);
  const cached = <Repo extends Repository<object, never>>(noun: string, own: Repo): Repo => ({
    ...own,
    // Whom a list is narrowed to is part of what was asked: nobody is answered with somebody else's.
    list: (request: Parameters<Repo['list']>[0], ...narrowed: readonly unknown[]) =>
      remembered(`${noun} ${JSON.stringify([request, narrowed])}`, () =>
        (own.list as (...args: unknown[]) => ReturnType<Repo['list']>)(request, ...narrowed),
      ),
    get: (key: never) => remembered(`${noun}/${String(key)}`, () => own.get(key)),
    create: writing(own.create as (...args: unknown[]) => Promise<unknown>),
    replace: writing(own.replace as (...args: unknown[]) => Promise<unknown>),
    remove: writing(own.remove as (...args: unknown[]) => Promise<unknown>),
  });
  const { numbers, queues, agents, calendars } = repositories;
  return {
    ...repositories,
    numbers: cached('numbers', numbers as never) as typeof numbers,
    queues: cached('queues', queues as never) as typeof queues,
    agents: cached('agents', agents as never) as typeof agents,
    calendars: {
      ...(cached('calendars', calendars as never) as typeof calendars),
      setClosure: writing((...args: Parameters<typeof calendars.setClosure>) =>
        calendars.setClosure(...args),
      ),
    },
    expire,
  };
}

/**
 * The same records; many who look at the newest at once are answered by one question. Only the last one is remembered:
 * whoever has seen a record in one list finds it in the next, whatever was answered before.
 */
export function cachedCdrs(cdrs: CdrRepository, clock: Clock): CdrRepository {
  const { remembered } = memory(clock, RECORDS_FRESH_MS, 1);
  const list: CdrRepository['list'] = (filter, request) =>
    remembered(JSON.stringify([filter, request]), () => cdrs.list(filter, request));
  return { ...cdrs, list };
}

/**
 * Answers by what was asked, for as long as they are fresh; also those that are still on their way. When half of that time
 * is over whoever asks has it asked anew, and nobody waits: what many look at is never too old to be answered at once.
 */
function memory(clock: Clock, freshMs: number, answersMax = ANSWERS_MAX) {
  const answers = new Map<string, Answer>();
  const keep = <T>(key: string, ask: () => Promise<T>): Promise<T> => {
    if (answers.size >= answersMax) answers.clear();
    const answer: Answer = { at: clock.now(), value: ask(), renewed: false };
    answers.set(key, answer);
    answer.value.catch(() => {
      if (answers.get(key) === answer) answers.delete(key);
    });
    return answer.value as Promise<T>;
  };
  const renew = <T>(key: string, known: Answer, ask: () => Promise<T>): void => {
    known.renewed = true;
    const at = clock.now();
    const value = ask();
    value.then(
      // What has been forgotten meanwhile, or asked anew, stays so.
      () => answers.get(key) === known && answers.set(key, { at, value, renewed: false }),
      () => undefined,
    );
  };
  return {
    expire: (): void => answers.clear(),
    remembered<T>(key: string, ask: () => Promise<T>): Promise<T> {
      const known = answers.get(key);
      const ageMs = known && clock.now() - known.at;
      if (!known || ageMs === undefined || ageMs >= freshMs) return keep(key, ask);
      if (ageMs >= freshMs / 2 && !known.renewed) renew(key, known, ask);
      return known.value as Promise<T>;
    },
  };
}
