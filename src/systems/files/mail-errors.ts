import { StreamError } from '../../errors.ts'
import { codedError, type Placing } from './place-errors.ts'

interface Thrown {
  readonly code?: unknown
  readonly authenticationFailed?: unknown
  readonly message?: unknown
  readonly mailboxMissing?: unknown
  readonly responseStatus?: unknown
  readonly serverResponseCode?: unknown
  readonly throttleReset?: unknown
}

/** What was tried when a sign-in failed. */
export interface MailSignIn {
  readonly name: string
  readonly host: string
  readonly username: string
  readonly isUpgraded: boolean
}

/** Errors of the library have commands and answers in them, so they are never the cause. */
export function signInError(error: unknown, { name, host, username, isUpgraded }: MailSignIn): StreamError {
  if (error instanceof StreamError) return error
  const { code, message, authenticationFailed, serverResponseCode } = (error ?? {}) as Thrown
  // RFC 5530: it can't say now.
  if (authenticationFailed === true && serverResponseCode !== 'UNAVAILABLE') {
    const text = `${name} refused the user ${username}; correct secrets.username and secrets.password`
    return new StreamError('credentials_refused', text)
  }
  const reason = typeof code === 'string' ? code : 'no answer'
  if (/CERT|SIGNATURE|ISSUER/.test(reason)) {
    const text =
      `the certificate of ${name} is not accepted (${reason}): it must be valid for ${host}. If the vendor has an ` +
      'authority of its own, set its certificate as secrets.ca'
    return new StreamError('configuration_invalid', text, { field: 'secrets.ca' })
  }
  if (isUpgraded && typeof message === 'string' && /STARTTLS/.test(message)) {
    const text = `${name} does not offer TLS after a command: write imaps:// if it has TLS from the first byte`
    return new StreamError('configuration_invalid', text, { field: 'settings.encryption' })
  }
  return mailError(error, { place: name, path: '' })
}

export function mailError(error: unknown, placing: Placing): StreamError {
  if (error instanceof StreamError) return error
  const { code, mailboxMissing, responseStatus, serverResponseCode, throttleReset } = (error ?? {}) as Thrown
  const said = typeof serverResponseCode === 'string' ? serverResponseCode : ''
  const what = `${placing.place}: ${placing.path === '' ? 'its mailbox' : placing.path}`
  if (code === 'ETHROTTLE' || said === 'LIMIT' || said === 'THROTTLED') {
    const after = typeof throttleReset === 'number' ? { retryAfterMs: throttleReset } : {}
    return new StreamError('rate_limited', `${what}: calls are throttled`, after)
  }
  if (mailboxMissing === true || said === 'NONEXISTENT' || said === 'TRYCREATE') return codedError('not_found', placing)
  if (said === 'NOPERM') return codedError('permission_missing', placing)
  const reason = [responseStatus, said, code].find((one) => typeof one === 'string' && one !== '') ?? 'no answer'
  return new StreamError('target_unavailable', `${what} could not be reached: ${String(reason)}`)
}
