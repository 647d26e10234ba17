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

/** A page of a browser has one for each of its windows. */
const MOST_PER_CALLER = 8
const MOST_STREAMS = 200
/** Well within what proxies take for silence. The key is looked at as often. */
const BEAT_EVERY_MS = 15_000
const LONGEST_S = 900

const Query = Type.Object(
  {
    seconds: Type.Integer({
      minimum: 0,
      maximum: LONGEST_S,
      description: 'After so long the stream ends, and is asked for again; 0: at once, after the first event',
    }),
    connection: Type.Optional(
      Type.String({ minLength: 1, maxLength: 200, description: 'Only what changes of this one' }),
    ),
  },
  { additionalProperties: false },
)

/** One of the stream's events; OpenAPI 3.1 has the schema of a stream describe each of them. */
const Event = Type.Object(
  {
    event: Type.Enum(['ready', 'changed'], {
      description: '`ready`: whatever changes from now on is told. `changed`: what to ask for again',
    }),
    data: Type.String({
      description: `JSON. Of \`changed\`: {"connection", "topics"}; topics are of ${liveTopics.join(', ')}; a connection of null stands for any. Of \`ready\`: {}`,
    }),
  },
  { description: 'Server-sent events' },
)

/** Says what to ask for again, as soon as it changes. It holds nothing that lists do not. */
export function eventRoutes(deps: ApiDeps): FastifyPluginAsyncTypebox {
  const changes = createLiveChanges(deps.operations)
  const streams = createEventStreams({ mostStreams: MOST_STREAMS, mostPerCaller: MOST_PER_CALLER })
  const follow = following({ changes, signIn: createSignIn(deps) })
  return async (app) => {
    // Before the server waits for what is under way: these would not end by themselves.
    app.addHook('preClose', async () => changes.close())
    const response = { 200: Event, ...problems(400, 401, 429, 503) }
    const schema = { tags: ['status'], produces: ['text/event-stream'], querystring: Query, response }
    app.get('/v1/events', { schema }, async (request, reply) => {
      const stream = streams.open(callerOf(request))
      // The answer may be closed before it begins.
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

/** Tells a stream what changes, until it closes, its time is over, or whoever asked may not know it any more. */
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

/** Who has a key by that alone; others by where they are. */
function callerOf(request: FastifyRequest): string {
  return principalOf(request).via?.key ?? placeOf(request.ip)
}
