import { createReadStream } from 'node:fs'
import { lstat, mkdir, open, readdir, realpath, rename, rm } from 'node:fs/promises'
import { join, resolve, sep } from 'node:path'
import { StreamError } from '../../errors.ts'
import { folderOf, nameOf, type Place, type PlacedFile, type Visit } from './place.ts'
import { conflictError, type Placing, placeError } from './place-errors.ts'

/**
 * A folder on this machine, in the one that a system has. Guarantee 11: a path that leads out of it, also through a link,
 * is refused, and links are never followed.
 */
export function localPlace(ofSystem: string, folder = ''): Place {
  const root = join(ofSystem, folder)
  return {
    name: `folder ${root}`,
    async visit(work, signal) {
      if (!isIn(ofSystem, root)) throw outsideError(root)
      return await work(visitOf(root, signal))
    },
  }
}

function visitOf(root: string, signal: AbortSignal): Visit {
  const what = (path: string): Placing => ({ place: `folder ${root}`, path })
  const attempt = async <T>(path: string, call: (full: string) => Promise<T>): Promise<T> => {
    signal.throwIfAborted()
    try {
      return await call(await within(root, path))
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
  return {
    movesInOneStep: true,
    find,
    list: (folder) =>
      attempt(folder, async (full) => {
        const entries = await readdir(full, { withFileTypes: true })
        const files = entries.filter((entry) => entry.isFile())
        return (await Promise.all(files.map(({ name }) => fileAt(join(full, name))))).filter((file) => file !== null)
      }),
    async *read(path) {
      const full = await attempt(path, async (place) => {
        if ((await fileAt(place)) === null) throw new StreamError('not_found', `${path} is not a file`)
        return place
      })
      try {
        for await (const chunk of createReadStream(full, { signal })) yield chunk as Buffer
      } catch (error) {
        throw placeError(error, what(path))
      }
    },
    async write(path, content) {
      await attempt('', async () => await makeFolder(root, folderOf(path)))
      await attempt(path, async (full) => {
        const file = await open(full, 'w', 0o640)
        try {
          await file.writeFile(content)
          await file.sync()
        } finally {
          await file.close()
        }
      })
    },
    async move(from, to) {
      await attempt('', async () => await makeFolder(root, folderOf(to)))
      if ((await find(to)) !== null) throw conflictError(what(to))
      await attempt(from, async (full) => await rename(full, await within(root, to)))
    },
    async remove(path) {
      if ((await find(path)) !== null) await attempt(path, async (full) => await rm(full, { force: true }))
    },
  }
}

/** Creates a folder and those that it is in. One step at a time, so that none is created through a link. */
async function makeFolder(root: string, folder: string): Promise<void> {
  if (folder === '') return void (await mkdir(root, { recursive: true }))
  await makeFolder(root, folderOf(folder))
  await mkdir(await within(root, folder)).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  })
}

/** The full path. Its folder must be in the root when all links are resolved. */
async function within(root: string, path: string): Promise<string> {
  const folder = await realpath(join(root, folderOf(path)))
  const base = await realpath(root)
  if (!isIn(base, folder)) throw outsideError(path)
  return join(folder, nameOf(path))
}

function isIn(base: string, folder: string): boolean {
  return resolve(folder) === resolve(base) || resolve(folder).startsWith(resolve(base) + sep)
}

function outsideError(path: string): StreamError {
  return new StreamError('permission_missing', `${path} is outside of the folder of the system`, { field: 'address' })
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
