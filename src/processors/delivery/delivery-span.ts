import { entityOf, type PerSystemKind, type TopicEvents } from '../../events/topics.ts'
import { currentSpan, endSpanAfter } from '../../platform/tracing/tracer.ts'
import type { Outcome } from './deliver-patiently.ts'

/** Delivers in a child span of the record's span; the calls to the system are its children. */
export async function tracedDelivery<K extends PerSystemKind>(
  { kind, system }: { readonly kind: K; readonly system: string },
  { connection, key, eventId }: TopicEvents[K],
  deliver: () => Promise<Outcome>,
): Promise<Outcome> {
  const parent = currentSpan()
  if (parent === undefined) return await deliver()
  const attributes = {
    'waldstream.system': system,
    'waldstream.connection': connection,
    'waldstream.entity': entityOf(kind),
    'waldstream.key': key,
    'waldstream.event_id': eventId,
  }
  const span = parent.child({ name: `deliver ${system}`, kind: 'internal', attributes })
  return await endSpanAfter(span, async () => {
    const outcome = await deliver()
    span.set({ 'waldstream.outcome': outcome.end })
    if (outcome.end === 'failed') span.fail(outcome.error.code)
    return outcome
  })
}
