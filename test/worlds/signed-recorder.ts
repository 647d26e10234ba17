import { createServer, type IncomingMessage, request } from 'node:http'

/** A request that went through, with its answer; JSON bodies are parsed. */
export interface Recorded {
  readonly method: string
  readonly path: string
  readonly headers: Readonly<Record<string, unknown>>
  readonly sent: unknown
  readonly status: number
  readonly answered: unknown
}

/** As the recording proxy, for signed requests. Passes on to `target` whatever it is asked, the `Host` too, which signatures are made over, and keeps it. */
export async function startSignedRecorder(target: string) {
  const recorded: Recorded[] = []
  const { hostname, port } = new URL(target)
  const server = createServer(async (incoming, outgoing) => {
    const body = await bodyOf(incoming)
    const { method = 'GET', url: path = '/', headers } = incoming
    const passed = request({ hostname, port, method, path, headers }, async (answer) => {
      const answered = await bodyOf(answer)
      const status = answer.statusCode ?? 0
      recorded.push({ method, path, headers, sent: parsed(body), status, answered: parsed(answered) })
      outgoing.writeHead(status, answer.headers).end(answered)
    })
    passed.end(body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    recorded,
    close: () => {
      server.closeAllConnections()
      return new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

async function bodyOf(message: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of message) parts.push(part as Buffer)
  return Buffer.concat(parts)
}

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString())
  } catch {
    return body.toString()
  }
}
