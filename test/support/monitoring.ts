import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

/** An expression of PromQL, and what is said with what comes of it. */
interface Asked {
  readonly where: string;
  readonly expr: string;
  readonly text: string;
}

interface Measure {
  readonly type: string;
  /** Undefined: nothing has been measured, so nobody knows. */
  readonly labels: ReadonlySet<string> | undefined;
}

const read = (file: string): string =>
  readFileSync(new URL(`../../config/monitoring/${file}`, import.meta.url), 'utf8');

/** Everything that the dashboard and the alert rules ask for. */
function asked(): readonly Asked[] {
  const { panels } = JSON.parse(read('grafana-dashboard.json')) as {
    panels: { title: string; targets?: { expr: string; legendFormat?: string }[] }[];
  };
  const { groups } = parse(read('alerts.yaml')) as {
    groups: { rules: { alert: string; expr: string; annotations: object }[] }[];
  };
  return [
    ...panels.flatMap(({ title, targets = [] }) =>
      targets.map(({ expr, legendFormat = '' }) => ({ where: title, expr, text: legendFormat })),
    ),
    ...groups
      .flatMap(({ rules }) => rules)
      .map(({ alert, expr, annotations }) => ({
        where: alert,
        expr,
        text: JSON.stringify(annotations),
      })),
  ];
}

/** What /metrics has: types by name, labels of what was measured. */
function measuresIn(metrics: string): ReadonlyMap<string, Measure> {
  const measures = new Map<string, { type: string; labels: Set<string> | undefined }>();
  for (const [, name = '', type = ''] of metrics.matchAll(/^# TYPE (\S+) (\S+)$/gm))
    measures.set(name, { type, labels: undefined });
  for (const [, name = '', labels = ''] of metrics.matchAll(/^(\w+)(?:\{(.*)\})? \S+$/gm)) {
    const measure = measures.get(name) ?? measures.get(baseOf(name));
    if (!measure) continue;
    measure.labels ??= new Set();
    for (const [, label = ''] of labels.matchAll(/(\w+)="/g)) measure.labels.add(label);
  }
  return measures;
}

/** Without what PromQL adds to a histogram's name. */
const baseOf = (name: string): string => name.replace(/_(bucket|sum|count)$/, '');

const NAMES = /\b(?:centralita|nodejs|process)_[a-z0-9_]+/g;

function labelsOf({ expr, text }: Asked): readonly string[] {
  const compared = [...expr.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*"/g)].map(([, label = '']) => label);
  const grouped = [...expr.matchAll(/\b(?:by|on)\s*\(([^)]*)\)/g)].flatMap(([, list = '']) =>
    list.split(',').map((label) => label.trim()),
  );
  const said = [...text.matchAll(/\{\{\s*(?:\$labels\.)?(\w+)\s*\}\}/g)].map(
    ([, label = '']) => label,
  );
  return [...compared, ...grouped, ...said];
}

function mistakesOf(one: Asked, measures: ReadonlyMap<string, Measure>): readonly string[] {
  const names = [...new Set(one.expr.match(NAMES) ?? [])];
  const measureOf = (name: string) => measures.get(name) ?? measures.get(baseOf(name));
  const missing = names.filter((name) => !measureOf(name));
  const growing = [...one.expr.matchAll(/\b(?:rate|increase)\((\w+)/g)].map(
    ([, name = '']) => name,
  );
  const noCounters = growing.filter((name) => measureOf(name)?.type === 'gauge');
  const known = names.map((name) => measureOf(name)?.labels);
  const labels = new Set(['job', ...known.flatMap((some) => [...(some ?? [])])]);
  // Where something was never measured, its labels are not known.
  const unknown = known.includes(undefined)
    ? []
    : labelsOf(one).filter((name) => !labels.has(name));
  return [
    ...missing.map((name) => `${one.where}: there is no ${name}`),
    ...noCounters.map((name) => `${one.where}: ${name} is a gauge, which has no rate`),
    ...unknown.map((label) => `${one.where}: nothing there has the label ${label}`),
  ];
}

/** What the dashboard and the alert rules ask for and a house with these metrics has not. */
export function mistakesIn(metrics: string): readonly string[] {
  const measures = measuresIn(metrics);
  return asked().flatMap((one) => mistakesOf(one, measures));
}
