import { lookup as systemLookup } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { StreamError } from '../errors.ts'

/** IPv4 networks that are not the public internet (IANA's special-purpose registry), and a cloud's metadata service. */
const NOT_PUBLIC_V4 = [
  ...['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12', '192.0.0.0/24'],
  ...['192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15', '198.51.100.0/24', '203.0.113.0/24'],
  ...['224.0.0.0/4', '240.0.0.0/4', '168.63.129.16/32'],
]
/** Of the global unicast addresses of IPv6 those that are none: tunnels (which hold an IPv4 address), documentation. */
const NOT_PUBLIC_V6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']

const notPublic = new BlockList()
for (const network of NOT_PUBLIC_V4) addTo(network, 'ipv4')
for (const network of NOT_PUBLIC_V6) addTo(network, 'ipv6')

function addTo(network: string, family: 'ipv4' | 'ipv6'): void {
  const [address = '', prefix = ''] = network.split('/')
  notPublic.addSubnet(address, Number(prefix), family)
}

export type IsPublic = (address: string) => boolean

/** Whether an IP address is one of the public internet; an IPv6 address that stands for an IPv4 one is judged as that. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address)
  if (family === 4) return !notPublic.check(address, 'ipv4')
  if (family !== 6) return false
  const groups = groupsOf(address)
  const [first = 0, , , , , sixth = 0] = groups
  const zeros = groups.slice(0, 5).every((group) => group === 0)
  const translated = first === 0x64 && groups[1] === 0xff9b && groups.slice(2, 6).every((group) => group === 0)
  if ((zeros && sixth === 0xffff) || translated) return isPublicAddress(lastAsV4(groups))
  return (first & 0xe000) === 0x2000 && !notPublic.check(address, 'ipv6')
}

/** The eight groups; none for an address with a zone. */
function groupsOf(address: string): number[] {
  const url = `http://[${address}]/`
  if (!URL.canParse(url)) return []
  const [head = '', tail] = new URL(url).hostname.slice(1, -1).split('::')
  const numbers = (part: string) => (part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16)))
  const [first, last] = [numbers(head), numbers(tail ?? '')]
  return tail === undefined ? first : [...first, ...Array<number>(8 - first.length - last.length).fill(0), ...last]
}

function lastAsV4(groups: readonly number[]): string {
  return groups
    .slice(6)
    .flatMap((group) => [group >> 8, group & 0xff])
    .join('.')
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
