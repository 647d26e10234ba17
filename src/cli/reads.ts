import { listReads, type ReadStatus, setCutDate, showRead } from '../operations/reads.ts'
import { commandUser, timeOption } from './arguments.ts'
import type { Given } from './command.ts'
import type { readsList, readsSetCutDate, readsShow } from './commands/reads.ts'
import { noted, targetOf } from './noted.ts'
import { onTables } from './open-operations.ts'
import { printList } from './print-list.ts'
import { UsageError } from './usage-error.ts'

export async function listReadsCommand({ json }: Given<typeof readsList>): Promise<void> {
  await onTables(async (operations) => print(await listReads(operations, commandUser()), json, lineOf))
}

export async function showReadCommand({ read, json }: Given<typeof readsShow>): Promise<void> {
  await onTables(async (operations) => print([await showRead(operations, commandUser(), read)], json, textOf))
}

export async function setCutDateCommand(given: Given<typeof readsSetCutDate>): Promise<void> {
  const { read, json } = given
  const by = commandUser(given.by)
  const wanted = cutDateOf(given)
  const status = await noted(by, { what: 'reads set-cut-date', target: targetOf([read]) }, () =>
    onTables((operations) => setCutDate(operations, by, { read, ...wanted })),
  )
  print([status], json, textOf)
}

function cutDateOf({ cutDate: date, revision, yes: confirm, reason }: Given<typeof readsSetCutDate>) {
  if (date === undefined || reason === undefined || reason.trim() === '') {
    throw new UsageError('set-cut-date needs --cut-date and --reason')
  }
  if (revision !== undefined && !/^\d{1,9}$/.test(revision)) {
    throw new UsageError(`--revision must be a number, not "${revision}"`)
  }
  const time = date === 'none' ? null : timeOption('cut-date', date)
  const cutDate = time === null ? null : new Date(time).toISOString()
  return { cutDate, revision: revision === undefined ? null : Number(revision), confirm, reason }
}

function print(reads: readonly ReadStatus[], json: boolean, show: (read: ReadStatus) => string): void {
  if (json) console.log(JSON.stringify({ items: reads }))
  else printList(reads, show, 'no reads are configured: apply a folder with "waldstream apply"')
}

function lineOf({ id, schedule, zone, next_tick, cut_date, revision, current, due, held }: ReadStatus): string {
  const when = schedule === null ? 'on request' : `"${schedule}" ${zone}, next ${next_tick}`
  const runs = [current === null ? '' : `  running: ${current}`, due === null ? '' : `  waiting: ${due}`].join('')
  const hold = held === null ? '' : `  held until ${held.until ?? 'somebody resumes it'}: ${held.reason}`
  return `${id}  cut date ${cut_date ?? 'none'} (revision ${revision})  ${when}${runs}${hold}`
}

export function textOf(read: ReadStatus): string {
  const lease = read.lease === null ? 'free' : `${read.lease.worker} until ${read.lease.until}`
  const windows = read.windows.flatMap((window) => {
    const { from, to, state, read: rows, published, missing, read_again, digest } = window
    const counts = `read ${rows}, published ${published}, missing ${missing}, read again ${read_again}`
    const line = `  [${from ?? 'the beginning'}, ${to})  ${state}  ${counts}  ${digest?.slice(0, 12) ?? ''}  ${window.task}`
    return window.error === null ? [line] : [line, ...errorLines(window.error)]
  })
  return [lineOf(read), `  lease: ${lease}`, ...windows].join('\n')
}

function errorLines({ code, message, fix }: NonNullable<ReadStatus['windows'][number]['error']>): readonly string[] {
  return [`    ${code}: ${message}`, `    ${fix}`]
}
