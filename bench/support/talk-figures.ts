import type { Seen } from './capture.ts';
import { distribution, spread } from './percentiles.ts';
import type { TalkFigures } from './talk.ts';
import { type Label, labelOf, PCMA } from './talk-label.ts';

/** What is sent so shortly before the end may still be on its way. */
const LAST_MS = 500;

interface Arrival {
  readonly atMs: number;
  readonly label: Label | undefined;
}

/** What became of the talkers' packets, by what was seen of them on both sides of the switch. */
export function passage(
  seen: readonly Seen[],
  ports: readonly number[],
): Omit<TalkFigures, 'measuredBy'> {
  const ours = new Set(ports);
  const sent = ports.map(() => new Map<number, number>());
  const arrivals = new Map(ports.map((port): [number, Arrival[]] => [port, []]));
  for (const { atMs, from, to, data } of seen) {
    if (((data[1] ?? 0) & 0x7f) !== PCMA) continue;
    const label = labelOf(data);
    if (ours.has(from)) label && sent[label.talker]?.set(label.count, atMs);
    else arrivals.get(to)?.push({ atMs, label });
  }
  const phones = sent.flatMap((counts) => between([...counts.values()]));
  const received = [...arrivals.values()];
  const through = received.flatMap((each) => passed(each, sent));
  const count = (lists: Iterable<{ readonly length: number }>) =>
    [...lists].reduce((sum, { length }) => sum + length, 0);
  return {
    sent: sent.reduce((sum, { size }) => sum + size, 0),
    received: count(received),
    ...(phones.length > 0 && { phonesSpacingMs: spread(phones) }),
    switchSpacingMs: spread(received.flatMap((each) => between(each.map(({ atMs }) => atMs)))),
    ...(through.length > 0 && {
      lost: lostOf(sent, received, seen.at(-1)?.atMs ?? 0),
      throughSwitchMs: distribution(through.map(({ ms }) => ms)),
      addedSpacingMs: spread(through.flatMap(({ addedMs = [] }) => addedMs)),
    }),
  };
}

const between = (moments: readonly number[]): number[] =>
  moments.slice(1).map((at, index) => at - (moments[index] ?? at));

interface Passed {
  readonly ms: number;
  /** More than its predecessor from the same talker took. */
  readonly addedMs?: number;
}

function passed(arrivals: readonly Arrival[], sent: readonly ReadonlyMap<number, number>[]) {
  const through: Passed[] = [];
  let before: { readonly label: Label; readonly ms: number } | undefined;
  for (const { atMs, label } of arrivals) {
    const sentMs = label && sent[label.talker]?.get(label.count);
    if (!label || sentMs === undefined) continue;
    const ms = atMs - sentMs;
    const follows = before?.label.talker === label.talker && before.label.count === label.count - 1;
    through.push(follows && before ? { ms, addedMs: ms - before.ms } : { ms });
    before = { label, ms };
  }
  return through;
}

/** Of those whom somebody hears: what was sent after the first packet that came, and never came itself. */
function lostOf(
  sent: readonly ReadonlyMap<number, number>[],
  received: readonly (readonly Arrival[])[],
  endMs: number,
): number {
  const came = sent.map(() => new Set<number>());
  for (const { label } of received.flat()) if (label) came[label.talker]?.add(label.count);
  let lost = 0;
  for (const [talker, counts] of sent.entries()) {
    const heard = came[talker] ?? new Set();
    const first = Math.min(...heard);
    for (const [count, atMs] of counts)
      if (count > first && atMs < endMs - LAST_MS && !heard.has(count)) lost += 1;
  }
  return lost;
}
