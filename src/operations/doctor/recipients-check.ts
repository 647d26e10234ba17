import type { MailConfig } from '../../config.ts'
import type { Recipient } from '../../configuration/model.ts'
import type { ResolveReference } from '../../configuration/references.ts'
import { toStreamError } from '../../errors.ts'
import { checkMailServer } from '../../platform/mail.ts'
import { assertSigningKey } from '../../platform/signed-webhook.ts'
import { type Check, fail, ok } from './finding.ts'

/** Checks that the mail server can be reached and accepts the login; sends nothing. */
export function mailCheck(server: MailConfig): Check {
  const name = 'mail server'
  return {
    name,
    async run() {
      await checkMailServer(server)
      return [ok(name, `${server.host}:${server.port} accepts e-mail from here`)]
    },
  }
}

/** Checks whether a recipient can be notified, without sending a notification. */
export function recipientCheck(
  recipient: Recipient,
  { mail, resolveSecret }: { readonly mail: MailConfig | null; readonly resolveSecret: ResolveReference },
): Check {
  const { id, webhook, secrets } = recipient
  const name = `recipient ${id}`
  const test = `send a test with waldstream notifications test ${id}`
  return {
    name,
    async run() {
      if (webhook === null) {
        return mail === null ? [fail(name, 'no mail server is set', 'set SMTP_HOST and SMTP_FROM')] : [ok(name, test)]
      }
      try {
        const keys = await Promise.all(Object.values(secrets).map((reference) => resolveSecret(id, reference)))
        for (const key of keys) assertSigningKey(key)
        return [ok(name, test)]
      } catch (thrown) {
        const { code, message } = toStreamError(thrown)
        return [fail(name, `${code}: ${message}`)]
      }
    },
  }
}
