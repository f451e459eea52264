import type { TLocalizedValidationError } from 'typebox/error';

/** What a validator found, each with its place: `nodes.menu.choices[2].next: must be string`. */
export function schemaProblems(
  errors: readonly TLocalizedValidationError[],
  within: string,
): readonly string[] {
  const telling = errors.filter(
    (error) => error.keyword !== 'boolean' && !isWithinUnion(error, errors),
  );
  const lines = telling.map((error) => `${placeOf(within, error)}: ${explain(error)}`);
  return [...new Set(lines)];
}

/** A union reports every member that did not fit, and then itself: the last says enough. */
function isWithinUnion(
  error: TLocalizedValidationError,
  errors: readonly TLocalizedValidationError[],
): boolean {
  return errors.some(
    (other) =>
      other !== error &&
      other.keyword === 'anyOf' &&
      error.schemaPath.startsWith(`${other.schemaPath}/anyOf`),
  );
}

function explain(error: TLocalizedValidationError): string {
  switch (error.keyword) {
    case 'additionalProperties':
      return `there is no such field: ${error.params.additionalProperties.join(', ')}`;
    case 'required':
      return `lacks ${error.params.requiredProperties.join(', ')}`;
    case 'enum':
      return `must be one of ${error.params.allowedValues.join(', ')}`;
    case 'anyOf':
      return 'has none of the forms that are known here';
    default:
      return error.message;
  }
}

function placeOf(within: string, error: TLocalizedValidationError): string {
  const place = error.instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((path, part) => (/^\d+$/.test(part) ? `${path}[${part}]` : join(path, part)), within);
  return place === '' ? 'flow' : place;
}

const join = (path: string, part: string): string => (path === '' ? part : `${path}.${part}`);
