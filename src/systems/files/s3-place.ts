import { Readable } from 'node:stream'
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  PutObjectCommand,
  S3Client,
  type _Object as S3Object,
} from '@aws-sdk/client-s3'
import { StreamError } from '../../errors.ts'
import type { NetworkRules } from '../../platform/network-rules.ts'
import { joined, nameOf, type Place, type PlacedFile, type Visit } from './place.ts'
import { codedError, conflictError, cutOffError, type Placing } from './place-errors.ts'
import { bucketName } from './place-names.ts'
import { isPrecondition, s3Error } from './s3-errors.ts'

export interface S3Options {
  readonly bucket: string
  /** Prefix that paths are relative to, without slashes around it; empty: the bucket itself. */
  readonly root: string
  /** Protocol, host and port of the service. */
  readonly endpoint: URL
  /** Whether the bucket is the first part of the path, as services other than AWS have it, or of the host. */
  readonly bucketInPath: boolean
  readonly region: string
  /** Null: those of the process. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | null
  readonly network: NetworkRules
  readonly timeoutMs: number
}

/**
 * Larger objects are copied by the service itself. Orders are always smaller, so that they are created by a request that
 * never overwrites; a copy has such a condition on few services.
 */
const MOST_BYTES_IN_MEMORY = 8 * 1024 * 1024

/**
 * Objects of a bucket, on S3 or a compatible service. It has no folders and no renaming: a folder is a prefix, and a move
 * is a conditional write, then a conditional deletion. An object is there whole or not at all.
 */
export function s3Place(options: S3Options): Place {
  const name = bucketName(options)
  const sdk = sdkOf(options)
  return {
    name,
    async visit(work, signal) {
      const late = AbortSignal.timeout(options.timeoutMs)
      try {
        return await work(visitOf(sdk, options, name, AbortSignal.any([signal, late])))
      } catch (error) {
        throw signal.aborted || late.aborted ? cutOffError(name, signal.aborted, error) : error
      }
    },
  }
}

function sdkOf({ endpoint, bucketInPath, region, credentials, network, timeoutMs }: S3Options): S3Client {
  // A connection for each request: on an idle one that is closed at the other end, nobody knows whether it arrived.
  const agent = { keepAlive: false, lookup: network.lookup(endpoint) }
  return new S3Client({
    region,
    endpoint: endpoint.origin,
    forcePathStyle: bucketInPath,
    ...(credentials === null ? {} : { credentials }),
    // The caller decides about retries: it knows whether a second write does harm.
    maxAttempts: 1,
    followRegionRedirects: false,
    // Not all compatible services know the newer checksums; lengths are checked here, and requests are signed.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: { connectionTimeout: Math.min(10_000, timeoutMs), httpAgent: agent, httpsAgent: agent },
  })
}

function visitOf(sdk: S3Client, { bucket: Bucket, root }: S3Options, name: string, abortSignal: AbortSignal): Visit {
  const keyOf = (path: string) => joined(root, path)
  const attempt = async <T>(path: string, call: () => Promise<T>): Promise<T> => {
    abortSignal.throwIfAborted()
    try {
      return await call()
    } catch (error) {
      if (isPrecondition(error)) throw error
      throw s3Error(error, { place: name, path })
    }
  }
  const page = async (path: string, Prefix: string, more: { MaxKeys?: number; ContinuationToken?: string }) => {
    const command = new ListObjectsV2Command({ Bucket, Prefix, Delimiter: '/', ...more })
    const answer = await attempt(path, async () => await sdk.send(command, { abortSignal }))
    assertWhole(answer, { place: name, path })
    return answer
  }
  /** By a listing: HEAD has no body, so it does not tell a wrong key from a missing right. */
  const find = async (path: string): Promise<PlacedFile | null> => {
    const Key = keyOf(path)
    const { Contents = [] } = await page(path, Key, { MaxKeys: 1 })
    // Keys come in order, so one that is a prefix of others is the first of them.
    const [found] = Contents
    return found?.Key === Key ? fileOf(found, nameOf(path)) : null
  }
  const read = async function* (path: string, listed?: PlacedFile): AsyncGenerator<Buffer> {
    const IfMatch = listed?.version ?? undefined
    const command = new GetObjectCommand({ Bucket, Key: keyOf(path), ...(IfMatch === undefined ? {} : { IfMatch }) })
    const placing = { place: name, path }
    const { Body, ContentLength } = await attempt(path, async () => await sdk.send(command, { abortSignal })).catch(
      (error: unknown) => {
        throw isPrecondition(error) ? changedError(placing) : error
      },
    )
    yield* whole(Body, listed?.bytes ?? ContentLength ?? null, placing, abortSignal)
  }
  const put = async (path: string, Body: Buffer, more: { IfNoneMatch?: '*' } = {}): Promise<void> => {
    const command = new PutObjectCommand({ Bucket, Key: keyOf(path), Body, ContentLength: Body.length, ...more })
    await attempt(path, async () => await sdk.send(command, { abortSignal })).catch((error: unknown) => {
      throw isPrecondition(error) ? conflictError({ place: name, path }) : error
    })
  }
  const remove = async (path: string, listed?: PlacedFile): Promise<void> => {
    const IfMatch = listed?.version ?? undefined
    const command = new DeleteObjectCommand({ Bucket, Key: keyOf(path), ...(IfMatch === undefined ? {} : { IfMatch }) })
    await attempt(path, async () => await sdk.send(command, { abortSignal })).catch((error: unknown) => {
      if (error instanceof StreamError && error.code === 'not_found') return
      throw isPrecondition(error) ? changedError({ place: name, path }) : error
    })
  }
  const copy = async (from: string, to: string, { version }: PlacedFile): Promise<void> => {
    const CopySource = [Bucket, ...keyOf(from).split('/')].map(encodeURIComponent).join('/')
    const CopySourceIfMatch = version ?? undefined
    const condition = CopySourceIfMatch === undefined ? {} : { CopySourceIfMatch }
    const command = new CopyObjectCommand({ Bucket, Key: keyOf(to), CopySource, ...condition })
    await attempt(from, async () => await sdk.send(command, { abortSignal })).catch((error: unknown) => {
      throw isPrecondition(error) ? changedError({ place: name, path: from }) : error
    })
  }
  return {
    movesInOneStep: false,
    listsOnlyWhole: true,
    find,
    read,
    remove,
    async list(folder) {
      const prefix = folder === '' ? root : joined(root, folder)
      const Prefix = prefix === '' ? '' : `${prefix}/`
      const files: PlacedFile[] = []
      let next: { ContinuationToken?: string } = {}
      do {
        const { Contents = [], NextContinuationToken, IsTruncated = false } = await page(folder, Prefix, next)
        for (const object of Contents) {
          const own = object.Key?.slice(Prefix.length) ?? ''
          // A key that ends with a slash stands for the folder itself.
          if (own !== '') files.push(fileOf(object, own))
        }
        next = IsTruncated && NextContinuationToken ? { ContinuationToken: NextContinuationToken } : {}
      } while (next.ContinuationToken !== undefined)
      return files
    },
    write: async (path, content) => await put(path, content),
    async move(from, to, listed) {
      const source = await find(from)
      if (source === null) throw codedError('not_found', { place: name, path: from })
      if (listed !== undefined && listed.version !== source.version) throw changedError({ place: name, path: from })
      // Asked first too: some services do not know the condition, and overwrite.
      if ((await find(to)) !== null) throw conflictError({ place: name, path: to })
      if (source.bytes !== null && source.bytes <= MOST_BYTES_IN_MEMORY) {
        const content = Buffer.concat(await Array.fromAsync(read(from, source)))
        await put(to, content, { IfNoneMatch: '*' })
      } else await copy(from, to, source)
      // The object is there by now, whatever this answers.
      await remove(from, source).catch((cause: unknown) => {
        const message = `${name}: ${to} is written, and ${from} could not be deleted`
        throw new StreamError('target_unavailable', message, { cause })
      })
    },
  }
}

/** The SDK reads the beginning of a list as a shorter one: a file that is there would count as missing. */
function assertWhole(answer: ListObjectsV2CommandOutput, { place, path }: Placing): void {
  const { IsTruncated, KeyCount, Contents = [], CommonPrefixes = [] } = answer
  const found = Contents.length + CommonPrefixes.length
  if (IsTruncated !== undefined && KeyCount === found) return
  const what = `${place}: the list of ${path === '' ? 'its folder' : path}`
  throw new StreamError('target_unavailable', `${what} is not whole: it has ${found} of ${KeyCount ?? 'unknown'} keys`)
}

function fileOf({ Size, LastModified, ETag }: S3Object, name: string): PlacedFile {
  const modifiedAt = LastModified === undefined ? null : Math.floor(LastModified.getTime() / 1000) * 1000
  return { name, bytes: Size ?? null, modifiedAt, version: ETag ?? null }
}

/** The body, if it is as long as the service says. It ends soon after the signal aborts. */
async function* whole(
  body: unknown,
  length: number | null,
  placing: Placing,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  if (!(body instanceof Readable)) throw s3Error(null, placing)
  const end = () => void body.destroy(new Error('aborted'))
  signal.addEventListener('abort', end)
  let bytes = 0
  try {
    signal.throwIfAborted()
    for await (const chunk of body) {
      bytes += (chunk as Buffer).length
      yield chunk as Buffer
    }
  } catch (error) {
    throw s3Error(error, placing)
  } finally {
    signal.removeEventListener('abort', end)
    body.destroy()
  }
  if (length === null || bytes === length) return
  const { place, path } = placing
  throw new StreamError('target_unavailable', `${place}: ${path}: the service sent ${bytes} of ${length} bytes`)
}

/** What was listed is not what is there by now: nothing is read as, or deleted for, the other one. */
function changedError({ place, path }: Placing): StreamError {
  return new StreamError('target_unavailable', `${place}: ${path} was replaced meanwhile; the next run reads it`)
}
