import { askAgain, askingPrompts, awaitAnswer, failedExit } from '../asking.ts';
import { assignedExpressions, learn } from '../assignments.ts';
import { withoutNo, yesOrNo } from '../intents/answers.ts';
import { clearest, type Guess } from '../intents/match.ts';
import type { NodeKind, Outcome } from '../node.ts';
import type { Turn } from '../turn.ts';
import type { Alternative, FlowEvent, ListenWish } from '../vocabulary.ts';
import { speechProblems } from './speech-check.ts';
import { DEFAULTS, Speech, type SpeechChoice } from './speech-schema.ts';
import { confirmation, hintsOf, intentsOf, keysPrompts, yesNoHints } from './speech-words.ts';

/**
 * "Diga o pulse": asks for one of several things, by voice or by key.
 *
 *   entered ──key typed ahead──────────────────────────────────────────────▶ choice
 *      │
 *      ▼            ┌── not understood, nothing said: `attempts` times ──┐
 *   asking ◀────────┴──────────────────────────────────────────────no────┤
 *      │ ├─ heard, sure ──▶ choice                                       │
 *      │ ├─ heard, not so sure ──▶ confirming ── yes, key 1 ──▶ choice    │
 *      │ │                              └────── no, key 2 ───────────────┘
 *      │ └─ key ──▶ choice
 *      └── `attempts` used up, or nobody can listen ──▶ keys ── key ──▶ choice
 *                                                        └── `retries` used up ──▶ `failed`
 *
 * | event    | asking                              | confirming              | keys                |
 * |----------|-------------------------------------|-------------------------|---------------------|
 * | played   | listens, `timeoutSeconds`           | the same                | `timeoutSeconds`    |
 * | speaking | the prompt stops (barge-in)         | the same                |                     |
 * | heard    | by confidence: taken, asked back, – | yes, no, another choice |                     |
 * | notHeard | silence: failure; otherwise keys    | the same                |                     |
 * | digit    | the choice of that key, or failure  | 1 yes, 2 no             | choice, or failure  |
 * | timeout  | no input                            | no input                | no input            |
 */
type Local =
  | { readonly phase: 'asking'; readonly failures: number; readonly refused: readonly number[] }
  | {
      readonly phase: 'confirming';
      readonly failures: number;
      readonly refused: readonly number[];
      readonly candidate: number;
    }
  | { readonly phase: 'keys'; readonly failures: number };

/** Two guesses that are nearer than this are not told apart without asking. */
const MARGIN = 0.1;
/** Beyond the longest answer a recogniser that says nothing at all is given up. */
const ANSWER_MS_MAX = 12_000;

export const speech: NodeKind<Speech, Local> = {
  type: 'speech',
  summary: 'Asks for one of several things, by voice or by key.',
  schema: Speech,
  exits: (node) => [
    ...node.choices.map(({ next }, at) => ({
      to: next,
      place: `choices[${at}].next`,
      paced: true,
    })),
    failedExit(node),
  ],
  prompts: (node) => [
    ...askingPrompts(node),
    { place: 'keysOnly', refs: keysPrompts(node) },
    { place: 'confirm', refs: node.choices.map((choice) => confirmation(node, choice)) },
  ],
  expressions: (node) =>
    node.choices.flatMap(({ set }, at) => assignedExpressions(set, `choices[${at}].set`)),
  check: speechProblems,
  enter(node, turn) {
    const key = turn.takeKey();
    const local: Local = { phase: 'asking', failures: 0, refused: [] };
    return key === undefined ? ask(node, local, [], turn) : pressed(node, local, key, turn);
  },
  on(node, local, event, turn) {
    switch (event.type) {
      case 'played':
        return played(node, local, turn);
      case 'digit':
        return pressed(node, local, event.digit, turn);
      case 'timeout':
        return failure(node, local, 'noInput', turn);
      case 'speaking':
        turn.quiet();
        turn.startTimer(milliseconds(node, 'speechSecondsMax') + ANSWER_MS_MAX);
        return { stay: local };
      case 'heard':
        return heard(node, local, event.alternatives, turn);
      case 'notHeard':
        return notHeard(node, local, event, turn);
      default:
        return { stay: local };
    }
  },
};

function ask(
  node: Speech,
  local: Extract<Local, { phase: 'asking' }>,
  before: Speech['prompts'],
  turn: Turn,
): Outcome<Local> {
  return sayAndListen(node, local, [...before, ...node.prompts], turn);
}

function sayAndListen(
  node: Speech,
  local: Local,
  prompts: Speech['prompts'],
  turn: Turn,
): Outcome<Local> {
  turn.stopListening();
  turn.play(prompts);
  if (node.bargeIn !== false && local.phase !== 'keys') turn.listen(wishOf(node, local, turn));
  return { stay: local };
}

function wishOf(node: Speech, local: Local, turn: Turn): ListenWish {
  const { language } = turn.context;
  return {
    hints: local.phase === 'confirming' ? yesNoHints(node, language) : hintsOf(node, language),
    endSilenceMs: milliseconds(node, 'endSilenceSeconds'),
    speechMsMax: milliseconds(node, 'speechSecondsMax'),
  };
}

/** Whoever was not listened to during the prompt is from now on. */
function played(node: Speech, local: Local, turn: Turn): Outcome<Local> {
  const listens = local.phase !== 'keys' && !turn.state.listening;
  if (listens) turn.listen(wishOf(node, local, turn));
  awaitAnswer(node, turn);
  return { stay: local };
}

function pressed(node: Speech, local: Local, key: string, turn: Turn): Outcome<Local> {
  turn.quiet();
  turn.stopListening();
  if (local.phase === 'confirming' && key === '1')
    return take(node, local.candidate, turn, { key });
  if (local.phase === 'confirming' && key === '2') return refuse(node, local, turn);
  const at = node.choices.findIndex((choice) => String(choice.key) === key);
  if (local.phase !== 'confirming' && at >= 0) return take(node, at, turn, { key });
  turn.forgetKeys();
  return failure(node, local, 'noMatch', turn);
}

function heard(
  node: Speech,
  local: Local,
  alternatives: readonly Alternative[],
  turn: Turn,
): Outcome<Local> {
  if (local.phase === 'keys') return { stay: local };
  if (local.phase === 'confirming') return confirmed(node, local, alternatives, turn);
  const { best, clear } = understood(node, local.refused, alternatives, turn);
  if (clear) return take(node, clear.intent, turn, clear);
  return best ? askBack(node, local, best.intent, turn) : failure(node, local, 'noMatch', turn);
}

/** "Sí", "no", or better: "no, soporte". */
function confirmed(
  node: Speech,
  local: Extract<Local, { phase: 'confirming' }>,
  alternatives: readonly Alternative[],
  turn: Turn,
): Outcome<Local> {
  const { language } = turn.context;
  const answer = yesOrNo(alternatives, language);
  if (answer === 'yes') return take(node, local.candidate, turn, { confidence: 1 });
  const { clear } = understood(node, local.refused, withoutNo(alternatives, language), turn);
  // "No, ventas", who was asked whether it is ventas, has said two things.
  if (answer === 'no' && clear?.intent === local.candidate)
    return failure(node, local, 'noMatch', turn);
  if (clear) return take(node, clear.intent, turn, clear);
  return answer === 'no' ? refuse(node, local, turn) : failure(node, local, 'noMatch', turn);
}

/** The best guess that is worth asking back, and the one that is sure and has no rival. */
function understood(
  node: Speech,
  refused: readonly number[],
  alternatives: readonly Alternative[],
  turn: Turn,
): { readonly best: Guess | undefined; readonly clear: Guess | undefined } {
  const { take: sure, confirm: perhaps } = { ...DEFAULTS, ...node.confidence };
  const guesses = intentsOf(node, turn.context.language)
    .guess(alternatives)
    .filter(({ intent, confidence }) => confidence >= perhaps && !refused.includes(intent));
  const [best] = guesses;
  const clear = clearest(guesses, MARGIN);
  turn.note('flow.heard', {
    node: turn.state.node,
    ...(best ? { choice: best.intent, confidence: rounded(best.confidence) } : {}),
    pii: { transcript: alternatives[0]?.text ?? '' },
  });
  return { best, clear: clear && clear.confidence >= sure ? clear : undefined };
}

function askBack(
  node: Speech,
  { failures, refused }: Extract<Local, { phase: 'asking' }>,
  candidate: number,
  turn: Turn,
): Outcome<Local> {
  const asked = node.choices[candidate] as SpeechChoice;
  const local: Local = { phase: 'confirming', failures, refused, candidate };
  return sayAndListen(node, local, [confirmation(node, asked)], turn);
}

/** What the caller has said no to is not thought of again. */
function refuse(
  node: Speech,
  { failures, refused, candidate }: Extract<Local, { phase: 'confirming' }>,
  turn: Turn,
): Outcome<Local> {
  const local: Local = { phase: 'asking', failures, refused: [...refused, candidate] };
  return failure(node, local, 'noMatch', turn, []);
}

function notHeard(
  node: Speech,
  local: Local,
  { why }: Extract<FlowEvent, { type: 'notHeard' }>,
  turn: Turn,
): Outcome<Local> {
  if (why === 'silence') return failure(node, local, 'noInput', turn);
  turn.note('flow.speechUnavailable', { node: turn.state.node, why });
  if (local.phase === 'confirming') return confirmByKeys(node, local, turn);
  return askForKeys(node, [], turn);
}

/** The question says its keys already: they are waited for. A question that is being said is not said again. */
function confirmByKeys(node: Speech, local: Local, turn: Turn): Outcome<Local> {
  if (!turn.state.playing) awaitAnswer(node, turn);
  return { stay: local };
}

function failure(
  node: Speech,
  local: Local,
  why: 'noInput' | 'noMatch',
  turn: Turn,
  words = node[why] ?? [],
): Outcome<Local> {
  if (local.phase === 'keys') {
    const again = askAgain({ ...node, prompts: keysPrompts(node) }, local.failures, why, turn);
    return 'to' in again ? again : { stay: { phase: 'keys', failures: again.failures } };
  }
  const failures = local.failures + 1;
  turn.note(`flow.${why}`, { node: turn.state.node, failures });
  if (failures >= (node.attempts ?? DEFAULTS.attempts)) return askForKeys(node, words, turn);
  return ask(node, { phase: 'asking', failures, refused: local.refused }, words, turn);
}

function askForKeys(node: Speech, before: Speech['prompts'], turn: Turn): Outcome<Local> {
  const local: Local = { phase: 'keys', failures: 0 };
  return sayAndListen(node, local, [...before, ...keysPrompts(node)], turn);
}

function take(
  node: Speech,
  at: number,
  turn: Turn,
  by: { readonly key: string } | { readonly confidence: number },
): Outcome<Local> {
  const choice = node.choices[at] as SpeechChoice;
  const how = 'key' in by ? by : { confidence: rounded(by.confidence) };
  const { next } = choice;
  turn.note('flow.choice', { node: turn.state.node, ...how, choice: at, next });
  learn(choice.set, turn);
  return { to: next };
}

const rounded = (share: number): number => Number(share.toFixed(2));

type Duration = 'endSilenceSeconds' | 'speechSecondsMax';

const milliseconds = (node: Speech, name: Duration): number =>
  (node[name] ?? DEFAULTS[name]) * 1_000;
