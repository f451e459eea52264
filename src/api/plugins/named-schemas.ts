import { isDeepStrictEqual } from 'node:util';

/** Where values stand and no schemas, whatever they look like. */
const VALUES = new Set(['example', 'examples', 'default', 'const', 'enum']);

type Json = Readonly<Record<string, unknown>>;

/**
 * A schema with a title is written once, below `components.schemas`, and referred to wherever it stands: generated
 * clients have a type of that name.
 */
export function withNamedSchemas<Document extends object>(document: Document): Document {
  const schemas: Record<string, unknown> = {};

  const name = (schema: Json, title: string): Json => {
    const known = schemas[title];
    if (known !== undefined && !isDeepStrictEqual(known, schema))
      throw new Error(`Two schemas are called ${title}, and they differ.`);
    schemas[title] = schema;
    return { $ref: `#/components/schemas/${title}` };
  };
  const walk = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(walk);
    if (typeof node !== 'object' || node === null) return node;
    const copy = Object.fromEntries(
      Object.entries(node).map(([key, part]) => [key, VALUES.has(key) ? part : walk(part)]),
    );
    const { title } = copy;
    return typeof title === 'string' && isSchema(copy) ? name(copy, title) : copy;
  };

  const { components, paths, ...rest } = document as { components?: Json; paths?: unknown };
  return { ...rest, components: { ...components, schemas }, paths: walk(paths) } as Document;
}

const isSchema = ({ type, anyOf }: Json): boolean => type !== undefined || anyOf !== undefined;
