import type { Refusal } from '../lib/errors.ts';
import type { Result } from '../lib/result.ts';
import type { AgentConfig } from '../model/agent.ts';
import type { CalendarConfig } from '../model/calendar.ts';
import type { Contact } from '../model/contact.ts';
import { flowId } from '../model/ids.ts';
import type { NumberConfig } from '../model/number.ts';
import { QUEUE_DEFAULTS, type QueueConfig } from '../model/queue.ts';
import type { Disposition, NotReadyReason } from '../model/reasons.ts';
import {
  DIALLING_DEFAULTS,
  type DiallingRules,
  TRUNK_DEFAULTS,
  type TrunkConfig,
} from '../model/trunk.ts';
import type { ConfigurationRepositories } from '../runtime/ports/admin.ts';
import type { ContactAccount } from '../runtime/ports/contacts.ts';
import { configurationRepositories, type SecretMeans } from './configuration.ts';
import { inTransaction, type Pool, type PoolClient } from './pool.ts';
import { putAccount } from './repositories/contact-accounts.ts';
import { contactRows } from './repositories/contacts.ts';

/** A whole company, as `config/example/company.yaml` has it. */
export interface ExampleCompany {
  readonly numbers: readonly NumberConfig[];
  readonly calendars: readonly (CalendarConfig & { readonly pin?: string })[];
  readonly queues: readonly (Partial<QueueConfig> & Pick<QueueConfig, 'id' | 'name'>)[];
  readonly agents: readonly (AgentConfig & {
    /** Whoever is outside the house needs neither. */
    readonly sipPassword?: string;
    readonly pin?: string;
  })[];
  readonly contacts: readonly (Contact & { readonly account?: ContactAccount })[];
  readonly dispositions?: readonly Disposition[];
  readonly notReadyReasons?: readonly NotReadyReason[];
  readonly trunks?: readonly (Partial<TrunkConfig> &
    Pick<TrunkConfig, 'id' | 'name' | 'uri'> & { readonly password?: string })[];
  readonly dialling?: Partial<DiallingRules>;
  readonly flows: readonly { readonly id: string; readonly document: unknown }[];
}

const SEEDED = 'seeded';
const SEEDED_BY = { author: 'example' };

/**
 * Loads the company into a database that nobody has used yet, all of it or nothing. False: it was loaded before,
 * or somebody has made numbers, queues or agents of their own; then it is not even read. Throws, with the place, when it contradicts itself.
 */
export async function seedExample(
  pool: Pool,
  readCompany: () => ExampleCompany,
  means: SecretMeans,
): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    if (!(await isUnused(client))) return false;
    await insertCompany(client, readCompany(), means);
    await client.query(`INSERT INTO settings (key, value) VALUES ($1, 'true')`, [SEEDED]);
    return true;
  });
}

async function isUnused(client: PoolClient): Promise<boolean> {
  // Two nodes that start together seed one after the other, and the second finds it done.
  await client.query('LOCK TABLE settings IN EXCLUSIVE MODE');
  const { rows } = await client.query<{ used: boolean }>(
    `SELECT EXISTS (SELECT 1 FROM settings WHERE key = $1) OR EXISTS (SELECT 1 FROM numbers)
       OR EXISTS (SELECT 1 FROM queues) OR EXISTS (SELECT 1 FROM agents) AS used`,
    [SEEDED],
  );
  return rows[0]?.used === false;
}

/** In the order of what refers to what. */
async function insertCompany(
  client: PoolClient,
  company: ExampleCompany,
  means: SecretMeans,
): Promise<void> {
  const repositories = configurationRepositories(client, means);
  const { numbers, flows, queues, agents, calendars, dispositions, notReadyReasons } = repositories;
  const contacts = contactRows(client);
  for (const { pin, ...calendar } of company.calendars) {
    demand(`calendar ${calendar.id}`, await calendars.create(calendar));
    if (pin) demand(`calendar ${calendar.id}`, await calendars.setPin(calendar.id, pin));
  }
  for (const queue of company.queues)
    demand(`queue ${queue.id}`, await queues.create({ ...QUEUE_DEFAULTS, ...queue }));
  for (const flow of company.flows) await flows.publish(flowId(flow.id), flow.document, SEEDED_BY);
  for (const number of company.numbers)
    demand(`number ${number.dnis}`, await numbers.create(number));
  for (const { sipPassword, pin, ...agent } of company.agents) {
    demand(`agent ${agent.id}`, await agents.create(agent));
    const secrets = { ...(sipPassword ? { sipPassword } : {}), ...(pin ? { pin } : {}) };
    demand(`agent ${agent.id}`, await agents.setSecrets(agent.id, secrets));
  }
  for (const disposition of company.dispositions ?? [])
    demand(`disposition ${disposition.id}`, await dispositions.create(disposition));
  for (const reason of company.notReadyReasons ?? [])
    demand(`reason ${reason.id}`, await notReadyReasons.create(reason));
  await insertOutside(repositories, company);
  for (const { account, ...contact } of company.contacts) {
    demand(`contact ${contact.id}`, await contacts.create(contact));
    if (account) demand(`contact ${contact.id}`, await putAccount(client, contact.id, account));
  }
}

function demand<T>(what: string, result: Result<T, Refusal>): void {
  if (!result.ok) throw new Error(`The example company's ${what}: ${result.error.detail}`);
}

async function insertOutside(
  { trunks, dialling }: Pick<ConfigurationRepositories, 'trunks' | 'dialling'>,
  company: ExampleCompany,
): Promise<void> {
  for (const { password, ...trunk } of company.trunks ?? []) {
    demand(`trunk ${trunk.id}`, await trunks.create({ ...TRUNK_DEFAULTS, ...trunk }));
    if (password) demand(`trunk ${trunk.id}`, await trunks.setPassword(trunk.id, password));
  }
  if (company.dialling) await dialling.put({ ...DIALLING_DEFAULTS, ...company.dialling });
}
