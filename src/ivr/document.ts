import Type, { type Static, type TSchema } from 'typebox';
import { MapOf } from '../lib/map-schema.ts';
import { type Validator, validatorOf } from '../lib/schema.ts';
import type { NodeKind } from './node.ts';
import { NODE_KINDS } from './nodes/kinds.ts';
import { patterned } from './patterned.ts';
import { LanguageName, PromptEntry } from './prompt-schema.ts';

export const NODES_MAX = 500;
const Name = patterned('^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$', 'a name of letters, digits, - and _');

/** The document around its nodes; each node is then read by its own kind, so that errors say what is meant. */
export const envelope = <Node extends TSchema>(node: Node) =>
  Type.Object(
    {
      $schema: Type.Optional(Type.String()),
      name: Type.String({ minLength: 1, maxLength: 100, description: 'For people.' }),
      description: Type.Optional(Type.String({ maxLength: 1_000 })),
      languages: Type.Array(LanguageName, {
        ...{ minItems: 1, uniqueItems: true },
        description:
          'What the flow says everything in; a caller of another language hears the first.',
      }),
      start: Type.String({ minLength: 1, description: 'The node that a call begins in.' }),
      prompts: Type.Optional(MapOf(PromptEntry, { description: 'What nodes say by name.' })),
      nodes: MapOf(node, { minProperties: 1, maxProperties: NODES_MAX }),
    },
    { additionalProperties: false },
  );

const Envelope = envelope(Type.Object({ type: Type.String() }));
export type Envelope = Static<typeof Envelope>;

export const envelopeValidator = validatorOf(Envelope);
export const nameValidator = validatorOf(Name);

/** A kind with the means to read its nodes. */
export interface KindReader {
  readonly kind: NodeKind;
  readonly validator: Validator;
}

export const KIND_READERS: ReadonlyMap<string, KindReader> = new Map(
  NODE_KINDS.map((kind) => [kind.type, { kind, validator: validatorOf(kind.schema) }]),
);
