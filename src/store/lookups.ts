import type { QueryResultRow } from 'pg';
import { CachedLookup } from '../lib/cached-lookup.ts';
import type { Clock } from '../lib/clock.ts';
import { CodedError, refusal } from '../lib/errors.ts';
import type { PastCall } from '../model/call.ts';
import type { Contact } from '../model/contact.ts';
import type {
  CallMemory,
  ContactLookup,
  CredentialStore,
  SipCredentials,
} from '../runtime/ports/index.ts';
import type { PinVerifier } from '../runtime/ports/objects.ts';
import type { Queryable } from './pool.ts';
import { contactByNumber } from './repositories/contacts.ts';
import { type PastCallRow, pastCallOf } from './repositories/history.ts';
import { pinMatches } from './secrets.ts';

const LIMITS = { sizeMax: 10_000, waitMsMax: 800, inFlightMax: 200 };
/** Short, because the caller who spoke to an agent a minute ago should be known as theirs. */
const CONTACT_FRESH_MS = 15_000;
/** So long, because what this process changes is forgotten at once (`expire`): a refresh costs no question. */
const CREDENTIALS_FRESH_MS = 300_000;

/** A look-up that forgets what it knows when the content was changed by this process. */
export interface Expirable {
  expire(): void;
}

/** Callers by their number, within 800 ms, and unknown rather than late. */
export function contactLookup(db: Queryable, clock: Clock): ContactLookup & Expirable {
  const lookup = new CachedLookup<Contact>({
    ...LIMITS,
    clock,
    freshMs: CONTACT_FRESH_MS,
    fetch: (e164) => contactByNumber(db, e164),
  });
  return {
    async byNumber(e164) {
      const answer = await lookup.get(e164);
      return answer.known ? answer.value : undefined;
    },
    expire: () => lookup.expire(),
  };
}

const MEMORY_MS = { freshMs: 15_000, waitMsMax: 300 };
/** What an agent can read before saying hello. */
const RECENT_CALLS_MAX = 5;
/** Older ones are another story, and older partitions are left alone. */
const RECENT_DAYS = 180;

const RECENT_CALLS = {
  name: 'recent_calls',
  text: `SELECT arrived_at, intent, queue_id, agent_id, outcome FROM cdrs
    WHERE arrived_at > now() - interval '${RECENT_DAYS} days' AND ani = ANY (ARRAY(
      SELECT mine.e164 FROM contact_numbers AS this JOIN contact_numbers AS mine USING (contact_id)
      WHERE this.e164 = $1) || $1::text)
    ORDER BY arrived_at DESC LIMIT ${RECENT_CALLS_MAX}`,
};

/** Callers' last calls, within 300 ms, and none rather than late. */
export function callMemory(db: Queryable, clock: Clock): CallMemory {
  const lookup = new CachedLookup<readonly PastCall[]>({
    ...LIMITS,
    ...MEMORY_MS,
    clock,
    async fetch(e164) {
      const { rows } = await db.query<PastCallRow>({ ...RECENT_CALLS, values: [e164] });
      return rows.map(pastCallOf);
    },
  });
  return {
    async recentCalls(e164) {
      const answer = await lookup.get(e164);
      return (answer.known && answer.value) || [];
    },
  };
}

interface CredentialsRow extends QueryResultRow {
  readonly ha1_md5: string;
  readonly ha1_sha256: string;
}

const CREDENTIALS = {
  name: 'credentials_by_extension',
  text: `SELECT ha1_md5, ha1_sha256 FROM agents JOIN credentials ON agent_id = id
    WHERE extension = $1 AND ha1_md5 IS NOT NULL AND ha1_sha256 IS NOT NULL`,
};

/**
 * What phones prove themselves with. Rejects when neither the database nor the memory can say, because "I cannot
 * tell" (503) must not be taken for "there is no such phone" (403).
 */
export function credentialStore(db: Queryable, clock: Clock): CredentialStore & Expirable {
  const lookup = new CachedLookup<SipCredentials>({
    ...LIMITS,
    clock,
    freshMs: CREDENTIALS_FRESH_MS,
    async fetch(extension) {
      const { rows } = await db.query<CredentialsRow>({ ...CREDENTIALS, values: [extension] });
      const row = rows[0];
      return row && { extension, ha1Md5: row.ha1_md5, ha1Sha256: row.ha1_sha256 };
    },
  });
  return {
    async find(extension) {
      const answer = await lookup.get(extension);
      if (!answer.known)
        throw new CodedError(refusal('DATABASE_AWAY', 'The credentials cannot be read.'));
      return answer.value;
    },
    expire: () => lookup.expire(),
  };
}

/** A wrong PIN, an agent without one and a database that is away all answer false. */
export function pinVerifier(db: Queryable): PinVerifier {
  return {
    async verify(agentId, pin) {
      try {
        const { rows } = await db.query<{ pin_hash: string | null }>(
          'SELECT pin_hash FROM credentials WHERE agent_id = $1',
          [agentId],
        );
        const hash = rows[0]?.pin_hash;
        return typeof hash === 'string' && (await pinMatches(pin, hash));
      } catch {
        return false;
      }
    },
  };
}
