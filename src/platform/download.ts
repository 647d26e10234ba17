import { lookup } from 'node:dns'
import { get as getHttp, type IncomingMessage } from 'node:http'
import { get as getHttps } from 'node:https'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { StreamError } from '../errors.ts'

export interface DownloadLimits {
  readonly mostBytes: number
  readonly timeoutMs: number
  /** Whether addresses of one's own network may be asked: for feeds that are inside. */
  readonly privateAddresses: boolean
}

const REDIRECTS = 3

/** Networks that nobody outside can be in: an address that a feed names must not reach what only we can. */
const privateNetworks = new BlockList()
for (const [network, bits] of [
  ...[
    ['0.0.0.0', 8],
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['169.254.0.0', 16],
  ],
  ...[
    ['172.16.0.0', 12],
    ['192.0.0.0', 24],
    ['192.168.0.0', 16],
    ['198.18.0.0', 15],
    ['224.0.0.0', 3],
  ],
] as [string, number][])
  privateNetworks.addSubnet(network, bits, 'ipv4')
for (const [network, bits] of [
  ...[
    ['::', 127],
    ['64:ff9b::', 96],
    ['fc00::', 7],
    ['fe80::', 10],
    ['ff00::', 8],
  ],
] as [string, number][])
  privateNetworks.addSubnet(network, bits, 'ipv6')

/**
 * The bytes behind an http or https address. Throws `source_data_invalid` for what will not be there later either: no
 * such file, too large, an address that is refused; `item_missing` for what may be: the other side is away or too slow.
 */
export async function download(url: string, limits: DownloadLimits, signal: AbortSignal): Promise<Buffer> {
  const timeout = AbortSignal.timeout(limits.timeoutMs)
  const bounded = AbortSignal.any([signal, timeout])
  try {
    return await follow(url, limits, bounded, REDIRECTS)
  } catch (error) {
    if (error instanceof StreamError) throw error
    if (signal.aborted) throw new StreamError('stopping', 'the download was ended', { cause: error })
    const why = timeout.aborted ? `took longer than ${limits.timeoutMs} ms` : 'could not be read'
    throw new StreamError('item_missing', `${nameOf(url)} ${why}; it is tried again`, { cause: error })
  }
}

async function follow(url: string, limits: DownloadLimits, signal: AbortSignal, redirects: number): Promise<Buffer> {
  const response = await open(addressOf(url, limits), limits, signal)
  const { statusCode: status = 0, headers } = response
  if (status === 200) return await bytesOf(response, url, limits.mostBytes)
  response.destroy()
  if (status >= 300 && status < 400 && headers.location !== undefined && redirects > 0) {
    return await follow(new URL(headers.location, url).href, limits, signal, redirects - 1)
  }
  const passing = status >= 500 || status === 408 || status === 429
  const message = `${nameOf(url)} answered ${status}`
  throw new StreamError(passing ? 'item_missing' : 'source_data_invalid', message, { details: { status } })
}

/** Throws for anything but http and https, and for an address that is written out and private. */
function addressOf(url: string, { privateAddresses }: DownloadLimits): URL {
  const address = URL.canParse(url) ? new URL(url) : undefined
  if (address === undefined || !['http:', 'https:'].includes(address.protocol)) {
    throw new StreamError('source_data_invalid', `${nameOf(url)} is no http or https address`)
  }
  const host = address.hostname.replace(/^\[|\]$/g, '')
  if (!privateAddresses && isPrivate(host)) throw refused(address.hostname)
  return address
}

function open(address: URL, { privateAddresses }: DownloadLimits, signal: AbortSignal): Promise<IncomingMessage> {
  const get = address.protocol === 'https:' ? getHttps : getHttp
  const options = { signal, headers: { accept: 'image/*', 'user-agent': 'waldstream' } }
  return new Promise((resolve, reject) => {
    get(address, { ...options, ...(privateAddresses ? {} : { lookup: publicLookup }) }, resolve).on('error', reject)
  })
}

/** Looks at the very addresses that are then connected to: a name may answer another one the second time. */
const publicLookup: LookupFunction = (host, options, done) => {
  lookup(host, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return done(error, '')
    if (addresses.some(({ address }) => isPrivate(address))) return done(refused(host), '')
    const [first] = addresses
    if (options.all === true) done(null, addresses)
    else done(null, first?.address ?? '', first?.family)
  })
}

function isPrivate(address: string): boolean {
  const family = isIP(address)
  return family !== 0 && privateNetworks.check(address, family === 6 ? 'ipv6' : 'ipv4')
}

async function bytesOf(response: IncomingMessage, url: string, mostBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of response) {
    size += (chunk as Buffer).length
    if (size > mostBytes) {
      response.destroy()
      throw new StreamError('source_data_invalid', `${nameOf(url)} has more than ${mostBytes} bytes`)
    }
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks)
}

function refused(host: string): StreamError {
  const message = `${host} is an address of a private network, which is not asked; settings.allowPrivateAddresses of the system allows it`
  return new StreamError('source_data_invalid', message)
}

/** Without its query, which may hold a key. */
function nameOf(url: string): string {
  return url.split(/[?#]/, 1)[0]?.slice(0, 200) ?? ''
}
