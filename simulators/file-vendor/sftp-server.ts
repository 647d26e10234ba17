import { createHash, timingSafeEqual } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  fstatSync,
  openSync,
  readSync,
  type Stats,
  truncateSync,
  utimesSync,
  writeSync,
} from 'node:fs'
import type { AddressInfo } from 'node:net'
import ssh2, { type Attributes, type AuthContext, type Connection, type SFTPWrapper } from 'ssh2'
import { FILE_VENDOR_CREDENTIALS, hostKey } from './credentials.ts'
import { type Disk, DiskError, type Entry } from './disk.ts'

/** Node finds not all names in this module, which is CommonJS. */
const { Server, utils } = ssh2
const { STATUS_CODE } = utils.sftp

export interface SftpServerOptions {
  readonly disk: Disk
  /** Called before the client gets its answer: a file that was written, or has got a name, is whole at `path`. */
  readonly onFile: (path: string) => void
  /** Whether nobody may sign in now. */
  readonly isClosed: () => boolean
}

export interface RunningSftpServer {
  readonly port: number
  close(): Promise<void>
}

/**
 * An SFTP server on 127.0.0.1, version 3 without extensions, as many vendors have it: a rename never replaces a file. What
 * it answers is what OpenSSH's `sftp-server.c` answers.
 */
export async function startSftpServer(options: SftpServerOptions): Promise<RunningSftpServer> {
  const clients = new Set<Connection>()
  const server = new Server({ hostKeys: [hostKey()] }, (client) => {
    clients.add(client)
    // A client that goes away in the middle is no failure of the server.
    client.on('error', () => undefined).on('close', () => clients.delete(client))
    client.on('authentication', (attempt) => (isUser(attempt, options) ? attempt.accept() : refuse(attempt)))
    client.on('session', (accept) => {
      accept().on('sftp', (open) => serve(open(), options))
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const client of clients) client.end()
      await closed
    },
  }
}

function isUser(attempt: AuthContext, { isClosed }: SftpServerOptions): boolean {
  if (attempt.method !== 'password' || isClosed()) return false
  const { username, password } = FILE_VENDOR_CREDENTIALS
  return isSame(attempt.username, username) && isSame(attempt.password, password)
}

const refuse = (attempt: AuthContext): void => attempt.reject(['password'])

function isSame(given: string, wanted: string): boolean {
  const [one, other] = [given, wanted].map((text) => createHash('sha256').update(text).digest())
  return one !== undefined && other !== undefined && timingSafeEqual(one, other)
}

/** An open file, or a folder with what is left to list. */
type Handle =
  | { readonly kind: 'file'; readonly path: string; readonly file: number; readonly writes: boolean }
  | { readonly kind: 'folder'; left: readonly Entry[] }

/** So many entries in an answer, as OpenSSH has it. */
const LISTED_AT_ONCE = 100
const MOST_READ = 64 * 1024

function serve(sftp: SFTPWrapper, options: SftpServerOptions): void {
  const session = new Session(sftp)
  serveFiles(session, options)
  serveFolders(session, options)
  servePaths(session, options)
  // A client that has sent its last request waits until the server ends, too.
  sftp.on('end', () => sftp.end())
  sftp.on('close', () => session.close())
}

/** The open handles of one client, and how it is answered. */
class Session {
  readonly sftp: SFTPWrapper
  readonly #handles = new Map<number, Handle>()
  #last = 0

  constructor(sftp: SFTPWrapper) {
    this.sftp = sftp
  }

  /** Does the work, which answers; with a status if it fails. */
  answer(request: number, work: () => void): void {
    try {
      work()
    } catch (error) {
      this.sftp.status(request, statusOf(error))
    }
  }

  /** Does the work and answers that it is done. */
  done(request: number, work: () => void): void {
    this.answer(request, () => {
      work()
      this.sftp.status(request, STATUS_CODE.OK)
    })
  }

  open(request: number, handle: Handle): void {
    this.#last += 1
    this.#handles.set(this.#last, handle)
    const name = Buffer.alloc(4)
    name.writeUInt32BE(this.#last)
    this.sftp.handle(request, name)
  }

  file(name: Buffer): Extract<Handle, { kind: 'file' }> {
    const handle = this.#handle(name)
    if (handle.kind !== 'file') throw new DiskError('EBADF', 'a folder')
    return handle
  }

  folder(name: Buffer): Extract<Handle, { kind: 'folder' }> {
    const handle = this.#handle(name)
    if (handle.kind !== 'folder') throw new DiskError('EBADF', 'a file')
    return handle
  }

  release(name: Buffer): Handle {
    const handle = this.#handle(name)
    this.#handles.delete(name.readUInt32BE())
    if (handle.kind === 'file') closeSync(handle.file)
    return handle
  }

  close(): void {
    for (const handle of this.#handles.values()) if (handle.kind === 'file') closeSync(handle.file)
    this.#handles.clear()
  }

  #handle(name: Buffer): Handle {
    const handle = name.length === 4 ? this.#handles.get(name.readUInt32BE()) : undefined
    if (handle === undefined) throw new DiskError('EBADF', 'an unknown handle')
    return handle
  }
}

function serveFiles(session: Session, { disk, onFile }: SftpServerOptions): void {
  const { sftp } = session
  sftp.on('OPEN', (request, path, flags, { mode }) =>
    session.answer(request, () => {
      const own = disk.opened(path, flags)
      const file = openSync(own.path, own.flags, (mode ?? 0o666) & 0o777)
      session.open(request, { kind: 'file', path: disk.canonical(path), file, writes: (flags & 0x02) !== 0 })
    }),
  )
  sftp.on('READ', (request, name, offset, length) =>
    session.answer(request, () => {
      const bytes = Buffer.alloc(Math.min(length, MOST_READ))
      const count = readSync(session.file(name).file, bytes, 0, bytes.length, offset)
      if (count === 0) sftp.status(request, STATUS_CODE.EOF)
      else sftp.data(request, bytes.subarray(0, count))
    }),
  )
  sftp.on('WRITE', (request, name, offset, data) =>
    session.done(request, () => void writeSync(session.file(name).file, data, 0, data.length, offset)),
  )
  sftp.on('FSTAT', (request, name) =>
    session.answer(request, () => sftp.attrs(request, attributesOf(fstatSync(session.file(name).file)))),
  )
  sftp.on('FSETSTAT', (request, name, attributes) =>
    session.done(request, () => change(disk.writable(session.file(name).path), attributes)),
  )
  sftp.on('CLOSE', (request, name) =>
    session.done(request, () => {
      const handle = session.release(name)
      if (handle.kind === 'file' && handle.writes) onFile(handle.path)
    }),
  )
}

function serveFolders(session: Session, { disk }: SftpServerOptions): void {
  const { sftp } = session
  sftp.on('OPENDIR', (request, path) =>
    session.answer(request, () => session.open(request, { kind: 'folder', left: disk.list(path) })),
  )
  sftp.on('READDIR', (request, name) =>
    session.answer(request, () => {
      const folder = session.folder(name)
      const entries = folder.left.slice(0, LISTED_AT_ONCE)
      folder.left = folder.left.slice(LISTED_AT_ONCE)
      if (entries.length === 0) sftp.status(request, STATUS_CODE.EOF)
      else sftp.name(request, entries.map(listed))
    }),
  )
  sftp.on('MKDIR', (request, path) => session.done(request, () => disk.makeFolder(path)))
  sftp.on('RMDIR', (request, path) => session.done(request, () => disk.removeFolder(path)))
}

function servePaths(session: Session, { disk, onFile }: SftpServerOptions): void {
  const { sftp } = session
  const stat = (request: number, path: string) =>
    session.answer(request, () => sftp.attrs(request, attributesOf(disk.stat(path))))
  sftp.on('STAT', stat)
  sftp.on('LSTAT', stat)
  sftp.on('SETSTAT', (request, path, attributes) =>
    session.done(request, () => change(disk.writable(path), attributes)),
  )
  sftp.on('REALPATH', (request, path) =>
    session.answer(request, () => {
      const filename = disk.canonical(path)
      sftp.name(request, [{ filename, longname: filename, attrs: NO_ATTRIBUTES }])
    }),
  )
  sftp.on('REMOVE', (request, path) => session.done(request, () => disk.remove(path)))
  sftp.on('RENAME', (request, from, to) =>
    session.done(request, () => {
      disk.rename(from, to)
      onFile(disk.canonical(to))
    }),
  )
}

/** As OpenSSH maps the errors of the system (`errno_to_portable`). */
function statusOf(error: unknown): number {
  const code = error instanceof Error && 'code' in error ? error.code : ''
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EBADF' || code === 'ELOOP') return STATUS_CODE.NO_SUCH_FILE
  if (code === 'EPERM' || code === 'EACCES' || code === 'EFAULT') return STATUS_CODE.PERMISSION_DENIED
  if (code === 'ENAMETOOLONG' || code === 'EINVAL') return STATUS_CODE.BAD_MESSAGE
  return STATUS_CODE.FAILURE
}

const NO_ATTRIBUTES: Attributes = { mode: 0, uid: 0, gid: 0, size: 0, atime: 0, mtime: 0 }

/** Times are whole seconds. */
function attributesOf({ mode, uid, gid, size, atimeMs, mtimeMs }: Stats): Attributes {
  return { mode, uid, gid, size, atime: Math.floor(atimeMs / 1000), mtime: Math.floor(mtimeMs / 1000) }
}

function listed({ name, stats }: Entry) {
  const kind = stats.isDirectory() ? 'drwxr-xr-x' : '-rw-r--r--'
  const at = stats.mtime.toISOString().slice(0, 16).replace('T', ' ')
  return { filename: name, longname: `${kind} 1 files files ${stats.size} ${at} ${name}`, attrs: attributesOf(stats) }
}

/** What a client sets of a file; a server that is not run by root gives no file to another owner. */
function change(path: string, { size, mode, atime, mtime }: Partial<Attributes>): void {
  if (size !== undefined) truncateSync(path, size)
  if (mode !== undefined) chmodSync(path, mode & 0o777)
  if (atime !== undefined && mtime !== undefined) utimesSync(path, atime, mtime)
}
