import type { FastifyInstance } from 'fastify';
import { isKept } from '../made-once.ts';

/** As far as a schema is looked into. */
interface Shape {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly patternProperties?: unknown;
  readonly additionalProperties?: unknown;
  readonly items?: Shape;
}

type Pick = (value: unknown) => unknown;
type Write = (value: unknown) => string;

/**
 * What leaves is what the schema names and nothing else, written by `JSON.stringify`. Fastify's own serialiser also
 * tries out every alternative of a union for each item, which cost most of a list: seven times as much for 50 queues.
 * Answers that come again, by themselves or in a list, are written once.
 */
export function registerSerialization(app: FastifyInstance): void {
  app.setSerializerCompiler<Shape>(({ schema }) => {
    const list = schema.properties?.items;
    return isExact(schema) && list?.type === 'array' ? pageWriter(schema, list) : writerOf(schema);
  });
}

/** Its items one by one, then whatever else there is. */
function pageWriter({ properties }: Shape, list: Shape): Write {
  const write = writerOf(list.items ?? {});
  const { items: _list, ...others } = properties ?? {};
  const pick = objectPicker(others);
  return (value) => {
    const { items } = value as { readonly items: readonly unknown[] };
    const rest = JSON.stringify(pick(value)).slice(1);
    return `{"items":[${items.map(write).join()}]${rest === '}' ? '' : ','}${rest}`;
  };
}

function writerOf(schema: Shape): Write {
  const pick = pickerOf(schema);
  const write: Write = (value) => JSON.stringify(pick ? pick(value) : value);
  const written = new WeakMap<object, string>();
  return (value) => {
    if (typeof value !== 'object' || value === null || !isKept(value)) return write(value);
    const text = written.get(value) ?? write(value);
    written.set(value, text);
    return text;
  };
}

/** Undefined: whatever is there leaves as it is (texts, numbers, maps, unions). */
function pickerOf(schema: Shape): Pick | undefined {
  if (schema.type === 'array') return listPicker(schema);
  return isExact(schema) ? objectPicker(schema.properties ?? {}) : undefined;
}

/** Whether it names all that there may be. */
const isExact = ({ type, properties, patternProperties, additionalProperties }: Shape): boolean =>
  type === 'object' && properties !== undefined && !patternProperties && !additionalProperties;

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
