import swagger, { type StaticDocumentSpec } from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { createServer, type ServerOptions } from '../server.ts';

const PLACE = '/docs';

/**
 * The document as a page, by Swagger UI. Its modules and files are a sixth of what it takes to open the API, and most
 * starts are for calls: it is opened when somebody comes to read. After `registerOpenapi`.
 */
export function registerDocumentation(app: FastifyInstance, options: ServerOptions): void {
  let opening: Promise<FastifyInstance> | undefined;
  app.addHook('onClose', async () => (await opening)?.close());
  for (const url of [PLACE, `${PLACE}/*`]) {
    app.get(url, { config: { scope: 'open' }, schema: { hide: true } }, async (request, reply) => {
      opening ??= openPages(app, options);
      const pages = await opening;
      reply.hijack();
      pages.routing(request.raw, reply.raw);
    });
  }
}

async function openPages(app: FastifyInstance, options: ServerOptions): Promise<FastifyInstance> {
  const { default: swaggerUi } = await import('@fastify/swagger-ui');
  const pages: FastifyInstance = createServer(options);
  // The document is there already: its type says OpenAPI 3.1, too, which the plugin's own does not know.
  const document = app.swagger() as StaticDocumentSpec['document'];
  await pages.register(swagger, { mode: 'static', specification: { document } });
  await pages.register(swaggerUi, {
    routePrefix: PLACE,
    uiConfig: { docExpansion: 'list', persistAuthorization: true, tryItOutEnabled: true },
  });
  await pages.ready();
  return pages;
}
