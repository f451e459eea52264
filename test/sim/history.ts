/** One call of a recorded day. */
export interface RecordedArrival {
  /** Epoch milliseconds; only the gaps count. */
  readonly at: number;
  readonly queue?: string;
}

/**
 * Reads arrivals from JSON (an array of times, or of objects with `at` and perhaps `queue`) or from CSV (a header with
 * `at` and perhaps `queue`). A time is an ISO date or epoch milliseconds. Throws with the line that is wrong.
 */
export function parseArrivals(text: string): readonly RecordedArrival[] {
  const rows = /^\s*\[/.test(text) ? jsonRows(text) : csvRows(text);
  const arrivals = rows.map(({ at, queue }, index) => {
    const time = typeof at === 'number' ? at : Date.parse(String(at));
    if (!Number.isFinite(time)) throw new Error(`Arrival ${index + 1}: "${at}" is no time.`);
    return { at: time, ...(queue ? { queue: String(queue) } : {}) };
  });
  if (arrivals.length === 0) throw new Error('There are no arrivals.');
  return arrivals.sort((a, b) => a.at - b.at);
}

interface Row {
  readonly at: unknown;
  readonly queue?: unknown;
}

const jsonRows = (text: string): readonly Row[] =>
  (JSON.parse(text) as readonly (Row | string | number)[]).map((row) =>
    typeof row === 'object' ? row : { at: row },
  );

function csvRows(text: string): readonly Row[] {
  const [header = '', ...lines] = text.trim().split(/\r?\n/);
  const names = header.split(',').map((name) => name.trim());
  const [at, queue] = [names.indexOf('at'), names.indexOf('queue')];
  if (at < 0) throw new Error('The first line must name a column "at".');
  return lines.map((line) => {
    const cells = line.split(',').map((cell) => cell.trim());
    const time = cells[at] ?? '';
    return { at: /^\d+$/.test(time) ? Number(time) : time, queue: cells[queue] };
  });
}
