import type Srf from 'drachtio-srf';

/** The extensions that a caller may insist on: the switch does reliable provisional responses by itself. */
const EXTENSIONS = new Set(['100rel', 'timer']);

/** What a far end insists on and nobody here knows (RFC 3261 section 8.2.2.3). */
export function unsupportedExtensions(req: Srf.SrfRequest): string[] {
  const tags = (req.has('Require') ? req.get('Require') : '').split(',').map((tag) => tag.trim());
  return tags.filter((tag) => tag !== '' && !EXTENSIONS.has(tag.toLowerCase()));
}
