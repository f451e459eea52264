import type Srf from 'drachtio-srf';
import type { Clock } from '../lib/clock.ts';
import type { LegIdentity } from '../model/call.ts';
import { type AgentId, legId } from '../model/ids.ts';
import type { AgentLeg, Binding, LegFailure, RingRequest } from '../runtime/ports.ts';
import { Branch, type Route } from './agent-branch.ts';
import type { Channel } from './channel.ts';
import { endDialog, isConnected } from './end-dialog.ts';
import { tellingFailure } from './leg-failure.ts';
import { identityOf } from './leg-identity.ts';
import type { MediaServer } from './media-server.ts';
import { passRenegotiation } from './renegotiation.ts';

export interface RingEvents {
  answered(leg: AgentRing): void;
  failed(cause: LegFailure): void;
  gone(): void;
  /** Nothing is left of it, whoever ended it. */
  over(): void;
}

export interface RingOptions {
  readonly request: RingRequest;
  readonly bindings: readonly Binding[];
  readonly server: MediaServer;
  readonly srf: Srf;
  readonly clock: Clock;
  readonly events: RingEvents;
  routeOf(binding: Binding): Route;
}

/**
 * An agent's leg from the first INVITE to the last BYE. The media server's description is offered to every
 * phone of the agent at once (early offer: switch-facts.md found it fastest); the first that answers has the
 * call, and its answer is brought to the media server before the leg counts as answered.
 *
 *   preparing ──offer──▶ ringing ──200, re-INVITE done──▶ answered ──BYE, hangup──▶ over
 *       └──────────── cancel, all phones failed ────────────────────────────────▶ over
 */
export class AgentRing implements AgentLeg {
  readonly agentId: AgentId;
  readonly #options: RingOptions;
  #over = false;
  #answered = false;
  #channel: Channel | undefined;
  #dialog: Srf.Dialog | undefined;
  #branches: Branch[] = [];
  #failures: LegFailure[] = [];

  constructor(options: RingOptions) {
    this.#options = options;
    this.agentId = options.request.agentId;
  }

  get identity(): LegIdentity {
    return identityOf(legId(this.#channel?.uuid ?? ''), this.#dialog, this.#channel);
  }

  get channel(): Channel | undefined {
    return this.#channel;
  }

  /** Rings in the same turn if there is a channel ready. */
  start(): void {
    const channel = this.#options.server.offeringChannel();
    if (channel instanceof Promise)
      channel.then((made) => this.#begin(made)).catch(() => this.#fail('media'));
    else this.#begin(channel);
  }

  #begin(channel: Channel): void {
    this.#channel = channel;
    this.#channel.onGone = () => this.lost();
    if (this.#over) this.#releaseChannel();
    else this.#ringAll(this.#channel);
  }

  /** Stops the ringing, or hangs up what has just answered. No event follows. Idempotent. */
  hangup(): void {
    if (this.#over) return;
    this.#letGo();
  }

  /** The channel, or the connection to drachtio, is gone. */
  lost(): void {
    if (this.#answered) this.#gone();
    else this.#fail('media');
  }

  #ringAll(channel: Channel): void {
    const { request, bindings, srf, clock, routeOf } = this.#options;
    this.#branches = bindings.map(
      (binding) =>
        new Branch({
          srf,
          clock,
          request,
          route: routeOf(binding),
          offer: channel.sdp,
          answered: (branch, dialog) => void this.#phoneAnswered(branch, dialog, channel),
          failed: (branch, cause) => this.#phoneFailed(branch, cause),
        }),
    );
    for (const branch of [...this.#branches]) branch.start();
  }

  async #phoneAnswered(winner: Branch, dialog: Srf.Dialog, channel: Channel): Promise<void> {
    if (this.#over || this.#dialog) {
      // Two phones were picked up at once: one conversation is enough.
      endDialog(dialog);
      return;
    }
    this.#dialog = dialog;
    for (const branch of this.#branches) if (branch !== winner) branch.cancel();
    if (!isConnected(dialog)) {
      this.#phoneGone();
      return;
    }
    dialog.on('destroy', () => this.#phoneGone());
    passRenegotiation(dialog, channel);
    try {
      // A bridge before the end of this exchange would meet a 491 (switch-facts.md).
      await channel.renegotiate(dialog.remote.sdp);
    } catch {
      this.#fail('media');
      return;
    }
    if (this.#over) return;
    this.#answered = true;
    this.#options.events.answered(this);
  }

  #phoneFailed(branch: Branch, cause: LegFailure): void {
    this.#failures.push(cause);
    this.#branches = this.#branches.filter((other) => other !== branch);
    if (this.#branches.length === 0 && !this.#dialog) this.#fail(tellingFailure(this.#failures));
  }

  #phoneGone(): void {
    if (this.#answered) this.#gone();
    else this.#fail('rejected');
  }

  #gone(): void {
    if (this.#over) return;
    this.#letGo();
    this.#options.events.gone();
  }

  #fail(cause: LegFailure): void {
    if (this.#over) return;
    this.#letGo();
    this.#options.events.failed(cause);
  }

  #letGo(): void {
    this.#over = true;
    this.#options.events.over();
    for (const branch of this.#branches) branch.cancel();
    endDialog(this.#dialog);
    this.#releaseChannel();
  }

  #releaseChannel(): void {
    if (this.#channel) this.#options.server.release(this.#channel);
  }
}
