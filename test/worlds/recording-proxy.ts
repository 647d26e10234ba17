import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request and its answer, with their bodies as text. */
export interface Exchange {
  readonly method: string
  /** With its query, as sent. */
  readonly url: string
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly sent: string
  readonly status: number
  readonly answered: string
}

/** A proxy in front of a server that keeps what goes through it. */
export async function startRecordingProxy(target: string) {
  const exchanges: Exchange[] = []
  const pass = async (request: IncomingMessage, response: ServerResponse) => {
    const sent = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>)).toString()
    const { method = 'GET', url = '/', headers } = request
    const { host: _host, connection: _connection, 'content-length': _length, ...kept } = headers
    const answer = await fetch(target + url, {
      method,
      headers: kept as Record<string, string>,
      ...(sent === '' ? {} : { body: sent }),
    })
    const answered = await answer.text()
    exchanges.push({ method, url, headers, sent, status: answer.status, answered })
    for (const [name, value] of answer.headers) {
      if (!/^(set-cookie|content-length|content-encoding|transfer-encoding|connection)$/.test(name)) {
        response.setHeader(name, value)
      }
    }
    const cookies = answer.headers.getSetCookie()
    if (cookies.length > 0) response.setHeader('set-cookie', cookies)
    response.writeHead(answer.status).end(answered)
  }
  const server = createServer((request, response) => void pass(request, response).catch(() => response.destroy()))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    exchanges,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
