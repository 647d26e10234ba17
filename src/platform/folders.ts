import { mkdir, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { systemCode } from '../path-fault.ts'

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
      if (systemCode(error) !== 'EEXIST') throw error
    })
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    await stat(path)
    return true
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false
    throw error
  }
}
