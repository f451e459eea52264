// The programs that tests and benches use as telephones, as a recogniser, as eyes: nobody here wrote them, and Debian has
// them.
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const TOOLS = [
  { command: 'sipp', package: 'sip-tester' },
  { command: 'baresip', package: 'baresip-core' },
  { file: '/usr/lib/python3/dist-packages/pocketsphinx', package: 'python3-pocketsphinx' },
  { file: '/usr/share/pocketsphinx/model/en-us/en-us', package: 'pocketsphinx-en-us' },
];

const EYES = [{ command: 'tcpdump', package: 'tcpdump' }];

const has = (command) =>
  spawnSync('sh', ['-c', `command -v '${command}'`], { stdio: 'ignore' }).status === 0;

/** As root, or by sudo where that asks nothing; undefined where neither is possible. */
function rootPrefix() {
  if (process.getuid?.() === 0) return [];
  const silent = spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0;
  return silent ? ['sudo', '-n'] : undefined;
}

function aptGet(prefix, args) {
  const [command, ...rest] = [
    ...prefix,
    'env',
    'DEBIAN_FRONTEND=noninteractive',
    'apt-get',
    ...args,
  ];
  return spawnSync(command, rest, { stdio: ['ignore', 'ignore', 'inherit'] }).status === 0;
}

const PROMTOOL_KEPT = fileURLToPath(
  new URL('../node_modules/.cache/centralita/promtool', import.meta.url),
);

/** What tries alert rules: PROMTOOL, the one that was taken out of Debian's package, or that of the machine. */
export const promtool = () =>
  process.env.PROMTOOL ?? (existsSync(PROMTOOL_KEPT) ? PROMTOOL_KEPT : 'promtool');

/**
 * Takes promtool out of Debian's package `prometheus`, which is not installed: it would start a server. Undefined when it
 * is there; otherwise why not, in words.
 */
export function ensurePromtool() {
  if (has(promtool())) return undefined;
  const advice = 'Without promtool (Debian: prometheus) the alert rules are not tried';
  if (!has('apt-get') || !has('dpkg-deb')) return `${advice}: this is no Debian.`;
  console.error('Taking promtool out of the package prometheus …');
  const folder = mkdtempSync(join(tmpdir(), 'centralita-promtool-'));
  try {
    const prefix = rootPrefix();
    const there =
      download(folder) || (prefix && aptGet(prefix, ['update', '-q']) && download(folder));
    return there ? undefined : `${advice}: it could not be downloaded.`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Whoever may download may unpack: none of this needs root. */
function download(folder) {
  const here = { cwd: folder, stdio: 'ignore' };
  if (spawnSync('apt-get', ['download', '-q', 'prometheus'], here).status !== 0) return false;
  const [file = ''] = readdirSync(folder).filter((name) => name.endsWith('.deb'));
  if (spawnSync('dpkg-deb', ['-x', file, 'all'], here).status !== 0) return false;
  mkdirSync(dirname(PROMTOOL_KEPT), { recursive: true });
  const near = `${PROMTOOL_KEPT}.${process.pid}`;
  cpSync(join(folder, 'all/usr/bin/promtool'), near);
  renameSync(near, PROMTOOL_KEPT);
  return true;
}

/** Installs what is missing. Returns what is still missing then, in words; undefined when all is there. */
export const ensureTestTools = () => ensure(TOOLS, 'These tests need');

/** The same for the program that sees packets with the kernel's time stamps. */
export const ensureEyes = () => ensure(EYES, 'Time stamps of the kernel need');

function ensure(tools, whoNeeds) {
  const missing = tools.filter((tool) => !(tool.file ? existsSync(tool.file) : has(tool.command)));
  if (missing.length === 0) return undefined;
  const names = missing.map((tool) => tool.package);
  const advice = `${whoNeeds} ${names.join(' and ')} (Debian), not found here`;
  const prefix = rootPrefix();
  if (!has('apt-get')) return `${advice}, and this is no Debian. Install them by hand.`;
  if (!prefix) return `${advice}. Run: sudo apt-get install ${names.join(' ')}`;
  console.error(`Installing ${names.join(' and ')} …`);
  const install = ['install', '-y', '-q', '--no-install-recommends', ...names];
  const installed =
    aptGet(prefix, install) || (aptGet(prefix, ['update', '-q']) && aptGet(prefix, install));
  return installed ? undefined : `${advice}, and apt-get could not install them.`;
}
