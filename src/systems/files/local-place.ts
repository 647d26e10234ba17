import { constants } from 'node:fs'
import { type FileHandle, lstat, mkdir, open, readdir, realpath, rename, rm } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import { StreamError } from '../../errors.ts'
import { folderOf, joined, nameOf, type Place, type PlacedFile, type Visit } from './place.ts'
import { conflictError, type Placing, placeError } from './place-errors.ts'

/**
 * A folder on this machine, in the one that a system has. Guarantee 11: a path that leads out of it is refused, and links
 * are never followed: whoever writes files into the folder could make them.
 */
export function localPlace(ofSystem: string, folder = ''): Place {
  const inside = folder.replaceAll(/^\/+|\/+$/g, '')
  return {
    name: `folder ${join(ofSystem, inside)}`,
    visit: async (work, signal) => await work(visitOf(ofSystem, inside, signal)),
  }
}

function visitOf(base: string, inside: string, signal: AbortSignal): Visit {
  const what = (path: string): Placing => ({ place: `folder ${join(base, inside)}`, path })
  const attempt = async <T>(path: string, call: (full: string) => Promise<T>): Promise<T> => {
    signal.throwIfAborted()
    try {
      return await call(await within(base, joined(inside, path)))
    } catch (error) {
      throw placeError(error, what(path))
    }
  }
  const find = async (path: string): Promise<PlacedFile | null> => {
    try {
      return await attempt(path, async (full) => await fileAt(full))
    } catch (error) {
      if (error instanceof StreamError && error.code === 'not_found') return null
      throw error
    }
  }
  const makeOwnFolder = async (path: string): Promise<void> => {
    try {
      await mkdir(base, { recursive: true })
      await makeFolder(base, folderOf(joined(inside, path)))
    } catch (error) {
      throw placeError(error, what(folderOf(path)))
    }
  }
  return {
    movesInOneStep: true,
    listsOnlyWhole: false,
    find,
    list: (folder) =>
      attempt(folder, async (full) => {
        if ((await realpath(full)) !== full) throw outsideError(folder)
        const entries = await readdir(full, { withFileTypes: true })
        const files = entries.filter((entry) => entry.isFile())
        return (await Promise.all(files.map(({ name }) => fileAt(join(full, name))))).filter((file) => file !== null)
      }),
    async *read(path) {
      const file = await attempt(path, async (full) => await openFile(full, path))
      try {
        for await (const chunk of file.createReadStream({ signal })) yield chunk as Buffer
      } catch (error) {
        throw placeError(error, what(path))
      } finally {
        await file.close()
      }
    },
    async write(path, content) {
      await makeOwnFolder(path)
      await attempt(path, async (full) => {
        const { O_WRONLY, O_CREAT, O_TRUNC, O_NOFOLLOW } = constants
        const file = await open(full, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0o640)
        try {
          await file.writeFile(content)
          await file.sync()
        } finally {
          await file.close()
        }
      })
    },
    async move(from, to) {
      await makeOwnFolder(to)
      if ((await find(to)) !== null) throw conflictError(what(to))
      await attempt(from, async (full) => await rename(full, await within(base, joined(inside, to))))
    },
    async remove(path) {
      if ((await find(path)) !== null) await attempt(path, async (full) => await rm(full, { force: true }))
    },
  }
}

/** Creates a folder and those that it is in. One step at a time, so that none is created through a link. */
async function makeFolder(base: string, folder: string): Promise<void> {
  if (folder === '') return
  await makeFolder(base, folderOf(folder))
  await mkdir(await within(base, folder)).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  })
}

/** The full path. Its folder must be in the base, and no link may be on the way. */
async function within(base: string, path: string): Promise<string> {
  const real = await realpath(base)
  const folder = join(real, folderOf(path))
  const isOutside = folder !== real && !folder.startsWith(real + sep)
  if (isOutside || (await realpath(folder)) !== resolve(folder)) throw outsideError(path)
  return join(folder, nameOf(path))
}

function outsideError(path: string): StreamError {
  const message = `${path} is outside of the folder of the system, or a link leads there`
  return new StreamError('permission_missing', message, { field: 'address' })
}

async function openFile(full: string, path: string): Promise<FileHandle> {
  const file = await open(full, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  if ((await file.stat()).isFile()) return file
  await file.close()
  throw new StreamError('not_found', `${path} is not a file`)
}

/** Null: it is a folder or a link, or is gone meanwhile. */
async function fileAt(full: string): Promise<PlacedFile | null> {
  const found = await lstat(full).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  })
  if (found === null || !found.isFile()) return null
  return { name: nameOf(full), bytes: found.size, modifiedAt: Math.floor(found.mtimeMs / 1000) * 1000, version: null }
}
