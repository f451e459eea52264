import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox';
import { ok } from '../../../lib/result.ts';
import type { StoredSettings } from '../../../runtime/ports/settings.ts';
import type { ApiContext } from '../../context.ts';
import { withoutNulls } from '../../merge.ts';
import { changeConfiguration } from '../../outcomes.ts';
import { demandMatch, IfMatch } from '../../preconditions.ts';
import { iso, responses } from '../../schemas.ts';
import { SettingsAnswer, SettingsPatch } from './schemas.ts';

const tags = ['settings'];

/** What the house goes by as a whole. */
export const settingsRoutes: FastifyPluginAsyncTypebox<ApiContext> = async (app, context) => {
  const { configuration, settings } = context.store;
  const answer = ({ own, revision, updatedAt }: StoredSettings) => ({
    ...settings.environment,
    ...own,
    set: Object.keys(own),
    revision,
    updatedAt: iso(updatedAt),
  });

  app.get(
    '',
    {
      config: { scope: 'configuration:read' },
      schema: {
        tags,
        summary: 'What the house goes by as a whole',
        response: responses({ 200: SettingsAnswer }),
      },
    },
    async () => answer(await configuration.settings.get()),
  );

  app.patch(
    '',
    {
      config: { scope: 'configuration:write' },
      schema: {
        tags,
        summary: 'Change what the house goes by',
        description:
          'It holds at once, without a restart; on another application node within ten seconds. What is not named stays as it is; null: as the environment says again (RFC 7396).',
        headers: IfMatch,
        body: SettingsPatch,
        response: responses({ 200: SettingsAnswer }),
      },
    },
    async ({ headers, body }) => {
      const changed = await changeConfiguration(context, async (tx) => {
        const { own, revision } = await tx.settings.get();
        demandMatch(headers['if-match'], revision);
        return ok(await tx.settings.put(withoutNulls({ ...own, ...body })));
      });
      return answer(changed);
    },
  );
};
