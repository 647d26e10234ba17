import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A webhook as it came. */
export interface ReceivedWebhook {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A server that webhooks are posted to; `answer` says how it answers each. */
export interface WebhookReceiver {
  readonly url: string
  readonly received: readonly ReceivedWebhook[]
  /** Status of the next answers; null: none comes. */
  answer(status: number | null, headers?: Readonly<Record<string, string>>): void
  /** Status of the next answers by body; null: none comes. */
  answerBy(statusOf: (body: string) => number | null): void
  close(): Promise<void>
}

export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const received: ReceivedWebhook[] = []
  let next: {
    readonly statusOf: (body: string) => number | null
    readonly headers: Readonly<Record<string, string>>
  } = { statusOf: () => 204, headers: {} }
  const server = createServer(async (request, response) => {
    const body = Buffer.concat(await Array.fromAsync(request)).toString('utf8')
    received.push({ path: request.url ?? '', headers: request.headers, body })
    const status = next.statusOf(body)
    if (status !== null) response.writeHead(status, next.headers).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/hook`,
    received,
    answer(status, headers = {}) {
      next = { statusOf: () => status, headers }
    },
    answerBy(statusOf) {
      next = { statusOf, headers: {} }
    },
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
