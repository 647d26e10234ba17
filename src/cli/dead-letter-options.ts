import { letterStates, toChangeFilter, toFilter, USUAL_LIMIT, USUAL_RATE } from '../operations/dead-letters.ts'
import type { LetterState } from '../projections/dead-letter-row.ts'
import type { AskedFilter } from '../projections/letter-filter.ts'
import type { LetterChoice } from '../projections/list-dead-letters.ts'
import { readArguments, timeOption, wholeOption } from './arguments.ts'
import { UsageError } from './usage-error.ts'

export const USAGE = `waldstream dead-letters list [which] [--group] [--limit N] [--after PLACE] [--json]
waldstream dead-letters show <id> [--raw | --as-test] [--show-personal] [--json]
waldstream dead-letters retry <id>… | which [--remap] [--preview [--show-personal]] [--dry-run] [--limit N] [--rate N]
                              [--force --reason TEXT] [--json]
waldstream dead-letters discard <id>… | which --reason TEXT [--dry-run | --yes] [--limit N] [--json]

  which: --state open|retrying|resolved|discarded  --stage NAME  --connection ID  --code CODE  --key KEY
         --group-id ID (as list --group shows it)  --from and --to ISO-8601, of the first failure, --to exclusive
         retry and discard take open ones, and need one of these besides --state, or --all

  show     the event as JSON, where it stood, its history; --raw writes the original bytes alone; --as-test writes a
           mapping test of it for the folder of configuration (see "waldstream test")
  retry    appends the original to its topic again, 10 a second (--rate), 100 at most (--limit); --preview sends nothing
           and shows what today's configuration makes of it; what was retried 5 times needs --force and --reason
  --remap  makes a vendor's order anew by today's order map, instead of sending it as it was mapped when it failed
  discard  for what nobody wants handled; the bytes stay. With --yes, after it was said how many they are
  --show-personal  with what is said of persons, which is masked else; --raw of an order needs it
  --by     who does it; the user of this machine by default`

const options = {
  state: { type: 'string' },
  stage: { type: 'string' },
  connection: { type: 'string' },
  code: { type: 'string' },
  key: { type: 'string' },
  'group-id': { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  all: { type: 'boolean', default: false },
  group: { type: 'boolean', default: false },
  limit: { type: 'string' },
  after: { type: 'string' },
  raw: { type: 'boolean', default: false },
  'as-test': { type: 'boolean', default: false },
  'show-personal': { type: 'boolean', default: false },
  preview: { type: 'boolean', default: false },
  'dry-run': { type: 'boolean', default: false },
  rate: { type: 'string' },
  force: { type: 'boolean', default: false },
  remap: { type: 'boolean', default: false },
  yes: { type: 'boolean', default: false },
  reason: { type: 'string' },
  by: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

const everywhere = ['json', 'help']
const which = ['state', 'stage', 'connection', 'code', 'key', 'group-id', 'from', 'to']
const change = [...which, 'all', 'limit', 'dry-run', 'reason', 'by']
const known: Readonly<Record<string, readonly string[]>> = {
  list: [...everywhere, ...which, 'group', 'limit', 'after'],
  show: [...everywhere, 'raw', 'as-test', 'show-personal'],
  retry: [...everywhere, ...change, 'preview', 'show-personal', 'rate', 'force', 'remap'],
  discard: [...everywhere, ...change, 'yes'],
}

export type Values = ReturnType<typeof readArguments<typeof options>>['values']

export interface Command {
  readonly action: 'list' | 'show' | 'retry' | 'discard'
  readonly ids: readonly string[]
  readonly values: Values
}

/** Null: only the usage was asked for. Throws a UsageError that names the option and the way out. */
export function readCommand(args: readonly string[]): Command | null {
  const { values, positionals } = readArguments(args, options, USAGE)
  if (values.help) return null
  const [action, ...ids] = positionals
  if (action !== 'list' && action !== 'show' && action !== 'retry' && action !== 'discard') {
    const given = action === undefined ? 'nothing' : `"${action}"`
    throw new UsageError(`dead-letters takes list, show, retry or discard, not ${given}`, USAGE)
  }
  const used = Object.entries(values).filter(([, value]) => value !== false)
  const foreign = used.find(([name]) => known[action]?.includes(name) !== true)
  if (foreign !== undefined) throw new UsageError(`--${foreign[0]} is no option of ${action}`, USAGE)
  checkIds(action, ids, values)
  return { action, ids, values }
}

function checkIds(action: Command['action'], ids: readonly string[], values: Values): void {
  if (action === 'list' && ids.length > 0) throw new UsageError('list takes options alone; show takes an id', USAGE)
  if (action === 'show' && ids.length !== 1) throw new UsageError('show takes one id; list has the ids', USAGE)
  const filtered = [...which, 'all', 'limit', 'rate', 'dry-run'].find(
    (name) => values[name as keyof Values] && ids.length > 0,
  )
  if (filtered !== undefined)
    throw new UsageError(`--${filtered} is for dead letters that are chosen by a filter, not for ids`, USAGE)
  if (action === 'discard' && (values.reason ?? '').trim() === '') {
    throw new UsageError('--reason is missing: say why it is discarded', USAGE)
  }
  if (values.force && (values.reason ?? '').trim() === '') {
    throw new UsageError('--force needs --reason: say why it is retried all the same', USAGE)
  }
  if (values.preview && ids.length !== 1) throw new UsageError('--preview takes one id', USAGE)
}

export function listFilter(values: Values): LetterChoice {
  return toFilter(askedFilter(values))
}

export function changeFilter(values: Values): LetterChoice {
  try {
    return toChangeFilter(askedFilter(values), values.all)
  } catch {
    const some = which.filter((name) => name !== 'state').map((name) => `--${name}`)
    throw new UsageError(`say which: ids, or one of ${some.join(', ')}, or --all`, USAGE)
  }
}

function askedFilter(values: Values): AskedFilter {
  const { stage, connection, code, key, state } = values
  if (state !== undefined && !letterStates.includes(state as LetterState)) {
    throw new UsageError(`--state must be one of ${letterStates.join(', ')}, not "${state}"`, USAGE)
  }
  const times = { from: timeOption('from', values.from, USAGE), to: timeOption('to', values.to, USAGE) }
  return {
    state: state as LetterState | undefined,
    stage,
    connection,
    code,
    key,
    groupId: values['group-id'],
    ...times,
  }
}

export function limitOf({ limit }: Values, most: number): number {
  return wholeOption('limit', limit, { usual: Math.min(most, USUAL_LIMIT), most }, USAGE)
}

export function rateOf({ rate }: Values): number {
  if (rate === undefined) return USUAL_RATE
  const number = Number(rate)
  if (number > 0 && number <= 100) return number
  throw new UsageError(`--rate must be a number above 0, at most 100, of retries a second, not "${rate}"`, USAGE)
}
