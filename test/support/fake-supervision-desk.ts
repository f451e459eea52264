import { refusal } from '../../src/lib/errors.ts';
import { err } from '../../src/lib/result.ts';
import type { SupervisionDesk } from '../../src/runtime/ports/supervision.ts';

const nobody = err(refusal('SUPERVISION_UNKNOWN', 'Nobody listens.'));

/** No conversations, and nobody who could listen to them. */
export class FakeSupervisionDesk implements SupervisionDesk {
  begin() {
    return err(refusal('CALL_UNKNOWN', 'There is no such call.'));
  }

  async change() {
    return nobody;
  }

  async takeOver() {
    return nobody;
  }

  end() {
    return nobody;
  }
}
