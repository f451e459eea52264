import { VARIABLE_NAME } from '../assignments.ts';
import { isKnownPlace } from '../places.ts';
import type { Request } from './schema.ts';
import { isSecretPlace, placesIn } from './templates.ts';

const HEADER_NAME = /^[A-Za-z0-9-]{1,64}$/;
/** What the shell writes itself, or what would take the message apart. */
const HEADERS_RESERVED =
  /^(host|content-length|content-type|transfer-encoding|connection|upgrade|te|trailer|expect|accept-encoding|proxy-.*)$/i;
const STATUS_FORM = /^([1-5]\d\d|[345]xx)$/;
const VARIABLE_FORM = new RegExp(`^${VARIABLE_NAME}$`);

/** What the schema cannot say of a request node. */
export const requestProblems = (node: Request): readonly string[] => [
  ...(URL.canParse(node.url) ? [] : ['url: is no address']),
  ...placeProblems(node),
  ...headerProblems(node),
  ...formProblems(node),
  ...keyProblems(node),
];

function placeProblems({ url, query, headers, form, body }: Request): readonly string[] {
  const templates: readonly (readonly [string, string])[] = [
    ['url', url],
    ...prefixed('query', query),
    ...prefixed('form', form),
    ['body', JSON.stringify(textsIn(body))],
  ];
  const strange = templates.flatMap(([place, template]) =>
    placesIn(template)
      .filter((name) => !isKnownPlace(name))
      .map((name) =>
        isSecretPlace(name)
          ? `${place}: a secret travels in a header only`
          : `${place}: nothing is known as {${name}}`,
      ),
  );
  const inHeaders = prefixed('headers', headers).flatMap(([place, template]) =>
    placesIn(template)
      .filter((name) => !isKnownPlace(name) && !isSecretPlace(name))
      .map((name) => `${place}: nothing is known as {${name}}`),
  );
  return [...strange, ...inHeaders];
}

/** Every text of a document. JSON's own braces are not places. */
function textsIn(document: unknown): readonly string[] {
  if (typeof document === 'string') return [document];
  if (typeof document !== 'object' || document === null) return [];
  return Object.values(document).flatMap(textsIn);
}

function headerProblems({ headers = {} }: Request): readonly string[] {
  return Object.keys(headers).flatMap((name) => {
    if (!HEADER_NAME.test(name)) return [`headers.${name}: is no name for a header`];
    return HEADERS_RESERVED.test(name) ? [`headers.${name}: is not for a flow to set`] : [];
  });
}

function formProblems({ method = 'GET', body, form }: Request): readonly string[] {
  if (body !== undefined && form) return ['form: there is a body already'];
  const sent = body === undefined ? 'form' : 'body';
  const isSent = body !== undefined || form !== undefined;
  return isSent && method === 'GET' ? [`${sent}: a GET sends none`] : [];
}

function keyProblems({ set = {}, onStatus = {} }: Request): readonly string[] {
  return [
    ...Object.keys(set)
      .filter((name) => !VARIABLE_FORM.test(name))
      .map((name) => `set.${name}: is no name for a variable`),
    ...Object.keys(onStatus)
      .filter((status) => !STATUS_FORM.test(status) || status.startsWith('2'))
      .map((status) => `onStatus.${status}: must be a status that is not 2xx, or 3xx, 4xx, 5xx`),
  ];
}

const prefixed = (
  place: string,
  templates: Readonly<Record<string, string>> = {},
): readonly (readonly [string, string])[] =>
  Object.entries(templates).map(([name, template]) => [`${place}.${name}`, template] as const);
