import { randomUUID } from 'node:crypto'
import { readConfiguration } from '../../configuration/read-configuration.ts'
import { toStreamError } from '../../errors.ts'
import type { SendFailure } from '../attempts.ts'
import { noteChange } from '../audit.ts'
import type { TableDeps } from '../dependencies.ts'
import { assertInScope, noDocument } from '../document-place.ts'
import type { Principal } from '../principal.ts'
import type { SendNotice } from './send-notice.ts'

/** Result of a test notification. */
export interface SentTest {
  readonly recipient: string
  /** Id of the notification. */
  readonly id: string
  /** Null: the recipient's server accepted it. */
  readonly failure: SendFailure | null
}

type Deps = Pick<TableDeps, 'tables' | 'clock' | 'audit'> & { readonly sendNotice: SendNotice }

/** Sends a test notification at once, also to a disabled recipient, without retries. Throws `not_found`. */
export async function testRecipient(deps: Deps, by: Principal, recipient: string): Promise<SentTest> {
  const { tables, clock, sendNotice } = deps
  const place = { kind: 'recipient', id: recipient } as const
  assertInScope(by, place)
  const { recipients = [] } = await readConfiguration(tables)
  const found = recipients.find(({ id }) => id === recipient)
  if (found === undefined) throw noDocument(by, place)
  const id = `msg_${randomUUID()}`
  const nothing = { opened: [], reminded: [], resolved: [], open: 0 }
  const failure = await sendNotice(found, { id, at: clock.now(), test: true, ...nothing }).then(
    () => null,
    (error: unknown) => {
      const { code, message } = toStreamError(error)
      return { code, message }
    },
  )
  await noteChange(deps, by, { what: 'recipient.test', target: recipient, after: { id, code: failure?.code ?? null } })
  return { recipient, id, failure }
}
