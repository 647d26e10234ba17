import { createHmac } from 'node:crypto'
import { StreamError } from '../../errors.ts'
import { equalTexts } from '../../platform/equal-texts.ts'
import { type HookKind, hookBody, hookId } from './webhook.ts'

export const OWN_SIGNATURE = 'x-waldstream-signature'

/**
 * Waldstream's own webhook format, for systems that can be configured to send it: `{"id", "reads"}`; without `reads`,
 * all reads of the system.
 */
export const ownHook: HookKind = {
  verify(hook, secret) {
    const expected = `sha256=${createHmac('sha256', secret).update(hook.body).digest('hex')}`
    return equalTexts(String(hook.header(OWN_SIGNATURE)), expected)
  },
  understand(hook, system) {
    const { id: given, reads } = hookBody(hook)
    const own = system.reads.map((read) => read.id)
    const id = hookId(given, 'id')
    if (reads === undefined) return { id, reads: own }
    if (Array.isArray(reads) && reads.every((read) => own.includes(read))) {
      return { id, reads: [...new Set<string>(reads)] }
    }
    const known = own.join(', ') || 'none'
    throw new StreamError('request_invalid', `reads must contain only reads of ${system.id}: ${known}`, {
      field: 'reads',
    })
  },
}
