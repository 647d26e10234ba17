import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import { applyFault, FaultSet, parseFaultRules } from './faults.ts'
import { RequestLog } from './request-log.ts'

/** A running simulator. `url` has no trailing slash; `close()` ends its connections, timers and database. */
export interface Simulator {
  url: string
  close(): Promise<void>
}

/** A simulator's description for the harness. */
export interface SimulatorDefinition {
  /** The whole state in the vendor's own wire form, returned by `GET /_sim/state`. */
  state: () => unknown
  /** Recreates the initial data. The harness clears faults and the request log. */
  reset: () => void | Promise<void>
  /** Maximum requests in `GET /_sim/requests` (10,000). */
  requestsKept?: number
}

/**
 * A Fastify app with the control routes `/_sim/{state,reset,faults,requests}`, fault injection and the request log. The
 * vendor's routes are added to it; calls to `/_sim/` are neither logged nor subject to faults.
 */
export function createSimulatorApp(definition: SimulatorDefinition): FastifyInstance {
  const app = fastify({
    logger: false,
    forceCloseConnections: true,
    bodyLimit: 32 * 1024 * 1024,
    routerOptions: { maxParamLength: 1000 },
  })
  const faults = new FaultSet()
  const log = new RequestLog(definition.requestsKept ?? 10_000)
  acceptEmptyJson(app)

  app.addHook('onRequest', async (request, reply) => {
    if (isControl(request)) return
    log.open(request.method, request.raw.url ?? '/', reply.raw)
    const fault = faults.take(request.method, request.raw.url ?? '/')
    if (fault !== undefined) await applyFault(fault, request, reply)
  })
  app.addHook('onSend', async (request, reply, payload) => {
    if (faults.closesAfterCommit(request)) reply.raw.destroy()
    return faults.sent(request, payload)
  })
  const control = (routes: FastifyInstance, _options: object, done: () => void) => {
    addControlRoutes(routes, definition, faults, log)
    done()
  }
  app.register(control, { prefix: '/_sim' })
  return app
}

/** Starts the app on `127.0.0.1`; port 0 (the default) picks a free one. */
export async function listen(app: FastifyInstance, port = 0): Promise<Simulator> {
  const url = await app.listen({ host: '127.0.0.1', port })
  return { url, close: () => app.close() }
}

function isControl(request: FastifyRequest): boolean {
  return (request.raw.url ?? '').startsWith('/_sim/')
}

/** The simulated vendors accept a POST with a JSON content type and no body. */
function acceptEmptyJson(app: FastifyInstance): void {
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    const text = body.toString()
    if (text === '') return done(null, undefined)
    try {
      done(null, JSON.parse(text))
    } catch (cause) {
      done(Object.assign(new Error('The body is not JSON.', { cause }), { statusCode: 400 }))
    }
  })
}

function addControlRoutes(
  control: FastifyInstance,
  definition: SimulatorDefinition,
  faults: FaultSet,
  log: RequestLog,
): void {
  control.setErrorHandler((error, _request, reply) => reply.code(400).send({ message: String(error) }))
  control.get('/state', async (_request, reply) => sendJson(reply, definition.state()))
  control.post('/reset', async () => {
    faults.replace([])
    log.clear()
    await definition.reset()
    return { reset: true }
  })
  control.get('/faults', async () => faults.list())
  control.post('/faults', async (request) => {
    faults.replace(parseFaultRules(request.body))
    return faults.list()
  })
  control.get<{ Querystring: { since?: string } }>('/requests', async (request) => log.list(request.query.since))
}

function sendJson(reply: FastifyReply, body: unknown): FastifyReply {
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(body))
}
