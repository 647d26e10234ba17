import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import { StreamError } from '../errors.ts'

/** Metadata service of a cloud at a public address (Azure). */
const METADATA = ['168.63.129.16']
/** Metadata services in private networks (Alibaba, Oracle, AWS, Google). */
const PRIVATE_METADATA = ['100.100.100.200', '192.0.0.192', 'fd00:ec2::254', 'fd00:ec2::23', 'fd20:ce::254']
/** Ranges that are not hosts of a network, or are link-local. */
const SENSITIVE_RANGES = ['linkLocal', 'unspecified', 'multicast', 'broadcast', 'reserved', '6to4', 'teredo']

/** IPv6 ranges that map to IPv4 addresses one to one: the last 32 bits are the address. */
const TRANSLATED = ['ipv4Mapped', 'rfc6052']

/** All addresses that IANA has assigned to the IPv6 internet. */
const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3')

/**
 * Whether an IP address belongs to the public internet; an IPv6 address that maps to an IPv4 one is treated as that
 * one.
 */
export function isPublicAddress(address: string): boolean {
  // Rejects short and octal forms, which `parse` accepts: URLs and look-ups never contain them.
  if (isIP(address) === 0) return false
  const parsed = ipaddr.parse(address)
  const range = parsed.range()
  if (TRANSLATED.includes(range))
    return isPublicAddress(ipaddr.fromByteArray(parsed.toByteArray().slice(-4)).toString())
  if (range !== 'unicast') return false
  return parsed.kind() === 'ipv4' ? !METADATA.includes(parsed.toString()) : parsed.match(GLOBAL_UNICAST)
}

/** Throws `source_data_invalid` for an address that is not http or https. */
export function assertHttpUrl({ protocol }: URL): void {
  if (protocol === 'http:' || protocol === 'https:') return
  throw new StreamError('source_data_invalid', `${protocol} addresses are not fetched, only http and https ones`)
}

/** Whether a listed network does not include the address: metadata services, link-local and unspecified addresses. */
export function isSensitiveAddress(text: string): boolean {
  const address = canonicalAddress(text)
  const parsed = ipaddr.parse(address)
  if (METADATA.includes(address) || SENSITIVE_RANGES.includes(parsed.range())) return true
  return PRIVATE_METADATA.some((one) => ipaddr.parse(one).toNormalizedString() === parsed.toNormalizedString())
}

/** One form for each IP address; for a mapped IPv6 address, its IPv4 address. */
export function canonicalAddress(text: string): string {
  const parsed = ipaddr.parse(text.replace(/%.*$/, ''))
  if (!TRANSLATED.includes(parsed.range())) return parsed.toString()
  return ipaddr.fromByteArray(parsed.toByteArray().slice(-4)).toString()
}
