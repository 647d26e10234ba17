import { createHash } from 'node:crypto'
import { type ErrorCode, StreamError, toStreamError } from '../../errors.ts'
import type { Visit } from './place.ts'

/** A file for the vendor that is sent once. */
export interface OnceFile {
  /** For messages: `the file of order 1001`. */
  readonly what: string
  /** Where the vendor fetches it. */
  readonly final: string
  /** The whole file before it has its name. */
  readonly waiting: string
  /** Says that the file gets its name, or has got it; stays. */
  readonly mark: string
}

/**
 * Digest of the file that the vendor has got; null: it has got none. Throws `target_conflict` if nobody but the vendor
 * knows.
 */
export async function sentDigest(visit: Visit, file: OnceFile): Promise<string | null> {
  const { final, waiting, mark } = file
  if ((await visit.find(mark)) === null) return null
  const digest = (await bytesAt(visit, mark)).toString().trim()
  // A mark that was not written whole: the file has not been moved yet. A waiting file: it has not either.
  if (!/^[0-9a-f]{64}$/.test(digest)) return null
  if ((await visit.find(waiting)) === null) return digest
  if (visit.movesInOneStep) return null
  if ((await visit.find(final)) === null) throw unclearError(file)
  if (digestOf(await bytesAt(visit, final)) !== digest) return null
  await visit.remove(waiting)
  return digest
}

/**
 * Sends a file that was not sent. Guarantee 3: the whole file is written in our work folder, then a mark with its digest,
 * then the file is moved to the vendor's folder in one step. A mark without a waiting file says that the vendor has got
 * it, also if the answer was lost and the vendor has taken the file away.
 */
export async function sendOnce(visit: Visit, file: OnceFile, content: Buffer): Promise<'written' | 'unchanged'> {
  const { final, waiting, mark } = file
  const digest = digestOf(content)
  if ((await visit.find(final)) !== null) {
    // Its mark is lost, or somebody else wrote it.
    if (digestOf(await bytesAt(visit, final)) !== digest) throw foreignError(file)
    await visit.write(mark, Buffer.from(`${digest}\n`))
    await visit.remove(waiting)
    return 'unchanged'
  }
  // Of an interrupted attempt: a mark without a waiting file would say that the file was sent.
  await visit.remove(mark)
  await visit.write(waiting, content)
  await visit.write(mark, Buffer.from(`${digest}\n`))
  await moveOnce(visit, file, digest)
  return 'written'
}

/** Removes what an interrupted attempt left of a file that was not sent. */
export async function dropUnsent(visit: Visit, { waiting, mark }: OnceFile): Promise<void> {
  await visit.remove(mark)
  await visit.remove(waiting)
}

export function digestOf(content: Buffer): string {
  return createHash('sha256').update(content).digest('hex')
}

/** Codes of moves that may have taken effect. */
const UNCERTAIN: readonly ErrorCode[] = ['target_unavailable', 'timed_out', 'unexpected', 'stopping']

/** A move of several steps that was refused has had no effect: the next attempt may send the file. */
async function moveOnce(visit: Visit, { final, waiting, mark }: OnceFile, digest: string): Promise<void> {
  try {
    await visit.move(waiting, final)
  } catch (error) {
    const { code } = toStreamError(error)
    if (visit.movesInOneStep || UNCERTAIN.includes(code)) throw error
    // A proxy may have sent it twice: then the second one finds the first.
    const isOurs = code === 'target_conflict' && digestOf(await bytesAt(visit, final)) === digest
    await visit.remove(isOurs ? waiting : mark)
    if (!isOurs) throw error
  }
}

async function bytesAt(visit: Visit, path: string): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(visit.read(path)))
}

function unclearError({ what, mark }: OnceFile): StreamError {
  const message =
    `the answer to ${what} was lost, and the file is not there: the vendor has fetched it, or it never ` +
    `arrived, so it is not sent again. Ask the vendor. If it lacks the order, delete ${mark} and retry this dead letter; ` +
    'else discard it'
  return new StreamError('target_conflict', message)
}

function foreignError({ what, final }: OnceFile): StreamError {
  const message = `${what} needs the name ${final}, but there is another file of this name; find out whose it is, and rename it`
  return new StreamError('target_conflict', message)
}
