import { configFromEnvironment } from '../config.ts'
import { StreamError } from '../errors.ts'
import { type ReadStatus, readStatuses } from '../operations/read-status.ts'
import type { Tables } from '../platform/dynamodb/tables.ts'
import { readArguments, timeOption, UsageError } from './arguments.ts'
import { commandUser } from './changes.ts'
import { cutDatePart } from './control-parts.ts'
import { openTables } from './platform.ts'

const USAGE = `waldstream reads [list] [--json]
waldstream reads show <read> [--json]
waldstream reads set-cut-date <read> --cut-date ISO-8601|none --revision N --reason TEXT [--by WHO] [--json]

  Reads with their schedule, cut date, lease and last windows. A cut date is set on the revision that was read (the list
  shows it), and not while a run of the read is under way; "none" begins at startFrom again.`

const options = {
  'cut-date': { type: 'string' },
  revision: { type: 'string' },
  reason: { type: 'string' },
  by: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

export async function readsCommand(args: readonly string[]): Promise<void> {
  const { values, positionals } = readArguments(args, options, USAGE)
  if (values.help) return console.log(USAGE)
  const [action = 'list', id, ...more] = positionals
  const wantsId = action === 'show' || action === 'set-cut-date'
  if (!(wantsId || action === 'list') || more.length > 0 || wantsId !== (id !== undefined)) {
    throw new UsageError('reads takes list, or show or set-cut-date and one read', USAGE)
  }
  const request = action === 'set-cut-date' ? cutDateRequest(values) : null
  const { tables, close } = await openTables(configFromEnvironment())
  try {
    const reads = await find(tables, id)
    if (request !== null && id !== undefined) {
      await cutDatePart(tables)(id, request)
      return print(await find(tables, id), values.json, textOf)
    }
    print(reads, values.json, action === 'show' ? textOf : lineOf)
  } finally {
    close()
  }
}

async function find(tables: Tables, id: string | undefined): Promise<readonly ReadStatus[]> {
  const reads = await readStatuses(tables, Date.now(), {
    windows: id === undefined ? 3 : 20,
    ...(id === undefined ? {} : { id }),
  })
  if (id === undefined || reads.length > 0) return reads
  throw new StreamError('not_found', `there is no read "${id}"; "waldstream reads list" has them`)
}

function cutDateRequest(values: { 'cut-date'?: string; revision?: string; reason?: string; by?: string }) {
  const { 'cut-date': date, revision, reason, by } = values
  if (date === undefined || revision === undefined || reason === undefined || reason.trim() === '') {
    throw new UsageError('set-cut-date needs --cut-date, --revision and --reason', USAGE)
  }
  if (!/^\d{1,9}$/.test(revision)) throw new UsageError(`--revision must be a number, not "${revision}"`, USAGE)
  const time = date === 'none' ? null : timeOption('cut-date', date, USAGE)
  const cutDate = time === null ? null : new Date(time).toISOString()
  return { cutDate, revision: Number(revision), reason, by: commandUser(by), now: Date.now() }
}

function print(reads: readonly ReadStatus[], json: boolean, show: (read: ReadStatus) => string): void {
  if (json) console.log(JSON.stringify({ items: reads }))
  else for (const read of reads) console.log(show(read))
}

function lineOf({ id, schedule, zone, next_tick, cut_date, revision, current, due }: ReadStatus): string {
  const when = schedule === null ? 'on request' : `"${schedule}" ${zone}, next ${next_tick}`
  const runs = [current === null ? '' : `  under way: ${current}`, due === null ? '' : `  waits: ${due}`].join('')
  return `${id}  cut date ${cut_date ?? 'none'} (revision ${revision})  ${when}${runs}`
}

function textOf(read: ReadStatus): string {
  const lease = read.lease === null ? 'free' : `${read.lease.worker} until ${read.lease.until}`
  const windows = read.windows.map((window) => {
    const { from, to, state, read: rows, published, missing, read_again, digest } = window
    const counts = `read ${rows}, published ${published}, missing ${missing}, read again ${read_again}`
    return `  [${from ?? 'the beginning'}, ${to})  ${state}  ${counts}  ${digest?.slice(0, 12) ?? ''}  ${window.task}`
  })
  return [lineOf(read), `  lease: ${lease}`, ...windows].join('\n')
}
