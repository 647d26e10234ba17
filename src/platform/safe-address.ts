import { lookup as systemLookup } from 'node:dns'
import { isIP, type LookupFunction } from 'node:net'
import ipaddr from 'ipaddr.js'
import { StreamError } from '../errors.ts'

/** A cloud's metadata service at an address of the internet (Azure). */
const METADATA = ['168.63.129.16']

/** Ranges of IPv6 that stand for IPv4 addresses, one to one: the last 32 bits are the address. */
const TRANSLATED = ['ipv4Mapped', 'rfc6052']

/** All that IANA has given to the internet of IPv6; what lies beyond is no one's yet. */
const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3')

export type IsPublic = (address: string) => boolean

/** Whether an IP address is one of the public internet; an IPv6 address that stands for an IPv4 one is judged as that. */
export function isPublicAddress(address: string): boolean {
  // Short and octal forms, which `parse` knows too, are no addresses here: URLs and look-ups give none.
  if (isIP(address) === 0) return false
  const parsed = ipaddr.parse(address)
  const range = parsed.range()
  if (TRANSLATED.includes(range))
    return isPublicAddress(ipaddr.fromByteArray(parsed.toByteArray().slice(-4)).toString())
  if (range !== 'unicast') return false
  return parsed.kind() === 'ipv4' ? !METADATA.includes(parsed.toString()) : parsed.match(GLOBAL_UNICAST)
}

/** Throws `source_data_invalid` for what is no http or https address. */
export function assertHttpUrl({ protocol }: URL): void {
  if (protocol === 'http:' || protocol === 'https:') return
  throw new StreamError('source_data_invalid', `${protocol} addresses are not fetched, only http and https ones`)
}

/** Throws `source_data_invalid` where the host is an IP address that is not public. */
export function assertPublicUrl({ hostname }: URL, isPublic: IsPublic = isPublicAddress): void {
  const host = hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) !== 0 && !isPublic(host)) throw privateAddressError(host)
}

/**
 * A look-up for sockets that gives only public addresses. The address that was judged is the one that is connected to:
 * a name that stands for another address a moment later (DNS rebinding) gains nothing.
 */
export function publicLookup(
  lookup: LookupFunction = systemLookup as LookupFunction,
  isPublic: IsPublic = isPublicAddress,
): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, options, (error, found, family) => {
      const addresses = typeof found === 'string' ? [found] : (found ?? []).map(({ address }) => address)
      const refused = error === null && !addresses.every(isPublic)
      if (refused) callback(privateAddressError(hostname), found, family)
      else callback(error, found, family)
    })
  }
}

function privateAddressError(host: string): StreamError {
  const way = 'settings.allowPrivateAddresses of the system allows it'
  const message = `${host} is an address of a private network, which is not fetched; ${way}`
  return new StreamError('source_data_invalid', message, { field: 'address' })
}
