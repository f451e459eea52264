import type { TLocalizedValidationError } from 'typebox/error';
import { wordsOf } from './patterned.ts';

type Finding = TLocalizedValidationError;

/** What a validator found, each with its place: `nodes.menu.choices[2].next: must be string`. */
export function schemaProblems(errors: readonly Finding[], within: string): readonly string[] {
  const findings = errors.filter(({ keyword }) => keyword !== 'boolean');
  const lines = problemsOf(findings).map(([error, words]) => `${placeOf(within, error)}: ${words}`);
  return [...new Set(lines)];
}

/** Each finding in words, and of a union what its author is likely to have meant. */
function problemsOf(findings: readonly Finding[]): readonly (readonly [Finding, string])[] {
  return outermost(findings).flatMap((each) => {
    if (each.keyword !== 'anyOf') return [[each, explain(each)] as const];
    const forms = formsOf(each, findings);
    const meant = meantOf(forms);
    const [only] = meant;
    if (only && meant.length === 1) return problemsOf(only);
    return [[each, meant.length > 0 ? noneOf(meant) : noType(forms)] as const];
  });
}

/** What is no part of a union that did not fit as a whole. */
function outermost(findings: readonly Finding[]): readonly Finding[] {
  const unions = findings.filter(({ keyword }) => keyword === 'anyOf');
  return findings.filter((each) => !unions.some((union) => isWithin(each, union)));
}

/** The same schema is many elements' of a list: the place counts as well. */
const isWithin = (finding: Finding, union: Finding): boolean =>
  finding.schemaPath.startsWith(`${union.schemaPath}/anyOf/`) &&
  `${finding.instancePath}/`.startsWith(`${union.instancePath}/`);

/** One form of a union, and why the value is not of it. */
interface Form {
  readonly findings: readonly Finding[];
  readonly isOfOtherType: boolean;
}

function formsOf(union: Finding, findings: readonly Finding[]): readonly Form[] {
  const start = `${union.schemaPath}/anyOf/`;
  const forms = new Map<string, Finding[]>();
  for (const each of findings.filter((finding) => isWithin(finding, union))) {
    const [index = ''] = each.schemaPath.slice(start.length).split('/');
    forms.set(index, [...(forms.get(index) ?? []), each]);
  }
  return [...forms].map(([index, form]) => ({
    findings: form,
    isOfOtherType: form[0]?.keyword === 'type' && form[0].schemaPath === start + index,
  }));
}

/**
 * A union reports every form that did not fit: those that are of the value's type, and of them the ones with the
 * least amiss. A text that is too long is meant to be a text.
 */
function meantOf(forms: readonly Form[]): readonly (readonly Finding[])[] {
  const amiss = forms
    .filter(({ isOfOtherType }) => !isOfOtherType)
    .map(({ findings }) => ({ findings, count: outermost(findings).length }));
  const least = Math.min(...amiss.map(({ count }) => count));
  return amiss.flatMap(({ findings, count }) => (count === least ? [findings] : []));
}

/** `lacks equals; or lacks in`: what each form would need. */
function noneOf(forms: readonly (readonly Finding[])[]): string {
  const needs = forms.flatMap((form) => {
    const words = form.filter(({ keyword }) => keyword === 'required').map(explain);
    return words.length > 0 ? [words.join(', ')] : [];
  });
  const none = 'has none of the forms that are known here';
  return needs.length > 0 ? `${none}: ${[...new Set(needs)].join('; or ')}` : none;
}

/** `must be string or object`: nothing was written that could be meant. */
function noType(forms: readonly Form[]): string {
  const types = forms.flatMap(({ findings: [first] }) =>
    first?.keyword === 'type' ? [first.params.type].flat() : [],
  );
  return `must be ${[...new Set(types)].join(' or ')}`;
}

function explain(error: Finding): string {
  switch (error.keyword) {
    case 'additionalProperties':
      return `there is no such field: ${error.params.additionalProperties.join(', ')}`;
    case 'required':
      return `lacks ${error.params.requiredProperties.join(', ')}`;
    case 'enum':
      return `must be one of ${error.params.allowedValues.join(', ')}`;
    case 'pattern':
      return `must be ${wordsOf(error.params.pattern) ?? `as ${error.params.pattern}`}`;
    default:
      return error.message;
  }
}

function placeOf(within: string, error: Finding): string {
  const place = error.instancePath
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((path, part) => (/^\d+$/.test(part) ? `${path}[${part}]` : join(path, part)), within);
  return place === '' ? 'flow' : place;
}

const join = (path: string, part: string): string => (path === '' ? part : `${path}.${part}`);
