import { createTransport } from 'nodemailer'
import type { MailConfig } from '../config.ts'
import { StreamError } from '../errors.ts'

export interface Mail {
  readonly to: readonly string[]
  /** The same for each attempt: part of the `Message-ID`. */
  readonly id: string
  readonly subject: string
  readonly text: string
  readonly html: string
}

/**
 * Sends an e-mail; resolves once the server has accepted it for at least one address. Rejects with
 * `target_unavailable`, `timed_out`, `credentials_refused` or `target_rejected`; error messages contain no e-mail
 * address.
 */
export type SendMail = (mail: Mail) => Promise<void>

const CONNECT_MS = 10_000
const SILENT_MS = 20_000

/** Connects and signs in without sending. Rejects as `SendMail` does. */
export async function checkMailServer(server: MailConfig): Promise<void> {
  try {
    await transportOf(server).verify()
  } catch (error) {
    throw mailError(server, error)
  }
}

export function createMailer(server: MailConfig): SendMail {
  const { from } = server
  const transport = transportOf(server)
  const domain = /@([^\s@>]+)>?$/.exec(from)?.[1] ?? 'waldstream'
  return async ({ to, id, subject, text, html }) => {
    const headers = { 'Auto-Submitted': 'auto-generated' }
    try {
      await transport.sendMail({ from, to: [...to], subject, text, html, messageId: `<${id}@${domain}>`, headers })
    } catch (error) {
      throw mailError(server, error)
    }
  }
}

function transportOf({ host, port, tls, login }: MailConfig) {
  return createTransport({
    host,
    port,
    secure: tls === 'tls',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'off',
    ...(login === null ? {} : { auth: { user: login.username, pass: login.password } }),
    connectionTimeout: CONNECT_MS,
    greetingTimeout: CONNECT_MS,
    socketTimeout: SILENT_MS,
    // Mail texts never refer to files or addresses to fetch.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
}

/**
 * Uses only codes: the library's messages repeat the server's answer, which contains addresses. `login`: where its user
 * and password are set.
 */
export function mailError(
  { host, port }: Pick<MailConfig, 'host' | 'port'>,
  error: unknown,
  login = 'SMTP_USERNAME and SMTP_PASSWORD',
): StreamError {
  if (error instanceof StreamError) return error
  const server = `the mail server ${host}:${port}`
  const { code, status } = reasonOf(error)
  const details = { reason: code, status }
  const answered = status === null ? code : String(status)
  if (code === 'EAUTH' || code === 'ENOAUTH') {
    return new StreamError('credentials_refused', `${server} refused the login (${answered}): check ${login}`, {
      details,
    })
  }
  if (code === 'ETLS') {
    return new StreamError('target_rejected', `${server} does not offer the encryption that is set`, {
      details,
    })
  }
  if (code === 'ETIMEDOUT') return new StreamError('timed_out', `${server} did not answer in time`, { details })
  if (status !== null && status >= 500) {
    return new StreamError('target_rejected', `${server} refused the e-mail (${status})`, { details })
  }
  return new StreamError('target_unavailable', `${server} did not accept the e-mail (${answered})`, { details })
}

function reasonOf(error: unknown): { readonly code: string; readonly status: number | null } {
  if (!(error instanceof Error)) return { code: 'unknown', status: null }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : 'unknown'
  const status = 'responseCode' in error && typeof error.responseCode === 'number' ? error.responseCode : null
  return { code, status }
}
