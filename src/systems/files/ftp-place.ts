import { isIP, type LookupFunction } from 'node:net'
import { PassThrough, Readable } from 'node:stream'
import { rootCertificates } from 'node:tls'
import { type AccessOptions, Client, type FileInfo, FTPError } from 'basic-ftp'
import { type ErrorCode, StreamError } from '../../errors.ts'
import { boundedVisit, checkedAddress } from './bounded-visit.ts'
import { folderOf, nameOf, type Place, type PlacedFile, type Visit } from './place.ts'
import { codedError, conflictError, type Placing } from './place-errors.ts'
import { serverName } from './place-names.ts'

export interface FtpOptions {
  readonly host: string
  readonly port: number
  /** Folder that paths are relative to; empty: where the server puts the user. */
  readonly root: string
  readonly username: string
  readonly password: string
  /** TLS from the first byte, TLS after a command, or none. */
  readonly encryption: 'explicit' | 'implicit' | 'none'
  /** PEM of an authority, or of the server's own certificate; null: only the usual authorities. */
  readonly ca: string | null
  readonly lookup: LookupFunction
  readonly timeoutMs: number
}

/**
 * A folder on an FTP server, with TLS and a checked certificate unless the settings say otherwise. One visit is one
 * connection. Files go over connections to the same host only, whatever host the server names.
 */
export function ftpPlace(options: FtpOptions): Place {
  const name = serverName(options)
  const known: Known = { sizes: false }
  return {
    name,
    async visit(work, signal) {
      const connections = {
        open: () => new Client(options.timeoutMs, { allowSeparateTransferHost: false }),
        close: (client: Client) => client.close(),
      }
      return await boundedVisit({ name, timeoutMs: options.timeoutMs }, connections, signal, async (client, ending) => {
        await signIn(client, options, name, ending)
        return await work(visitOf(client, options.root, { name, known }, ending))
      })
    },
  }
}

/** What earlier visits have shown of a server. */
interface Known {
  /** It answers SIZE for files that are there: then 550 says that there is none. */
  sizes: boolean
}

async function signIn(client: Client, options: FtpOptions, name: string, signal: AbortSignal): Promise<void> {
  const { host, port, username: user, password, encryption } = options
  const secure = encryption === 'none' ? false : encryption === 'implicit' ? encryption : true
  try {
    // The library resolves no names: the socket goes to the address that was checked.
    const address = await checkedAddress(options)
    // A closed client would open again.
    signal.throwIfAborted()
    await client.access({ host: address, port, user, password, secure, secureOptions: tlsOf(options) })
  } catch (error) {
    throw signInError(error, { name, host, user, encryption, isEncrypted: client.ftp.hasTLS })
  }
}

function tlsOf({ host, ca }: FtpOptions): NonNullable<AccessOptions['secureOptions']> {
  return {
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(ca === null ? {} : { ca: [...rootCertificates, ca] }),
  }
}

interface SigningIn extends Pick<FtpOptions, 'host' | 'encryption'> {
  readonly name: string
  readonly user: string
  /** Whether TLS was agreed on before it failed. */
  readonly isEncrypted: boolean
}

/** Answers to AUTH and PROT of a server that lacks them (RFC 4217), or has no certificate (431). */
const NO_ENCRYPTION: readonly number[] = [431, 500, 501, 502, 503, 504, 534]

function signInError(cause: unknown, { name, host, user, encryption, isEncrypted }: SigningIn): StreamError {
  if (cause instanceof StreamError) return cause
  if (cause instanceof FTPError && cause.code === 530) {
    const open = encryption === 'none' ? ', or ask the vendor whether its server requires encryption' : ''
    const message = `${name} refused the user ${user}; correct secrets.username and secrets.password${open}`
    return new StreamError('credentials_refused', message, { cause })
  }
  if (cause instanceof FTPError && encryption !== 'none' && !isEncrypted && NO_ENCRYPTION.includes(cause.code)) {
    const message =
      `${name} does not know the encryption that settings.encryption asks for (${cause.code}): ` +
      'ask the vendor which one its server has'
    return new StreamError('configuration_invalid', message, { cause, field: 'settings.encryption' })
  }
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  if (/CERT|SIGNATURE|ISSUER/.test(code)) {
    const message =
      `the certificate of ${name} is not accepted (${code}): it must be valid for ${host}. If the vendor has an ` +
      'authority of its own, set its certificate as secrets.ca'
    return new StreamError('configuration_invalid', message, { cause, field: 'secrets.ca' })
  }
  const reason = cause instanceof Error ? cause.message : String(cause)
  return new StreamError('target_unavailable', `${name} could not be reached: ${reason}`, { cause })
}

/** What an FTP server's one code for "not done" (550) means depends on what was asked. */
type Refusal = Extract<ErrorCode, 'not_found' | 'permission_missing'>

function visitOf(
  client: Client,
  root: string,
  { name, known }: { readonly name: string; readonly known: Known },
  signal: AbortSignal,
): Visit {
  const full = (path: string) => (root === '' ? path : path === '' ? root : `${root}/${path}`)
  const attempt = async <T>(path: string, refusal: Refusal, call: (full: string) => Promise<T>): Promise<T> => {
    signal.throwIfAborted()
    try {
      return await call(full(path))
    } catch (error) {
      throw ftpError(error, { place: name, path }, refusal)
    }
  }
  const find = async (path: string): Promise<PlacedFile | null> => {
    const listed = async () => {
      const files = await listedIn(folderOf(path)).catch((error: unknown) => {
        // There is no folder, so there is no file.
        if (error instanceof StreamError && error.code === 'not_found') return []
        throw error
      })
      return files.find((file) => file.name === nameOf(path)) ?? null
    }
    try {
      return await attempt(path, 'not_found', async (place) => {
        const bytes = await client.size(place)
        known.sizes = true
        return { name: nameOf(path), bytes, modifiedAt: await timeOf(client, place), version: null }
      })
    } catch (error) {
      if (!(error instanceof StreamError)) throw error
      if (error.code === 'not_found' && known.sizes) return null
      // A server that does not know SIZE, or refuses it to this user.
      if (error.code === 'not_found' || error.code === 'target_rejected') return await listed()
      throw error
    }
  }
  const listedIn = async (folder: string): Promise<PlacedFile[]> => {
    const entries = await attempt(folder, 'not_found', async (place) => {
      const found = await client.list(place === '' ? undefined : place)
      if (found.length === 0 && place !== '') await assertFolder(client, place)
      return found
    })
    const files: PlacedFile[] = []
    for (const entry of entries.filter(({ isFile }) => isFile)) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`
      files.push({
        name: entry.name,
        bytes: entry.size,
        modifiedAt: await timeIn(client, entry, full(path)),
        version: null,
      })
    }
    return files
  }
  const makeFolder = async (path: string): Promise<void> => {
    if (path === '') return
    await makeFolder(folderOf(path))
    // It is there, mostly; if it can't be made, the file in it can't either.
    await attempt(path, 'permission_missing', (place) => client.sendIgnoringError(`MKD ${place}`))
  }
  return {
    movesInOneStep: true,
    listsOnlyWhole: false,
    find,
    list: listedIn,
    async *read(path) {
      // Asked first: where there is no file, a server may reset the connection for it before it says so.
      const file = await find(path)
      if (file === null) throw codedError('not_found', { place: name, path })
      const through = new PassThrough()
      const loading = attempt(path, 'not_found', (place) => client.downloadTo(through, place))
      loading.catch((error: Error) => through.destroy(error))
      let bytes = 0
      for await (const chunk of through) {
        bytes += (chunk as Buffer).length
        yield chunk as Buffer
      }
      // Only the server's last answer says that this was all.
      await loading
      if (file.bytes === null || bytes >= file.bytes) return
      const message = `${name}: ${path}: the server sent ${bytes} of ${file.bytes} bytes`
      throw new StreamError('target_unavailable', message)
    },
    async write(path, content) {
      await makeFolder(folderOf(path))
      await attempt(path, 'permission_missing', (place) => client.uploadFrom(Readable.from([content]), place))
    },
    async move(from, to) {
      await makeFolder(folderOf(to))
      if ((await find(from)) === null) throw codedError('not_found', { place: name, path: from })
      // Asked first: many servers overwrite.
      if ((await find(to)) !== null) throw conflictError({ place: name, path: to })
      await attempt(to, 'permission_missing', async () => void (await client.rename(full(from), full(to))))
    },
    async remove(path) {
      if ((await find(path)) === null) return
      await attempt(path, 'permission_missing', (place) => client.remove(place))
    },
  }
}

/** Some servers list a folder that does not exist as an empty one. */
async function assertFolder(client: Client, folder: string): Promise<void> {
  const before = await client.pwd()
  await client.cd(folder)
  await client.cd(before)
}

/** Of the listing if it is exact; lists of old servers have no seconds and no zone. */
async function timeIn(client: Client, { modifiedAt }: FileInfo, path: string): Promise<number | null> {
  return modifiedAt === undefined ? await timeOf(client, path) : Math.floor(modifiedAt.getTime() / 1000) * 1000
}

/** Null: the server does not say. */
async function timeOf(client: Client, path: string): Promise<number | null> {
  try {
    return Math.floor((await client.lastMod(path)).getTime() / 1000) * 1000
  } catch (error) {
    if (error instanceof FTPError) return null
    throw error
  }
}

function ftpError(cause: unknown, placing: Placing, refusal: Refusal): StreamError {
  if (cause instanceof StreamError) return cause
  if (!(cause instanceof FTPError)) return codedError('target_unavailable', placing, cause)
  if (cause.code === 550) return codedError(refusal, placing, cause)
  if (cause.code === 530 || cause.code === 532 || cause.code === 553)
    return codedError('permission_missing', placing, cause)
  return codedError(cause.code >= 500 && cause.code < 550 ? 'target_rejected' : 'target_unavailable', placing, cause)
}
