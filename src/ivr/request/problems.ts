import { VARIABLE_NAME } from '../assignments.ts';
import { isKnownPlace } from '../places.ts';
import { textsIn, typedPlaces } from './order.ts';
import type { Request } from './schema.ts';
import { isSecretPlace, placesIn, typedName } from './templates.ts';

const HEADER_NAME = /^[A-Za-z0-9-]{1,64}$/;
/** What the shell writes itself, or what would take the message apart. */
const HEADERS_RESERVED =
  /^(host|content-length|content-type|transfer-encoding|connection|upgrade|te|trailer|expect|accept-encoding|proxy-.*)$/i;
const STATUS_FORM = /^([1-5]\d\d|[345]xx)$/;
const VARIABLE_FORM = new RegExp(`^${VARIABLE_NAME}$`);

/** Where it stands, and what. */
type Template = readonly [string, string];

/** What the schema cannot say of a request node. */
export const requestProblems = (node: Request): readonly string[] => [
  ...(URL.canParse(node.url) ? [] : ['url: is no address']),
  ...placeProblems(node),
  ...headerProblems(node),
  ...formProblems(node),
  ...keyProblems(node),
];

function placeProblems(node: Request): readonly string[] {
  const { url, query, headers, form, body } = node;
  const shown: readonly Template[] = [['url', url], ...prefixed('query', query)];
  const hidden = [
    ...prefixed('form', form),
    ...textsIn(body).map((text) => ['body', text] as const),
  ];
  const problems = [
    ...shown.flatMap((template) => strangeIn(template, { typed: false, secret: false })),
    ...hidden.flatMap((template) => strangeIn(template, { typed: true, secret: false })),
    ...prefixed('headers', headers).flatMap((template) =>
      strangeIn(template, { typed: true, secret: true }),
    ),
  ];
  const isKept = (node.cacheSeconds ?? 0) > 0 && typedPlaces(node).length > 0;
  return isKept
    ? [...problems, 'cacheSeconds: what is asked with something typed in secret is not kept']
    : problems;
}

/** The places of a template that cannot stand there; addresses are what servers on the way write down. */
function strangeIn(
  [place, template]: Template,
  may: { readonly typed: boolean; readonly secret: boolean },
): readonly string[] {
  return placesIn(template).flatMap((name) => {
    if (isKnownPlace(name)) return [];
    if (isSecretPlace(name))
      return may.secret ? [] : [`${place}: a secret travels in a header only`];
    if (typedName(name) === undefined) return [`${place}: nothing is known as {${name}}`];
    if (may.typed) return [];
    return [`${place}: what is typed in secret travels in body, form or headers only`];
  });
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
): readonly Template[] =>
  Object.entries(templates).map(([name, template]) => [`${place}.${name}`, template] as const);
