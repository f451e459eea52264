import { type LookupOptions, lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { Failure } from './failure.ts';

/** What the operator allows flows to ask. */
export interface AllowedDestinations {
  /** `host` (ports 80 and 443) or `host:port`. An address that stands here may be a private one. */
  readonly hosts: readonly string[];
  /** Private networks that the hosts' names may lead to: `10.1.0.0/16`, or an address. */
  readonly privateNetworks: readonly string[];
}

/**
 * Addresses that belong to no host on the internet (RFC 6890, RFC 6598, RFC 3927, and what leads to IPv4 from IPv6):
 * the house itself, its neighbours, and the cloud's own services.
 */
const PRIVATE = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/127',
  '64:ff9b::/96',
  '2002::/16',
  'fc00::/7',
  'fe80::/10',
  'ff00::/8',
];

/**
 * Where requests may go. Names are judged by the addresses that they lead to at the moment of connecting, and the
 * connection goes to the address that was judged: a name that answers differently the next time gains nothing.
 */
export class Destinations {
  readonly #hosts: ReadonlySet<string>;
  readonly #private = blockList(PRIVATE);
  readonly #named: BlockList;

  constructor({ hosts, privateNetworks }: AllowedDestinations) {
    this.#hosts = new Set(hosts.map((host) => host.toLowerCase()));
    this.#named = blockList(privateNetworks);
  }

  /** Throws a {@link Failure}. */
  check(url: URL): void {
    if (!this.allows(url)) throw new Failure('notAllowed');
  }

  /** The same, as an answer. */
  allows(url: URL): boolean {
    return url.username === '' && url.password === '' && this.#isAllowed(url);
  }

  /** For connections: resolves a name, and gives only addresses that may be connected to. */
  readonly lookup: LookupFunction = (hostname, options, callback) => {
    const wanted: LookupOptions = { ...options, all: true };
    lookup(hostname, wanted, (error, found) => {
      const addresses = (Array.isArray(found) ? found : []).filter(({ address }) =>
        this.permits(address),
      );
      const [first] = addresses;
      if (error) callback(error, '', 0);
      else if (!first) callback(new Failure('notAllowed'), '', 0);
      else if (options.all) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };

  /** Whether a name may lead to the address. */
  permits(address: string): boolean {
    return !contains(this.#private, address) || contains(this.#named, address);
  }

  #isAllowed({ protocol, hostname, port }: URL): boolean {
    const usual = port === '' || port === '80' || port === '443';
    const actual = port || (protocol === 'https:' ? '443' : '80');
    return (usual && this.#hosts.has(hostname)) || this.#hosts.has(`${hostname}:${actual}`);
  }
}

function contains(list: BlockList, address: string): boolean {
  // An IPv4 address in IPv6's clothes (RFC 4291 section 2.5.5.2) is judged as what it is.
  const plain = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address;
  return list.check(plain, isIP(plain) === 6 ? 'ipv6' : 'ipv4');
}

function blockList(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return list;
}
