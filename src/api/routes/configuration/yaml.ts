import { Document, isMap, type Pair, type Scalar, YAMLMap } from 'yaml';
import type { ConfigurationDocument } from './section.ts';
import { SECTIONS } from './sections.ts';

const HEADER = ` The configuration of a Centralita, to be read, kept under version control and applied again:

   npm run config -- diff FILE      what would change
   npm run config -- apply FILE     all of it or nothing

 A section that is not here stays as it is; what is missing in one that is here goes only with --remove.
 Left out, because they are no configuration or hold secrets: PINs, passwords and secrets of webhooks, API keys,
 contacts, uploaded recordings, drafts and old versions of flows, closures in force, and all records of calls.`;

/** A file that people review: always in the same order, with a comment over each section. */
export function yamlOf(document: ConfigurationDocument): string {
  const yaml = new Document(document, { aliasDuplicateObjects: false, compat: 'yaml-1.1' });
  yaml.commentBefore = HEADER;
  if (yaml.contents instanceof YAMLMap) commentSections(yaml.contents);
  return yaml.toString({ lineWidth: 110, flowCollectionPadding: true });
}

function commentSections(map: YAMLMap): void {
  for (const pair of map.items as Pair<Scalar<string>>[]) {
    const section = SECTIONS.find(({ name }) => name === pair.key.value);
    if (!section) continue;
    pair.key.spaceBefore = true;
    pair.key.commentBefore = section.comment;
    spaceOut(pair.value);
  }
}

/** What fits on a line stays on one: skills, hours, rules. */
function spaceOut(list: unknown): void {
  const { items = [] } = list as { readonly items?: readonly unknown[] };
  for (const item of items) {
    if (!isMap(item) || item.has('document')) continue;
    for (const { value } of item.items) flowIfShort(value);
  }
}

const SHORT = 90;

function flowIfShort(node: unknown): void {
  const collection = node as { flow?: boolean; items?: readonly unknown[]; toJSON?(): unknown };
  if (!Array.isArray(collection.items)) return;
  if (JSON.stringify(collection).length <= SHORT) collection.flow = true;
  else for (const item of collection.items) flowIfShort(item);
}
