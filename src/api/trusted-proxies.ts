import ipaddr from 'ipaddr.js'
import { StreamError } from '../errors.ts'

type Network = readonly [ipaddr.IPv4 | ipaddr.IPv6, number]

/** Whether an address is one of these addresses or in one of these networks. Throws `configuration_invalid`. */
export function trustedProxies(given: readonly string[]): (address: string) => boolean {
  const networks = given.map(networkOf)
  return (address) => {
    if (!ipaddr.isValid(address)) return false
    const one = ipaddr.process(address)
    return networks.some(([network, bits]) => one.kind() === network.kind() && one.match(network, bits))
  }
}

function networkOf(text: string): Network {
  try {
    const [written = ''] = text.split('/')
    // Rejects short forms of IPv4, which mean unexpected addresses.
    if (!written.includes(':') && !ipaddr.IPv4.isValidFourPartDecimal(written)) throw new TypeError('four parts')
    if (text.includes('/')) return ipaddr.parseCIDR(text)
    const address = ipaddr.process(text)
    return [address, address.kind() === 'ipv4' ? 32 : 128]
  } catch (cause) {
    const message = `API_TRUSTED_PROXIES: "${text}" is not a valid address or network; write for example 10.0.0.0/8, 192.0.2.7`
    throw new StreamError('configuration_invalid', message, { field: 'API_TRUSTED_PROXIES', cause })
  }
}
