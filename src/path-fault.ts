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
  const code = systemCode(error)
  return FAULTS[code] ?? `can't be used (${code})`
}

/** Whether an error is about a path, as the file system throws it. */
export function isPathFault(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error && systemCode(error) in FAULTS
}

/** Code of a system error, for example ENOENT. */
export function systemCode(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
}
