import type { FlowEffect } from '../../src/ivr/vocabulary.ts';
import type { CallContext } from '../../src/model/call.ts';

/** An effect as a person reads it at the terminal; undefined: it is not worth a line. */
export function wordsOf(effect: FlowEffect, { language }: CallContext): string | undefined {
  switch (effect.type) {
    case 'play':
      return effect.prompts
        .map((prompt) =>
          prompt.kind === 'text'
            ? `${prompt.language ?? language}: ${prompt.text}`
            : `♪ ${prompt.name}`,
        )
        .join('\n');
    case 'enqueue':
      return `… waits in the queue ${effect.queueId}, priority ${effect.priority}${skillsOf(effect.requiredSkills)}`;
    case 'request':
      return `… asks ${effect.order.method} ${effect.order.url}`;
    case 'verify':
      return '… has account and PIN checked';
    case 'secret':
      return effect.on ? '… what is typed now is secret' : undefined;
    case 'listen':
      return '… listens';
    case 'hangup':
      return `✖ hung up (${effect.reason})`;
    case 'note':
      return noteOf(effect.event, effect.data);
    case 'stop':
    case 'timer':
    case 'cancelTimer':
    case 'identify':
    case 'stopListening':
      return undefined;
    default:
      return `… ${effect.type} ${detailsOf(effect)}`;
  }
}

/** Of an effect that has no words of its own yet. */
function detailsOf({ type: _, ...rest }: FlowEffect): string {
  const text = JSON.stringify(rest);
  return text === '{}' ? '' : text;
}

const skillsOf = (skills: Readonly<Record<string, number>>): string =>
  Object.entries(skills)
    .map(([name, level]) => `, ${name} ${level}`)
    .join('');

const QUIET: ReadonlySet<string> = new Set(['flow.choice', 'flow.noInput', 'flow.noMatch']);

function noteOf(event: string, data: Readonly<Record<string, unknown>>): string | undefined {
  if (event === 'flow.node') {
    const flow = data.flow === undefined ? '' : `${data.flow} / `;
    return `  [${flow}${data.node}] ${data.type}`;
  }
  if (QUIET.has(event)) return undefined;
  const { node: _, ...rest } = data;
  return `  (${event} ${Object.entries(rest)
    .map(([key, value]) => `${key}=${typeof value === 'object' ? JSON.stringify(value) : value}`)
    .join(' ')})`;
}
