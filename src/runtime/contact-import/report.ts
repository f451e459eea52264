import type { RejectedRow } from '../ports/import.ts';

export const REPORT_HEADER = 'row,reason\n';

/** RFC 4180. What begins as a formula does is text to a spreadsheet all the same. */
export const reportOf = (rows: readonly RejectedRow[]): string =>
  rows
    .map(({ line, reason }) => {
      const text = /^[=+\-@\t]/.test(reason) ? `'${reason}` : reason;
      return `${line},"${text.replaceAll('"', '""')}"\n`;
    })
    .join('');
