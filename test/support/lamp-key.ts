import { parseDigestCredentials } from '../../src/lib/auth-header.ts';
import { expectedResponse, ha1 } from '../../src/lib/digest.ts';
import { RawPhone } from '../contract/sip-edge/raw-phone.ts';
import type { SipAddress } from './sipp.ts';

/** A key of a phone of the house with a lamp for another extension (RFC 4235): what it has been told, in order. */
export class LampKey {
  readonly told: string[] = [];
  readonly #phone: RawPhone;
  #isOver = false;

  /** Subscribes, and proves who it is when it is asked. */
  static async press(
    remote: SipAddress,
    owner: { readonly user: string; readonly password: string },
    extension: string,
  ): Promise<LampKey> {
    const phone = await RawPhone.open({ sipHost: remote.host, sipPort: remote.port } as never);
    const uri = `sip:${extension}@${remote.host}:${remote.port}`;
    const headers: [string, string][] = [
      ['Event', 'dialog'],
      ['Expires', '300'],
    ];
    const first = phone.request('SUBSCRIBE', headers);
    first.uri = uri;
    phone.send(first);
    const refusal = await phone.nextResponse(401);
    const [asked] = parseDigestCredentials(refusal.headers.get('www-authenticate') ?? '');
    const { realm = '', nonce = '' } = asked ?? {};
    const parts = { algorithm: 'MD5', nonce, uri, cnonce: 'c0ffee', nc: '00000001' } as const;
    const secret = ha1('MD5', owner.user, realm, owner.password);
    const response = expectedResponse(parts, secret, 'SUBSCRIBE');
    const proof =
      `Digest username="${owner.user}", realm="${realm}", nonce="${nonce}", uri="${uri}", ` +
      `response="${response}", algorithm=MD5, qop=auth, nc=00000001, cnonce="c0ffee"`;
    const proved = phone.request('SUBSCRIBE', [...headers, ['Authorization', proof]]);
    proved.uri = uri;
    phone.send(proved);
    await phone.nextResponse(202);
    const key = new LampKey(phone);
    void key.#listen();
    return key;
  }

  private constructor(phone: RawPhone) {
    this.#phone = phone;
  }

  close(): void {
    this.#isOver = true;
    this.#phone.close();
  }

  async #listen(): Promise<void> {
    let last = '';
    while (!this.#isOver) {
      const notify = await this.#phone.nextRequest('NOTIFY', 60_000).catch(() => undefined);
      if (!notify) return;
      this.#phone.respond(notify, 200, 'key');
      // By UDP a request comes again until its answer does (RFC 3261 section 17.1.2): the same CSeq is no news.
      const cseq = notify.headers.get('cseq') ?? '';
      if (cseq !== last) this.told.push(/<state>(\w+)</.exec(String(notify.body))?.[1] ?? '?');
      last = cseq;
    }
  }
}
