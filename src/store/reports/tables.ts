import { type AnyName, FACTS, isLongest, TIMES } from '../../facts/names.ts';

/** Tables that have a partition for each month, and how long they are kept. */
export const RECORD_TABLES = [
  'cdrs',
  'call_events',
  'agent_states',
  'call_facts',
  'agent_times',
] as const;
export const FIGURE_TABLES = ['interval_facts', 'interval_times'] as const;

/** `answeredIn20` is the column `answered_in20`. */
export const columnOf = (name: AnyName): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/** Over rows: the sum, or the greatest. As float8, which is exact up to 2^53: numeric, the sum of bigint, is slow. */
export const sumOf = (name: AnyName): string =>
  `${isLongest(name) ? 'max' : 'sum'}(${columnOf(name)}::float8)`;

/** Of one row. */
export const figureOf = (name: AnyName): string => `${columnOf(name)}::float8 AS "${name}"`;

/** Writes rows of sums that come as one JSON document. */
export const INSERT_FACTS = {
  name: 'insert_interval_facts',
  text: insertSums('interval_facts', FACTS),
};
export const INSERT_TIMES = {
  name: 'insert_interval_times',
  text: insertSums('interval_times', TIMES),
};

function insertSums(table: string, names: readonly AnyName[]): string {
  const columns = names.map(columnOf);
  return `INSERT INTO ${table} (dimension, key, slot, ${columns.join(', ')})
    SELECT dimension, key, to_timestamp(slot / 1000), ${names.map((name) => `coalesce("${name}", 0)`).join(', ')}
    FROM jsonb_to_recordset($1::jsonb)
      AS t (dimension text, key text, slot float8, ${names.map((name) => `"${name}" bigint`).join(', ')})`;
}

export const INSERT_AGENT_TIMES = {
  name: 'insert_agent_times',
  text: `INSERT INTO agent_times (agent_id, slot, ${TIMES.map(columnOf).join(', ')})
    SELECT "agentId", to_timestamp(slot / 1000), ${TIMES.map((name) => `coalesce("${name}", 0)`).join(', ')}
    FROM jsonb_to_recordset($1::jsonb)
      AS t ("agentId" text, slot float8, ${TIMES.map((name) => `"${name}" bigint`).join(', ')})`,
};

export const INSERT_CALL_FACTS = {
  name: 'insert_call_facts',
  text: `INSERT INTO call_facts (call_id, slot, n, queue_id, agent_id, dnis, flow_id, skills, facts)
    SELECT "callId", to_timestamp(slot / 1000), n, "queueId", "agentId", dnis, "flowId", skills, facts
    FROM jsonb_to_recordset($1::jsonb)
      AS t ("callId" text, slot float8, n smallint, "queueId" text, "agentId" text, dnis text, "flowId" text,
        skills text[], facts jsonb)`,
};
