import assert from 'node:assert/strict';
import { after, before } from 'node:test';
import { Baresip, type BaresipOptions } from './baresip.ts';
import { Caller, type CallerOptions } from './caller.ts';
import { Centralita, type CentralitaOptions } from './centralita.ts';
import { Company, type Person } from './company.ts';
import { Evidence } from './evidence.ts';
import { SippAgent, type SippAgentBehaviour } from './sipp-agent.ts';
import { type Stage, someSceneFailed } from './stage.ts';
import { TONES } from './tones.ts';

/** Shorter ones are found in every port and id. */
const NUMBER_DIGITS_MIN = 9;
/** What a caller keys in is an account or a PIN from so many on; they are looked for as a whole value. */
const KEYS_MIN = 4;

const NAME_LETTERS_MIN = 5;
/** What a recogniser has heard. */
const SAID = /"(transcript|heard|utterance)":"(?!\[Redacted\])/;

interface Listed<Item> {
  readonly items: readonly Item[];
}

/** A running system with what tests need around it. */
export class House {
  readonly system: Centralita;
  readonly company: Company;
  /** Of everybody who has called: none of them may stand in the log. */
  readonly #callers = new Set<string>();
  readonly #dialled: Caller[] = [];

  constructor(system: Centralita) {
    this.system = system;
    this.company = new Company(system.api);
  }

  /** Somebody dials; leaves the stage at its end. */
  async dial(stage: Stage, dnis: string, options: Partial<CallerOptions> = {}): Promise<Caller> {
    // Whoever withholds theirs says so: `ani: undefined`.
    const ani = 'ani' in options ? options.ani : strangersNumber();
    if (ani !== undefined) this.#callers.add(ani.replace(/^\+/, ''));
    const caller = await Caller.dial({
      remote: this.system.sip,
      evidence: stage.evidence,
      dnis,
      ...options,
      ani,
    });
    this.#dialled.push(caller);
    stage.atTheEnd(() => caller.close());
    caller.rtp?.play(TONES.caller);
    return caller;
  }

  /** What the callers of all calls were called, whoever knew it: the contacts or somebody's CRM. */
  async callersNames(): Promise<readonly string[]> {
    const { api } = this.system;
    const known = await api.get<Listed<{ name: string }>>('/v1/contacts?limit=500');
    const called = await api.get<Listed<{ callerName?: string }>>('/v1/cdrs?limit=500');
    const names = [
      ...known.items.map(({ name }) => name),
      ...called.items.map(({ callerName = '' }) => callerName),
    ];
    return [...new Set(names)].filter(({ length }) => length >= NAME_LETTERS_MIN);
  }

  /**
   * Lines of the log that say who has called, what they keyed in or what they said, although nobody has allowed it
   * (LOG_PERSONAL_DATA).
   */
  indiscretions(names: readonly string[]): readonly string[] {
    const keyed = this.#dialled.flatMap(({ pressed }) =>
      pressed.map((keys) => keys.replace(/\D/g, '')),
    );
    const told = [
      ...[...this.#callers, ...keyed].filter(({ length }) => length >= NUMBER_DIGITS_MIN),
      ...keyed.filter(({ length }) => length >= KEYS_MIN).map((keys) => `"${keys}"`),
      ...names,
    ];
    return this.system.logs
      .map((line) => JSON.stringify(line))
      .filter((line) => SAID.test(line) || told.some((one) => line.includes(one)));
  }

  /** The person's phone is a baresip, registered. */
  async baresip(
    stage: Stage,
    { user, password }: Pick<Person, 'user' | 'password'>,
    options: Partial<Omit<BaresipOptions, 'remote' | 'evidence' | 'user' | 'password'>> = {},
  ): Promise<Baresip> {
    const phone = await Baresip.start({
      remote: this.system.sip,
      evidence: stage.evidence,
      user,
      password,
      toneHz: TONES.agent,
      ...options,
    });
    stage.atTheEnd(() => phone.stop());
    return phone;
  }

  /** The person's phone is a SIPp, registered. */
  async sippPhone(
    stage: Stage,
    { user, password }: Person,
    behaviour: SippAgentBehaviour = { kind: 'obeys' },
  ): Promise<SippAgent> {
    const phone = await SippAgent.register({
      remote: this.system.sip,
      evidence: stage.evidence,
      user,
      password,
      behaviour,
    });
    stage.atTheEnd(() => phone.close());
    return phone;
  }
}

/** One system for all tests of a file. Its log is kept when one of them failed. */
export function sharedHouse(
  name: string,
  options: () => Promise<Omit<CentralitaOptions, 'evidence'>> = async () => ({}),
): () => House {
  let house: House | undefined;
  const evidence = new Evidence(`system-${name}`);
  before(async () => {
    try {
      house = new House(await Centralita.start({ evidence, ...(await options()) }));
    } catch (error) {
      evidence.keep();
      throw new Error(`The system did not start. Evidence: ${evidence.path}`, { cause: error });
    }
  });
  after(async () => {
    try {
      const names = (await house?.callersNames().catch(() => [])) ?? [];
      const exit = await house?.system.stop();
      assert.equal(exit?.code, 0, 'the end of the system');
      assert.deepEqual(house?.system.errors(), [], 'the system complains about itself');
      assert.deepEqual(house?.indiscretions(names), [], 'the log says who has called');
    } catch (error) {
      evidence.keep();
      throw error;
    } finally {
      if (someSceneFailed()) evidence.keep();
      if (evidence.kept) process.stdout.write(`The system's log: ${evidence.path}\n`);
      evidence.close();
    }
  });
  return () => {
    if (!house) throw new Error('The system is not running.');
    return house;
  };
}

let strangers = 0;

/** A number of its own for every caller, so that calls can be told apart. */
function strangersNumber(): string {
  strangers += 1;
  return `+52555555${7_000 + strangers}`;
}
