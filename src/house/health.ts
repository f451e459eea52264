import type { HealthCheck } from '../runtime/ports/index.ts';
import type { JournalView } from '../runtime/ports/meters.ts';
import type { TrunkDesk } from '../runtime/ports/trunks.ts';
import type { VoiceState } from '../speech/speech.ts';
import type { DrachtioTelephony } from '../telephony/telephony.ts';

/** Whether calls can be taken. */
export function switchHealth(telephony: DrachtioTelephony): HealthCheck {
  return {
    name: 'switch',
    async check() {
      const { troubles } = telephony;
      return troubles.length === 0 ? { ok: true } : { ok: false, detail: troubles.join(', ') };
    },
  };
}

/** Calls come in by any of them, and phones work without: what is wrong is said, and no reason to send nobody here. */
export function trunksHealth(trunks: TrunkDesk): HealthCheck {
  return {
    name: 'trunks',
    async check() {
      const ill = trunks
        .states()
        .filter((one) => one.enabled)
        .filter(({ health, registration }) => health === 'down' || registration?.state === 'failed')
        .map(({ id, registration, problem }) => `${id}: ${registration?.problem ?? problem}`);
      return { ok: true, ...(ill.length > 0 ? { detail: ill.join(', ') } : {}) };
    },
  };
}

/** Calls are routed without it, and whoever restarts the house loses what is in memory: it is said, and no reason to. */
export const journalHealth = (view: () => JournalView): HealthCheck => ({
  name: 'journal',
  async check() {
    const { diskRefuses, pendingBytes, dropped } = view();
    if (!diskRefuses) return { ok: true };
    const kept = `${pendingBytes} bytes of what calls and agents did are in memory only`;
    const gone = dropped > 0 ? `, and ${dropped} commands had no room there` : '';
    const what = 'The disk of DATA_DIR takes no journal';
    return { ok: true, detail: `${what}: ${kept}${gone}. Make room, and do not restart before.` };
  },
});

/** Calls are taken without: another voice speaks, or what has been spoken before is heard. */
export const voicesHealth = (voices: () => readonly VoiceState[]): HealthCheck => ({
  name: 'voices',
  async check() {
    const ill = voices()
      .filter(({ usable }) => !usable)
      .map(({ name, why }) => `${name}: ${why}`);
    return { ok: true, ...(ill.length > 0 ? { detail: ill.join(', ') } : {}) };
  },
});

/** Whether what the flows say has been spoken: the first caller should not have to wait for it. */
export function promptsHealth(prompts: Promise<void>): HealthCheck {
  let spoken = false;
  void prompts.then(() => {
    spoken = true;
  });
  return {
    name: 'prompts',
    async check() {
      return spoken ? { ok: true } : { ok: false, detail: 'the first prompts are being spoken' };
    },
  };
}
