import { constants } from 'node:fs'
import { open, realpath } from 'node:fs/promises'
import { sep } from 'node:path'
import { StreamError } from '../errors.ts'
import { pathFault } from '../path-fault.ts'
import { isOwnFile } from './secret-rules.ts'

const MOST_BYTES = 64 * 1024

/**
 * The text of a file, at most 64 kB. The target of a link must also be in the folder `within` (null: anywhere). Refuses
 * pipes, devices and the files in `own`. Throws `configuration_invalid`, with what is wrong about the file.
 */
export async function readFileWithin(
  path: string,
  within: string | null,
  own: readonly string[] = [],
): Promise<string> {
  try {
    return await read(path, within, own)
  } catch (cause) {
    if (cause instanceof StreamError) throw cause
    throw new StreamError('configuration_invalid', `it ${pathFault(cause)}`, { cause })
  }
}

async function read(path: string, within: string | null, own: readonly string[]): Promise<string> {
  const real = await realpath(path)
  const isInside = within === null || (await isWithinFolder(path, within))
  const owned = await Promise.all(own.map(async (one) => await realpath(one).catch(() => one)))
  if (!isInside || isOwnFile(real) || owned.includes(real))
    throw new StreamError('configuration_invalid', 'it is a link to a file outside its folder')
  const file = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    const found = await file.stat()
    if (!found.isFile()) throw new StreamError('configuration_invalid', 'it is not a regular file')
    if (found.size > MOST_BYTES) throw new StreamError('configuration_invalid', `it has more than ${MOST_BYTES} bytes`)
    return await file.readFile('utf8')
  } finally {
    await file.close()
  }
}

/** Whether a file is in or below the folder after resolving all links. */
export async function isWithinFolder(path: string, folder: string): Promise<boolean> {
  const [real, root] = await Promise.all([realpath(path), realpath(folder)])
  return real.startsWith(root.endsWith(sep) ? root : root + sep)
}
