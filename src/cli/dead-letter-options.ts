import { letterStates, toChangeFilter, toFilter, USUAL_LIMIT, USUAL_RATE } from '../operations/dead-letters.ts'
import type { LetterState } from '../projections/dead-letter-row.ts'
import type { AskedFilter } from '../projections/letter-filter.ts'
import type { LetterChoice } from '../projections/list-dead-letters.ts'
import { timeOption, wholeOption } from './arguments.ts'
import type { Given } from './command.ts'
import type { deadLettersDiscard, deadLettersList, deadLettersRetry } from './commands/dead-letters.ts'
import { UsageError } from './usage-error.ts'

type Listed = Given<typeof deadLettersList>
type Retried = Given<typeof deadLettersRetry>
type Discarded = Given<typeof deadLettersDiscard>
type Filtered = Pick<Listed, 'state' | 'stage' | 'connection' | 'code' | 'key' | 'groupId' | 'from' | 'to'>

/** By name of the option. */
const which = ['state', 'stage', 'connection', 'code', 'key', 'group-id', 'from', 'to']

/** Throws a UsageError that names the option and the right value. */
export function checkRetried(given: Retried): void {
  const { ids, force, preview, reason, rate } = given
  checkIds(given, rate === undefined ? [] : ['rate'])
  if (force && (reason ?? '').trim() === '') {
    throw new UsageError('--force needs --reason: say why it is retried anyway')
  }
  if (preview && ids.length !== 1) throw new UsageError('--preview takes one id')
}

/** Throws a UsageError that names the option and the right value. */
export function checkDiscarded(given: Discarded): string {
  checkIds(given, [])
  const { reason = '' } = given
  if (reason.trim() === '') throw new UsageError('--reason is missing: say why it is discarded')
  return reason
}

/** Ids, or a filter: not both. */
function checkIds(given: Discarded | Retried, more: readonly string[]): void {
  if (given.ids.length === 0) return
  const { state, stage, connection, code, key, groupId, from, to, all, limit, dryRun } = given
  const filters = { state, stage, connection, code, key, 'group-id': groupId, from, to, all, limit, 'dry-run': dryRun }
  const [filter] = [...Object.entries(filters).flatMap(([name, value]) => (value ? [name] : [])), ...more]
  if (filter === undefined) return
  throw new UsageError(`--${filter} cannot be used with ids, only with filters`)
}

export function listFilter(values: Filtered): LetterChoice {
  return toFilter(askedFilter(values))
}

export function changeFilter(values: Filtered & Pick<Retried, 'all'>): LetterChoice {
  try {
    return toChangeFilter(askedFilter(values), values.all)
  } catch {
    const some = which.filter((name) => name !== 'state').map((name) => `--${name}`)
    throw new UsageError(`give ids, or one of ${some.join(', ')}, or --all`)
  }
}

function askedFilter(values: Filtered): AskedFilter {
  const { stage, connection, code, key, state } = values
  if (state !== undefined && !letterStates.includes(state as LetterState)) {
    throw new UsageError(`--state must be one of ${letterStates.join(', ')}, not "${state}"`)
  }
  const times = { from: timeOption('from', values.from), to: timeOption('to', values.to) }
  return {
    state: state as LetterState | undefined,
    stage,
    connection,
    code,
    key,
    groupId: values.groupId,
    ...times,
  }
}

export function limitOf({ limit }: Pick<Listed, 'limit'>, most: number): number {
  return wholeOption('limit', limit, { usual: Math.min(most, USUAL_LIMIT), most })
}

export function rateOf({ rate }: Pick<Retried, 'rate'>): number {
  if (rate === undefined) return USUAL_RATE
  const number = Number(rate)
  if (number > 0 && number <= 100) return number
  throw new UsageError(`--rate must be a number of retries per second, above 0 and at most 100, not "${rate}"`)
}
