import { lintInSteps } from '../acd/lint.ts';
import { parseFlow } from '../ivr/flow.ts';
import { inSlices } from '../lib/slices.ts';
import type { Finding, LintFigures } from '../model/finding.ts';
import type { FlowId } from '../model/ids.ts';
import { compileInSteps } from './directory.ts';
import { knownOf } from './flow/memory.ts';
import { flowWarnings, type HouseFacts } from './lint-flow.ts';
import { houseFindings } from './lint-house.ts';
import type { Configuration, ConfigurationSource, Linter } from './ports/index.ts';

/** Lints what is stored, or what somebody would like to store; of flows it asks itself what is stored beside them. */
export function createLinter(source: ConfigurationSource, facts: HouseFacts = {}): Linter {
  const check = async (
    configuration: Configuration,
    figures: LintFigures = {},
  ): Promise<readonly Finding[]> => {
    const { queues, agents } = configuration;
    const findings = await inSlices(lintInSteps(queues, agents, figures));
    // Nothing is run, so that no zone matters.
    const compiled = await inSlices(compileInSteps(configuration, 'UTC'));
    if ('problems' in compiled)
      return [...findings.filter(isError), ...compiled.problems.map(errorOf)];
    if (findings.some(isError)) return findings;
    return [...findings, ...(await houseFindings(configuration, compiled.directory, facts))];
  };
  const flow = async (document: unknown, id?: FlowId): Promise<readonly string[]> => {
    const configuration = await source.load();
    const parsed = parseFlow(document, knownOf(configuration), id);
    if (!parsed.ok) return [];
    const isThere = await facts.recordings?.();
    const warnings = flowWarnings(parsed.value, configuration, facts, isThere);
    return warnings.map(({ place, message }) => `${place}: ${message}`);
  };
  return { check, flow };
}

const isError = ({ severity }: Finding): boolean => severity === 'error';

/** The sentence names its object first: `number 8005550100: there is no flow x`. */
function errorOf(message: string): Finding {
  const [, noun = '', key = ''] = /^(\w+) (\S+?):/.exec(message) ?? [];
  return {
    severity: 'error',
    code: 'CONFIG_INVALID',
    place: noun === '' ? '' : `${noun}s/${key}`,
    message,
  };
}
