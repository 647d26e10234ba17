import { StreamError } from '../errors.ts'
import { daysMs } from '../platform/persons/person-keys.ts'
import type { MailDeliveries } from '../systems/kit/post-office.ts'
import { noteChange } from './audit.ts'
import { cursorKey } from './cursor-key.ts'
import type { TableDeps } from './dependencies.ts'
import { tellTimeline } from './order-deeds.ts'
import { orderText } from './order-parts.ts'
import { everything } from './principal.ts'
import { SHARE_PATH } from './share-links.ts'

export interface MailLinkDeps extends Pick<TableDeps, 'tables' | 'clock' | 'audit' | 'shares'> {
  /** CURSOR_KEY; null: the key that is created once. */
  readonly cursorKey: string | null
  readonly publicUrl: string | null
}

/** Creates the links in e-mails to vendors. A repeated delivery gets the same link, so that only one is valid. */
export function createMailLinks(deps: MailLinkDeps): MailDeliveries['linkTo'] {
  const { publicUrl, tables, shares, clock } = deps
  return async ({ connection, source, number }, days) => {
    if (publicUrl === null) {
      const message = 'PUBLIC_URL is not set: e-mails to vendors need it for their links; have the operator set it'
      throw new StreamError('configuration_invalid', message, { field: 'PUBLIC_URL' })
    }
    const by = everything({ kind: 'cli', name: 'e-mail to the vendor' })
    const expires_at = clock.now() + daysMs(days)
    const wanted = { source, number, connection, expires_at, created_by: 'e-mail to the vendor', answers: true }
    const { token, isNew } = await shares.ensure(wanted, await cursorKey(tables, deps.cursorKey))
    if (isNew) {
      await noteChange(deps, by, { what: 'share.create', target: orderText({ source, number }), after: { connection } })
      await tellTimeline(deps, by, 'share', { source, number, connections: [connection], reason: null })
    }
    return `${publicUrl.replace(/\/$/, '')}${SHARE_PATH}${token}`
  }
}
