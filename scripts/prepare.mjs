// Makes a clone ready to run: installs the packages when they are missing or older than the lock file, and with
// `--build` bundles the sources when they, or the packages, have changed (bundled, Centralita starts four times as fast).
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const INSTALLED = 'node_modules/.package-lock.json';
const BUILT = 'dist/main.js';
const BUNDLE = 'scripts/bundle.mjs';
const NPM_INSTALL = ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error'];

const timeOf = (file) => (existsSync(file) ? statSync(file).mtimeMs : 0);

function run(what, command, args) {
  console.log(what);
  const { status } = spawnSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  if (status !== 0) process.exit(status ?? 1);
}

/** When what is built of changed last. Folders count, too: a file that is gone has changed its folder only. */
function newestSource() {
  const sources = readdirSync('src', { recursive: true }).map((name) => join('src', name));
  return Math.max(...['src', 'tsconfig.json', BUNDLE, INSTALLED, ...sources].map(timeOf));
}

if (timeOf(INSTALLED) < timeOf('package-lock.json')) {
  run('Installing packages …', 'npm', NPM_INSTALL);
}
if (process.argv.includes('--build') && timeOf(BUILT) < newestSource()) {
  run('Building …', process.execPath, [BUNDLE]);
}
