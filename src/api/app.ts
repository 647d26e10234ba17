import swagger from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyPluginAsync,
  type FastifyRequest,
  type FastifyServerFactory,
  LogController,
} from 'fastify'
import { controlAccess, needOf } from './access.ts'
import { auditRequests } from './audit-requests.ts'
import { REQUEST_BYTES } from './body-sizes.ts'
import { answerListsAsCsv, withCsvLists } from './csv-lists.ts'
import type { ApiDeps } from './dependencies.ts'
import { refuseUnreadable } from './http-server.ts'
import { refuseUnknownPaths } from './known-paths.ts'
import { answerMistypedPage, isMistypedPage } from './mistyped-page.ts'
import { withNdjsonPages } from './ndjson-pages.ts'
import { takeAbsentBodies, withOptionalBodies, withOptionalDefaults } from './optional-defaults.ts'
import { acceptOwnHosts } from './own-hosts.ts'
import { LONGEST_PARAMETER } from './path-text.ts'
import { answerWithProblems, Problem, sendProblem } from './problems.ts'
import { readBodies } from './request-bodies.ts'
import { limitRequests } from './request-limits.ts'
import { guardResponses, ofDocs } from './response-headers.ts'
import { auditRoutes } from './routes/audit.ts'
import { callerRoutes } from './routes/caller.ts'
import { changeRoutes, configurationRoutes, configurationSchemaRoutes } from './routes/configuration.ts'
import { deadLetterActionRoutes } from './routes/dead-letter-actions.ts'
import { deadLetterRoutes } from './routes/dead-letters.ts'
import { demoRoutes } from './routes/demo.ts'
import { eventRoutes } from './routes/events.ts'
import { feedRoutes } from './routes/feeds.ts'
import { figureRoutes } from './routes/figures.ts'
import { filedFulfilmentRoutes } from './routes/filed-fulfilments.ts'
import { healthRoutes } from './routes/health.ts'
import { historyRoutes } from './routes/history.ts'
import { keyRoutes } from './routes/keys.ts'
import { metadataPreviewRoutes } from './routes/metadata-preview.ts'
import { orderActionRoutes } from './routes/order-actions.ts'
import { orderSearchRoutes } from './routes/order-search.ts'
import { orderTimelineRoutes } from './routes/order-timeline.ts'
import { orderRoutes } from './routes/orders.ts'
import { outgoingEventRoutes } from './routes/outgoing-events.ts'
import { pageRoutes } from './routes/page.ts'
import { pauseRoutes } from './routes/pauses.ts'
import { personRoutes } from './routes/persons.ts'
import { pullRoutes } from './routes/pulls.ts'
import { readRoutes } from './routes/reads.ts'
import { rebuildRoutes } from './routes/rebuilds.ts'
import { replayRoutes } from './routes/replays.ts'
import { shareLinkRoutes } from './routes/share-links.ts'
import { sharedOrderRoutes } from './routes/shared-order.ts'
import { stagedRoutes } from './routes/staged.ts'
import { startPage } from './routes/start-page.ts'
import { statusRoutes } from './routes/status.ts'
import { syncRequestRoutes } from './routes/sync-requests.ts'
import { systemRoutes } from './routes/system.ts'
import { taskEntityRoutes } from './routes/task-entities.ts'
import { taskRoutes } from './routes/tasks.ts'
import { testRoutes } from './routes/tests.ts'
import { webhookRoutes } from './routes/webhooks.ts'
import { serializeAnswers } from './serializers.ts'
import { asksForKey } from './sign-in.ts'
import { trustedProxies } from './trusted-proxies.ts'
import { describeUsualAnswers } from './usual-answers.ts'
import { validateRequests } from './validators.ts'

/** All roles may start in one process: on a busy machine, the API gets its turn late. */
const PLUGINS_START_MS = 300_000
/** A byte of a parameter may take three characters in the URL; the decoded length is checked later. */
const LONGEST_WRITTEN = 3 * LONGEST_PARAMETER

/**
 * Builds the API without listening. It never calls vendors. `serverFactory` creates the server that it will listen
 * with.
 */
export function buildApp(deps: ApiDeps, serverFactory?: FastifyServerFactory): FastifyInstance {
  const { http } = deps
  const loggerInstance: FastifyBaseLogger = deps.logger
  const page = deps.page ?? null
  const app: FastifyInstance = Fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true }),
    routerOptions: { maxParamLength: LONGEST_WRITTEN },
    bodyLimit: REQUEST_BYTES,
    pluginTimeout: PLUGINS_START_MS,
    ...(http.trustedProxies.length === 0 ? {} : { trustProxy: trustedProxies(http.trustedProxies) }),
    clientErrorHandler: refuseUnreadable,
    // Requests during the shutdown get normal answers.
    return503OnClosing: false,
    ...(serverFactory === undefined ? {} : { serverFactory }),
    frameworkErrors: (error, request, reply) =>
      void (answerMistypedPage(page, request, reply) ?? sendProblem(error, request, reply)),
  })
  const needsKey = (request: FastifyRequest) => {
    const need = needOf(request.method, request.routeOptions.url)
    return need !== 'open' && need !== 'signed' && !isMistypedPage(request)
  }
  const isOpen = async (request: FastifyRequest) => needsKey(request) && !(await asksForKey(deps))
  const hasKey = async (request: FastifyRequest) => needsKey(request) && (await asksForKey(deps))
  answerWithProblems(app, (request, error) => limits.refusalOf(request, error))
  readBodies(app)
  validateRequests(app)
  serializeAnswers(app)
  takeAbsentBodies(app)
  guardResponses(app, http.tls !== null)
  acceptOwnHosts(app, { isOpen, allowedHosts: http.allowedHosts })
  controlAccess(app, deps)
  auditRequests(app, deps)
  const limits = limitRequests(app, { ...http, hasKey })
  refuseUnknownPaths(app, (request, reply) => answerMistypedPage(page, request, reply))
  answerListsAsCsv(app)
  describeUsualAnswers(app)
  describeApi(app)
  app.register(pageRoutes(page))
  app.register(startPage(deps.operations.feeds))
  app.register(callerRoutes(deps))
  app.register(eventRoutes(deps))
  if (deps.demo !== undefined) app.register(demoRoutes(deps.demo))
  app.register(feedRoutes(deps))
  app.register(historyRoutes(deps))
  app.register(pullRoutes(deps))
  app.register(outgoingEventRoutes(deps))
  app.register(statusRoutes(deps))
  app.register(figureRoutes(deps))
  app.register(taskRoutes(deps))
  app.register(taskEntityRoutes(deps))
  app.register(deadLetterRoutes(deps))
  app.register(deadLetterActionRoutes(deps))
  app.register(metadataPreviewRoutes(deps))
  app.register(stagedRoutes(deps))
  app.register(pauseRoutes(deps))
  app.register(configurationRoutes(deps))
  app.register(configurationSchemaRoutes(deps))
  app.register(changeRoutes(deps))
  app.register(testRoutes(deps))
  app.register(readRoutes(deps))
  app.register(syncRequestRoutes(deps))
  app.register(webhookRoutes(deps))
  app.register(orderRoutes(deps))
  app.register(orderSearchRoutes(deps))
  app.register(orderTimelineRoutes(deps))
  app.register(orderActionRoutes(deps))
  app.register(filedFulfilmentRoutes(deps))
  app.register(shareLinkRoutes(deps))
  app.register(sharedOrderRoutes(deps, (request, error) => limits.refusalOf(request, error)))
  app.register(replayRoutes(deps))
  app.register(rebuildRoutes(deps))
  app.register(systemRoutes(deps))
  app.register(keyRoutes(deps))
  app.register(auditRoutes(deps))
  app.register(personRoutes(deps))
  app.register(healthRoutes(deps))
  app.register(openApi)
  return app
}

/** The OpenAPI document, and the page that shows it. */
function describeApi(app: FastifyInstance): void {
  app.addSchema(Problem)
  app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Waldstream',
        version: '1',
        description: 'Feeds, tasks, dead letters, staged entities, replays and the configuration',
      },
      components: { securitySchemes: { token: { type: 'http', scheme: 'bearer' } } },
      security: [{ token: [] }],
    },
    transform: ({ schema, url }) => ({ schema: withNdjsonPages(withCsvLists(withOptionalDefaults(schema))), url }),
    transformObject: (made) => ('openapiObject' in made ? withOptionalBodies(made.openapiObject) : made.swaggerObject),
    refResolver: { buildLocalReference: (json, _base, _fragment, i) => String(json['$id'] ?? `schema-${i}`) },
  })
  app.register(swaggerUi, { routePrefix: '/docs', staticCSP: ofDocs })
}

const openApi: FastifyPluginAsync = async (app) => {
  app.get('/openapi.json', { schema: { hide: true } }, async () => app.swagger())
}
