import { isoTime } from '../../events/times.ts'
import type { Concern } from './concern.ts'
import { type Notice, type NoticeContext, pageLink } from './notice.ts'

/** The body of a notification, as JSON: `type`, `timestamp` and `data` as in Standard Webhooks. */
export function webhookBody(notice: Notice, context: NoticeContext): string {
  const of = (concerns: readonly Concern[]) => concerns.map((concern) => concernBody(concern, context))
  return JSON.stringify({
    type: notice.test ? 'notification.test' : 'notification.changed',
    timestamp: isoTime(notice.at),
    data: {
      recipient: context.recipient,
      opened: of(notice.opened),
      reminded: of(notice.reminded),
      resolved: of(notice.resolved),
      open: notice.open,
    },
  })
}

function concernBody(concern: Concern, context: NoticeContext) {
  const { key, cause, connections, title, detail, since, fix } = concern
  return { key, cause, connections, title, detail, since, fix, page: pageLink(concern, context) }
}
