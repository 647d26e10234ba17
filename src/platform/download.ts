import { StreamError } from '../errors.ts'
import { bodyWithin, createGuardedHttp, type GuardedHttp } from './guarded-http.ts'
import type { NetworkRules } from './network-rules.ts'

export interface DownloadLimits {
  readonly mostBytes: number
  readonly timeoutMs: number
}

/**
 * Downloads an http or https address. Throws `source_data_invalid` for permanent failures (no such file, too large, an
 * address that is refused) and `item_missing` for temporary ones (the other side is down or too slow).
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
      if (signal.aborted) throw new StreamError('stopping', 'the download was stopped', { cause: error })
      const why = timeout.aborted ? `took longer than ${timeoutMs} ms` : 'could not be read'
      throw new StreamError('item_missing', `${nameOf(url)} ${why}; the download is retried`, { cause: error })
    }
  }
}

async function bytesOf(http: GuardedHttp, url: string, mostBytes: number, signal: AbortSignal): Promise<Buffer> {
  if (!/^https?:/i.test(url) || !URL.canParse(url)) {
    throw new StreamError('source_data_invalid', `${nameOf(url)} is not an http or https address`)
  }
  const answer = await http.request({ method: 'GET', url, headers: { accept: 'image/*' }, signal })
  const { status } = answer
  if (status !== 200) {
    answer.discard()
    const passing = status >= 500 || status === 408 || status === 429
    const message = `${nameOf(url)} answered ${status}`
    throw new StreamError(passing ? 'item_missing' : 'source_data_invalid', message, { details: { status } })
  }
  const bytes = await bodyWithin(answer, mostBytes)
  if (bytes !== null) return bytes
  throw new StreamError('source_data_invalid', `${nameOf(url)} has more than ${mostBytes} bytes`)
}

/** The address without its query, which may contain a key. */
function nameOf(url: string): string {
  return url.split(/[?#]/, 1)[0]?.slice(0, 200) ?? ''
}
