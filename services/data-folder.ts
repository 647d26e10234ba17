import { mkdir, rm, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Minimum free space for the servers to start: their first files, and those of npm start. */
const ROOM_BYTES = 256 * 1024 * 1024
const MEGABYTE = 1024 * 1024

/** By system error code. */
const CAUSES: Readonly<Record<string, (folder: string) => string>> = {
  EACCES: (folder) => `${folder} can't be written: no permission; make it writable, or use a clone in another folder`,
  EPERM: (folder) => `${folder} can't be written: no permission; make it writable, or use a clone in another folder`,
  EROFS: (folder) => `${folder} can't be written: its disk is read-only; use a clone in another folder`,
  ENOSPC: (folder) => `${folder} can't be written: its disk is full; free some space on it`,
  EDQUOT: (folder) => `${folder} can't be written: your disk quota is used up; free some space on it`,
  ENOTDIR: (folder) => `${folder} can't be made: a part of its path is a file; remove that file`,
  EEXIST: (folder) => `${folder} can't be made: there is a file of that name; remove it`,
}

/** Creates the folder if missing. If it can't be written, throws one sentence that says how to fix that. */
export async function prepareFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
    const probe = join(folder, `.probe-${process.pid}`)
    await writeFile(probe, 'x')
    await rm(probe)
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown'
    throw new Error(CAUSES[code]?.(folder) ?? `${folder} can't be written (${code})`, { cause })
  }
}

/** Throws one sentence if the disk of a folder has too little space for the servers to start. */
export async function assertRoom(folder: string, roomBytes = ROOM_BYTES): Promise<void> {
  const free = await freeBytes(folder)
  if (free >= roomBytes) return
  const [left, needed] = [Math.floor(free / MEGABYTE), Math.ceil(roomBytes / MEGABYTE)]
  throw new Error(`the disk of ${folder} has ${left} MB left, and the servers need ${needed}: free some space on it`)
}

/** Infinity if the system does not say. */
async function freeBytes(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(folder)
    return bavail * bsize
  } catch {
    return Infinity
  }
}
