/**
 * Imports a file of contacts beside the house, whether it runs or not.
 *
 *   npm run contacts:import -- FILE [--country MX] [--encoding windows-1252] [--delimiter ";"] [--report FILE]
 *
 * Columns, encodings and what is done with each row: docs/identification.md.
 */
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { isCountry } from '../src/callers/callers.ts';
import { silentLogger } from '../src/lib/log.ts';
import { importContacts } from '../src/runtime/contact-import/importer.ts';
import { REPORT_HEADER, reportOf } from '../src/runtime/contact-import/report.ts';
import { DELIMITERS, ENCODINGS, type ImportCounts } from '../src/runtime/ports/import.ts';
import { openContactWriter } from '../src/store/contact-writer.ts';
import { leave, UsageError, withDatabase } from './planning/support.ts';

const HELP = `Imports a file of contacts (CSV) into the database of DATABASE_URL, or the one under DATA_DIR.

  npm run contacts:import -- FILE [--country MX] [--encoding windows-1252] [--delimiter ";"] [--report FILE]

  --country    how numbers without a country's code are read; without it they are rejected
  --encoding   ${ENCODINGS.join(', ')}; found out unless given
  --delimiter  one of ${DELIMITERS.map((one) => JSON.stringify(one)).join(' ')}; found out unless given
  --report     where rejected rows go; FILE.rejected.csv unless given
`;
const PROGRESS_MS = 1_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    country: { type: 'string' },
    encoding: { type: 'string' },
    delimiter: { type: 'string' },
    report: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

await leave(HELP, async () => (values.help ? HELP : importFile()));

async function importFile(): Promise<string> {
  const [path] = positionals;
  if (path === undefined) throw new UsageError('Which file?');
  const encoding = ENCODINGS.find((known) => known === values.encoding);
  const delimiter = DELIMITERS.find((known) => known === values.delimiter);
  if (values.encoding && !encoding) throw new UsageError(`--encoding: ${ENCODINGS.join(', ')}`);
  if (values.delimiter && !delimiter) throw new UsageError('--delimiter: one of those in --help');
  const country = values.country?.toUpperCase();
  if (country && !isCountry(country)) throw new UsageError(`--country: there is no ${country}`);
  const options = {
    ...(country ? { country } : {}),
    ...(encoding ? { encoding } : {}),
    ...(delimiter ? { delimiter } : {}),
  };
  const reportPath = values.report ?? `${path}.rejected.csv`;
  return withDatabase(async (databaseUrl) => {
    const writer = openContactWriter(databaseUrl, silentLogger);
    const report = createWriteStream(reportPath);
    report.write(REPORT_HEADER);
    try {
      const started = performance.now();
      const result = await importContacts(path, writer, options, {
        began: ({ encoding: found, delimiter: separator, ignoredColumns }) =>
          tell(
            `${found}, separated by ${JSON.stringify(separator)}` +
              `${ignoredColumns.length > 0 ? `; not used: ${ignoredColumns.join(', ')}` : ''}\n`,
          ),
        progress: progressTeller(),
        rejected: async (rows) => {
          if (report.write(reportOf(rows))) return;
          await new Promise<void>((resolve) => report.once('drain', resolve));
        },
      });
      tell('\n');
      if (!result.ok) throw new Error(`${path}: ${result.error}`);
      const seconds = (performance.now() - started) / 1_000;
      const rejected = result.value.rejected > 0 ? `; why: ${reportPath}` : '';
      return `${inWords(result.value)}, in ${seconds.toFixed(1)} s${rejected}\n`;
    } finally {
      report.end();
      await finished(report);
      await writer.close();
    }
  });
}

function progressTeller(): (counts: ImportCounts, bytes: number, bytesTotal: number) => void {
  let toldAt = 0;
  return (counts, bytes, bytesTotal) => {
    const now = performance.now();
    if (now - toldAt < PROGRESS_MS && bytes < bytesTotal) return;
    toldAt = now;
    const share = bytesTotal === 0 ? 100 : Math.floor((bytes * 100) / bytesTotal);
    tell(
      `${process.stderr.isTTY ? '\r' : ''}${share} %: ${inWords(counts)}${process.stderr.isTTY ? '' : '\n'}`,
    );
  };
}

function inWords({ read, created, updated, unchanged, rejected, unspoken }: ImportCounts): string {
  const languages = unspoken > 0 ? `; ${unspoken} in a language that is not spoken here` : '';
  return `${read} rows: ${created} new, ${updated} changed, ${unchanged} as they were, ${rejected} rejected${languages}`;
}

function tell(text: string): void {
  process.stderr.write(text);
}
