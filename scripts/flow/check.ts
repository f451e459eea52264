import { flowChecker, parseFlow, recordingsOf } from '../../src/ivr/flow.ts';
import { show, type YamlSource } from '../../src/lib/yaml-source.ts';
import { type Company, companyOf, idOf, knownTo, sourceOf } from './company.ts';

/** What was found in a file: each problem with file, line and column; and a line that says what was looked at. */
export interface Finding {
  readonly problems: readonly string[];
  readonly summary: string;
}

/** Checks a flow's file, or all flows of a company's. */
export function checkFile(file: string, companyFile: string | undefined): Finding {
  const source = sourceOf(file);
  const inside = flowsInside(source.value);
  const company = companyOf(file, inside ? file : companyFile);
  if (!inside) return checkFlow(file, source, company);
  const problems = inside.flatMap(({ id, document }, at) =>
    flowChecker
      .check(document, knownTo(document, company), id)
      .map((problem) =>
        located(file, source, `flows[${at}].document.${problem}`, `${id}: ${problem}`),
      ),
  );
  return { problems, summary: `${file}: ${inside.length} flows without problems` };
}

function checkFlow(file: string, source: YamlSource, company: Company | undefined): Finding {
  const parsed = parseFlow(source.value, knownTo(source.value, company), idOf(file));
  if (!parsed.ok)
    return {
      problems: parsed.error.map((problem) => located(file, source, problem, problem)),
      summary: '',
    };
  const { nodes, languages } = parsed.value;
  const recordings = [...new Set(recordingsOf(parsed.value).map(({ name }) => name))];
  const note = [
    ...(company ? [] : ['; no company.yaml: queues and calendars were not looked for']),
    ...(recordings.length > 0 ? [`; to be uploaded: ${recordings.join(', ')}`] : []),
  ].join('');
  return {
    problems: [],
    summary: `${file}: ${nodes.size} ${nodes.size === 1 ? 'node' : 'nodes'} in ${languages.join(', ')} without problems${note}`,
  };
}

const located = (file: string, source: YamlSource, place: string, problem: string): string =>
  `${file}:${show(source.positionOf(place))}: ${problem}`;

interface FlowEntry {
  readonly id: string;
  readonly document: unknown;
}

/** The flows of a company's file; undefined: it is a flow itself. */
function flowsInside(value: unknown): readonly FlowEntry[] | undefined {
  const { flows } = Object(value) as { readonly flows?: unknown };
  return Array.isArray(flows) ? (flows as FlowEntry[]) : undefined;
}
