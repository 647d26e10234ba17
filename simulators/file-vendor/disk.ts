import { constants, lstatSync, mkdirSync, readdirSync, renameSync, rmdirSync, type Stats, unlinkSync } from 'node:fs'
import { join, posix } from 'node:path'

/** Flags of OPEN in version 3 of the protocol (draft-ietf-secsh-filexfer-02, 6.3), and those of the system. */
const OPEN_FLAGS = [
  [0x04, constants.O_APPEND],
  [0x08, constants.O_CREAT],
  [0x10, constants.O_TRUNC],
  [0x20, constants.O_EXCL],
] as const

/** Why the server refuses: the name of an error of the system. */
export class DiskError extends Error {
  readonly code: string

  constructor(code: string, path: string) {
    super(`${code}: ${path}`)
    this.name = 'DiskError'
    this.code = code
  }
}

/** A file or folder in a listing. */
export interface Entry {
  readonly name: string
  readonly stats: Stats
}

/**
 * What a user of the server sees of a folder: `/` is the folder itself, in which nobody may write, and no path leads out of
 * it. There are no links. Everything else is as the system does it.
 */
export class Disk {
  readonly #root: string
  /** Paths that the user may neither read nor write, with everything below. */
  denied: readonly string[] = []

  constructor(root: string) {
    this.#root = root
  }

  /** The path as the server names it. */
  canonical(path: string): string {
    if (path.includes('\0')) throw new DiskError('EINVAL', path)
    const whole = posix.normalize(`/${path}`)
    return whole.length > 1 ? whole.replace(/\/$/, '') : whole
  }

  /** The path of the system, to read. */
  readable(path: string): string {
    const whole = this.canonical(path)
    const isDenied = this.denied.some((one) => `${whole}/`.startsWith(`${this.canonical(one)}/`))
    if (isDenied) throw new DiskError('EACCES', whole)
    return join(this.#root, whole)
  }

  /** The path of the system, to be made, changed or removed. */
  writable(path: string): string {
    const whole = this.canonical(path)
    if (whole === '/' || posix.dirname(whole) === '/') throw new DiskError('EACCES', whole)
    return this.readable(path)
  }

  /** The path and flags of the system for the flags of an OPEN. */
  opened(path: string, flags: number): { readonly path: string; readonly flags: number } {
    const reads = (flags & 0x01) !== 0
    const writes = (flags & 0x02) !== 0
    const more = OPEN_FLAGS.filter(([bit]) => (flags & bit) !== 0).reduce((all, [, own]) => all | own, 0)
    if (!writes) return { path: this.readable(path), flags: constants.O_RDONLY }
    return { path: this.writable(path), flags: (reads ? constants.O_RDWR : constants.O_WRONLY) | more }
  }

  stat(path: string): Stats {
    return lstatSync(this.readable(path))
  }

  /** With `.` and `..`, as servers list them. */
  list(path: string): Entry[] {
    const folder = this.readable(path)
    return ['.', '..', ...readdirSync(folder)].flatMap((name) => {
      const whole = name === '..' ? folder : join(folder, name)
      return [{ name, stats: lstatSync(whole) }]
    })
  }

  /** Version 3 of the protocol: it is an error if there is something at `to`. */
  rename(from: string, to: string): void {
    const [source, target] = [this.writable(from), this.writable(to)]
    lstatSync(source)
    if (lstatSync(target, { throwIfNoEntry: false }) !== undefined) throw new DiskError('EEXIST', to)
    renameSync(source, target)
  }

  makeFolder(path: string): void {
    mkdirSync(this.writable(path))
  }

  remove(path: string): void {
    unlinkSync(this.writable(path))
  }

  removeFolder(path: string): void {
    rmdirSync(this.writable(path))
  }
}
