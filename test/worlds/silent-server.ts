import { createServer } from 'node:net'
import { onTestFinished } from 'vitest'

/** A server that accepts a connection and never answers. */
export async function silentServer() {
  const { promise: disconnected, resolve } = Promise.withResolvers<void>()
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.on('close', () => resolve())
    socket.resume()
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  onTestFinished(() => void server.close())
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the server has no port')
  return { port: address.port, disconnected }
}
