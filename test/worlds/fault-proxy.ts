import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** What the proxy does to one request; `action` is the last part of `x-amz-target`, or what the test makes of a request. */
export interface ProxyFault {
  readonly action: string
  /**
   * `answer`: answers itself, nothing is done; `lose`: it is done and the answer never sent; `halve`: it is done and half of
   * the answer sent as all of it; `delay`: waits before it is done.
   */
  readonly kind: 'answer' | 'lose' | 'halve' | 'delay'
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
  readonly delayMs?: number
  readonly times: number
}

/** A proxy in front of a server that does no harm by itself. Faults are applied in order, each as often as it says. */
export async function startFaultProxy(target: string, actionOf = targetOf) {
  const seen: string[] = []
  let faults: { fault: ProxyFault; left: number }[] = []
  const server = createServer((request, response) => {
    void handle(request, response).catch(() => response.destroy())
  })
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    const action = actionOf(request)
    const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>))
    const found = faults.find(({ fault, left }) => left > 0 && fault.action === action)
    if (found !== undefined) found.left -= 1
    const fault = found?.fault
    seen.push(action)
    if (fault?.kind === 'answer') {
      response.writeHead(fault.status ?? 503, fault.headers).end(fault.body ?? '')
      return
    }
    if (fault?.kind === 'delay') await delay(fault.delayMs ?? 0)
    const answer = await pass(target, request, body)
    if (fault?.kind === 'lose') {
      response.destroy()
      return
    }
    const text = fault?.kind === 'halve' ? answer.body.subarray(0, Math.floor(answer.body.length / 2)) : answer.body
    const { 'content-length': _, 'transfer-encoding': __, ...headers } = answer.headers
    response.writeHead(answer.status, { ...headers, 'content-length': String(text.length) }).end(text)
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    /** Actions asked for, in order. */
    seen,
    set(...rules: readonly ProxyFault[]) {
      faults = rules.map((fault) => ({ fault, left: fault.times }))
    },
    /** How many of the faults were not come to. */
    left: () => faults.reduce((sum, { left }) => sum + left, 0),
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function targetOf({ headers }: IncomingMessage): string {
  return String(headers['x-amz-target'] ?? '').replace(/^.*\./, '')
}

async function pass(target: string, request: IncomingMessage, body: Buffer) {
  const { method, url, headers } = request
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>()
  const sent = forward(new URL(url ?? '/', target), { ...(method === undefined ? {} : { method }), headers }, resolve)
  sent.on('error', reject)
  sent.end(body)
  const answer = await promise
  const text = Buffer.concat(await Array.fromAsync(answer as AsyncIterable<Buffer>))
  return { status: answer.statusCode ?? 502, headers: answer.headers, body: text }
}
