import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A span as it was exported. */
export interface ExportedSpan {
  readonly name: string
  /** 1 internal, 3 client, 4 producer, 5 consumer. */
  readonly kind: number
  readonly traceId: string
  readonly spanId: string
  /** Empty: it began its trace. */
  readonly parent: string
  readonly links: readonly { readonly traceId: string; readonly spanId: string }[]
  readonly attributes: Readonly<Record<string, string | number | boolean>>
  /** Code that it failed with; null: it did not. */
  readonly error: string | null
  /** Attributes of the service. */
  readonly resource: Readonly<Record<string, string | number | boolean>>
}

/** Takes OTLP over HTTP as JSON, as a collector does, and keeps the spans. */
export interface OtlpReceiver {
  readonly url: string
  readonly spans: readonly ExportedSpan[]
  /** Of each export. */
  readonly headers: readonly IncomingHttpHeaders[]
  /** The bodies as they came. */
  readonly bodies: readonly string[]
  close(): void
}

/** `status`: what it answers. */
export async function startOtlpReceiver(status = 200): Promise<OtlpReceiver> {
  const spans: ExportedSpan[] = []
  const headers: IncomingHttpHeaders[] = []
  const bodies: string[] = []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const body = Buffer.concat(chunks).toString()
    headers.push(request.headers)
    bodies.push(body)
    if (status === 200 && request.url === '/v1/traces') spans.push(...spansOf(JSON.parse(body)))
    response.writeHead(request.url === '/v1/traces' ? status : 404, { 'content-type': 'application/json' }).end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    headers,
    bodies,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

interface Attribute {
  readonly key: string
  readonly value: {
    readonly stringValue?: string
    readonly intValue?: number | string
    readonly doubleValue?: number
    readonly boolValue?: boolean
  }
}

interface Exported {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] }
    readonly scopeSpans: readonly {
      readonly spans: readonly {
        readonly name: string
        readonly kind: number
        readonly traceId: string
        readonly spanId: string
        readonly parentSpanId?: string
        readonly attributes?: readonly Attribute[]
        readonly links?: readonly { readonly traceId: string; readonly spanId: string }[]
        readonly status?: { readonly code?: number; readonly message?: string }
      }[]
    }[]
  }[]
}

/** Of the status of a span. */
const FAILED = 2

function spansOf({ resourceSpans }: Exported): readonly ExportedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map(({ name, kind, traceId, spanId, parentSpanId = '', attributes = [], links = [], status }) => ({
        name,
        kind,
        traceId,
        spanId,
        parent: parentSpanId,
        links: links.map((link) => ({ traceId: link.traceId, spanId: link.spanId })),
        attributes: valuesOf(attributes),
        error: status?.code === FAILED ? (status.message ?? '') : null,
        resource: valuesOf(resource.attributes),
      })),
    ),
  )
}

function valuesOf(attributes: readonly Attribute[]): Readonly<Record<string, string | number | boolean>> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => {
      const { stringValue, intValue, doubleValue, boolValue } = value
      return [key, stringValue ?? boolValue ?? Number(intValue ?? doubleValue)] as const
    }),
  )
}
