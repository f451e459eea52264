import type { FlowEvent, RequestAnswer } from '../../src/ivr/vocabulary.ts';
import type { Walk } from './walk.ts';

/** Something that can be typed: what it is called, what it takes, what it does. False: not now. */
interface Command {
  readonly takes: string;
  readonly help: string;
  run(walk: Walk, argument: string): boolean;
}

const QUEUE_ENDS: Readonly<Record<string, (exit: string) => FlowEvent>> = {
  timeout: () => ({ type: 'queueLeft', why: 'timeout' }),
  full: () => ({ type: 'queueLeft', why: 'full' }),
  overflow: (exit) => ({ type: 'queueLeft', why: 'overflow', exit }),
};

const queueEnd = (name: string, takes: string, help: string): Command => ({
  takes,
  help,
  run(walk, argument) {
    const event = QUEUE_ENDS[name]?.(argument);
    if (!event || !walk.asked('enqueue')) return false;
    walk.event(event, 'enqueue');
    return true;
  },
});

const VERIFIED = ['verified', 'failed', 'locked', 'unavailable'] as const;

const REFUSALS = ['number', 'notAllowed', 'refused'] as const;

const COMMANDS: Readonly<Record<string, Command>> = {
  who: {
    takes: '[NUMBER]',
    help: 'a new call from that number; without one it is withheld',
    run(walk, number) {
      walk.call(number === '' ? undefined : number);
      return true;
    },
  },
  during: {
    takes: 'KEYS',
    help: 'keys that the caller will press while the next prompt is being said',
    run(walk, keys) {
      walk.during(keys);
      return /^[0-9*#A-D]+$/.test(keys);
    },
  },
  wait: {
    takes: '',
    help: 'time passes until something happens (an empty line does the same)',
    run: (walk) => walk.wait(),
  },
  time: {
    takes: 'YYYY-MM-DDTHH:MM:SSZ',
    help: 'sets the clock',
    run(walk, text) {
      const now = Date.parse(text);
      if (!Number.isNaN(now)) walk.setTime(now);
      return !Number.isNaN(now);
    },
  },
  agent: {
    takes: '',
    help: 'somebody answers the call that waits in a queue, and hangs up if the flow goes on then',
    run(walk) {
      const asked = walk.asked('enqueue');
      if (!asked) return false;
      walk.print('☺ talks to an agent, who hangs up');
      if (!asked.goesOnAfterwards) return walk.leave();
      walk.event({ type: 'connected' });
      walk.event({ type: 'agentLeft' }, 'enqueue');
      return true;
    },
  },
  timeout: queueEnd('timeout', '', "the queue's maximum wait is over"),
  full: queueEnd('full', '', 'the queue takes nobody'),
  overflow: queueEnd('overflow', 'EXIT', 'a rule of overflow of the queue names that exit'),
  answer: {
    takes: '[STATUS] [NAME=VALUE …] | WHY',
    help: 'what the system answers that was asked: answer estado=enviado · answer 404 · answer timeout',
    run(walk, text) {
      const asked = walk.asked('request');
      if (!asked) return false;
      walk.event({ type: 'requested', id: asked.id, answer: answerOf(text) }, 'request');
      return true;
    },
  },
  heard: {
    takes: '[CONFIDENCE] WORDS',
    help: 'what the recogniser believes to have heard, 0.9 sure or as sure as you say',
    run(walk, text) {
      const [, number, words = ''] = /^(0?\.\d+|1)?\s*(.*)$/.exec(text) ?? [];
      if (!walk.asked('listen') || words === '') return false;
      walk.event({ type: 'speaking' });
      walk.event(
        { type: 'heard', alternatives: [{ text: words, confidence: Number(number ?? 0.9) }] },
        'listen',
      );
      return true;
    },
  },
  silence: {
    takes: '[failed|unavailable]',
    help: 'the recogniser heard nothing, failed, or is not there',
    run(walk, text) {
      if (!walk.asked('listen')) return false;
      const why = text === 'failed' || text === 'unavailable' ? text : 'silence';
      walk.event({ type: 'notHeard', why }, 'listen');
      return true;
    },
  },
  verified: {
    takes: '[failed|locked|unavailable]',
    help: 'whether account and PIN are right',
    run(walk, text) {
      const asked = walk.asked('verify');
      const result = VERIFIED.find((known) => known === (text || 'verified'));
      if (!asked || !result || !walk.context) return false;
      const { context } = walk;
      walk.event(
        { type: 'verified', id: asked.id, result, ...(result === 'verified' ? { context } : {}) },
        'verify',
      );
      return true;
    },
  },
  promise: {
    takes: '[number|notAllowed|refused]',
    help: 'the caller is promised a call back, or why not',
    run(walk, text) {
      const why = REFUSALS.find((known) => known === text);
      if (!walk.asked('callback') || (text !== '' && !why)) return false;
      walk.event(why ? { type: 'callbackRefused', why } : { type: 'callbackMade' }, 'callback');
      return true;
    },
  },
  recorded: {
    takes: '[SECONDS]',
    help: 'the caller has spoken for so long, and stops',
    run(walk, seconds) {
      if (!walk.asked('record')) return false;
      const durationMs = Number(seconds || 5) * 1_000;
      walk.event({ type: 'recorded', recordingId: 'r1', durationMs, why: 'silence' }, 'record');
      return true;
    },
  },
  event: {
    takes: 'JSON',
    help: 'any event of src/ivr/vocabulary.ts',
    run(walk, json) {
      try {
        walk.event(JSON.parse(json) as FlowEvent);
        return true;
      } catch {
        return false;
      }
    },
  },
  hangup: {
    takes: '',
    help: 'the caller hangs up',
    run(walk) {
      walk.print('✖ the caller hung up');
      return walk.leave();
    },
  },
};

/** Does what a line says. False: it says nothing that can be done now. */
export function obey(walk: Walk, line: string): boolean {
  const text = line.trim();
  if (/^[0-9*#]+$/.test(text)) {
    walk.keys(text);
    return true;
  }
  const [name = '', ...rest] = text.split(/\s+/);
  const command = COMMANDS[name === '' ? 'wait' : name];
  return command?.run(walk, rest.join(' ')) ?? false;
}

export const COMMAND_HELP = [
  ['KEYS', 'keys of the telephone: 0-9 * #'],
  ...Object.entries(COMMANDS).map(([name, { takes, help }]) => [`${name} ${takes}`.trim(), help]),
  ['context', 'what is known of the call'],
  ['quit', 'leaves'],
]
  .map(([name = '', help = '']) => `  ${name.padEnd(34)} ${help}`)
  .join('\n');

/** `404` · `estado=enviado dia=lunes` · `200 estado=enviado` · `timeout`. */
function answerOf(text: string): RequestAnswer {
  const words = text.split(/\s+/).filter(Boolean);
  const status = Number(words.find((word) => /^\d{3}$/.test(word)) ?? 200);
  const pairs = words
    .filter((word) => word.includes('='))
    .map((word) => word.split('=') as [string, string]);
  const why = words.find((word) => /^[a-zA-Z]+$/.test(word));
  if (why) return { ok: false, why: why as Extract<RequestAnswer, { ok: false }>['why'] };
  if (status >= 300) return { ok: false, why: 'status', status };
  return { ok: true, status, variables: Object.fromEntries(pairs) };
}
