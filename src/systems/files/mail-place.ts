import { isIP, type LookupFunction } from 'node:net'
import { rootCertificates } from 'node:tls'
import { type FetchMessageObject, ImapFlow, type MailboxObject } from 'imapflow'
import { StreamError } from '../../errors.ts'
import { boundedVisit, checkedAddress } from './bounded-visit.ts'
import { type Attachment, archivedNamed, attachmentNamed, attachmentsOf, fileNameOf } from './mail-attachments.ts'
import { mailError, signInError } from './mail-errors.ts'
import { type AcceptedSenders, isAccepted } from './mail-senders.ts'
import { folderOf, nameOf, type Place, type PlacedFile, type Visit } from './place.ts'
import { codedError } from './place-errors.ts'
import { serverName } from './place-names.ts'

export interface MailOptions extends AcceptedSenders {
  readonly host: string
  readonly port: number
  /** Mailbox that folders are below; empty: those of the user. */
  readonly root: string
  readonly username: string
  readonly password: string
  /** TLS from the first byte, TLS after a command, or none. */
  readonly encryption: 'implicit' | 'explicit' | 'none'
  /** PEM of an authority, or of the server's own certificate; null: only the usual authorities. */
  readonly ca: string | null
  readonly lookup: LookupFunction
  /** Whether a message with this subject is read. */
  readonly isWanted: (subject: string) => boolean
  /** Whether an attachment of this name, in this folder, is one that is read. */
  readonly isRead: (folder: string, called: string) => boolean
  readonly timeoutMs: number
}

/** Attachments whose message stays, because others of it are not read yet, by version. */
type Finished = Set<string>

/**
 * The attachments of messages of accepted senders, in folders of a mailbox: each is a file, whole and unchangeable.
 * Nothing is written there. A message moves, or is deleted, when all of its attachments that are read are finished. One
 * visit is one connection.
 */
export function mailPlace(options: MailOptions): Place {
  const name = serverName(options)
  const finished: Finished = new Set()
  return {
    name,
    async visit(work, signal) {
      const connections = { open: () => clientOf(options), close: (client: ImapFlow) => client.close() }
      return await boundedVisit({ name, timeoutMs: options.timeoutMs }, connections, signal, async (client) => {
        await signIn(client, options, name)
        return await work(visitOf(client, options, name, finished))
      })
    },
  }
}

async function clientOf(options: MailOptions): Promise<ImapFlow> {
  const { host, port, username, password, encryption, ca, timeoutMs } = options
  const client = new ImapFlow({
    // The library resolves no names: the socket goes to the address that was checked.
    host: await checkedAddress(options),
    port,
    secure: encryption === 'implicit',
    ...(encryption === 'implicit' ? {} : { doSTARTTLS: encryption === 'explicit' }),
    ...(isIP(host) === 0 ? { servername: host } : {}),
    tls: ca === null ? {} : { ca: [...rootCertificates, ca] },
    auth: { user: username, pass: password },
    logger: false,
    disableAutoIdle: true,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    // Messages are read in pieces, so that nothing is larger than what describes them.
    maxLiteralSize: MOST_BYTES_OF_ANSWER,
    maxLineLength: MOST_BYTES_OF_ANSWER,
    maxResponseSize: 2 * MOST_BYTES_OF_ANSWER,
  })
  // It says so too where a call fails.
  client.on('error', () => undefined)
  return client
}

const MOST_BYTES_OF_ANSWER = 16 * 1024 * 1024

/** Of an attachment, asked for at once: each piece takes a way there and back. */
const PIECE_BYTES = 256 * 1024

async function signIn(client: ImapFlow, options: MailOptions, name: string): Promise<void> {
  const { host, username, encryption } = options
  try {
    await client.connect()
  } catch (error) {
    throw signInError(error, { name, host, username, isUpgraded: encryption === 'explicit' })
  }
}

/** A message and the attachments of it that are read. */
interface Found {
  readonly message: FetchMessageObject
  readonly attachments: readonly Attachment[]
}

function visitOf(client: ImapFlow, options: MailOptions, name: string, finished: Finished): Visit {
  const attempt = async <T>(path: string, call: () => Promise<T>): Promise<T> => {
    try {
      return await call()
    } catch (error) {
      throw mailError(error, { place: name, path })
    }
  }
  const partsOf = (folder: string) => [options.root, folder].flatMap((path) => path.split('/')).filter(Boolean)
  const open = async (folder: string, readOnly = true): Promise<MailboxObject> =>
    await attempt(folder, async () => await client.mailboxOpen(partsOf(folder), { readOnly }))
  const query = { uid: true, internalDate: true, envelope: true, bodyStructure: true, ...headersOf(options) }
  const acceptedOf = (folder: string, message: FetchMessageObject): Found | null => {
    if (!isOfSender(message, options) || !options.isWanted(message.envelope?.subject ?? '')) return null
    const all = message.bodyStructure === undefined ? [] : attachmentsOf(message.bodyStructure)
    const attachments = all.filter(({ called }) => options.isRead(folder, called))
    return attachments.length === 0 ? null : { message, attachments }
  }
  const messageOf = async (folder: string, uid: number): Promise<Found | null> =>
    await attempt(folder, async () => {
      const message = await client.fetchOne(String(uid), query, { uid: true })
      return message === false ? null : acceptedOf(folder, message)
    })
  const find = async (path: string): Promise<PlacedFile | null> => {
    const named = attachmentNamed(nameOf(path))
    if (named === null) return null
    const folder = folderOf(path)
    const mailbox = await open(folder)
    const found = await messageOf(folder, named.uid)
    const attachment = found?.attachments.find(({ part, called }) => part === named.part && called === named.called)
    return found === null || attachment === undefined ? null : fileOf(mailbox, found.message, attachment)
  }
  /** Of messages of this name in the folder of read ones the newest; its reader compares the content. */
  const archived = async (folder: string, { part, called }: Attachment): Promise<number | null> => {
    const mailbox = await open(folder)
    let newest: number | null = null
    if (mailbox.exists === 0) return newest
    await attempt(folder, async () => {
      for await (const { uid, bodyStructure } of client.fetch('1:*', { uid: true, bodyStructure: true })) {
        const all = bodyStructure === undefined ? [] : attachmentsOf(bodyStructure)
        if (all.some((one) => one.part === part && one.called === called)) newest = Math.max(uid, newest ?? 0)
      }
    })
    return newest
  }
  const uidOf = async (path: string, listed?: PlacedFile): Promise<{ uid: number; part: string } | null> => {
    const [folder, own] = [folderOf(path), nameOf(path)]
    const named = attachmentNamed(own)
    if (named === null) {
      const kept = archivedNamed(own)
      const uid = kept === null ? null : await archived(folder, kept)
      return kept === null || uid === null ? null : { uid, part: kept.part }
    }
    const found = await find(path)
    if (found === null || listed === undefined || found.version === listed.version) return found === null ? null : named
    throw new StreamError('target_unavailable', `${name}: ${folder} was made anew meanwhile, with other numbers`)
  }
  /** True: all attachments of the message that are read are finished. */
  const finish = async (path: string, listed?: PlacedFile): Promise<number | null> => {
    const at = await uidOf(path, listed)
    if (at === null) return null
    const folder = folderOf(path)
    const { uidValidity } = await open(folder, false)
    const found = await messageOf(folder, at.uid)
    if (found === null) return null
    finished.add(versionOf(uidValidity, at.uid, at.part))
    const all = found.attachments.map(({ part }) => versionOf(uidValidity, at.uid, part))
    if (!all.every((version) => finished.has(version))) return null
    for (const version of all) finished.delete(version)
    return at.uid
  }
  return {
    movesInOneStep: false,
    listsOnlyWhole: true,
    find,
    async list(folder) {
      const mailbox = await open(folder)
      return await attempt(folder, async () => {
        const uids = await client.search({ deleted: false, ...fromOneOf(options.senders) }, { uid: true })
        const files: PlacedFile[] = []
        if (!Array.isArray(uids)) throw new StreamError('target_unavailable', `${name}: ${folder} was not searched`)
        if (uids.length === 0) return files
        for await (const message of client.fetch(uids, query, { uid: true })) {
          const { attachments = [] } = acceptedOf(folder, message) ?? {}
          files.push(...attachments.map((attachment) => fileOf(mailbox, message, attachment)))
        }
        return files
      })
    },
    async *read(path, listed) {
      const at = await uidOf(path, listed)
      if (at === null) throw codedError('not_found', { place: name, path })
      const how = { uid: true, decodeText: false, chunkSize: PIECE_BYTES }
      const download = await attempt(path, async () => await client.download(String(at.uid), at.part, how))
      if (download.content === undefined) throw codedError('not_found', { place: name, path })
      try {
        for await (const chunk of download.content) yield chunk as Buffer
      } catch (error) {
        throw mailError(error, { place: name, path })
      }
    },
    async write() {
      const message = `${name}: orders can not be written into a mailbox; send them by a system of type mailbox`
      throw new StreamError('configuration_invalid', message, { field: 'address' })
    },
    async move(from, to, listed) {
      const uid = await finish(from, listed)
      if (uid === null) return
      await attempt(folderOf(to), async () => {
        const path = partsOf(folderOf(to))
        // It is there, mostly, which not all servers say; if it can't be made, the move fails.
        await client.mailboxCreate(path).catch(() => undefined)
        if ((await client.messageMove(String(uid), path, { uid: true })) === false) throw new Error('not moved')
      })
    },
    async remove(path, listed) {
      const uid = await finish(path, listed)
      if (uid === null) return
      await attempt(path, async () => {
        if (!(await client.messageDelete(String(uid), { uid: true }))) throw new Error('not deleted')
      })
    },
  }
}

function headersOf({ authenticatedBy }: AcceptedSenders) {
  return authenticatedBy === null ? {} : { headers: ['authentication-results'] }
}

/** A coarse choice of the server's, so that not every message of a mailbox is looked at. */
function fromOneOf(senders: readonly string[]) {
  const [first] = senders
  if (senders.length === 1 && first !== undefined) return { from: first }
  return { or: senders.map((from) => ({ from })) }
}

function isOfSender({ envelope, headers }: FetchMessageObject, accepted: AcceptedSenders): boolean {
  const from = (envelope?.from ?? []).map(({ address = '' }) => address)
  return isAccepted({ from, results: headers === undefined ? [] : headerValues(headers.toString()) }, accepted)
}

/** Values of the headers in a block with one name, in their order. */
function headerValues(block: string): readonly string[] {
  const lines = block.replaceAll(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)
  return lines.flatMap((line) => /^authentication-results\s*:(.*)$/i.exec(line)?.[1] ?? [])
}

function fileOf({ uidValidity }: MailboxObject, message: FetchMessageObject, attachment: Attachment): PlacedFile {
  const { uid, internalDate } = message
  const time = internalDate === undefined ? Number.NaN : new Date(internalDate).getTime()
  return {
    name: fileNameOf(uid, attachment),
    called: attachment.called,
    // What a message says is the size of the encoded text.
    bytes: null,
    modifiedAt: Number.isNaN(time) ? null : Math.floor(time / 1000) * 1000,
    version: versionOf(uidValidity, uid, attachment.part),
  }
}

/** A message never changes (RFC 9051, 2.3.1.1): its number is that of its content while the mailbox is the same one. */
function versionOf(uidValidity: bigint, uid: number, part: string): string {
  return `${uidValidity}.${uid}.${part}`
}
