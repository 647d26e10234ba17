import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'

/** A free TCP port of 127.0.0.1, reserved from our other processes until `release`. */
export interface ReservedPort {
  readonly port: number
  release(): void
}

/** Below the range for ports of outgoing connections, so that none of those can take it meanwhile. */
const FIRST = 15_000
const LAST = 32_000
const TRIES = 200

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)))
  })
}

/** The UDP port with the same number is the mark: the kernel gives it to one process and frees it when that ends. */
function mark(port: number): Promise<(() => void) | undefined> {
  return new Promise((resolve) => {
    const socket = createSocket('udp4')
    socket.once('error', () => {
      socket.close()
      resolve(undefined)
    })
    socket.bind({ port, address: '127.0.0.1', exclusive: true }, () => {
      socket.unref()
      resolve(() => socket.close())
    })
  })
}

/**
 * Reserves a port for a server that binds it only seconds later. Two of our processes never get the same one; throws if
 * none is free.
 */
export async function reservePort(): Promise<ReservedPort> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST))
    const release = await mark(port)
    if (release === undefined) continue
    if (await isFree(port)) return { port, release }
    release()
  }
  throw new Error(`no free port found between ${FIRST} and ${LAST} on 127.0.0.1`)
}
