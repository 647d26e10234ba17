import {
  type Link,
  type Span as OtelSpan,
  type Tracer as OtelTracer,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  AlwaysOffSampler,
  AlwaysOnSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  type Sampler,
  type SpanExporter,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import type { Logger } from 'pino'
import type { TracingConfig } from '../../config.ts'
import type { NewSpan, Span, SpanAttributes, SpanOrigin, Tracer } from './tracer.ts'

const EXPORT_EVERY_MS = 1_000
const EXPORT_LIMIT_MS = 5_000
/** Most spans that wait for export; further ones are dropped. */
const MOST_WAITING = 8_192
const MOST_EXPORTED = 512

export interface TracerIdentity {
  /** Version of the product. */
  readonly version: string
  /** Distinguishes the processes of one service. */
  readonly instance: string
}

/**
 * A tracer on the SDK of OpenTelemetry that exports over OTLP. Import this file only when tracing is on: it loads the
 * SDK. A receiver that does not answer causes no delay; its spans are lost, which is logged once.
 */
export function createOtelTracer(config: TracingConfig, identity: TracerIdentity, logger: Logger): Tracer {
  const { url, headers } = config
  const exporter = new OTLPTraceExporter({ url, headers: { ...headers }, timeoutMillis: EXPORT_LIMIT_MS })
  const processor = new BatchSpanProcessor({
    exporter: reportedExporter(exporter, logger),
    scheduledDelayMillis: EXPORT_EVERY_MS,
    exportTimeoutMillis: EXPORT_LIMIT_MS,
    maxQueueSize: MOST_WAITING,
    maxExportBatchSize: MOST_EXPORTED,
  })
  const provider = new TracerProvider({
    sampler: samplerOf(config),
    resource: resourceFromAttributes({
      'service.version': identity.version,
      'service.instance.id': identity.instance,
      ...config.resource,
      'service.name': config.serviceName,
    }),
    spanProcessors: [processor],
  })
  const tracer = provider.getTracer('waldstream', identity.version)
  return {
    start: (span, origin) => startSpan(tracer, span, origin),
    close: async () => await provider.shutdown().catch(() => undefined),
  }
}

/** Logs a failed export once, until an export succeeds again. */
function reportedExporter(exporter: SpanExporter, logger: Logger): SpanExporter {
  let isFailing = false
  return {
    export(spans, done) {
      exporter.export(spans, (result) => {
        const hasFailed = result.code !== 0
        if (hasFailed && !isFailing) logger.warn({ err: result.error }, 'spans could not be exported and are lost')
        isFailing = hasFailed
        done(result)
      })
    },
    shutdown: () => exporter.shutdown(),
  }
}

function samplerOf({ sampler, ratio }: TracingConfig): Sampler {
  switch (sampler) {
    case 'always_on':
      return new AlwaysOnSampler()
    case 'always_off':
      return new AlwaysOffSampler()
    case 'traceidratio':
      return new TraceIdRatioBasedSampler(ratio)
    case 'parentbased_always_on':
      return new ParentBasedSampler({ root: new AlwaysOnSampler() })
    case 'parentbased_always_off':
      return new ParentBasedSampler({ root: new AlwaysOffSampler() })
    case 'parentbased_traceidratio':
      return new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) })
  }
}

function startSpan(tracer: OtelTracer, span: NewSpan, origin: SpanOrigin | undefined): Span {
  const parent = origin !== undefined && 'parent' in origin ? readTraceparent(origin.parent) : undefined
  const linked = origin !== undefined && 'link' in origin ? readTraceparent(origin.link) : undefined
  const context = parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent)
  const links: Link[] = linked === undefined ? [] : [{ context: linked }]
  return new TracedSpan(tracer, tracer.startSpan(span.name, { ...optionsOf(span), links }, context))
}

const kinds = {
  internal: SpanKind.INTERNAL,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
  client: SpanKind.CLIENT,
} as const

function optionsOf({ kind, attributes }: NewSpan) {
  return { kind: kinds[kind], attributes: { ...attributes } }
}

class TracedSpan implements Span {
  readonly #tracer: OtelTracer
  readonly #span: OtelSpan
  readonly traceId: string
  readonly spanId: string
  readonly traceparent: string

  constructor(tracer: OtelTracer, span: OtelSpan) {
    const { traceId, spanId, traceFlags } = span.spanContext()
    this.#tracer = tracer
    this.#span = span
    this.traceId = traceId
    this.spanId = spanId
    this.traceparent = `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`
  }

  child(span: NewSpan): Span {
    const context = trace.setSpan(ROOT_CONTEXT, this.#span)
    return new TracedSpan(this.#tracer, this.#tracer.startSpan(span.name, optionsOf(span), context))
  }

  set(attributes: SpanAttributes): void {
    this.#span.setAttributes({ ...attributes })
  }

  fail(code: string): void {
    this.#span.setStatus({ code: SpanStatusCode.ERROR, message: code })
    this.#span.setAttribute('error.type', code)
  }

  end(): void {
    this.#span.end()
  }
}

/** Version, trace, span and flags of W3C Trace Context; later versions begin with the same fields. */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/

/** Undefined when the text is not a valid traceparent. */
function readTraceparent(text: string): SpanContext | undefined {
  const [, traceId, spanId, flags] = TRACEPARENT.exec(text) ?? []
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined
  return { traceId, spanId, traceFlags: Number.parseInt(flags, 16) & 1, isRemote: true }
}
