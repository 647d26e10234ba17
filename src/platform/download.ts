import { StreamError } from '../errors.ts'
import { createGuardedHttp, type GuardedAnswer } from './guarded-http.ts'

export interface DownloadLimits {
  readonly mostBytes: number
  readonly timeoutMs: number
  /** Whether addresses of one's own network may be asked: for feeds that are inside. */
  readonly privateAddresses: boolean
}

const outside = createGuardedHttp({ allowPrivate: false })
const anywhere = createGuardedHttp({ allowPrivate: true })

/**
 * The bytes behind an http or https address. Throws `source_data_invalid` for what will not be there later either: no
 * such file, too large, an address that is refused; `item_missing` for what may be: the other side is away or too slow.
 */
export async function download(url: string, limits: DownloadLimits, signal: AbortSignal): Promise<Buffer> {
  if (!URL.canParse(url)) throw new StreamError('source_data_invalid', `${nameOf(url)} is no http or https address`)
  const timeout = AbortSignal.timeout(limits.timeoutMs)
  const http = limits.privateAddresses ? anywhere : outside
  try {
    const headers = { accept: 'image/*' }
    const answer = await http.request({ method: 'GET', url, headers, signal: AbortSignal.any([signal, timeout]) })
    if (answer.status === 200) return await bytesOf(answer, url, limits.mostBytes)
    answer.discard()
    throw refusal(answer, url)
  } catch (error) {
    if (error instanceof StreamError) throw error
    if (signal.aborted) throw new StreamError('stopping', 'the download was ended', { cause: error })
    const why = timeout.aborted ? `took longer than ${limits.timeoutMs} ms` : 'could not be read'
    throw new StreamError('item_missing', `${nameOf(url)} ${why}; it is tried again`, { cause: error })
  }
}

function refusal({ status }: GuardedAnswer, url: string): StreamError {
  const passing = status >= 500 || status === 408 || status === 429
  const message = `${nameOf(url)} answered ${status}`
  return new StreamError(passing ? 'item_missing' : 'source_data_invalid', message, { details: { status } })
}

async function bytesOf({ body }: GuardedAnswer, url: string, mostBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  // Leaving the loop early ends the connection.
  for await (const chunk of body) {
    size += chunk.length
    if (size > mostBytes) {
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
