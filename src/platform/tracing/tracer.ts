import { AsyncLocalStorage } from 'node:async_hooks'
import { toStreamError } from '../../errors.ts'

type SpanKind = 'internal' | 'producer' | 'consumer' | 'client'
/** Ids, codes, names and counts: never payloads or personal data. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>

export interface NewSpan {
  readonly name: string
  readonly kind: SpanKind
  readonly attributes: SpanAttributes
}

/** The span that a new one continues, or that a new trace links to; each as a `traceparent` of W3C. */
export type SpanOrigin = { readonly parent: string } | { readonly link: string }

/**
 * Starts spans. The engine gets a tracer only when tracing is on; without one it starts no spans and loads no tracing
 * library.
 */
export interface Tracer {
  /** Without an origin, or with an invalid one, the span starts a new trace. */
  start(span: NewSpan, origin?: SpanOrigin): Span
  /** Exports the ended spans, then shuts down. */
  close(): Promise<void>
}

export interface Span {
  /** In the form of headers of records and requests. */
  readonly traceparent: string
  readonly traceId: string
  readonly spanId: string
  child(span: NewSpan): Span
  set(attributes: SpanAttributes): void
  /** Marks the span as failed; `code` is one of ours. */
  fail(code: string): void
  end(): void
}

const active = new AsyncLocalStorage<Span>()

/** The span that the caller runs in; undefined when it is not traced. */
export function currentSpan(): Span | undefined {
  return active.getStore()
}

/** Runs the work in the span without ending it. */
export function inSpan<T>(span: Span | undefined, work: () => T): T {
  return span === undefined ? work() : active.run(span, work)
}

/** Runs the work in the span and ends it, as failed when the work throws. */
export async function endSpanAfter<T>(span: Span | undefined, work: () => Promise<T>): Promise<T> {
  if (span === undefined) return await work()
  try {
    return await active.run(span, work)
  } catch (error) {
    span.fail(toStreamError(error).code)
    throw error
  } finally {
    span.end()
  }
}

/** Log fields of the current span. */
export function spanFields(): { readonly trace_id?: string; readonly span_id?: string } {
  const span = active.getStore()
  return span === undefined ? {} : { trace_id: span.traceId, span_id: span.spanId }
}
