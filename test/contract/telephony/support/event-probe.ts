import esl, { type Connection } from 'modesl';
import type { MediaServerAddress } from '../../../../src/telephony/media-server.ts';

/** A second connection to the event socket, through which a test asks what is really there. */
export class EventProbe {
  readonly #connection: Connection;

  private constructor(connection: Connection) {
    this.#connection = connection;
  }

  static open({ host, port, secret }: MediaServerAddress): Promise<EventProbe> {
    return new Promise((resolve, reject) => {
      const connection = new esl.Connection(host, port, secret, () =>
        resolve(new EventProbe(connection)),
      );
      connection.on('error', reject);
    });
  }

  api(command: string): Promise<string> {
    return new Promise((resolve) =>
      this.#connection.api(command, (answer) => resolve(answer.getBody() ?? '')),
    );
  }

  close(): void {
    this.#connection.removeAllListeners();
    this.#connection.on('error', () => undefined);
    this.#connection.socket?.destroy();
  }
}
