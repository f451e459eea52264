import { usageError } from './errors.ts';

const UNITS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A span from now on (`45m`, `2h`, `90d`), a day or a time, as the API has it. `option` is what it was typed for. */
export function momentOf(option: string, typed: string, now: number): string {
  const [, count, unit] = /^(\d{1,4})([mhd])$/.exec(typed) ?? [];
  const isTime = /^\d{4}-\d\d-\d\d/.test(typed);
  const at = unit
    ? now + Number(count) * UNITS[unit as keyof typeof UNITS]
    : Date.parse(isTime ? typed : '');
  if (Number.isNaN(at))
    throw usageError(`${option}: 45m, 2h, 90d, or a time such as 2026-11-23T09:00:00Z.`);
  return new Date(at).toISOString();
}
