import { toStreamError } from '../errors.ts'
import type { Entity, SourceEvent } from '../events/topics.ts'
import type { LogProducer, OutgoingRecord } from '../platform/kafka/event-log.ts'
import { traceHeader } from '../platform/tracing/record-spans.ts'
import { currentSpan, type Span, type Tracer } from '../platform/tracing/tracer.ts'

/** An event and the record that carries it. */
export interface PublishedEvent {
  readonly event: SourceEvent
  readonly record: OutgoingRecord
}

/**
 * Sends the records and resolves when they are acknowledged. If tracing is on, each record has a span in the trace of
 * its page and carries the trace on. Events without a page begin a trace of their own.
 */
export async function sendPublished(
  { producer, tracer }: { readonly producer: LogProducer; readonly tracer?: Tracer | undefined },
  { read, entity }: { readonly read: string; readonly entity: Entity },
  published: readonly PublishedEvent[],
): Promise<void> {
  if (tracer === undefined) return await producer.send(published.map(({ record }) => record))
  const page = currentSpan()
  const spans = published.map(({ event, record: { topic } }) => {
    const { source, key, eventId, deleted } = event
    const attributes = {
      'messaging.system': 'kafka',
      'messaging.operation.type': 'send',
      'messaging.destination.name': topic,
      'waldstream.read': read,
      'waldstream.source': source,
      'waldstream.entity': entity,
      'waldstream.key': key,
      'waldstream.event_id': eventId,
      'waldstream.deleted': deleted,
    }
    const span = { name: `publish ${entity}`, kind: 'producer', attributes } as const
    return page === undefined ? tracer.start(span) : page.child(span)
  })
  try {
    await producer.send(published.map(({ record }, index) => tracedRecord(record, spans[index])))
  } catch (error) {
    for (const span of spans) span.fail(toStreamError(error).code)
    throw error
  } finally {
    for (const span of spans) span.end()
  }
}

function tracedRecord(record: OutgoingRecord, span: Span | undefined): OutgoingRecord {
  return span === undefined ? record : { ...record, headers: { ...record.headers, ...traceHeader(span) } }
}
