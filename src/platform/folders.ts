import { mkdir, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'

/** By system error code. */
const FAULTS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'is a file, or in a file, not a folder',
  EISDIR: 'is a folder, not a file',
  EACCES: 'is closed to this user: change its permissions',
  EPERM: 'is closed to this user: change its permissions',
  EROFS: 'is on a read-only disk',
  ENOSPC: 'is on a full disk',
  EDQUOT: 'is on a disk whose quota is used up',
}

/** Why a file or folder can't be used, from an error of the file system: `does not exist`. */
export function pathFault(error: unknown): string {
  const code = codeOf(error)
  return FAULTS[code] ?? `can't be used (${code})`
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
}

/**
 * Creates a folder and the missing ones above it; an existing one stays as it is. Node's recursive `mkdir` never ends
 * where the system creates none, such as in /proc. Throws the error of the file system.
 */
export async function makeFolder(folder: string, mode?: number): Promise<void> {
  const missing: string[] = []
  for (let path = resolve(folder); !(await isThere(path)); path = dirname(path)) missing.unshift(path)
  for (const path of missing) {
    await mkdir(path, mode === undefined ? {} : { mode }).catch((error: unknown) => {
      // Another process was faster.
      if (codeOf(error) !== 'EEXIST') throw error
    })
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false
    throw error
  }
}
