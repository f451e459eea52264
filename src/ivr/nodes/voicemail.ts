import Type, { type Static } from 'typebox';
import { type NodeKind, type Outcome, OVER, spokenAt } from '../node.ts';
import { PromptRefs, type Texts } from '../prompt-schema.ts';
import type { Turn } from '../turn.ts';
import type { FlowEvent } from '../vocabulary.ts';

/**
 * Takes a message. What was said is kept when the caller hangs up, at whatever moment, unless it is shorter than
 * `minSeconds`, from the first sound to the last: silence is no message.
 *
 *   entered ─▶ greeting ──played, any key──▶ recording ──key, silence, limit──▶ reviewing ──1, silence──▶ thanking ─▶ `next`
 *                                ▲               │ too short, failed                 │  ▲                      └▶ hangup
 *                                │               ▼                               2   │  │ played
 *                                │           apologising ─▶ `failed`, hangup    ┌────┘  │
 *                                └──────────────────────────────────────────────┘  3 ─▶ listening
 *
 * | event    | in          | comes to                                                                  |
 * |----------|-------------|---------------------------------------------------------------------------|
 * | entered  |             | the greeting                                                              |
 * | played   | greeting    | record, with a beep                                                       |
 * | digit    | greeting    | record at once                                                            |
 * | recorded | recording   | reviewing, or thanks without `review`; too short: once more; failed: says so |
 * | digit    | reviewing   | 1: kept · 2: again · 3: listen                                            |
 * | timeout  | reviewing   | kept                                                                      |
 * | played   | listening   | reviewing                                                                 |
 * | played   | thanking    | `next`, or hangup                                                         |
 * | played   | apologising | `failed`, or hangup                                                       |
 */
const Voicemail = Type.Object(
  {
    type: Type.Literal('voicemail'),
    prompts: Type.Optional(PromptRefs),
    /** Whose message it is, to begin with. */
    queue: Type.Optional(Type.String({ minLength: 1 })),
    agent: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
    maxSeconds: Type.Optional(Type.Integer({ minimum: 5, maximum: 600, default: 120 })),
    minSeconds: Type.Optional(Type.Number({ minimum: 0.5, maximum: 10, default: 1 })),
    silenceSeconds: Type.Optional(Type.Integer({ minimum: 2, maximum: 30, default: 5 })),
    review: Type.Optional(Type.Boolean({ default: true })),
    reviewPrompts: Type.Optional(PromptRefs),
    thanks: Type.Optional(PromptRefs),
    apology: Type.Optional(PromptRefs),
    next: Type.Optional(Type.String({ minLength: 1 })),
    failed: Type.Optional(Type.String({ minLength: 1 })),
  },
  { additionalProperties: false },
);
type Voicemail = Static<typeof Voicemail>;

interface Leaving {
  readonly phase: 'greeting' | 'recording' | 'reviewing' | 'listening' | 'thanking' | 'apologising';
  /** How often it was recorded. */
  readonly takes: number;
  /** How often in a row nothing was said. */
  readonly shorts: number;
}

const GREETING: Texts = {
  es: 'Deje su mensaje después de la señal. Para terminar, pulse cualquier tecla.',
  'es-MX': 'Deje su mensaje después del tono. Para terminar, presione cualquier tecla.',
  en: 'Please leave your message after the tone. Press any key to finish.',
};
const REVIEW: Texts = {
  es: 'Para dejar el mensaje, pulse uno. Para grabarlo otra vez, pulse dos. Para escucharlo, pulse tres.',
  'es-MX':
    'Para dejar el mensaje, marque uno. Para grabarlo otra vez, marque dos. Para escucharlo, marque tres.',
  en: 'To leave the message, press one. To record it again, press two. To listen to it, press three.',
};
const THANKS: Texts = {
  es: 'Gracias. Su mensaje está grabado. Adiós.',
  en: 'Thank you. Your message has been recorded. Goodbye.',
};
const APOLOGY: Texts = {
  es: 'Lo siento, no hemos podido grabar su mensaje. Por favor, llámenos más tarde.',
  en: 'Sorry, your message could not be recorded. Please call again later.',
};
const REVIEW_MS = 7_000;
/** Nobody records for ever. */
const TAKES_MAX = 5;
const SHORTS_MAX = 2;

export const voicemail: NodeKind<Voicemail, Leaving> = {
  type: 'voicemail',
  summary: 'Takes a message.',
  schema: Voicemail,
  ends: true,
  exits: (node) => [
    ...(node.next ? [{ to: node.next, place: 'next', paced: true }] : []),
    ...(node.failed ? [{ to: node.failed, place: 'failed', paced: false }] : []),
  ],
  prompts: (node) => [
    ...spokenAt('prompts', node.prompts ?? [GREETING]),
    ...spokenAt('reviewPrompts', node.reviewPrompts ?? [REVIEW]),
    ...spokenAt('thanks', node.thanks ?? [THANKS]),
    ...spokenAt('apology', node.apology ?? [APOLOGY]),
  ],
  check: (node, known) =>
    node.queue !== undefined && !known.queueIds.includes(node.queue)
      ? [`queue: there is no queue ${node.queue}`]
      : [],
  enter(node, turn) {
    turn.forgetKeys();
    turn.play(node.prompts ?? [GREETING]);
    return { stay: { phase: 'greeting', takes: 0, shorts: 0 } };
  },
  on(node, leaving, event, turn) {
    switch (leaving.phase) {
      case 'greeting':
        return event.type === 'played' || event.type === 'digit'
          ? record(node, leaving, turn)
          : { stay: leaving };
      case 'recording':
        return event.type === 'recorded' ? recorded(node, leaving, event, turn) : { stay: leaving };
      case 'reviewing':
        return review(node, leaving, event, turn);
      case 'listening':
        if (event.type !== 'played' && event.type !== 'digit') return { stay: leaving };
        return askReview(node, leaving, turn);
      case 'thanking':
        return event.type === 'played' ? end(node.next, turn) : { stay: leaving };
      case 'apologising':
        return event.type === 'played' ? end(node.failed, turn) : { stay: leaving };
    }
  },
};

function record(node: Voicemail, { takes, shorts }: Leaving, turn: Turn): Outcome<Leaving> {
  turn.quiet();
  turn.effect({
    type: 'record',
    maxMs: (node.maxSeconds ?? 120) * 1_000,
    silenceMs: (node.silenceSeconds ?? 5) * 1_000,
    beep: true,
    about: {
      kind: 'voicemail',
      minMs: String((node.minSeconds ?? 1) * 1_000),
      ...(node.queue === undefined ? {} : { queueId: node.queue }),
      ...(node.agent === undefined ? {} : { agentId: node.agent }),
    },
  });
  return { stay: { phase: 'recording', takes: takes + 1, shorts } };
}

function recorded(
  node: Voicemail,
  leaving: Leaving,
  { durationMs, soundMs = durationMs, why }: Extract<FlowEvent, { type: 'recorded' }>,
  turn: Turn,
): Outcome<Leaving> {
  const minMs = (node.minSeconds ?? 1) * 1_000;
  if (why === 'failed' && soundMs < minMs) return apologise(node, leaving, turn);
  if (soundMs < minMs) {
    const shorts = leaving.shorts + 1;
    if (shorts >= SHORTS_MAX) return apologise(node, leaving, turn);
    turn.play(node.prompts ?? [GREETING]);
    return { stay: { ...leaving, phase: 'greeting', shorts } };
  }
  const said = { ...leaving, shorts: 0 };
  return node.review === false ? thank(node, said, turn) : askReview(node, said, turn);
}

function review(node: Voicemail, leaving: Leaving, event: FlowEvent, turn: Turn): Outcome<Leaving> {
  if (event.type === 'played') turn.startTimer(REVIEW_MS);
  if (event.type === 'timeout') return thank(node, leaving, turn);
  if (event.type !== 'digit') return { stay: leaving };
  turn.quiet();
  const again = event.digit === '2';
  if (event.digit === '1' || (again && leaving.takes >= TAKES_MAX))
    return thank(node, leaving, turn);
  if (again) {
    turn.effect({ type: 'discardMessage' });
    return record(node, leaving, turn);
  }
  if (event.digit !== '3') return askReview(node, leaving, turn);
  turn.playMessage();
  return { stay: { ...leaving, phase: 'listening' } };
}

function askReview(node: Voicemail, leaving: Leaving, turn: Turn): Outcome<Leaving> {
  turn.play(node.reviewPrompts ?? [REVIEW]);
  return { stay: { ...leaving, phase: 'reviewing' } };
}

function thank(node: Voicemail, leaving: Leaving, turn: Turn): Outcome<Leaving> {
  turn.play(node.thanks ?? [THANKS]);
  return { stay: { ...leaving, phase: 'thanking' } };
}

function apologise(node: Voicemail, leaving: Leaving, turn: Turn): Outcome<Leaving> {
  turn.note('flow.voicemailFailed', { node: turn.state.node });
  turn.play(node.apology ?? [APOLOGY]);
  return { stay: { ...leaving, phase: 'apologising' } };
}

function end(to: string | undefined, turn: Turn): Outcome<Leaving> {
  if (to !== undefined) return { to };
  turn.effect({ type: 'hangup', reason: 'flowEnded' });
  return OVER;
}
