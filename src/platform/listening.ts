import type { AddressInfo } from 'node:net'
import { StreamError } from '../errors.ts'

/** Where to listen, and the variables that set it. */
export interface ListenPlace {
  readonly host: string
  readonly port: number
  readonly names: { readonly host: string; readonly port: string }
}

/** The host by which this machine reaches a server, in the form of a URL. */
export function reachableHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}

export function portOf(address: string | AddressInfo | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0
}

export function isInUse(error: unknown): boolean {
  return codeOf(error) === 'EADDRINUSE'
}

/** The error of a failed listen, with the variable to set: `port_in_use` or `configuration_invalid`. */
export function listenError(cause: unknown, { host, port, names }: ListenPlace): StreamError {
  if (isInUse(cause)) {
    const message = `${names.port}: ${port} is in use; set another one, or 0 for any that is free`
    return new StreamError('port_in_use', message, { field: names.port, cause })
  }
  const way = 'use an address of this machine and a port it may use'
  const message = `${names.host}: can't listen on ${host}:${port} (${codeOf(cause)}); ${way}`
  return new StreamError('configuration_invalid', message, { field: names.host, cause })
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
