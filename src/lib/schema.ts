import type { Static, TSchema } from 'typebox';
import type { TLocalizedValidationError } from 'typebox/error';
import { Compile } from 'typebox/schema';
import { Settings } from 'typebox/system';

/** Of one value. TypeBox would stop after eight, in the middle of what a single union has to say. */
const ERRORS_MAX = 200;
Settings.Set({ maxErrors: ERRORS_MAX });

/** Says whether a value is what a schema describes, and what is wrong with it if not. */
export interface Validator<Value = unknown> {
  check(value: unknown): value is Value;
  /** Empty: nothing is. */
  errors(value: unknown): readonly TLocalizedValidationError[];
}

/**
 * By TypeBox's checker of JSON Schema. `typebox/compile` does the same for types that also convert, and loads five
 * hundred modules more: a quarter of a second of each start, in each thread.
 */
export function validatorOf<Schema extends TSchema>(schema: Schema): Validator<Static<Schema>> {
  const validator = Compile(schema as object);
  return {
    check: (value): value is Static<Schema> => validator.Check(value),
    errors: (value) => validator.Errors(value)[1],
  };
}
