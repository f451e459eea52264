import type { FastifyInstance } from 'fastify';

/** As far as a schema is looked into. */
interface Shape {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly patternProperties?: unknown;
  readonly additionalProperties?: unknown;
  readonly items?: Shape;
}

type Pick = (value: unknown) => unknown;

/**
 * What leaves is what the schema names and nothing else, written by `JSON.stringify`. Fastify's own serialiser also
 * tries out every alternative of a union for each item, which cost most of a list: seven times as much for 50 queues.
 */
export function registerSerialization(app: FastifyInstance): void {
  app.setSerializerCompiler<Shape>(({ schema }) => {
    const pick = pickerOf(schema) ?? ((value: unknown) => value);
    return (value: unknown) => JSON.stringify(pick(value));
  });
}

/** Undefined: whatever is there leaves as it is (texts, numbers, maps, unions). */
function pickerOf(schema: Shape): Pick | undefined {
  if (schema.type === 'array') return listPicker(schema);
  const { properties, patternProperties, additionalProperties } = schema;
  if (schema.type !== 'object' || !properties || patternProperties) return undefined;
  return additionalProperties ? undefined : objectPicker(properties);
}

function listPicker({ items }: Shape): Pick | undefined {
  const pick = items && pickerOf(items);
  return pick && ((value) => (Array.isArray(value) ? value.map(pick) : value));
}

function objectPicker(properties: Readonly<Record<string, Shape>>): Pick {
  const parts = Object.entries(properties).map(([name, part]) => [name, pickerOf(part)] as const);
  return (value) => {
    if (typeof value !== 'object' || value === null) return value;
    const from = value as Readonly<Record<string, unknown>>;
    const picked: Record<string, unknown> = {};
    for (const [name, pick] of parts) {
      const part = from[name];
      if (part !== undefined) picked[name] = pick ? pick(part) : part;
    }
    return picked;
  };
}
