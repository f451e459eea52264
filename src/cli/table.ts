/** What people read: columns as wide as they need to be; numbers to the right. */
export function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const lines = [head, ...rows.map((row) => row.map(show))];
  const widths = head.map((_, column) =>
    Math.max(...lines.map((line) => widthOf(line[column] ?? ''))),
  );
  const isNumber = head.map(
    (_, column) => rows.length > 0 && rows.every((row) => typeof row[column] !== 'string'),
  );
  return lines
    .map((line) =>
      line
        .map((cell, column) => padded(cell, widths[column] ?? 0, isNumber[column] ?? false))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
    .concat('\n');
}

/** Absent: nothing to say. */
export type Cell = string | number | undefined;

const show = (cell: Cell): string => (cell === undefined ? '–' : clean(String(cell)));

/** A caller's name, or a reason, must not steer the terminal. */
export const clean = (text: string): string => text.replace(/[\p{Cc}\p{Cf}]/gu, '');

const widthOf = (text: string): number => [...text].length;

function padded(text: string, width: number, toRight: boolean): string {
  const space = ' '.repeat(Math.max(0, width - widthOf(text)));
  return toRight ? space + text : text + space;
}

/** `75` → `1:15`; hours from sixty minutes on. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [
    Math.floor(whole / 3_600),
    Math.floor(whole / 60) % 60,
    whole % 60,
  ];
  const two = (value: number): string => String(value).padStart(2, '0');
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** How long ago an ISO time was. */
export const since = (iso: string | undefined, now: number): string | undefined =>
  iso === undefined ? undefined : clock((now - Date.parse(iso)) / 1_000);
