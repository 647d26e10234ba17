import { StreamError } from '../errors.ts'
import type { LetterState } from './dead-letter-row.ts'
import type { LetterChoice } from './list-dead-letters.ts'

/** A filter as requested; times are parsed already. */
export interface AskedFilter {
  readonly state?: LetterState | undefined
  readonly stage?: string | undefined
  readonly connection?: string | undefined
  readonly code?: string | undefined
  readonly key?: string | undefined
  readonly groupId?: string | undefined
  readonly ids?: readonly string[] | undefined
  readonly from: number | null
  readonly to: number | null
}

export function toFilter(asked: AskedFilter): LetterChoice {
  const { state = null, stage = null, connection = null, code = null, key = null, groupId = null, from, to } = asked
  const { ids } = asked
  return { state, stage, connection, code, key, group: groupId, from, to, ...(ids === undefined ? {} : { ids }) }
}

/**
 * The filter for changing many dead letters: open ones, if neither a state nor ids are given. Throws `request_invalid`
 * for a filter with nothing but `state`, unless all are meant.
 */
export function toChangeFilter(asked: AskedFilter, all: boolean): LetterChoice {
  const filter = toFilter(asked)
  const { state, ...others } = filter
  if (!all && Object.values(others).every((value) => value === null)) {
    const message =
      'say which dead letters: by stage, connection, code, key, group id, ids, from or to; or choose all explicitly'
    throw new StreamError('request_invalid', message)
  }
  return { ...filter, state: state ?? (asked.ids === undefined ? 'open' : null) }
}
