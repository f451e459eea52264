import { createHash } from 'node:crypto';
import { needsOf } from '../../facts/measures.ts';
import { type Period, periodsOf } from '../../facts/periods.ts';
import { dayOf } from '../../lib/zone.ts';
import type { IntervalQuery, ReportText } from '../../runtime/ports/reports.ts';
import type { Queryable } from '../pool.ts';
import { readVersions } from './days.ts';
import { type FigureRow, ofTeams, readKeys, readSums, tablesOf } from './interval-question.ts';
import { IntervalWriter, type Line } from './interval-text.ts';
import type { KeptRows, PieceRows } from './kept-rows.ts';
import type { Needs } from './teller.ts';

/** A question, with what is made of it once. */
interface Asked {
  readonly db: Queryable;
  readonly query: IntervalQuery;
  readonly periods: readonly Period[];
  readonly needs: Needs;
  readonly writer: IntervalWriter;
}

/** Reads, computes and writes down one page of figures; of what has not changed since it was written, nothing is read. */
export async function readIntervals(
  db: Queryable,
  question: IntervalQuery,
  asOf: number | undefined,
  kept: KeptRows,
): Promise<ReportText> {
  const query = await ofTeams(db, question);
  const periods = [...periodsOf(query.interval, query.zone, query.from, query.to)];
  const needs = tablesOf(needsOf(query.measures, query.serviceLevel));
  const asked = { db, query, periods, needs, writer: new IntervalWriter(query, needs) };
  const found = isOnePage(question, periods) ? await readPieces(asked, kept) : {};
  if (found.pieces) return { text: asked.writer.whole(inOrder(found.pieces), asOf, undefined) };
  return readPage(asked, !question.keys, asOf, found.rows);
}

// ---- A page of many -----------------------------------------------------------------------------------------

async function readPage(
  { db, query, periods, needs, writer }: Asked,
  isOfAll: boolean,
  asOf: number | undefined,
  known: readonly FigureRow[] | undefined,
): Promise<ReportText> {
  const rows = known ?? (await readSums(db, query, periods, needs));
  const keys = query.empty ? await readKeys(db, query, isOfAll) : undefined;
  const some = linesOf(periods, rows);
  const lines = keys ? filled(query, periods, keys, some) : some;
  const shown = lines.slice(0, query.limit);
  const last = shown.at(-1);
  const next =
    lines.length > query.limit && last ? ([last.key, last.period.from] as const) : undefined;
  const text = writer.whole([writer.rows(shown)], asOf, next);
  return { text, ...(next ? { next } : {}) };
}

// ---- All of it, by pieces that are kept -----------------------------------------------------------------------

/** Rows that are kept together: of one day of the zone, or of one longer interval. */
interface Piece {
  readonly id: string;
  readonly version: string;
  /** Places among the query's periods. */
  readonly begins: number;
  readonly ends: number;
}

/** Whether it may be: whose empty intervals are wanted has to be known, and there may be no more than the page holds. */
function isOnePage(
  { by, keys, after, empty, limit }: IntervalQuery,
  { length }: readonly Period[],
): boolean {
  if (after || length === 0) return false;
  const known = by === 'all' ? 1 : keys?.length;
  return empty ? known !== undefined && known * length <= limit : length <= limit;
}

interface Found {
  readonly pieces?: readonly PieceRows[];
  /** What was read, when it is more than one page. */
  readonly rows?: readonly FigureRow[];
}

/** What is kept, and from the first to the last piece that is not, everything anew. Empty: there is more than one page. */
async function readPieces(asked: Asked, kept: KeptRows): Promise<Found> {
  const { db, query, periods, needs } = asked;
  const pieces = await piecesOf(db, query, periods);
  const known = pieces.map(({ id, version }) => kept.get(id, version));
  const first = known.indexOf(undefined);
  if (first >= 0) {
    const missing = pieces.slice(first, known.lastIndexOf(undefined) + 1);
    const from = missing[0]?.begins ?? 0;
    const span = periods.slice(from, missing.at(-1)?.ends);
    const rows = await readSums(db, query, span, needs);
    if (rows.length > query.limit) return span.length === periods.length ? { rows } : {};
    const byPiece = shared(rows, missing, from);
    for (const [index, piece] of missing.entries()) {
      known[first + index] = written(asked, piece, byPiece[index] ?? []);
      kept.set(piece.id, piece.version, known[first + index] ?? []);
    }
  }
  const found = known.map((rows) => rows ?? []);
  const count = found.flat().reduce((sum, rows) => sum + rows.count, 0);
  return count > query.limit ? {} : { pieces: found };
}

/** The periods of a day of the zone belong together; of longer ones each stands alone. */
async function piecesOf(
  db: Queryable,
  query: IntervalQuery,
  periods: readonly Period[],
): Promise<readonly Piece[]> {
  const { by, keys, interval, zone, measures, serviceLevel, empty, format } = query;
  const question = [by, keys, interval, zone, measures, serviceLevel, empty, format];
  const digest = createHash('sha1').update(JSON.stringify(question)).digest('base64');
  const versionOf = await readVersions(db, periods[0]?.from ?? 0, periods.at(-1)?.to ?? 0);
  const days = periods.map(({ from }) => dayOf(zone, from));
  const beginnings = [...periods.keys()].filter((n) => n === 0 || days[n] !== days[n - 1]);
  return beginnings.map((begins, index) => {
    const ends = beginnings[index + 1] ?? periods.length;
    const [from, to] = [periods[begins]?.from ?? 0, periods[ends - 1]?.to ?? 0];
    return { begins, ends, id: `${digest} ${from} ${to}`, version: versionOf(from, to) };
  });
}

/** Each row for the piece that its period is of. `from`: the place of the period that rows count from. */
function shared(
  rows: readonly FigureRow[],
  pieces: readonly Piece[],
  from: number,
): readonly (readonly FigureRow[])[] {
  const pieceOf = pieces.flatMap(({ begins, ends }, index) =>
    Array.from({ length: ends - begins }, () => index),
  );
  const byPiece: FigureRow[][] = pieces.map(() => []);
  for (const row of rows) byPiece[pieceOf[row.n] ?? -1]?.push({ ...row, n: row.n + from });
  return byPiece;
}

/** The piece's rows, by key. */
function written(
  { query, periods, writer }: Asked,
  { begins, ends }: Piece,
  rows: readonly FigureRow[],
): PieceRows {
  const lines = query.empty
    ? filled(query, periods.slice(begins, ends), query.keys ?? [''], linesOf(periods, rows))
    : linesOf(periods, rows);
  const keys = [...new Set(lines.map(({ key }) => key))];
  return keys.map((key) => {
    const own = lines.filter((line) => line.key === key);
    return { key, count: own.length, text: writer.rows(own) };
  });
}

/** The rows of all pieces in the order of the key, and then of time. */
function inOrder(pieces: readonly PieceRows[]): readonly string[] {
  const byKey = new Map<string, string[]>();
  for (const { key, text } of pieces.flat()) {
    const known = byKey.get(key);
    if (known) known.push(text);
    else byKey.set(key, [text]);
  }
  return [...byKey.keys()].sort().flatMap((key) => byKey.get(key) ?? []);
}

// ---- Rows ---------------------------------------------------------------------------------------------------

const linesOf = (periods: readonly Period[], rows: readonly FigureRow[]): readonly Line[] =>
  rows.flatMap((row) => {
    const period = periods[row.n];
    return period ? [{ key: row.key, period, texts: row }] : [];
  });

/** Every period of every key, from where the page begins, as many as it takes. */
function filled(
  { after, limit }: IntervalQuery,
  periods: readonly Period[],
  keys: readonly string[],
  lines: readonly Line[],
): readonly Line[] {
  const known = new Map(lines.map((line) => [`${line.key}\n${line.period.from}`, line]));
  const all: Line[] = [];
  for (const key of keys) {
    if (after && key < after[0]) continue;
    for (const period of periods) {
      if (after && key === after[0] && period.from <= after[1]) continue;
      all.push(known.get(`${key}\n${period.from}`) ?? { key, period });
      if (all.length > limit) return all;
    }
  }
  return all;
}
