import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import Fastify, {
  type FastifyError,
  type FastifyInstance,
  type FastifyPluginAsync,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify';
import type { ApiContext } from './context.ts';
import { registerAudit } from './plugins/audit.ts';
import { prepareAccess, registerAuthentication } from './plugins/authentication.ts';
import { answerClientError } from './plugins/client-errors.ts';
import { registerFields } from './plugins/fields.ts';
import { registerGivingWay } from './plugins/giving-way.ts';
import { registerIdempotency } from './plugins/idempotency.ts';
import { collectRoutes } from './plugins/known-routes.ts';
import { registerMeasures } from './plugins/measures.ts';
import { registerOpenapi } from './plugins/openapi.ts';
import { refusalOf, registerProblems, sendRefusal } from './plugins/problems.ts';
import { RATE_LIMITS, registerRateLimit } from './plugins/rate-limit.ts';
import { registerSerialization } from './plugins/serialization.ts';
import { registerValidation } from './plugins/validation.ts';
import { registerRevisions } from './preconditions.ts';
import { accessRoutes } from './routes/access.ts';
import { agentRoutes } from './routes/agents/routes.ts';
import { calendarRoutes } from './routes/calendars/routes.ts';
import { callbackRoutes } from './routes/callbacks/routes.ts';
import { callRoutes } from './routes/calls/routes.ts';
import { parkedRoutes, talkRoutes } from './routes/calls/talk/routes.ts';
import { whyRoutes } from './routes/calls/why/routes.ts';
import { cdrRoutes } from './routes/cdrs/routes.ts';
import { fileRoutes } from './routes/configuration/file-routes.ts';
import { configurationRoutes } from './routes/configuration/routes.ts';
import { contactRoutes } from './routes/contacts/routes.ts';
import { deviceRoutes } from './routes/devices/routes.ts';
import { diallingRoutes } from './routes/dialling/routes.ts';
import { directoryRoutes, presenceRoutes } from './routes/directory/routes.ts';
import { draftRoutes } from './routes/flows/drafts.ts';
import { flowRoutes } from './routes/flows/routes.ts';
import { versionRoutes } from './routes/flows/versions.ts';
import { labelRoutes } from './routes/labels/routes.ts';
import { numberRoutes } from './routes/numbers/routes.ts';
import { promptRoutes } from './routes/prompts/routes.ts';
import { soundRoutes } from './routes/prompts/sound.ts';
import { queueRoutes } from './routes/queues/routes.ts';
import { dispositionRoutes, notReadyReasonRoutes } from './routes/reasons/routes.ts';
import { liveRecordingRoutes } from './routes/recordings/live.ts';
import { recordingRoutes } from './routes/recordings/routes.ts';
import { reportRoutes } from './routes/reports/routes.ts';
import { settingsRoutes } from './routes/settings/routes.ts';
import { supervisionRoutes } from './routes/supervision/routes.ts';
import { surveyRoutes } from './routes/surveys/routes.ts';
import { systemRoutes } from './routes/system/routes.ts';
import { trunkRoutes } from './routes/trunks/routes.ts';
import { voicemailRoutes } from './routes/voicemails/routes.ts';
import { deliveryRoutes } from './routes/webhooks/deliveries.ts';
import { webhookRoutes } from './routes/webhooks/routes.ts';

export type { ApiContext };

const BODY_BYTES_MAX = 1_000_000;
const HEADER_BYTES_MAX = 16_384;
const REQUEST_MS_MAX = 30_000;
const KEEP_ALIVE_MS = 65_000;

/** The HTTP server, not yet listening: `listen` it, hang the feed on its `server`, and `close` it. */
export async function buildApi(context: ApiContext): Promise<FastifyInstance> {
  const app = Fastify({
    logger: false,
    bodyLimit: BODY_BYTES_MAX,
    requestTimeout: REQUEST_MS_MAX,
    keepAliveTimeout: KEEP_ALIVE_MS,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 200, ignoreTrailingSlash: true },
    http: { maxHeaderSize: HEADER_BYTES_MAX },
    frameworkErrors: sendFrameworkError,
    clientErrorHandler: answerClientError,
  }).withTypeProvider<TypeBoxTypeProvider>();

  prepareAccess(app);
  const routes = collectRoutes(app);
  registerProblems(app, routes, context.log);
  registerValidation(app);
  registerSerialization(app);
  registerMeasures(app, context.metrics);
  app.addHook('onRequest', async (_request, reply) => {
    void reply.headers({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
  });
  await registerOpenapi(app, context.version);

  await app.register(systemRoutes, context);
  await app.register(soundRoutes, context);
  const v1Routes: FastifyPluginAsync = async (v1) => {
    registerGivingWay(v1);
    registerAuthentication(v1, context.store.apiKeys);
    registerAudit(v1, context);
    registerFields(v1);
    registerRevisions(v1);
    await registerRateLimit(v1, context.rateLimits ?? RATE_LIMITS);
    registerIdempotency(v1, context.store.idempotency, context.log);
    await v1.register(numberRoutes, { ...context, prefix: '/numbers' });
    await v1.register(calendarRoutes, { ...context, prefix: '/calendars' });
    await v1.register(flowRoutes, { ...context, prefix: '/flows' });
    await v1.register(draftRoutes, { ...context, prefix: '/flows' });
    await v1.register(versionRoutes, { ...context, prefix: '/flows' });
    await v1.register(queueRoutes, { ...context, prefix: '/queues' });
    await v1.register(agentRoutes, { ...context, prefix: '/agents' });
    await v1.register(dispositionRoutes, { ...context, prefix: '/dispositions' });
    await v1.register(notReadyReasonRoutes, { ...context, prefix: '/not-ready-reasons' });
    await v1.register(deviceRoutes, { ...context, prefix: '/devices' });
    await v1.register(directoryRoutes, { ...context, prefix: '/directory' });
    await v1.register(presenceRoutes, { ...context, prefix: '/presence' });
    await v1.register(contactRoutes, { ...context, prefix: '/contacts' });
    await v1.register(configurationRoutes, { ...context, prefix: '/configuration' });
    await v1.register(fileRoutes, { ...context, prefix: '/configuration' });
    await v1.register(callRoutes, { ...context, prefix: '/calls' });
    await v1.register(whyRoutes, { ...context, prefix: '/calls' });
    await v1.register(talkRoutes, { ...context, prefix: '/calls' });
    await v1.register(parkedRoutes, { ...context, prefix: '/parked' });
    await v1.register(callbackRoutes, { ...context, prefix: '/callbacks' });
    await v1.register(cdrRoutes, { ...context, prefix: '/cdrs' });
    await v1.register(promptRoutes, { ...context, prefix: '/prompts' });
    await v1.register(voicemailRoutes, { ...context, prefix: '/voicemails' });
    await v1.register(recordingRoutes, { ...context, prefix: '/recordings' });
    await v1.register(liveRecordingRoutes, { ...context, prefix: '/calls' });
    await v1.register(trunkRoutes, { ...context, prefix: '/trunks' });
    await v1.register(diallingRoutes, { ...context, prefix: '/dialling' });
    await v1.register(labelRoutes, context);
    await v1.register(settingsRoutes, { ...context, prefix: '/settings' });
    await v1.register(supervisionRoutes, { ...context, prefix: '/calls' });
    await v1.register(surveyRoutes, { ...context, prefix: '/surveys' });
    await v1.register(reportRoutes, { ...context, prefix: '/reports' });
    await v1.register(webhookRoutes, { ...context, prefix: '/webhooks' });
    await v1.register(deliveryRoutes, { ...context, prefix: '/webhooks' });
    await v1.register(accessRoutes, context);
  };
  await app.register(v1Routes, { prefix: '/v1' });
  await app.ready();
  return app;
}

/** A path that cannot even be decoded never gets to a handler of ours. */
function sendFrameworkError(
  error: FastifyError,
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  void sendRefusal(refusalOf(error), request, reply);
}
