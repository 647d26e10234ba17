import { StreamError } from '../../errors.ts'
import type { GuardedAnswer, GuardedHttp, GuardedRequest } from '../../platform/guarded-http.ts'
import { retryAfterMs } from '../../platform/http-errors.ts'
import { nameOf, type Place, type PlacedFile, type Visit } from './place.ts'
import { codedError, conflictError, cutOffError, type Placing } from './place-errors.ts'

export interface HttpOptions {
  /** Address that paths are relative to, without a slash at its end. */
  readonly root: string
  /** Headers that sign in. */
  readonly credentials: Readonly<Record<string, string>>
  /** The files that are looked for in a folder: HTTP lists none. */
  readonly namesIn: (folder: string) => readonly string[]
  /** Throws where a file must not be sent to: it holds names and addresses of people. */
  readonly assertWritable: () => void
  readonly http: GuardedHttp
  readonly timeoutMs: number
}

/**
 * Files on a web server. HTTP has no folders, no list and no renaming: files are looked for by their names, and a move
 * is a conditional copy. Messages name paths only, because headers sign in.
 */
export function httpPlace(options: HttpOptions): Place {
  const name = new URL(options.root).host
  return {
    name,
    async visit(work, signal) {
      const late = AbortSignal.timeout(options.timeoutMs)
      try {
        return await work(visitOf(options, name, AbortSignal.any([signal, late])))
      } catch (error) {
        throw signal.aborted || late.aborted ? cutOffError(name, signal.aborted, error) : error
      }
    },
  }
}

type Asked = Pick<GuardedRequest, 'method'> & Partial<Pick<GuardedRequest, 'body' | 'headers'>>

function visitOf(options: HttpOptions, name: string, signal: AbortSignal): Visit {
  const ask = async (path: string, { headers = {}, ...asked }: Asked): Promise<GuardedAnswer> => {
    signal.throwIfAborted()
    const url = `${options.root}/${path.split('/').map(encodeURIComponent).join('/')}`
    const { credentials, http } = options
    // A redirected write could arrive elsewhere, or as a read.
    const redirects = asked.method === 'GET' || asked.method === 'HEAD' ? {} : ({ redirects: 'none' } as const)
    const sent = { accept: '*/*', 'accept-encoding': 'identity', 'cache-control': 'no-cache', ...headers }
    try {
      return await http.request({ ...asked, ...redirects, url, headers: sent, credentials, signal })
    } catch (error) {
      throw unreachableError(error, { place: name, path })
    }
  }
  const find = async (path: string): Promise<PlacedFile | null> => {
    const head = await ask(path, { method: 'HEAD' })
    head.discard()
    const answer = [405, 501].includes(head.status) ? await ask(path, { method: 'GET' }) : head
    answer.discard()
    if (isMissing(answer)) return null
    assertGood(answer, { place: name, path })
    return fileOf(path, answer)
  }
  const put = async (path: string, content: Buffer, headers: Readonly<Record<string, string>> = {}): Promise<void> => {
    options.assertWritable()
    const type = { 'content-type': 'application/octet-stream' }
    const answer = await ask(path, { method: 'PUT', body: content, headers: { ...type, ...headers } })
    answer.discard()
    assertGood(answer, { place: name, path })
  }
  const read = async function* (path: string, listed?: PlacedFile): AsyncGenerator<Buffer> {
    const answer = await ask(path, { method: 'GET' })
    try {
      yield* whole(answer, { place: name, path }, listed)
    } finally {
      answer.discard()
    }
  }
  const remove = async (path: string): Promise<void> => {
    const answer = await ask(path, { method: 'DELETE' })
    answer.discard()
    if (!isMissing(answer)) assertGood(answer, { place: name, path })
  }
  return {
    movesInOneStep: false,
    listsOnlyWhole: false,
    find,
    read,
    remove,
    async list(folder) {
      signal.throwIfAborted()
      const found: (PlacedFile | null)[] = []
      for (const one of options.namesIn(folder)) found.push(await find(folder === '' ? one : `${folder}/${one}`))
      return found.filter((file) => file !== null)
    },
    write: async (path, content) => await put(path, content),
    async move(from, to) {
      const content = Buffer.concat(await Array.fromAsync(read(from)))
      // Asked first too: some servers do not know the condition, and overwrite.
      if ((await find(to)) !== null) throw conflictError({ place: name, path: to })
      await put(to, content, { 'if-none-match': '*' })
      // The file is there by now, whatever this answers.
      await remove(from).catch((cause: unknown) => {
        const message = `${name}: ${to} is written, and ${from} could not be deleted`
        throw new StreamError('target_unavailable', message, { cause })
      })
    },
  }
}

function isMissing({ status }: GuardedAnswer): boolean {
  return status === 404 || status === 410
}

function fileOf(path: string, { headers }: GuardedAnswer): PlacedFile {
  // Of HEAD, some programs say 0 whatever the file has.
  const bytes = Number(headers.get('content-length') ?? 0)
  const modifiedAt = Date.parse(headers.get('last-modified') ?? '')
  return {
    name: nameOf(path),
    bytes: bytes === 0 ? null : bytes,
    modifiedAt: Number.isNaN(modifiedAt) ? null : modifiedAt,
    version: headers.get('etag'),
  }
}

/** The body, if it is as long as its server says, and what it listed: the beginning of a file is not a shorter file. */
async function* whole(answer: GuardedAnswer, placing: Placing, listed?: PlacedFile): AsyncGenerator<Buffer> {
  assertGood(answer, placing)
  if (listed !== undefined) assertListed(fileOf(placing.path, answer), listed, placing)
  const { status, headers, body } = answer
  const said = headers.get('content-length')
  let bytes = 0
  try {
    for await (const chunk of body) {
      bytes += chunk.length
      yield chunk
    }
  } catch (error) {
    throw unreachableError(error, placing)
  }
  const cut = said !== null && bytes !== Number(said) ? `sent ${bytes} of ${said} bytes` : null
  const problem = status === 200 ? cut : `answered ${status}, not with the whole file`
  if (problem === null) return
  throw new StreamError('target_unavailable', `${placing.place}: ${placing.path}: the server ${problem}`)
}

/** One server may answer HEAD and another GET: an old copy must not be noted as the new version. */
function assertListed(found: PlacedFile, listed: PlacedFile, { place, path }: Placing): void {
  const differs = (['version', 'modifiedAt', 'bytes'] as const).find(
    (name) => found[name] !== null && listed[name] !== null && found[name] !== listed[name],
  )
  if (differs === undefined) return
  const what = { version: 'ETag', modifiedAt: 'Last-Modified', bytes: 'Content-Length' }[differs]
  const message =
    `${place}: ${path}: GET has another ${what} than HEAD: the file changed meanwhile, or a cache or one of several ` +
    'servers has an older one'
  throw new StreamError('target_unavailable', message)
}

function assertGood({ status, headers }: GuardedAnswer, placing: Placing): void {
  if (status >= 200 && status < 300) return
  if (status === 412) throw conflictError(placing)
  const what = `${placing.place}: ${placing.path}`
  const details = { status }
  const after = retryAfterMs(headers.get('retry-after'), Date.now())
  const retry = { details, ...(after === undefined ? {} : { retryAfterMs: after }) }
  if (status === 429) throw new StreamError('rate_limited', `${what} answered 429`, retry)
  if (status === 408) throw new StreamError('timed_out', `${what} answered 408`, retry)
  // The write was done, and its outcome is to be seen elsewhere.
  if (status === 303) throw new StreamError('target_unavailable', `${what} answered 303`, retry)
  if (status >= 500) throw new StreamError('target_unavailable', `${what} answered ${status}`, retry)
  if (status === 401) {
    const message = `${what} answered 401: correct the secrets username and password, token or header.<Name>`
    throw new StreamError('credentials_refused', message, { details })
  }
  if (status === 404 || status === 409 || status === 410) throw codedError('not_found', placing)
  if (status === 403 || status === 405) throw codedError('permission_missing', placing)
  if (status >= 300 && status < 400) {
    const message = `${what} answered with a redirect (${status}); set the address that it leads to`
    throw new StreamError('configuration_invalid', message, { details, field: 'address' })
  }
  throw new StreamError('target_rejected', `${what} answered ${status}`, { details })
}

/** The address is our own configuration, not data of others as in a feed. */
function unreachableError(cause: unknown, { place, path }: Placing): StreamError {
  if (cause instanceof StreamError) {
    if (cause.code !== 'source_data_invalid') return cause
    return new StreamError('configuration_invalid', cause.message, { cause, field: 'address' })
  }
  const reason = cause instanceof Error && 'code' in cause ? String(cause.code) : 'no answer'
  return new StreamError('target_unavailable', `${place}: ${path} could not be reached: ${reason}`, { cause })
}
