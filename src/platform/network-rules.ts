import { lookup as systemLookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'
import { StreamError } from '../errors.ts'
import { canonicalAddress, isPublicAddress, isSensitiveAddress } from './safe-address.ts'

/**
 * The addresses that the program's clients may call: the public internet, and those listed in the operator's
 * environment. No document can add to them.
 */
export interface NetworkRules {
  /** Throws `configuration_invalid` for a forbidden IP address; names are checked when they are resolved. */
  assertUrl(url: URL): void
  /** Throws `configuration_invalid` when secrets would be sent over http to a host that is not listed for it. */
  assertSecret(url: URL): void
  /**
   * A look-up for sockets to this URL that returns only allowed addresses. The socket connects to the checked address,
   * so a name that resolves to another address a moment later (DNS rebinding) gains nothing.
   */
  lookup(url: URL): LookupFunction
}

export interface NetworkOptions {
  readonly lookup?: LookupFunction
  /** Whether an IP address belongs to the public internet. */
  readonly isPublic?: (address: string) => boolean
}

type Environment = Readonly<Record<string, string | undefined>>

/** A host, an IP address or a CIDR, and its port when it is limited to one. */
interface Entry {
  readonly host: string | null
  readonly range: ReturnType<typeof ipaddr.parseCIDR> | null
  /** True for a single address, false for a range. */
  readonly exact: boolean
  readonly port: string | null
}

/**
 * `10.0.0.0/8`, `10.1.2.3`, `10.1.2.3:8080`, `[fd00::1]:8080`, `erp.internal`, `erp.internal:8443`; null: another form.
 */
function entryOf(text: string): Entry | null {
  const [, bracketed, bracketPort] = /^\[([^\]]+)\](?::(\d+))?$/.exec(text) ?? []
  if (bracketed !== undefined) return isIP(bracketed) === 0 ? null : addressEntry(bracketed, bracketPort ?? null)
  if (isIP(text) !== 0) return addressEntry(text, null)
  if (text.includes('/')) {
    if (!ipaddr.isValidCIDR(text)) return null
    const range = ipaddr.parseCIDR(text)
    return { host: null, range, exact: range[1] === (range[0].kind() === 'ipv4' ? 32 : 128), port: null }
  }
  const [, host = '', port = null] = /^([A-Za-z0-9_.-]+?)(?::(\d+))?$/.exec(text) ?? []
  if (host === '') return null
  return isIP(host) === 0 ? { host: host.toLowerCase(), range: null, exact: false, port } : addressEntry(host, port)
}

function addressEntry(text: string, port: string | null): Entry {
  const address = ipaddr.parse(canonicalAddress(text))
  return { host: null, range: [address, address.kind() === 'ipv4' ? 32 : 128], exact: true, port }
}

function entriesOf(environment: Environment, name: string): readonly Entry[] {
  const parts = (environment[name] ?? '').split(',').map((text) => text.trim())
  return parts.flatMap((text) => {
    const entry = text === '' ? [] : entryOf(text)
    if (entry !== null) return entry
    const message = `${name}: ${text} is not a CIDR, IP address or host, with or without :port`
    throw new StreamError('configuration_invalid', message, { field: name })
  })
}

/** Rules from ALLOWED_PRIVATE_NETWORKS and ALLOWED_HTTP_HOSTS. Throws `configuration_invalid` for an invalid entry. */
export function networkRulesOf(
  environment: Environment,
  { lookup = systemLookup as LookupFunction, isPublic = isPublicAddress }: NetworkOptions = {},
): NetworkRules {
  const networks = entriesOf(environment, 'ALLOWED_PRIVATE_NETWORKS')
  const httpHosts = entriesOf(environment, 'ALLOWED_HTTP_HOSTS')
  const mayCall = (address: string, url: URL): boolean => {
    if (isPublic(address)) return true
    const exact = networks.filter((entry) => entry.exact && matchesAddress(entry, address, url))
    if (exact.length > 0) return true
    if (isSensitiveAddress(address)) return false
    return networks.some((entry) => matchesHost(entry, url) || matchesAddress(entry, address, url))
  }
  return {
    assertUrl(url) {
      const host = hostOf(url)
      if (isIP(host) !== 0 && !mayCall(host, url)) throw privateError(url)
    },
    assertSecret(url) {
      if (url.protocol !== 'http:') return
      const host = hostOf(url)
      const isListed = (entry: Entry) =>
        matchesHost(entry, url) || (isIP(host) !== 0 && matchesAddress(entry, host, url))
      if (httpHosts.some(isListed)) return
      const message =
        `${url.host} would get secrets over unencrypted http; write https, or have the operator add ` +
        `${url.host} to ALLOWED_HTTP_HOSTS`
      throw new StreamError('configuration_invalid', message, { field: 'address' })
    },
    lookup: (url) => (hostname, options, callback) => {
      lookup(hostname, options, (error, found, family) => {
        const addresses = typeof found === 'string' ? [found] : (found ?? []).map(({ address }) => address)
        const refused = error === null && !addresses.every((address) => mayCall(address, url))
        if (refused) callback(privateError(url), found, family)
        else callback(error, found, family)
      })
    },
  }
}

/** The host of a URL, without brackets and without the dot at the end of a fully qualified name. */
function hostOf({ hostname }: URL): string {
  return hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase()
}

const PORTS: Readonly<Record<string, string>> = {
  'https:': '443',
  'sftp:': '22',
  'ftp:': '21',
  'ftps:': '21',
  'imap:': '143',
  'imaps:': '993',
}

function portOf({ port, protocol }: URL): string {
  return port === '' ? (PORTS[protocol] ?? '80') : port
}

function matchesHost({ host, port }: Entry, url: URL): boolean {
  return host !== null && host === hostOf(url) && (port === null || port === portOf(url))
}

function matchesAddress({ range, port }: Entry, text: string, url: URL): boolean {
  if (range === null || isIP(text) === 0 || (port !== null && port !== portOf(url))) return false
  const address = ipaddr.parse(canonicalAddress(text))
  return address.kind() === range[0].kind() && address.match(range)
}

function privateError(url: URL): StreamError {
  const message =
    `${url.host} is an address of a private network, which is not allowed; the operator can add it to ` +
    'ALLOWED_PRIVATE_NETWORKS'
  return new StreamError('configuration_invalid', message, { field: 'address' })
}
