import type { ParseArgsConfig } from 'node:util';
import type { Client } from './client.ts';

/** What a command works with. Nothing else of the process is touched by one. */
export interface Terminal {
  readonly client: Client;
  /** `--json`: what is printed is for machines. */
  readonly json: boolean;
  /** Whether somebody is there to be asked, and to watch. */
  readonly interactive: boolean;
  now(): number;
  out(text: string): void;
  err(text: string): void;
  /** Undefined: nobody is there to answer. */
  ask(question: string): Promise<string | undefined>;
  sleep(ms: number): Promise<void>;
  readonly zone: string;
}

export type Values = Readonly<Record<string, string | boolean | undefined>>;

export interface Command {
  /** As it is typed: `config apply`. */
  readonly name: string;
  /** `FILE [--yes]`. */
  readonly usage: string;
  readonly summary: string;
  readonly options?: NonNullable<ParseArgsConfig['options']>;
  readonly arguments: { readonly min: number; readonly max: number };
  /** What becomes the exit code; nothing: 0. */
  run(terminal: Terminal, args: readonly string[], values: Values): Promise<number | undefined>;
}

/** The same for machines, when they ask. */
export function print(terminal: Terminal, value: unknown, text: () => string): void {
  terminal.out(terminal.json ? `${JSON.stringify(value, null, 2)}\n` : text());
}

export const first = (args: readonly string[]): string => args[0] ?? '';

export const text = (values: Values, name: string): string | undefined => {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
};

export const path = (id: string): string => encodeURIComponent(id);
