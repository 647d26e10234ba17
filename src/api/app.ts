import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import Fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyPluginAsync, LogController } from 'fastify'
import { controlAccess } from './access.ts'
import type { ApiDeps } from './dependencies.ts'
import { answerWithProblems, Problem } from './problems.ts'
import { changeRoutes, configurationRoutes } from './routes/configuration.ts'
import { deadLetterActionRoutes } from './routes/dead-letter-actions.ts'
import { deadLetterRoutes } from './routes/dead-letters.ts'
import { feedRoutes } from './routes/feeds.ts'
import { healthRoutes } from './routes/health.ts'
import { keyRoutes } from './routes/keys.ts'
import { metadataPreviewRoutes } from './routes/metadata-preview.ts'
import { orderRoutes } from './routes/orders.ts'
import { pauseRoutes } from './routes/pauses.ts'
import { readRoutes } from './routes/reads.ts'
import { rebuildRoutes } from './routes/rebuilds.ts'
import { replayRoutes } from './routes/replays.ts'
import { stagedRoutes } from './routes/staged.ts'
import { startPage } from './routes/start-page.ts'
import { syncRequestRoutes } from './routes/sync-requests.ts'
import { taskEntityRoutes } from './routes/task-entities.ts'
import { taskRoutes } from './routes/tasks.ts'
import { webhookRoutes } from './routes/webhooks.ts'

/** SKUs are part of a path; what vendors use stays far below this. */
const MAX_PARAMETER = 500

/** Builds the API; binds nothing. It calls no vendor. */
export function buildApp(deps: ApiDeps): FastifyInstance {
  const loggerInstance: FastifyBaseLogger = deps.logger
  const app: FastifyInstance = Fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    routerOptions: { maxParamLength: MAX_PARAMETER },
    // A parameter that is not known is an error, not dropped: a mistyped filter would answer everything.
    ajv: { customOptions: { removeAdditional: false } },
  })
  answerWithProblems(app)
  app.addHook('onSend', async (request, reply) => {
    // Feeds say nothing of persons; everything else may, problems too.
    if (!request.url.startsWith('/v1/feeds/')) reply.header('cache-control', 'no-store')
  })
  controlAccess(app, deps)
  describeApi(app)
  app.register(startPage(deps.operations.feeds))
  app.register(feedRoutes(deps))
  app.register(taskRoutes(deps))
  app.register(taskEntityRoutes(deps))
  app.register(deadLetterRoutes(deps))
  app.register(deadLetterActionRoutes(deps))
  app.register(metadataPreviewRoutes(deps))
  app.register(stagedRoutes(deps))
  app.register(pauseRoutes(deps))
  app.register(configurationRoutes(deps))
  app.register(changeRoutes(deps))
  app.register(readRoutes(deps))
  app.register(syncRequestRoutes(deps))
  app.register(webhookRoutes(deps))
  app.register(orderRoutes(deps))
  app.register(replayRoutes(deps))
  app.register(rebuildRoutes(deps))
  app.register(keyRoutes(deps))
  app.register(healthRoutes(deps))
  app.register(openApi)
  return app
}

/** The OpenAPI document, and the page to read and try it. */
function describeApi(app: FastifyInstance): void {
  app.addSchema(Problem)
  app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Waldstream',
        version: '1',
        description: 'Feeds, tasks, dead letters, what is staged, replays, and the configuration of it all',
      },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      security: [{ token: [] }],
    },
    refResolver: { buildLocalReference: (json, _base, _fragment, i) => String(json['$id'] ?? `schema-${i}`) },
  })
  app.register(swaggerUi, { routePrefix: '/docs' })
}

const openApi: FastifyPluginAsync = async (app) => {
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
}
