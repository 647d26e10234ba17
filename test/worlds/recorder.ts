import { request as ask, createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A call and its answer, as text. */
export interface RecordedCall {
  readonly method: string
  /** With its query. */
  readonly url: string
  /** Names are lower-case. */
  readonly headers: Readonly<Record<string, string>>
  readonly sent: string
  readonly status: number
  readonly answered: string
}

/** Stands between a client and a system, changes nothing and keeps what both said. */
export interface Recorder {
  readonly url: string
  readonly calls: readonly RecordedCall[]
  close(): void
}

/** `hold`: what a call waits for before it is passed on, be its client still there or not. */
export async function startRecorder(
  target: string,
  hold: (method: string, url: string) => Promise<void> = async () => undefined,
): Promise<Recorder> {
  const calls: RecordedCall[] = []
  const { port } = new URL(target)
  const server = createServer(async (request, response) => {
    const sent = await textOf(request)
    const { method = 'GET', url = '/', headers } = request
    await hold(method, url)
    const forwarded = ask({ host: '127.0.0.1', port, method, path: url, headers }, async (answer) => {
      const answered = await textOf(answer)
      const { statusCode: status = 0 } = answer
      calls.push({ method, url, headers: sentHeaders(headers), sent, status, answered })
      response.writeHead(status, { 'content-type': answer.headers['content-type'] ?? 'text/plain' }).end(answered)
    })
    forwarded.on('error', () => response.destroy())
    forwarded.end(sent)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

function sentHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat().join(', ')]))
}

async function textOf(stream: AsyncIterable<Buffer | string>): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString()
}
