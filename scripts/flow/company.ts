import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { readCompanyFile } from '../../src/company-file.ts';
import type { Known } from '../../src/ivr/node.ts';
import { readYaml, type YamlSource } from '../../src/lib/yaml-source.ts';
import type { CalendarConfig } from '../../src/model/calendar.ts';
import type { Contact } from '../../src/model/contact.ts';
import type { NumberConfig } from '../../src/model/number.ts';

/** What of a company's file flows are concerned with. */
export interface Company {
  readonly numbers: readonly NumberConfig[];
  readonly calendars: readonly CalendarConfig[];
  readonly queues: readonly { readonly id: string }[];
  readonly contacts: readonly Contact[];
  readonly flows: readonly { readonly id: string; readonly document: unknown }[];
}

const NOBODY: Company = { numbers: [], calendars: [], queues: [], contacts: [], flows: [] };
/** The company's file is looked for beside a flow, and so many folders above it. */
const FOLDERS_UP = 3;

/** A file cannot be read, or is no YAML: the lines say where. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

/** The company of that file; without one, the nearest `company.yaml`; undefined: there is none. */
export function companyOf(flowFile: string, path: string | undefined): Company | undefined {
  const file = path ?? nearest(dirname(resolve(flowFile)), FOLDERS_UP);
  if (file === undefined) return undefined;
  try {
    return { ...NOBODY, ...readCompanyFile<Company>(file) };
  } catch (error) {
    throw new Unreadable((error as Error).message);
  }
}

function nearest(folder: string, left: number): string | undefined {
  const file = join(folder, 'company.yaml');
  if (existsSync(file)) return file;
  return left === 0 || dirname(folder) === folder ? undefined : nearest(dirname(folder), left - 1);
}

/** What a flow may name. Without a company every queue and calendar is taken for real. */
export function knownTo(document: unknown, company: Company | undefined): Known {
  if (!company)
    return { queueIds: namesIn(document, 'queue'), calendarIds: namesIn(document, 'calendar') };
  return {
    queueIds: company.queues.map(({ id }) => id),
    calendarIds: company.calendars.map(({ id }) => id),
    flows: company.flows,
  };
}

function namesIn(document: unknown, field: string): readonly string[] {
  const { nodes } = Object(document) as { readonly nodes?: unknown };
  return Object.values(Object(nodes) as object).flatMap((node: unknown) => {
    const value = (Object(node) as Readonly<Record<string, unknown>>)[field];
    return typeof value === 'string' ? [value] : [];
  });
}

/** Under which id a file's flow would go live. */
export const idOf = (file: string): string => basename(file, extname(file));

export function sourceOf(file: string): YamlSource {
  const source = readYaml(bytesOf(file));
  if (source.ok) return source.value;
  throw new Unreadable(source.error.map((problem) => `${file}:${problem}`).join('\n'));
}

function bytesOf(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new Unreadable(`${file} cannot be read: ${(error as Error).message}`);
  }
}
