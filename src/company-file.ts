import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readYaml } from './lib/yaml-source.ts';

const FLOWS = 'flows';

/** A flow that lies in a file of its own; its id is the file's name. */
interface FlowFile {
  readonly id: string;
  readonly document: unknown;
}

/**
 * Reads a company's YAML file, as `config/example/company.yaml` is one, with the flows that lie beside it in `flows/`.
 * Throws, with file, line and column, when one of them is not YAML. What it holds is not looked at.
 */
export function readCompanyFile<Company extends { readonly flows: readonly unknown[] }>(
  file: string | URL,
): Company {
  const path = pathOf(file);
  const company = readYamlFile(path) as Company;
  return { ...company, flows: [...(company.flows ?? []), ...flowsBeside(path)] };
}

const pathOf = (file: string | URL): string =>
  typeof file === 'string' ? file : fileURLToPath(file);

function flowsBeside(path: string): readonly FlowFile[] {
  const folder = join(dirname(path), FLOWS);
  const names = readdirSync(dirname(path)).includes(FLOWS) ? readdirSync(folder).sort() : [];
  return names
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => ({ id: basename(name, '.yaml'), document: readYamlFile(join(folder, name)) }));
}

/** Throws, with file, line and column, when it is not YAML. */
export function readYamlFile(file: string | URL): unknown {
  const path = pathOf(file);
  const source = readYaml(readFileSync(path));
  if (source.ok) return source.value.value;
  throw new Error(source.error.map((problem) => `${path}:${problem}`).join('\n'));
}
