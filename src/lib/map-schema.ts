import Type, { type TSchema, type TSchemaOptions } from 'typebox';

/** Any name on one line. */
const ANY = '^.*$';

/**
 * A map by names of that pattern, and none else: by JSON Schema's own rule whatever does not fit the pattern may be
 * there with any value. `^.*$` does not fit a name with a line feed in it, either.
 */
export const MapOf = <Value extends TSchema>(
  value: Value,
  { pattern = ANY, ...options }: TSchemaOptions & { readonly pattern?: string } = {},
) => Type.Record(Type.String({ pattern }), value, { ...options, additionalProperties: false });
