import type { LookupFunction } from 'node:net'
import { describe, expect, it } from 'vitest'
import { networkRulesOf } from '../../../src/platform/network-rules.ts'
import { assertHttpUrl, isPublicAddress } from '../../../src/platform/safe-address.ts'

describe('an address', () => {
  it.each([
    ['this host', '0.0.0.0'],
    ['private', '10.1.2.3'],
    ['private', '172.16.0.1'],
    ['private', '172.31.255.255'],
    ['private', '192.168.1.1'],
    ['shared (carrier, Alibaba’s metadata)', '100.100.100.200'],
    ['loopback', '127.0.0.1'],
    ['link-local (metadata)', '169.254.169.254'],
    ['Oracle’s metadata', '192.0.0.192'],
    ['Azure’s metadata', '168.63.129.16'],
    ['of documents', '203.0.113.9'],
    ['multicast', '224.0.0.1'],
    ['broadcast', '255.255.255.255'],
    ['unspecified', '::'],
    ['loopback', '::1'],
    ['v4-mapped loopback', '::ffff:127.0.0.1'],
    ['v4-mapped private, in hexadecimal', '::ffff:a00:1'],
    ['v4-compatible', '::127.0.0.1'],
    ['translated private (NAT64)', '64:ff9b::10.0.0.1'],
    ['local translation', '64:ff9b:1::1'],
    ['unique-local', 'fd00:ec2::254'],
    ['unique-local', 'fc00::1'],
    ['link-local', 'fe80::1'],
    ['link-local with its zone', 'fe80::1%eth0'],
    ['site-local', 'fec0::1'],
    ['multicast', 'ff02::1'],
    ['6to4 of a private one', '2002:a00:1::1'],
    ['Teredo', '2001::1'],
    ['of documents', '2001:db8::1'],
    ['anycast of a name service (AS112)', '192.175.48.1'],
    ['of no one yet', '4000::1'],
    ['of IPv6 with an IPv4 one that is private in its middle', '64:ff9b:0:0:0:1:808:808'],
    ['a short form', '1.2.3'],
    ['none', 'example.com'],
  ])('that is %s is not public: %s', (_, address) => {
    expect(isPublicAddress(address)).toBe(false)
  })

  it.each([
    '1.1.1.1',
    '8.8.8.8',
    '172.32.0.1',
    '100.128.0.1',
    '192.0.1.1',
    '223.255.255.255',
    '2606:4700:4700::1111',
    '2a00:1450:4001:82a::200e',
    '::ffff:8.8.8.8',
    '64:ff9b::808:808',
  ])('of the internet is public: %s', (address) => {
    expect(isPublicAddress(address)).toBe(true)
  })
})

describe('a URL', () => {
  it.each([
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://0177.0.0.1/',
    'http://[::1]:8080/',
    'http://[::ffff:10.0.0.1]/',
    'https://169.254.169.254/latest/meta-data',
    'http://10.1/',
  ])('with a private address, however it is written, is refused: %s', (url) => {
    expect(() => networkRulesOf({}).assertUrl(new URL(url))).toThrow(/private network/)
  })

  it.each(['file:///etc/passwd', 'ftp://example.com/x', 'data:text/csv,a', 'gopher://example.com'])(
    'of another kind is refused: %s',
    (url) => {
      expect(() => assertHttpUrl(new URL(url))).toThrow(/only http and https/)
    },
  )

  it('with a name is judged when it is connected to', () => {
    expect(() => networkRulesOf({}).assertUrl(new URL('https://feeds.example.com/x'))).not.toThrow()
  })
})

describe('the look-up of sockets', () => {
  const lookupBy = (lookup: LookupFunction) => networkRulesOf({}, { lookup }).lookup(new URL('https://name.test'))

  const look = (answers: string | readonly string[], all: boolean) => {
    const resolver: LookupFunction = (_name, _options, callback) => {
      if (typeof answers === 'string') callback(null, answers, 4)
      else callback(null, answers.map((address) => ({ address, family: 4 })) as never)
    }
    return new Promise((resolve) => {
      lookupBy(resolver)('name.test', { all }, (error, found) => resolve(error === null ? found : error.message))
    })
  }

  it('gives public addresses as they are', async () => {
    expect(await look('8.8.8.8', false)).toBe('8.8.8.8')
    expect(await look(['8.8.8.8', '1.1.1.1'], true)).toHaveLength(2)
  })

  it('refuses a name that has a private address, also beside public ones', async () => {
    expect(await look('10.0.0.1', false)).toMatch(/name.test is an address of a private network/)
    expect(await look(['8.8.8.8', '127.0.0.1'], true)).toMatch(/private network/)
  })

  it('tells what the resolver tells', async () => {
    const failing: LookupFunction = (_name, _options, callback) => callback(new Error('ENOTFOUND'), '')
    const told = new Promise((resolve) => lookupBy(failing)('name.test', {}, (error) => resolve(error?.message)))
    expect(await told).toBe('ENOTFOUND')
  })
})
