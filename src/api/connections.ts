import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import ipaddr from 'ipaddr.js'
import type { ServerLimits } from './http-server.ts'

/** Controls the connections of a server. */
export interface Connections {
  /** Refuses new connections, and closes idle ones and those with incomplete requests at once. */
  end(): void
  /** Closes the remaining connections. */
  destroy(): void
}

/** `trusted`: addresses of proxies, which many callers share and which have no limit. */
export function watchConnections(
  server: Server,
  { mostConnectionsPerAddress }: ServerLimits,
  trusted: (address: string) => boolean,
): Connections {
  const sockets = new Set<Socket>()
  const counts = new Map<string, number>()
  const requests = new Set<IncomingMessage>()
  let ending = false
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? ''
    const place = placeOf(address)
    const count = (counts.get(place) ?? 0) + 1
    if (ending || (count > mostConnectionsPerAddress && !trusted(address))) return void socket.destroy()
    counts.set(place, count)
    sockets.add(socket)
    socket.once('close', () => {
      sockets.delete(socket)
      const left = (counts.get(place) ?? 1) - 1
      if (left === 0) counts.delete(place)
      else counts.set(place, left)
    })
  })
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    requests.add(request)
    response.once('close', () => {
      requests.delete(request)
      if (ending) request.socket.destroySoon()
    })
  })
  return {
    end() {
      ending = true
      const served = [...requests].filter(({ complete }) => complete).map(({ socket }) => endOf(socket))
      const kept = new Set(served)
      for (const socket of sockets) if (!kept.has(endOf(socket))) socket.destroy()
    },
    destroy() {
      for (const socket of sockets) socket.destroy()
    },
  }
}

/** The remote end, which is the same for a connection and its TLS connection. */
function endOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`
}

/** Places by address, so that known addresses are not parsed again. The oldest entry is removed first. */
const places = new Map<string, string>()
const MOST_PLACES = 1_000

/** The address, or its /64 for IPv6, since a caller usually has the whole /64. */
export function placeOf(address: string): string {
  const known = places.get(address)
  if (known !== undefined) return known
  const [oldest] = places.keys()
  if (places.size >= MOST_PLACES && oldest !== undefined) places.delete(oldest)
  const place = networkOf(address)
  places.set(address, place)
  return place
}

function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return address
  const parsed = ipaddr.process(address)
  if (!(parsed instanceof ipaddr.IPv6)) return parsed.toString()
  return ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toString()}/64`).toString()
}
