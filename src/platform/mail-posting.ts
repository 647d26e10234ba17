import { connect, type LookupFunction, type Socket } from 'node:net'
import { Readable } from 'node:stream'
import MailComposer from 'nodemailer/lib/mail-composer'
import SMTPConnection from 'nodemailer/lib/smtp-connection'
import type { MailConfig } from '../config.ts'
import { StreamError } from '../errors.ts'
import { mailError } from './mail.ts'

/** A mail server, and how it is reached. */
export interface MailRoute {
  readonly server: Pick<MailConfig, 'host' | 'port' | 'tls' | 'login'>
  /** Resolves the name to addresses that may be called; null: the system's own. */
  readonly lookup: LookupFunction | null
  /** Where its user and password are set, for people. */
  readonly loginIn: string
}

/** Whether the server has an e-mail now. `unclear`: all of it was sent, and no answer came. */
export type Posting =
  | { readonly end: 'accepted'; readonly refusedAddresses: number }
  | { readonly end: 'refused' | 'unclear'; readonly error: StreamError }

export interface PostedMail {
  readonly from: string
  readonly to: readonly string[]
  /** The whole message with its headers. */
  readonly message: Buffer
}

const CONNECT_MS = 10_000
const SILENT_MS = 20_000

/** Builds a message of text, HTML and attachments. Texts never refer to files or addresses to fetch. */
export async function composeMail(
  parts: Omit<ConstructorParameters<typeof MailComposer>[0], 'disableFileAccess' | 'disableUrlAccess'>,
): Promise<Buffer> {
  return await new MailComposer({ ...parts, disableFileAccess: true, disableUrlAccess: true }).compile().build()
}

/**
 * Sends one e-mail over a connection of its own. E-mail has no idempotency, so the result says whether the server may
 * have accepted it: it cannot before the end of the message was sent. Never rejects; errors contain no e-mail address.
 */
export async function postMail(route: MailRoute, mail: PostedMail, signal: AbortSignal): Promise<Posting> {
  const message = Readable.from([mail.message])
  let isWhole = false
  message.once('end', () => {
    isWhole = true
  })
  // What was sent whole waits for its answer, which `SILENT_MS` bounds: to stop in between would leave a doubt.
  const ending = new AbortController()
  const stop = () => {
    if (!isWhole) ending.abort(signal.reason)
  }
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop, { once: true })
  try {
    const { from, message: whole } = mail
    const envelope = { from, to: [...mail.to], size: whole.length }
    const { rejected } = await inSession(
      route,
      (session) => called<{ rejected: readonly unknown[] }>((done) => session.send(envelope, message, done)),
      ending.signal,
    )
    return { end: 'accepted', refusedAddresses: rejected.length }
  } catch (error) {
    const isAnswered = error instanceof Error && 'responseCode' in error && typeof error.responseCode === 'number'
    const end = isWhole && !isAnswered ? 'unclear' : 'refused'
    return { end, error: laterError(error) ?? mailError(route.server, error, route.loginIn) }
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

/** A server that lists unknown senders for some minutes, or limits them, wants the e-mail later (RFC 5321, 4.2.1). */
function laterError(error: unknown): StreamError | null {
  const status = error instanceof Error && 'responseCode' in error ? Number(error.responseCode) : 0
  if (status < 400 || status >= 500 || status === SHUTTING_DOWN) return null
  const message = `the mail server asks to send the e-mail later (${status})`
  return new StreamError('rate_limited', message, { retryAfterMs: LATER_MS, details: { status } })
}

const SHUTTING_DOWN = 421
const LATER_MS = 60_000

/** Connects and signs in without sending. Rejects as `mailError` says. */
export async function checkMailRoute(route: MailRoute, signal: AbortSignal): Promise<void> {
  try {
    await inSession(route, async () => undefined, signal)
  } catch (error) {
    throw mailError(route.server, error, route.loginIn)
  }
}

/** Works on a connection that is open and signed in. */
async function inSession<T>(
  { server: { host, port, tls, login }, lookup }: MailRoute,
  work: (session: SMTPConnection) => Promise<T>,
  signal: AbortSignal,
): Promise<T> {
  signal.throwIfAborted()
  const socket = await connected(host, port, lookup, signal)
  const session = new SMTPConnection({
    host,
    port,
    connection: socket,
    secure: tls === 'tls',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'off',
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: SILENT_MS,
  })
  const { promise: failed, reject: fail } = Promise.withResolvers<never>()
  failed.catch(() => undefined)
  session.on('error', fail)
  const stop = () => fail(timeoutError())
  signal.addEventListener('abort', stop, { once: true })
  const steps = async (): Promise<T> => {
    await called((done) => session.connect(done))
    if (login !== null) {
      const credentials = { user: login.username, pass: login.password }
      await called((done) => session.login({ credentials }, done))
    }
    return await work(session)
  }
  try {
    return await Promise.race([steps(), failed])
  } finally {
    signal.removeEventListener('abort', stop)
    session.quit()
    session.close()
  }
}

/** A connection whose address was checked when it was resolved. */
async function connected(
  host: string,
  port: number,
  lookup: LookupFunction | null,
  signal: AbortSignal,
): Promise<Socket> {
  const { promise, resolve, reject } = Promise.withResolvers<Socket>()
  const socket = connect({ host, port, ...(lookup === null ? {} : { lookup }) }, () => resolve(socket))
  const stop = () => socket.destroy(timeoutError())
  socket.on('error', reject)
  socket.setTimeout(CONNECT_MS, stop)
  signal.addEventListener('abort', stop, { once: true })
  try {
    return await promise
  } finally {
    signal.removeEventListener('abort', stop)
    socket.setTimeout(0)
  }
}

function timeoutError(): Error {
  return Object.assign(new Error('the mail server did not answer in time'), { code: 'ETIMEDOUT' })
}

function called<T = unknown>(call: (done: (error?: Error | null, result?: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) =>
    call((error, result) => {
      if (error === undefined || error === null) resolve(result as T)
      else reject(error)
    }),
  )
}
