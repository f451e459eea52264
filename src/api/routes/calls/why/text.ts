import type { Decision, Explanation } from '../../../../model/explanation.ts';
import { candidateLines, causeOf, sentenceOf, type WriteTime } from './sentences.ts';

/** Who called, as far as anybody knows. */
export interface Caller {
  readonly name?: string;
  readonly ani?: string;
  readonly status: string;
  readonly intent?: string;
  readonly arrivedAt: number;
}

/** An explanation to be read from top to bottom, times in the zone. */
export function explanationText(caller: Caller, explanation: Explanation, zone: string): string {
  const time = timeIn(zone);
  const lines = [headline(caller, explanation, zone), ''];
  if (explanation.decisions.length === 0) lines.push('This call was never in a queue.');
  let last = 0;
  for (const decision of explanation.decisions) {
    if (explanation.omitted > 0 && last++ === explanation.decisions.length >> 1) {
      lines.push(`              … ${explanation.omitted} decisions left out …`);
    }
    lines.push(...linesOf(decision, time));
  }
  return `${lines.join('\n')}\n`;
}

function headline(
  { name, ani, status, intent, arrivedAt }: Caller,
  why: Explanation,
  zone: string,
) {
  const date = new Intl.DateTimeFormat('en-CA', { timeZone: zone, dateStyle: 'short' });
  const what = [status, intent].filter(Boolean).join(', ');
  const who = `${name ?? ani ?? 'Anonymous'} (${what})`;
  return `${who}, arrived ${date.format(arrivedAt)} ${timeIn(zone)(arrivedAt)} ${zone}, call ${why.callId}`;
}

function linesOf(decision: Decision, time: WriteTime): readonly string[] {
  const cause = decision.kind === 'change' ? '' : `  [${causeOf(decision.cause)}]`;
  const line = `${time(decision.at)}  ${sentenceOf(decision, time)}${cause}`;
  if (!('candidates' in decision)) return [line];
  const chosenId = decision.kind === 'offered' ? decision.agentId : undefined;
  return [line, ...candidateLines(decision.candidates, time, chosenId).map(indented)];
}

const indented = (line: string): string => `              ${line}`;

/** Throws on a zone that there is not. */
export function timeIn(zone: string): WriteTime {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    hourCycle: 'h23',
  });
  return (at) => format.format(at);
}
