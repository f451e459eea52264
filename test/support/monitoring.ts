import { readFileSync } from 'node:fs';

const FOLDER = new URL('../../config/monitoring/', import.meta.url);

/** Every measure that the dashboard and the alert rules name, without what PromQL adds to a histogram's name. */
export function measuresAskedFor(): readonly string[] {
  const texts = ['grafana-dashboard.json', 'alerts.yaml'].map((file) =>
    readFileSync(new URL(file, FOLDER), 'utf8'),
  );
  const names = texts.flatMap(
    (text) => text.match(/\b(centralita|nodejs|process)_[a-z0-9_]+/g) ?? [],
  );
  return [...new Set(names.map((name) => name.replace(/_(bucket|sum|count)$/, '')))].sort();
}
