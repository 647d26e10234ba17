import { mkdir, rm, statfs, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Less than servers need to begin: what they write first, and what npm start writes. */
const ROOM_BYTES = 256 * 1024 * 1024
const MEGABYTE = 1024 * 1024

/** By the code of the system's error. */
const CAUSES: Readonly<Record<string, (folder: string) => string>> = {
  EACCES: (folder) =>
    `${folder} can't be written: this user may not; make it writable, or use a clone in another folder`,
  EPERM: (folder) =>
    `${folder} can't be written: this user may not; make it writable, or use a clone in another folder`,
  EROFS: (folder) => `${folder} can't be written: its disk is read-only; use a clone in another folder`,
  ENOSPC: (folder) => `${folder} can't be written: its disk is full; free some space on it`,
  EDQUOT: (folder) => `${folder} can't be written: your quota of its disk is used up; free some space on it`,
  ENOTDIR: (folder) => `${folder} can't be made: a part of its path is a file; remove that file`,
  EEXIST: (folder) => `${folder} can't be made: there is a file of that name; remove it`,
}

/** Makes the folder where it is missing. Throws one sentence with the way out where it can't be written. */
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

/** Throws one sentence where the disk of a folder has too little space for servers to begin. */
export async function assertRoom(folder: string, roomBytes = ROOM_BYTES): Promise<void> {
  const free = await freeBytes(folder)
  if (free >= roomBytes) return
  const [left, needed] = [Math.floor(free / MEGABYTE), Math.ceil(roomBytes / MEGABYTE)]
  throw new Error(`the disk of ${folder} has ${left} MB left, and the servers need ${needed}: free some space on it`)
}

/** Infinity where the system does not say. */
async function freeBytes(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(folder)
    return bavail * bsize
  } catch {
    return Infinity
  }
}
