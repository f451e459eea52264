import Type, { type Static } from 'typebox';
import { Hidden } from '../../lib/hidden.ts';
import { VariableName } from '../assignments.ts';
import { exitsAt, type NodeKind, type Outcome } from '../node.ts';
import type { Turn } from '../turn.ts';
import type { FlowEvent } from '../vocabulary.ts';

/**
 * Asks whether the caller is who they say: an account's number and its PIN, which `collect` nodes have asked for. It
 * says nothing itself, so that a flow chooses its words; the PIN never leaves what is hidden.
 *
 *   entered ─▶ asking ──verified──▶ `verified`, `failed`, `locked`, `unavailable`
 *      └─ nothing was typed: `failed`
 *
 * | event    | with              | comes to                                                                |
 * |----------|-------------------|-------------------------------------------------------------------------|
 * | entered  |                   | verify, and a time limit                                                |
 * | verified | verified          | the context is the account's owner's, `verified: "true"`                |
 * | verified | failed            | an unknown account and a wrong PIN alike; `verified: "false"`           |
 * | verified | locked            | too many of them, in this call or for this account                      |
 * | verified | unavailable       | nobody could say: `unavailable`, or `failed`                            |
 * | timeout  |                   | as unavailable                                                          |
 * | digit    |                   | the key is kept for whoever asks next                                   |
 */
const NodeName = Type.String({ minLength: 1 });
const Name = VariableName;

const Verify = Type.Object(
  {
    type: Type.Literal('verify'),
    account: { ...Name, description: 'The variable, or the secret, that holds the number.' },
    pin: { ...Name, description: 'The secret that holds the PIN: of a `collect` with `secret`.' },
    attempts: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 10, default: 3, description: 'In one call.' }),
    ),
    verified: NodeName,
    failed: NodeName,
    locked: NodeName,
    unavailable: Type.Optional(NodeName),
  },
  { additionalProperties: false },
);
type Verify = Static<typeof Verify>;
type Verified = Extract<FlowEvent, { type: 'verified' }>;

const ATTEMPTS = 3;
/** The shell answers within less; this is for one that does not. */
const LIMIT_MS = 6_000;

interface Asking {
  /** Which answer is waited for. */
  readonly id: number;
}

export const verify: NodeKind<Verify, Asking> = {
  type: 'verify',
  summary: 'Checks an account number and its PIN, with attempts limited.',
  schema: Verify,
  exits: (node) => exitsAt(node, ['verified', 'failed', 'locked', 'unavailable']),
  prompts: () => [],
  enter(node, turn) {
    const account = turn.secret(node.account) ?? turn.context.variables[node.account] ?? '';
    const pin = turn.secret(node.pin) ?? '';
    if (account === '' || pin === '') return leave(node, { result: 'failed' }, turn);
    turn.startTimer(LIMIT_MS);
    const id = turn.state.timerId;
    turn.effect({
      type: 'verify',
      id,
      account: new Hidden(account),
      pin: new Hidden(pin),
      attemptsMax: node.attempts ?? ATTEMPTS,
    });
    return { stay: { id } };
  },
  on(node, local, event, turn) {
    if (event.type === 'digit') turn.keep(event.digit);
    if (event.type === 'timeout') return leave(node, { result: 'unavailable' }, turn);
    if (event.type !== 'verified' || event.id !== local.id) return { stay: local };
    return leave(node, event, turn);
  },
};

function leave(
  node: Verify,
  { result, context = undefined }: Pick<Verified, 'result' | 'context'>,
  turn: Turn,
): Outcome<Asking> {
  const known = context ?? turn.context;
  const verified = String(result === 'verified');
  turn.setContext({ ...known, variables: { ...known.variables, verified } });
  turn.note('caller.verified', { node: turn.state.node, result });
  return { to: result === 'unavailable' ? (node.unavailable ?? node.failed) : node[result] };
}
