import type { Recipient } from '../../configuration/model.ts'
import type { ResolveReference } from '../../configuration/references.ts'
import { StreamError } from '../../errors.ts'
import type { SendMail } from '../../platform/mail.ts'
import type { SendSignedWebhook } from '../../platform/signed-webhook.ts'
import { webhookKeys } from '../webhook-keys.ts'
import { emailContent } from './email-content.ts'
import type { Notice } from './notice.ts'
import { webhookBody } from './webhook-body.ts'

/**
 * Sends a notification to a recipient, once. Throws `target_unavailable`, `timed_out`, `rate_limited`,
 * `target_rejected`, `credentials_refused` or `configuration_invalid`; no message contains a secret or an e-mail
 * address.
 */
export type SendNotice = (recipient: Recipient, notice: Notice) => Promise<void>

export interface SendNoticeDeps {
  readonly sendWebhook: SendSignedWebhook
  /** Null: no mail server is set. */
  readonly sendMail: SendMail | null
  readonly resolveSecret: ResolveReference
  readonly publicUrl: string | null
}

export function createSendNotice({ sendWebhook, sendMail, resolveSecret, publicUrl }: SendNoticeDeps): SendNotice {
  return async ({ id: recipient, email, webhook, secrets }, notice) => {
    const context = { recipient, publicUrl }
    if (webhook !== null) {
      const keys = await webhookKeys(resolveSecret, { id: recipient, secrets })
      await sendWebhook({ url: webhook, keys, id: notice.id, body: webhookBody(notice, context) })
      return
    }
    if (sendMail === null) {
      throw new StreamError('configuration_invalid', 'no mail server is set; set SMTP_HOST and SMTP_FROM')
    }
    await sendMail({ to: email ?? [], id: notice.id, ...emailContent(notice, context) })
  }
}
