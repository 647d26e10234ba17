import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import { StreamError } from '../errors.ts'

/** A cloud's metadata service at an address of the internet (Azure). */
const METADATA = ['168.63.129.16']
/** Metadata services in private networks (Alibaba, Oracle, AWS, Google). */
const PRIVATE_METADATA = ['100.100.100.200', '192.0.0.192', 'fd00:ec2::254', 'fd00:ec2::23', 'fd20:ce::254']
/** Ranges that stand for something else than a host of a network, or for this very link. */
const SENSITIVE_RANGES = ['linkLocal', 'unspecified', 'multicast', 'broadcast', 'reserved', '6to4', 'teredo']

/** Ranges of IPv6 that stand for IPv4 addresses, one to one: the last 32 bits are the address. */
const TRANSLATED = ['ipv4Mapped', 'rfc6052']

/** All that IANA has given to the internet of IPv6; what lies beyond is no one's yet. */
const GLOBAL_UNICAST = ipaddr.parseCIDR('2000::/3')

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

/** Whether nobody means it who lists a network that it is in: metadata services, link-local and unspecified addresses. */
export function isSensitiveAddress(text: string): boolean {
  const address = canonicalAddress(text)
  const parsed = ipaddr.parse(address)
  if (METADATA.includes(address) || SENSITIVE_RANGES.includes(parsed.range())) return true
  return PRIVATE_METADATA.some((one) => ipaddr.parse(one).toNormalizedString() === parsed.toNormalizedString())
}

/** One form for each IP address; the IPv4 one that an IPv6 one stands for. */
export function canonicalAddress(text: string): string {
  const parsed = ipaddr.parse(text.replace(/%.*$/, ''))
  if (!TRANSLATED.includes(parsed.range())) return parsed.toString()
  return ipaddr.fromByteArray(parsed.toByteArray().slice(-4)).toString()
}
