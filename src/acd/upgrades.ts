/** Raised when the meaning of the bytes changes, with a step that brings older ones up (rule J11). */
export const STATE_VERSION = 8;

/** A saved state of any version: what steps look at. */
interface Saved {
  readonly version: number;
  readonly queues: readonly { readonly config: object }[];
  readonly calls: readonly { readonly stage: { readonly kind: string } }[];
  readonly tickets: readonly object[];
}

/** By the version that a state has: what is made of it to have the next one. */
const STEPS: ReadonlyMap<number, (state: Saved) => Saved> = new Map([
  [4, withDialling],
  [5, withHolds],
  [6, withPauses],
  [7, withUnrung],
]);

/** The state as this version writes it. Throws on one of a later version, or of one that no step leads on from. */
export function upgrade(saved: Saved): object {
  let state = saved;
  while (state.version !== STATE_VERSION) {
    const step = STEPS.get(state.version);
    if (!step) throw new Error(`The state has version ${state.version}, not ${STATE_VERSION}.`);
    state = { ...step(state), version: state.version + 1 };
  }
  return state;
}

/** Call backs rang the agent first, and asked nobody to press a key. */
function withDialling(state: Saved): Saved {
  const queues = state.queues.map((queue) => ({
    ...queue,
    config: { ...queue.config, callbackFirst: 'agent', callbackConfirm: false },
  }));
  return { ...state, queues };
}

/** Nobody was put on hold, or rung for somebody else's conversation; and a transfer began a new wait. */
function withHolds(state: Saved): Saved {
  const queues = state.queues.map((queue) => ({
    ...queue,
    config: { ...queue.config, keepsWait: false },
  }));
  const calls = state.calls.map((call) => ({
    ...call,
    directed: false,
    stage: call.stage.kind === 'talking' ? { ...call.stage, heldMs: 0 } : call.stage,
  }));
  return { ...state, queues, calls };
}

/** No call back was paused, and none waited for an agent: what it does not say, it means. */
function withPauses(state: Saved): Saved {
  return state;
}

/** Every failure to reach a customer was an attempt; and who had come back from an agent, nobody remembered. */
function withUnrung(state: Saved): Saved {
  const calls = state.calls.map((call) => ({ ...call, handedBack: false }));
  const tickets = state.tickets.map((ticket) => ({ ...ticket, unrung: 0 }));
  return { ...state, calls, tickets };
}
