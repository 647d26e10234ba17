import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'
import type { FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { createLiveChanges, type LiveChange, type LiveChanges, liveTopics } from '../../operations/live-changes.ts'
import { may } from '../../operations/principal.ts'
import { principalOf } from '../access.ts'
import { placeOf } from '../connections.ts'
import type { ApiDeps } from '../dependencies.ts'
import { createEventStreams, type EventStream } from '../event-streams.ts'
import { problems } from '../problems.ts'
import { createSignIn, type SignIn } from '../sign-in.ts'

/** A browser opens one stream per window. */
const MOST_PER_CALLER = 8
const MOST_STREAMS = 200
/** Shorter than the usual idle timeouts of proxies. The key is checked at the same interval. */
const BEAT_EVERY_MS = 15_000
const LONGEST_S = 900

const Query = Type.Object(
  {
    seconds: Type.Integer({
      minimum: 0,
      maximum: LONGEST_S,
      description: 'Time after which the stream ends and the client reconnects; 0: right after the first event',
    }),
    connection: Type.Optional(
      Type.String({ minLength: 1, maxLength: 200, description: 'Only changes of this connection' }),
    ),
  },
  { additionalProperties: false },
)

/** An event of the stream; in OpenAPI 3.1 the schema of a stream describes each event. */
const Event = Type.Object(
  {
    event: Type.Enum(['ready', 'changed'], {
      description: '`ready`: the stream sends all changes from now on. `changed`: data to request again',
    }),
    data: Type.String({
      description: `JSON. For \`changed\`: {"connection", "topics"}; topics are of ${liveTopics.join(', ')}; a connection of null means any. For \`ready\`: {}`,
    }),
  },
  { description: 'Server-sent events' },
)

/** Notifies clients which data to request again after a change, without the data itself. */
export function eventRoutes(deps: ApiDeps): FastifyPluginAsyncTypebox {
  const changes = createLiveChanges(deps.operations)
  const streams = createEventStreams({ mostStreams: MOST_STREAMS, mostPerCaller: MOST_PER_CALLER })
  const follow = following({ changes, signIn: createSignIn(deps) })
  return async (app) => {
    // Ends the streams before the server waits for open requests: they would not end by themselves.
    app.addHook('preClose', async () => changes.close())
    const response = { 200: Event, ...problems(400, 401, 429, 503) }
    const schema = { tags: ['status'], produces: ['text/event-stream'], querystring: Query, response }
    app.get('/v1/events', { schema }, async (request, reply) => {
      const stream = streams.open(callerOf(request))
      // The client may disconnect before the response begins.
      reply.raw.once('close', () => stream.body.destroy())
      try {
        await follow(request, stream)
      } catch (error) {
        stream.body.destroy()
        throw error
      }
      reply.type('text/event-stream').header('x-accel-buffering', 'no')
      return reply.send(stream.body)
    })
  }
}

type Asked = FastifyRequest<{ Querystring: Static<typeof Query> }>

/** Sends changes to a stream until it closes, its time is over, or the caller loses access. */
function following({ changes, signIn }: { readonly changes: LiveChanges; readonly signIn: SignIn }) {
  return async (request: Asked, stream: EventStream): Promise<void> => {
    const { seconds, connection } = request.query
    let principal = principalOf(request)
    const isWanted = ({ connection: of }: LiveChange) => connection === undefined || of === null || of === connection
    const leave = await changes.listen({
      principal: () => principal,
      changed: (change) => isWanted(change) && stream.send('changed', change),
      ended: () => stream.end(),
    })
    const renew = async () => {
      try {
        ;({ principal } = await signIn(request))
        if (!may(principal, 'observe')) return stream.end()
        stream.beat()
      } catch {
        stream.end()
      }
    }
    const beat = setInterval(() => void renew(), BEAT_EVERY_MS)
    const late = setTimeout(() => stream.end(), seconds * 1000)
    const stop = () => {
      leave()
      clearInterval(beat)
      clearTimeout(late)
    }
    stream.body.once('close', stop)
    if (stream.body.destroyed) return stop()
    stream.send('ready', {})
  }
}

/** Identifies a caller by key, else by address. */
function callerOf(request: FastifyRequest): string {
  return principalOf(request).via?.key ?? placeOf(request.ip)
}
