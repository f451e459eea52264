import { Hidden } from '../lib/hidden.ts';

/** What callers have typed in confidence, by the name under which `verify` and `request` may use it. */
export type Secrets = Hidden<Readonly<Record<string, string>>>;

export const NO_SECRETS: Secrets = new Hidden({});

export const secretsOf = (secrets: Secrets): Readonly<Record<string, string>> =>
  Hidden.reveal(secrets, {});
