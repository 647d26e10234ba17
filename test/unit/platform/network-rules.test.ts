import type { LookupFunction } from 'node:net'
import { describe, expect, it } from 'vitest'
import { networkRulesOf } from '../../../src/platform/network-rules.ts'

const answering =
  (...addresses: readonly string[]): LookupFunction =>
  (_name, _options, callback) =>
    callback(null, addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })) as never)

/** What a client would come to: where it connects, or why not. */
function connect(allowed: string, url: string, ...answers: readonly string[]): Promise<string> {
  const rules = networkRulesOf({ ALLOWED_PRIVATE_NETWORKS: allowed }, { lookup: answering(...answers) })
  const target = new URL(url)
  try {
    rules.assertUrl(target)
  } catch (error) {
    return Promise.resolve((error as Error).message)
  }
  const host = target.hostname.replace(/^\[|\]$/g, '')
  if (answers.length === 0) return Promise.resolve(host)
  return new Promise((resolve) => {
    rules.lookup(target)(host, { all: true }, (error, found) =>
      resolve(
        error?.message ?? (found as unknown as readonly { address: string }[]).map(({ address }) => address).join(),
      ),
    )
  })
}

describe('a private network', () => {
  it.each([
    ['10.0.0.0/8', 'https://10.1.2.3/'],
    ['10.1.2.3', 'https://10.1.2.3:8443/'],
    ['10.1.2.3:8443', 'https://10.1.2.3:8443/'],
    ['[fd00::1]:8443', 'https://[fd00::1]:8443/'],
    ['fd00::/8', 'https://[fd12::5]/'],
    ['127.0.0.1:443', 'https://127.0.0.1/'],
    ['10.0.0.0/8', 'https://[::ffff:10.1.2.3]/'],
    ['10.0.0.0/8, 192.168.0.0/16', 'https://192.168.1.1/'],
    ['169.254.169.254', 'http://169.254.169.254/latest'],
    ['169.254.169.254/32', 'http://169.254.169.254/latest'],
  ])('that is listed is called: %s, %s', async (allowed, url) => {
    expect(await connect(allowed, url)).not.toMatch(/private network/)
  })

  it.each([
    ['', 'https://10.1.2.3/'],
    ['10.1.2.4', 'https://10.1.2.3/'],
    ['10.1.2.3:8443', 'https://10.1.2.3/'],
    ['10.1.2.3', 'https://[fd00::1]/'],
    ['127.0.0.1:9000', 'http://127.0.0.1:8080/'],
    ['0.0.0.0/0,::/0', 'http://169.254.169.254/latest'],
    ['169.254.0.0/16', 'http://169.254.169.254/latest'],
    ['0.0.0.0/0,::/0', 'http://[::ffff:169.254.169.254]/'],
    ['0.0.0.0/0,::/0', 'http://[64:ff9b::a9fe:a9fe]/'],
    ['0.0.0.0/0,::/0', 'http://0.0.0.0/'],
    ['0.0.0.0/0,::/0', 'http://[::]/'],
    ['0.0.0.0/0,::/0', 'http://[fe80::1]/'],
    ['0.0.0.0/0,::/0', 'http://[fd00:ec2::254]/'],
    ['0.0.0.0/0,::/0', 'http://100.100.100.200/'],
    ['0.0.0.0/0,::/0', 'http://168.63.129.16/'],
    ['0.0.0.0/0,::/0', 'http://[2002:7f00:1::1]/'],
  ])('that is not, or is more than a host, is not: %s, %s', async (allowed, url) => {
    expect(await connect(allowed, url)).toMatch(/private network, .* ALLOWED_PRIVATE_NETWORKS/)
  })
})

describe('a name', () => {
  it.each([
    ['erp.internal', 'https://erp.internal/'],
    ['erp.internal:8443', 'https://ERP.internal.:8443/'],
    ['10.0.0.0/8', 'https://erp.internal/'],
  ])('that is listed, or whose addresses are, is called: %s, %s', async (allowed, url) => {
    expect(await connect(allowed, url, '10.1.2.3')).toBe('10.1.2.3')
  })

  it.each([
    ['erp.internal', 'https://evil.internal/', ['10.1.2.3']],
    ['erp.internal:8443', 'https://erp.internal/', ['10.1.2.3']],
    ['erp.internal', 'https://erp.internal/', ['169.254.169.254']],
    ['erp.internal', 'https://erp.internal/', ['10.1.2.3', '0.0.0.0']],
    ['10.1.2.3', 'https://erp.internal/', ['10.1.2.3', '10.1.2.4']],
    ['', 'https://evil.example/', ['8.8.8.8', '127.0.0.1']],
  ])('that stands for another address is not: %s, %s, %s', async (allowed, url, answers) => {
    expect(await connect(allowed, url, ...answers)).toMatch(/private network/)
  })
})

describe('http with secrets', () => {
  const refuses = (hosts: string, url: string) => () =>
    networkRulesOf({ ALLOWED_HTTP_HOSTS: hosts }).assertSecret(new URL(url))

  it('goes to hosts that are listed', () => {
    for (const [hosts, url] of [
      ['erp.internal', 'http://erp.internal:50000/'],
      ['127.0.0.0/8', 'http://127.0.0.1:9/'],
      ['127.0.0.1:9', 'http://127.0.0.1:9/'],
      ['', 'https://anything.example/'],
    ] as const) {
      expect(refuses(hosts, url), url).not.toThrow()
    }
  })

  it('goes to no other, a private network or not', () => {
    for (const [hosts, url] of [
      ['', 'http://erp.internal/'],
      ['erp.internal:8080', 'http://erp.internal/'],
      ['127.0.0.1:9', 'http://127.0.0.1:10/'],
      ['10.0.0.0/8', 'http://10.evil.example/'],
    ] as const) {
      expect(refuses(hosts, url), url).toThrow(/unencrypted http; .* ALLOWED_HTTP_HOSTS/)
    }
  })
})

it.each(['10.0.0.0/33', '300.1.1.1/8', 'http://x', 'a b', 'host:port'])('no entry of a list: %s', (text) => {
  expect(() => networkRulesOf({ ALLOWED_PRIVATE_NETWORKS: text })).toThrow(/is not a CIDR, IP address or host/)
})
