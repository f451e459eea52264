import type { Config } from './config/config.ts';
import type { House } from './house.ts';

/** The few lines that a person reads after `npm start`: what to register, what to dial, where to look. */
export function welcome(config: Config, house: House): string {
  const base = `http://${house.httpAddress}`;
  const lines = [
    '',
    'Centralita is ready.',
    ...troubleLines(house),
    '',
    `  Phones      register at ${house.sipAddress ?? 'your drachtio-server'} (UDP or TCP), realm ${config.sip.realm}`,
    ...tlsLines(house),
    ...exampleLines(config),
    `  API         ${base}/v1   documentation ${base}/docs   health ${base}/readyz`,
    apiKeyLine(config, house),
    ...passwordLines(house),
    `  Data        ${config.dataDir}`,
    '',
  ];
  return `${lines.join('\n')}\n`;
}

function tlsLines({ sipTlsAddress }: House): string[] {
  return sipTlsAddress ? [`              or at ${sipTlsAddress} by TLS`] : [];
}

function exampleLines({ seedExample }: Config): string[] {
  if (!seedExample) return [];
  return [
    '              example: user 1001, password vF7-tulipan-1001; dial *71 and type 2741# to sign in, *73 to be ready',
    '  Call        8005550100 from any other phone, and press 1 for ventas',
  ];
}

function apiKeyLine(config: Config, house: House): string {
  if (house.newApiKey) return `  API key     ${house.newApiKey}   (shown this once: keep it)`;
  const source = config.adminApiKey ? 'the one of ADMIN_API_KEY' : 'as shown at the first start';
  return `  API key     ${source}`;
}

function passwordLines({ newPassword }: House): string[] {
  if (!newPassword) return [];
  return [`  User        admin, password ${newPassword}   (shown this once: keep it)`];
}

function troubleLines({ troubles }: House): string[] {
  if (troubles.length === 0) return [];
  return [`But it cannot take calls yet: ${troubles.join(', ')}.`];
}
