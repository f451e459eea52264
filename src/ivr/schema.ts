import Type, { type TSchema } from 'typebox';
import { envelope } from './document.ts';
import { NODE_KINDS } from './nodes/kinds.ts';

const TYPES = NODE_KINDS.map(({ type }) => type);

/** A node is told by its type first, so that an editor checks and completes it as what it is meant to be. */
const node = Type.Unsafe({
  type: 'object',
  required: ['type'],
  properties: { type: { enum: TYPES, description: 'What the node does.' } },
  allOf: TYPES.map((type) => ({
    if: { required: ['type'], properties: { type: { const: type } } },
    // biome-ignore lint/suspicious/noThenProperty: that is the keyword's name (JSON Schema 2020-12, 10.2.2.2).
    then: { $ref: `#/$defs/${type}` },
  })),
});

/** The published JSON Schema of a flow: an editor completes and checks by it. */
export const flowSchema: TSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Centralita flow',
  description: 'What a caller goes through, as docs/flows.md tells it.',
  ...envelope(node),
  $defs: Object.fromEntries(
    NODE_KINDS.map(({ type, summary, schema }) => [type, { description: summary, ...schema }]),
  ),
};

/** The schema as a file. */
export const flowSchemaText = (): string => `${JSON.stringify(flowSchema, null, 2)}\n`;
