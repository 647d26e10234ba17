import { listReads, type ReadStatus, setCutDate, showRead } from '../operations/reads.ts'
import { commandUser, readArguments, timeOption } from './arguments.ts'
import { noted, targetOf } from './noted.ts'
import { onTables } from './open-operations.ts'
import { printList } from './print-list.ts'
import { UsageError } from './usage-error.ts'

const USAGE = `waldstream reads [list] [--json]
waldstream reads show <read> [--json]
waldstream reads set-cut-date <read> --cut-date ISO-8601|none --reason TEXT [--revision N | --yes] [--by WHO] [--json]

  Reads with their schedule, cut date, lease and last windows. A cut date is set on the revision that was read (the list
  shows it), or with --yes, after it was said what that affects; and not while a run of the read is under way; "none" begins at startFrom again.`

const options = {
  'cut-date': { type: 'string' },
  revision: { type: 'string' },
  yes: { type: 'boolean', default: false },
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
  const by = commandUser(values.by)
  const wanted = action === 'set-cut-date' ? cutDateOf(values) : null
  if (id === undefined) {
    return await onTables(async (operations) => print(await listReads(operations, by), values.json, lineOf))
  }
  if (wanted === null) {
    return await onTables(async (operations) => print([await showRead(operations, by, id)], values.json, textOf))
  }
  const read = await noted(by, { what: 'reads set-cut-date', target: targetOf([id]) }, () =>
    onTables((operations) => setCutDate(operations, by, { read: id, ...wanted })),
  )
  print([read], values.json, textOf)
}

function cutDateOf(values: { 'cut-date'?: string; revision?: string; yes: boolean; reason?: string }) {
  const { 'cut-date': date, revision, yes: confirm, reason } = values
  if (date === undefined || reason === undefined || reason.trim() === '') {
    throw new UsageError('set-cut-date needs --cut-date and --reason', USAGE)
  }
  if (revision !== undefined && !/^\d{1,9}$/.test(revision))
    throw new UsageError(`--revision must be a number, not "${revision}"`, USAGE)
  const time = date === 'none' ? null : timeOption('cut-date', date, USAGE)
  const cutDate = time === null ? null : new Date(time).toISOString()
  return { cutDate, revision: revision === undefined ? null : Number(revision), confirm, reason }
}

function print(reads: readonly ReadStatus[], json: boolean, show: (read: ReadStatus) => string): void {
  if (json) console.log(JSON.stringify({ items: reads }))
  else printList(reads, show, 'no read is configured: "waldstream apply" puts a folder into the tables')
}

function lineOf({ id, schedule, zone, next_tick, cut_date, revision, current, due, held }: ReadStatus): string {
  const when = schedule === null ? 'on request' : `"${schedule}" ${zone}, next ${next_tick}`
  const runs = [current === null ? '' : `  under way: ${current}`, due === null ? '' : `  waits: ${due}`].join('')
  const hold = held === null ? '' : `  held until ${held.until ?? 'somebody resumes it'}: ${held.reason}`
  return `${id}  cut date ${cut_date ?? 'none'} (revision ${revision})  ${when}${runs}${hold}`
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
