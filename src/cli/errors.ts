/** What leaves a command without a result: what to print, and the exit code. */
export class CommandError extends Error {
  readonly exitCode: number;
  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** 1: it was refused, or is not as it should be · 2: what was typed cannot be · 3: nobody answers. */
export const usageError = (message: string): CommandError => new CommandError(message, 2);
export const refused = (message: string): CommandError => new CommandError(message, 1);
export const away = (message: string): CommandError => new CommandError(message, 3);
