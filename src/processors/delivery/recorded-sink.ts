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

/** A table that does not answer delays a delivery by at most this. */
const KEEP_MS = 2_000

/** The order of an event, for kinds that belong to orders. */
const orderOf: { readonly [K in PerSystemKind]?: (event: TopicEvents[K], connection: Connection) => OrderName } = {
  'vendor-orders': ({ source, key }) => ({ source, number: key }),
  'shop-fulfilments': ({ data }, { shop }) => ({ source: shop, number: data.orderNumber }),
}

interface OrderName {
  readonly source: string
  readonly number: string
}

/**
 * The same sink, which also stores the calls of every attempt for an order: what was sent and answered, without
 * personal data. Best effort: it fails no delivery, and delays it by at most `KEEP_MS`.
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

/** Logs a failure to store once, until storing succeeds again. */
function keeper({ clock, logger }: Deps): (recorded: RecordedCalls, put: () => Promise<void>) => Promise<void> {
  let isFailing = false
  const warn = (error: unknown): void => {
    if (!isFailing) logger.warn({ err: error }, 'could not store the calls of a delivery; the delivery continues')
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
      () => warn(new Error(`the table did not answer within ${KEEP_MS} ms`)),
      () => undefined,
    )
    await Promise.race([kept, late])
    done.abort()
  }
}
