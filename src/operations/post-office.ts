import type { Config } from '../config.ts'
import { createAuditTrail } from '../control/audit-trail.ts'
import { createShareStore } from '../control/shares/share-store.ts'
import type { Clock } from '../platform/clock.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import { createSentMails } from '../processors/delivery/sent-mails.ts'
import type { PostOffice } from '../systems/kit/post-office.ts'
import { createMailLinks } from './mail-links.ts'

interface PostPlatform {
  readonly tables: Tables
  readonly clock: Clock
  readonly config: Pick<Config, 'mail' | 'publicUrl' | 'cursorKey' | 'auditDays'>
}

/** For processes that deliver: what was sent, and the links. */
export function openPostOffice({ tables, clock, config }: PostPlatform): PostOffice {
  const { cursorKey, publicUrl, auditDays } = config
  const shares = createShareStore(tables, clock)
  const audit = createAuditTrail(tables, clock, auditDays)
  return {
    ...checkedPost(config),
    deliveries: {
      sent: createSentMails(tables, clock),
      linkTo: createMailLinks({ tables, clock, audit, shares, cursorKey, publicUrl }),
    },
  }
}

/** For checks of systems: only the mail server. */
export function checkedPost({ mail, publicUrl }: Pick<Config, 'mail' | 'publicUrl'>): PostOffice {
  const own = mail === null ? null : { server: mail, from: mail.from }
  return { own, deliveries: null, hasPublicUrl: publicUrl !== null }
}
