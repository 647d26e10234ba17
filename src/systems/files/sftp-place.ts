import { createHash } from 'node:crypto'
import { connect as connectTcp, type LookupFunction, type Socket } from 'node:net'
import { Client, type ConnectConfig, type SFTPWrapper, type Stats } from 'ssh2'
import { StreamError } from '../../errors.ts'
import { folderOf, nameOf, type Place, type PlacedFile, type Visit } from './place.ts'
import { conflictError, cutOffError, type Placing, placeError } from './place-errors.ts'
import { serverName } from './place-names.ts'

export interface SftpOptions {
  readonly host: string
  readonly port: number
  /** Folder that paths are relative to; empty: where the server puts the user. */
  readonly root: string
  readonly username: string
  readonly signIn: { readonly password: string } | { readonly key: string; readonly passphrase: string | null }
  /** Fingerprints of the server's keys, `SHA256:…`; with none, every key is refused and named. */
  readonly hostKeys: readonly string[]
  readonly lookup: LookupFunction
  readonly timeoutMs: number
}

/**
 * A folder on an SFTP server. The server has to have one of the pinned keys, so that neither files nor the password go
 * to another one. One visit is one connection, and ends after `timeoutMs`.
 */
export function sftpPlace(options: SftpOptions): Place {
  const name = serverName(options)
  return {
    name,
    async visit(work, signal) {
      const late = AbortSignal.timeout(options.timeoutMs)
      let session: Session | undefined
      try {
        session = await openSession(options, name, AbortSignal.any([signal, late]))
        return await Promise.race([work(visitOf(session.sftp, options.root, name)), session.broken])
      } catch (error) {
        throw signal.aborted || late.aborted ? cutOffError(name, signal.aborted, error) : error
      } finally {
        session?.close()
      }
    },
  }
}

interface Session {
  readonly sftp: SFTPWrapper
  /** Rejects when the connection is lost, and never resolves. */
  readonly broken: Promise<never>
  close(): void
}

async function openSession(options: SftpOptions, name: string, signal: AbortSignal): Promise<Session> {
  const client = new Client()
  const refused: { presented?: string } = {}
  let socket: Socket | undefined
  const lost = Promise.withResolvers<never>()
  const fail = (cause?: Error) => lost.reject(connectionError(options, name, cause, refused.presented))
  const close = () => {
    signal.removeEventListener('abort', close)
    fail()
    client.end()
    socket?.destroy()
  }
  client.on('error', fail).on('close', () => fail())
  signal.addEventListener('abort', close)
  const broken = lost.promise
  // Nobody may be waiting when it breaks.
  broken.catch(() => undefined)
  try {
    signal.throwIfAborted()
    const ready = new Promise<void>((resolve) => client.once('ready', () => resolve()))
    socket = connectTcp({ host: options.host, port: options.port, lookup: options.lookup })
    socket.on('error', (error) => client.emit('error', error))
    try {
      client.connect(configOf(options, socket, refused))
    } catch (cause) {
      throw unreadableKeyError(cause)
    }
    await Promise.race([ready, broken])
    const sftp = new Promise<SFTPWrapper>((resolve, reject) => {
      client.sftp((error, wrapper) => (error === undefined ? resolve(wrapper) : reject(error)))
    })
    return { sftp: await Promise.race([sftp, broken]), broken, close }
  } catch (error) {
    close()
    throw placeError(error, { place: name, path: '' })
  }
}

function configOf(
  { username, signIn, hostKeys, timeoutMs }: SftpOptions,
  sock: Socket,
  refused: { presented?: string },
): ConnectConfig {
  return {
    sock,
    username,
    readyTimeout: timeoutMs,
    ...('password' in signIn
      ? { password: signIn.password }
      : { privateKey: signIn.key, ...(signIn.passphrase === null ? {} : { passphrase: signIn.passphrase }) }),
    hostVerifier: (key: Buffer) => {
      const fingerprint = `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`
      const isPinned = hostKeys.includes(fingerprint)
      if (!isPinned) refused.presented = fingerprint
      return isPinned
    },
  }
}

function connectionError(
  { hostKeys, username }: SftpOptions,
  name: string,
  cause: Error | undefined,
  presented: string | undefined,
): StreamError {
  if (presented !== undefined) {
    const pinned = hostKeys.length === 0 ? 'settings.hostKey is missing' : `settings.hostKey is ${hostKeys.join(', ')}`
    const message =
      `${name} has the host key ${presented}, but ${pinned}: nothing was sent. ` +
      'Ask the vendor for the fingerprint of its server; set settings.hostKey only if it is the same'
    return new StreamError('configuration_invalid', message, { field: 'settings.hostKey' })
  }
  if (cause instanceof StreamError) return cause
  const level = cause !== undefined && 'level' in cause ? cause.level : undefined
  if (level === 'client-authentication') {
    const message = `${name} refused the user ${username}; correct secrets.username and its password or key`
    return new StreamError('credentials_refused', message, { cause })
  }
  const reason = cause?.message ?? 'the connection ended'
  return new StreamError('target_unavailable', `${name} could not be reached: ${reason}`, { cause })
}

/** The only part of the configuration that the library checks before it connects. */
function unreadableKeyError(cause: unknown): StreamError {
  const message =
    'secrets.key is not a private key that can be read; use one in the form of OpenSSH or PEM, and set ' +
    'secrets.passphrase if it has one'
  return new StreamError('configuration_invalid', message, { cause, field: 'secrets.key' })
}

type Done<T> = (error: Error | null | undefined, value: T) => void

function visitOf(sftp: SFTPWrapper, root: string, name: string): Visit {
  const full = (path: string) => (root === '' ? (path === '' ? '.' : path) : path === '' ? root : `${root}/${path}`)
  const call = <T>(path: string, start: (done: Done<T>) => void): Promise<T> =>
    new Promise((resolve, reject) => {
      start((error, value) =>
        error === undefined || error === null ? resolve(value) : reject(placeError(error, { place: name, path })),
      )
    })
  const statOf = async (path: string): Promise<Stats | null> => {
    try {
      return await call<Stats>(path, (done) => sftp.lstat(full(path), done))
    } catch (error) {
      if (error instanceof StreamError && error.code === 'not_found') return null
      throw error
    }
  }
  const find = async (path: string): Promise<PlacedFile | null> => {
    const stats = await statOf(path)
    return stats?.isFile() === true ? fileOf(nameOf(path), stats) : null
  }
  const makeFolder = async (path: string): Promise<void> => {
    if (path === '' || (await statOf(path)) !== null) return
    await makeFolder(folderOf(path))
    try {
      await call<void>(path, (done) => sftp.mkdir(full(path), (error) => done(error, undefined)))
    } catch (error) {
      // Others may have made it meanwhile; version 3 has no status that says so.
      if ((await statOf(path)) === null) throw error
    }
  }
  return {
    movesInOneStep: true,
    listsOnlyWhole: false,
    find,
    async list(folder) {
      const entries = await call<{ filename: string; attrs: Stats }[]>(folder, (done) =>
        sftp.readdir(full(folder), done as never),
      )
      return entries
        .filter(({ filename, attrs }) => attrs.isFile() && !filename.includes('/'))
        .map(({ filename, attrs }) => fileOf(filename, attrs))
    },
    async *read(path) {
      const stream = sftp.createReadStream(full(path))
      // The handle may be closed after the visit has ended, which is no failure of anybody.
      stream.on('error', () => undefined)
      try {
        for await (const chunk of stream) yield chunk as Buffer
      } catch (error) {
        throw placeError(error, { place: name, path })
      }
    },
    async write(path, content) {
      await makeFolder(folderOf(path))
      await call<void>(path, (done) => sftp.writeFile(full(path), content, (error) => done(error, undefined)))
    },
    async move(from, to) {
      await makeFolder(folderOf(to))
      const placing: Placing = { place: name, path: to }
      if ((await statOf(to)) !== null) throw conflictError(placing)
      await call<void>(from, (done) => {
        const ended = (error: Error | null | undefined) => done(error, undefined)
        try {
          // Of OpenSSH: in one step. Plain SFTP may link and unlink, and stop between the two.
          sftp.ext_openssh_rename(full(from), full(to), ended)
        } catch {
          sftp.rename(full(from), full(to), ended)
        }
      })
    },
    async remove(path) {
      if ((await statOf(path)) === null) return
      await call<void>(path, (done) => sftp.unlink(full(path), (error) => done(error, undefined)))
    },
  }
}

function fileOf(name: string, { size, mtime }: Stats): PlacedFile {
  return { name, bytes: size, modifiedAt: mtime * 1000, version: null }
}
