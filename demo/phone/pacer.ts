/** Something that sends a packet each 20 ms. */
export interface Paced {
  sendFrame(): void;
}

const FRAME_MS = 20;
/** After a longer pause of the process the missing packets are given up instead of sent in one burst. */
const LATE_FRAMES_MAX = 5;

/** One clock for every sender of the process: a hundred timers of their own would drift and cost more. */
class Pacer {
  readonly #members = new Set<Paced>();
  #timer: NodeJS.Timeout | undefined;
  #dueAt = 0;

  add(member: Paced): void {
    this.#members.add(member);
    if (this.#timer) return;
    this.#dueAt = performance.now();
    this.#tick();
  }

  remove(member: Paced): void {
    this.#members.delete(member);
    if (this.#members.size > 0) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #tick(): void {
    const late = Math.floor((performance.now() - this.#dueAt) / FRAME_MS);
    if (late > LATE_FRAMES_MAX) this.#dueAt += late * FRAME_MS;
    while (this.#dueAt <= performance.now()) {
      for (const member of this.#members) member.sendFrame();
      this.#dueAt += FRAME_MS;
    }
    this.#timer = setTimeout(() => this.#tick(), Math.max(1, this.#dueAt - performance.now()));
  }
}

export const pacer = new Pacer();
