import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'

/**
 * What becomes of one request: an answer of the proxy's own; the connection is closed without one (`drop`); the API's answer
 * ends in its middle, with the length of all of it (`cut`), or as if that were all of it (`short`).
 */
export type Fault =
  | 'drop'
  | 'cut'
  | 'short'
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body: string }

/**
 * Between one kit and the API, which may be down or elsewhere by the next request. Every second answer is compressed for a kit
 * that accepts it, as reverse proxies do.
 */
export async function startFeedProxy(target: () => string | null) {
  let faults: Fault[] = []
  let compresses = false
  const seen = { statuses: [] as number[], dropped: 0, encodings: new Set<string>() }
  const handle = async (asked: IncomingMessage, response: ServerResponse) => {
    const api = target()
    const fault = api === null ? undefined : faults.shift()
    if (api === null || fault === 'drop') {
      seen.dropped += 1
      response.destroy()
      return
    }
    if (typeof fault === 'object') {
      seen.statuses.push(fault.status)
      response.writeHead(fault.status, fault.headers).end(fault.body)
      return
    }
    compresses = !compresses
    const { status, headers, body } = compressed(asked, await pass(api, asked), compresses)
    seen.statuses.push(status)
    seen.encodings.add(headers['content-encoding'] ?? 'identity')
    const half = body.subarray(0, Math.floor(body.length / 2))
    const { 'transfer-encoding': _, 'content-length': __, ...kept } = headers
    const length = status === 304 ? {} : { 'content-length': String(fault === 'short' ? half.length : body.length) }
    response.writeHead(status, { ...kept, ...length })
    if (fault === 'cut') response.write(half, () => response.destroy())
    else response.end(fault === 'short' ? half : body)
  }
  const server = createServer((asked, response) => {
    void handle(asked, response).catch(() => {
      seen.dropped += 1
      response.destroy()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    /** One fault per request, the next ones first. */
    break(...next: readonly Fault[]) {
      faults = [...next]
    },
    /** Faults that no request has met. */
    left: () => faults.length,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

function compressed(asked: IncomingMessage, answer: Answer, compresses: boolean): Answer {
  const accepts = String(asked.headers['accept-encoding']).includes('gzip')
  const { status, headers, body } = answer
  if (!compresses || !accepts || status !== 200 || headers['content-encoding'] !== undefined) return answer
  const tag = headers.etag === undefined ? {} : { etag: `W/${headers.etag}` }
  return { status, headers: { ...headers, ...tag, 'content-encoding': 'gzip' }, body: gzipSync(body) }
}

async function pass(api: string, { method, url, headers }: IncomingMessage): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const sent = request(new URL(url ?? '/', api), { method: method ?? 'GET', headers }, resolve)
  sent.on('error', reject)
  sent.end()
  const answer = await promise
  const body = Buffer.concat(await Array.fromAsync(answer as AsyncIterable<Buffer>))
  return { status: answer.statusCode ?? 502, headers: answer.headers, body }
}
