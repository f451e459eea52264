import { watchFamily } from './processes.ts';

/** What a process is for, by its command line. */
export function roleOf(commandLine: string): string {
  const known = Object.entries(ROLES).find(([part]) => commandLine.includes(part));
  return known?.[1].role ?? 'other';
}

/** The callers' and the readers' are the bench's own, and would be on other machines. */
export type Side = 'house' | 'switch' | 'generators';

const ROLES: Readonly<Record<string, { readonly role: string; readonly side: Side }>> = {
  'bench/api/house': { role: 'application', side: 'house' },
  'dist-bench/main': { role: 'application', side: 'house' },
  'espeak-program': { role: 'voice', side: 'house' },
  postgres: { role: 'postgres', side: 'house' },
  'embedded-switch': { role: 'embeddedSwitch', side: 'switch' },
  'feed-clients': { role: 'feedClients', side: 'generators' },
  'api/reads': { role: 'readers', side: 'generators' },
  sipp: { role: 'sipp', side: 'generators' },
  'support/echo': { role: 'echo', side: 'generators' },
};

/** Added up by whose it is; this process calls, too. What is of no known role is the house's: its helpers. */
export function sides(
  cpuPercent: Readonly<Record<string, number>>,
): Readonly<Record<Side, number>> {
  const sum = (names: readonly string[]) =>
    names.reduce((all, name) => all + (cpuPercent[name] ?? 0), 0);
  const of = (side: Side) => {
    const roles = Object.values(ROLES).filter((role) => role.side === side);
    return [...new Set(roles.map(({ role }) => role))];
  };
  return {
    house: sum([...of('house'), 'other']),
    switch: sum(of('switch')),
    generators: sum([...of('generators'), 'bench']),
  };
}

/** From now until it is asked, in percent of one processor, by role; and of the whole `machine`, and what was `stolen` from it. */
export function watchRoles(): () => Readonly<Record<string, number>> {
  const used = watchFamily(roleOf);
  const began = performance.now();
  return () => {
    const tookMs = performance.now() - began;
    const shares = Object.entries(used()).map(([name, ms]) => [
      name,
      Math.round((ms / tookMs) * 100),
    ]);
    return Object.fromEntries(shares);
  };
}
