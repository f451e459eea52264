import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';

/** Seconds that a system has to end by itself. */
const ENDS_IN_S_MAX = 20;

/**
 * Ends what this process started under the data folder (`pid`, when it is given, and an embedded PostgreSQL) if this
 * process dies before it did so itself: at its time limit, by Ctrl-C, by kill -9. A shell of its own waits for that: the
 * end of its standard input is our end, whatever it came of.
 */
export function endWithUs(dataDir: string, pid?: number): { cancel(): void } {
  const system = pid === undefined ? '' : endProcess(pid);
  const script = `cat >/dev/null
    ${system}
    kill -INT "$(head -n 1 '${dataDir}/postgres/postmaster.pid' 2>/dev/null)" 2>/dev/null
    true`;
  const shell = spawn('/bin/sh', ['-c', script], {
    stdio: ['pipe', 'ignore', 'ignore'],
    // A signal to our group is not meant for it.
    detached: true,
  });
  shell.on('error', () => undefined);
  shell.unref();
  (shell.stdin as Socket | null)?.unref();
  return { cancel: () => void shell.kill('SIGKILL') };
}

const endProcess = (pid: number): string => `kill -INT ${pid} 2>/dev/null
    n=0
    while kill -0 ${pid} 2>/dev/null && [ $n -lt ${ENDS_IN_S_MAX} ]; do sleep 1; n=$((n+1)); done
    kill -KILL ${pid} 2>/dev/null`;
