import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import type { Crm, FlowRequests, HealthCheck } from '../runtime/ports/index.ts';
import { type CrmOptions, CrmWebhook } from './crm.ts';
import { type AllowedDestinations, Destinations } from './destinations.ts';
import { type Asked, FlowRequestService } from './flow-requests.ts';

export interface SystemsOptions {
  readonly requests: AllowedDestinations & { readonly secrets: ReadonlyMap<string, string> };
  readonly crm?: Pick<CrmOptions, 'url' | 'secret' | 'limitMs' | 'freshMs' | 'staleMs'>;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onAsked: (asked: Asked) => void;
}

/** The company's own systems, as far as they are configured. */
export interface Systems {
  readonly requests: FlowRequests;
  /** Whether the operator allows flows to ask there. */
  mayAsk(url: URL): boolean;
  readonly crm: Crm | undefined;
  readonly health: readonly HealthCheck[];
  close(): void;
}

/** Opens nothing yet: connections are made when somebody asks. */
export function openSystems({ requests: allowed, crm, ...tools }: SystemsOptions): Systems {
  const destinations = new Destinations(allowed);
  const requests = new FlowRequestService({ allowed, secrets: allowed.secrets, ...tools });
  const webhook = crm && new CrmWebhook({ ...crm, ...tools });
  return {
    requests,
    mayAsk: (url) => destinations.allows(url),
    crm: webhook,
    health: webhook ? [webhook.health] : [],
    close() {
      requests.close();
      webhook?.close();
    },
  };
}
