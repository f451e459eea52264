import type { ErrorObject, ValidateFunction } from 'ajv';
import type { RouteShorthandOptions } from 'fastify';
import type { TArray, TObject } from 'typebox';
import { breather } from '../../../lib/slices.ts';
import { exactly } from '../../plugins/validation.ts';
import { ConfigurationFile, FileBody } from './schemas.ts';

type Compiler = NonNullable<RouteShorthandOptions['validatorCompiler']>;

const SECTIONS = Object.entries(ConfigurationFile.properties) as readonly (readonly [
  string,
  TArray<TObject>,
])[];

/** The file without what its sections hold. */
const OUTSIDE = {
  ...FileBody,
  properties: {
    document: {
      ...ConfigurationFile,
      properties: Object.fromEntries(
        SECTIONS.map(([name, { items: _, ...section }]) => [name, section]),
      ),
    },
  },
};

/**
 * Looks at a file as its schema does, entry by entry, while calls have their turns: its schemas are compiled one by one when
 * first they are needed, and thousands of entries are looked at in short turns. `others` is for all but the body.
 */
export function fileValidator(others: () => Compiler): Compiler {
  const ajv = exactly();
  const compiled = new Map<object, ValidateFunction>();
  const checkOf = (schema: object): ValidateFunction => {
    const check = compiled.get(schema) ?? ajv.compile(schema);
    compiled.set(schema, check);
    return check;
  };
  const validate = async (body: unknown): Promise<true> => {
    const pause = breather();
    const errors = errorsOf(checkOf(OUTSIDE), body, '');
    const document: Readonly<Record<string, unknown>> = Object(Object(body).document);
    for (const [name, { items }] of SECTIONS) {
      const entries = document[name];
      if (!Array.isArray(entries) || entries.length === 0) continue;
      await pause();
      const check = checkOf(items);
      for (const [at, entry] of entries.entries()) {
        await pause();
        errors.push(...errorsOf(check, entry, `/document/${name}/${at}`));
      }
    }
    if (errors.length > 0) throw new FileInvalid(errors);
    return true;
  };
  // A promise is as good (Fastify's types want one of their own brand).
  const ofBody = validate as unknown as ReturnType<Compiler>;
  return (route) => (route.httpPart === 'body' ? ofBody : others()(route));
}

function errorsOf(check: ValidateFunction, value: unknown, path: string): ErrorObject[] {
  if (check(value)) return [];
  return (check.errors ?? []).map((error) => ({
    ...error,
    instancePath: `${path}${error.instancePath}`,
  }));
}

/** As Fastify tells it. */
class FileInvalid extends Error {
  readonly validation: readonly ErrorObject[];
  constructor(errors: readonly ErrorObject[]) {
    super(`body${errors[0]?.instancePath} ${errors[0]?.message}`);
    this.validation = errors;
  }
}
