import { isRepeated, TRACEPARENT } from '../../events/headers.ts'
import type { TopicEvents, TopicKind } from '../../events/topics.ts'
import type { LogRecord } from '../kafka/event-log.ts'
import type { Span, SpanAttributes, Tracer } from './tracer.ts'

/**
 * The span of a stage's work on a record; undefined when tracing is off, and for a record without a trace. It continues
 * the trace that the record was sent in. A retry or a replay happens much later, so it starts a new trace that links to
 * the original one.
 */
export function startRecordSpan(tracer: Tracer | undefined, stage: string, record: LogRecord): Span | undefined {
  if (tracer === undefined) return undefined
  const { topic, partition, offset, headers } = record
  const sent = headers.find(({ key }) => key === TRACEPARENT)?.value?.toString('latin1')
  if (sent === undefined) return undefined
  const attributes = {
    'waldstream.stage': stage,
    'messaging.system': 'kafka',
    'messaging.operation.type': 'process',
    'messaging.destination.name': topic,
    'messaging.destination.partition.id': String(partition),
    'messaging.kafka.offset': Number(offset),
  }
  const origin = isRepeated(headers) ? { link: sent } : { parent: sent }
  return tracer.start({ name: `process ${stage}`, kind: 'consumer', attributes }, origin)
}

/** Attributes that identify an event in its span. */
export function eventAttributes(event: TopicEvents[TopicKind]): SpanAttributes {
  const ofEvent = 'eventId' in event && event.eventId !== null ? { 'waldstream.event_id': event.eventId } : {}
  const ofConnection =
    'connection' in event && event.connection !== null ? { 'waldstream.connection': event.connection } : {}
  return { ...ofEvent, ...ofConnection }
}

/** Header with which a record continues the trace of the span. */
export function traceHeader({ traceparent }: Span): Readonly<Record<string, string>> {
  return { [TRACEPARENT]: traceparent }
}
