import { StreamError } from '../errors.ts'
import { createGuardedHttp, type GuardedHttp } from './guarded-http.ts'
import type { NetworkRules } from './network-rules.ts'

export interface DownloadLimits {
  readonly mostBytes: number
  readonly timeoutMs: number
}

/**
 * The bytes behind an http or https address. Throws `source_data_invalid` for what will not be there later either: no
 * such file, too large, an address that is refused; `item_missing` for what may be: the other side is away or too slow.
 */
export type Download = (url: string, signal: AbortSignal) => Promise<Buffer>

export function createDownload({ mostBytes, timeoutMs }: DownloadLimits, network: NetworkRules): Download {
  const http = createGuardedHttp(network)
  return async (url, signal) => {
    const timeout = AbortSignal.timeout(timeoutMs)
    try {
      return await bytesOf(http, url, mostBytes, AbortSignal.any([signal, timeout]))
    } catch (error) {
      if (error instanceof StreamError) throw error
      if (signal.aborted) throw new StreamError('stopping', 'the download was ended', { cause: error })
      const why = timeout.aborted ? `took longer than ${timeoutMs} ms` : 'could not be read'
      throw new StreamError('item_missing', `${nameOf(url)} ${why}; it is tried again`, { cause: error })
    }
  }
}

async function bytesOf(http: GuardedHttp, url: string, mostBytes: number, signal: AbortSignal): Promise<Buffer> {
  if (!/^https?:/i.test(url) || !URL.canParse(url)) {
    throw new StreamError('source_data_invalid', `${nameOf(url)} is no http or https address`)
  }
  const { status, body, discard } = await http.request({ method: 'GET', url, headers: { accept: 'image/*' }, signal })
  if (status !== 200) {
    discard()
    const passing = status >= 500 || status === 408 || status === 429
    const message = `${nameOf(url)} answered ${status}`
    throw new StreamError(passing ? 'item_missing' : 'source_data_invalid', message, { details: { status } })
  }
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    size += chunk.length
    if (size > mostBytes) {
      discard()
      throw new StreamError('source_data_invalid', `${nameOf(url)} has more than ${mostBytes} bytes`)
    }
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** Without its query, which may hold a key. */
function nameOf(url: string): string {
  return url.split(/[?#]/, 1)[0]?.slice(0, 200) ?? ''
}
