import type { Logger } from 'pino'
import type { Connection } from '../../configuration/model.ts'
import type { PerSystemKind, TopicEvents } from '../../events/topics.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Tables } from '../../platform/dynamodb/tables.ts'
import { type RecordedCalls, recordCalls } from '../../platform/recorded-calls.ts'
import { withoutPersons } from '../../platform/registry/personal-bodies.ts'
import { type Mask, maskOfEvent } from '../../platform/registry/personal-texts.ts'
import type { Sink } from '../../systems/kit/sink.ts'
import { putOrderCalls } from './order-calls.ts'

interface Deps {
  readonly tables: Tables
  readonly clock: Clock
  readonly logger: Logger
}

/** A table that does not answer holds a delivery up for no longer. */
const KEEP_MS = 2_000

/** The orders that events of these kinds are of. */
const orderOf: { readonly [K in PerSystemKind]?: (event: TopicEvents[K], connection: Connection) => OrderName } = {
  'vendor-orders': ({ source, key }) => ({ source, number: key }),
  'shop-fulfilments': ({ data }, { shop }) => ({ source: shop, number: data.orderNumber }),
}

interface OrderName {
  readonly source: string
  readonly number: string
}

/**
 * The same sink, which keeps the calls of every attempt at what is of an order: with what was sent and answered, without
 * persons. That is done as well as it can be: no delivery fails with it, or waits for it for more than `KEEP_MS`.
 */
export function recordedSink<K extends PerSystemKind>(stage: string, sink: Sink<K>, deps: Deps): Sink<K> {
  const nameOf = orderOf[sink.kind]
  if (nameOf === undefined) return sink
  const keep = keeper(deps)
  const { kind, naturalKey, sideBySide } = sink
  return {
    kind,
    naturalKey,
    ...(sideBySide === undefined ? {} : { sideBySide }),
    ...(sink.probe === undefined ? {} : { probe: sink.probe.bind(sink) }),
    async deliver(event, connection, signal, before) {
      const recorded = recordCalls(signal)
      const at = deps.clock.now()
      try {
        return await sink.deliver(event, connection, signal, before)
      } finally {
        await keep(recorded, async () => {
          const of = { ...nameOf(event, connection), eventId: event.eventId, stage, connection: connection.id, at }
          await putOrderCalls(deps.tables, of, withoutPersonsOf(recorded, maskOfEvent(kind, event)))
        })
      }
    },
  }
}

function withoutPersonsOf({ calls, leftOut }: RecordedCalls, mask: Mask): RecordedCalls {
  const bodyOf = (body: string | null, by: 'us' | 'them') => (body === null ? null : withoutPersons(body, mask, by))
  const own = calls.map((call) => ({
    ...call,
    address: mask(call.address),
    request: bodyOf(call.request, 'us'),
    answer: bodyOf(call.answer, 'them'),
  }))
  return { calls: own, leftOut }
}

/** Whoever keeps is told of once, until it succeeds again. */
function keeper({ clock, logger }: Deps): (recorded: RecordedCalls, put: () => Promise<void>) => Promise<void> {
  let isFailing = false
  const warn = (error: unknown): void => {
    if (!isFailing) logger.warn({ err: error }, 'the calls of a delivery could not be kept; the delivery goes on')
    isFailing = true
  }
  return async ({ calls }, put) => {
    if (calls.length === 0) return
    const done = new AbortController()
    const kept = put()
      .then(() => {
        isFailing = false
      })
      .catch(warn)
    const late = clock.sleep(KEEP_MS, done.signal).then(
      () => warn(new Error(`the table has not answered for ${KEEP_MS} ms`)),
      () => undefined,
    )
    await Promise.race([kept, late])
    done.abort()
  }
}
