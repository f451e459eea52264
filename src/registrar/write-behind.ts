import type { Clock, Timer } from '../lib/clock.ts';
import type { Logger } from '../lib/log.ts';
import type { Binding, BindingStore } from '../runtime/ports/index.ts';

export interface WriteBehind {
  /** The extension's bindings have changed; what is written is what they are by then. */
  changed(extension: string): void;
  /** Resolves when nothing is left to write, or after the time limit. */
  close(limitMs: number): Promise<void>;
}

const RETRY_MS_FIRST = 1_000;
const RETRY_MS_MAX = 30_000;

/**
 * Brings changes to the store without anybody waiting for it: one extension after the other, the last state only,
 * again and again while the store is away. It holds at most one entry an extension, and only phones that proved
 * themselves have one.
 */
export function createWriteBehind(
  store: BindingStore,
  bindingsOf: (extension: string) => readonly Binding[],
  clock: Clock,
  log: Logger,
): WriteBehind {
  const dirty = new Set<string>();
  let retryMs = RETRY_MS_FIRST;
  let waiting: Timer | undefined;
  let isWriting = false;
  let onIdle: (() => void) | undefined;

  function changed(extension: string): void {
    dirty.add(extension);
    if (!isWriting && !waiting) void writeAll();
  }

  async function writeAll(): Promise<void> {
    isWriting = true;
    waiting = undefined;
    try {
      for (const extension of dirty) {
        dirty.delete(extension);
        await write(extension);
      }
      retryMs = RETRY_MS_FIRST;
      onIdle?.();
    } catch (error) {
      log.warn({ error, extensions: dirty.size, retryMs }, 'bindings could not be stored');
      waiting = clock.after(retryMs, () => void writeAll());
      retryMs = Math.min(retryMs * 2, RETRY_MS_MAX);
    } finally {
      isWriting = false;
    }
  }

  async function write(extension: string): Promise<void> {
    try {
      await store.replace(extension, bindingsOf(extension));
    } catch (error) {
      dirty.add(extension);
      throw error;
    }
  }

  async function close(limitMs: number): Promise<void> {
    waiting?.cancel();
    if (waiting) void writeAll();
    if (dirty.size === 0 && !isWriting) return;
    await new Promise<void>((resolve) => {
      const limit = clock.after(limitMs, resolve);
      onIdle = () => {
        limit.cancel();
        resolve();
      };
    });
    waiting?.cancel();
  }

  return { changed, close };
}
