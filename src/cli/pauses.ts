import { readConfiguration } from '../configuration/read-configuration.ts'
import { READS } from '../control/read-holds.ts'
import type { OperationDeps } from '../operations/dependencies.ts'
import { HELD, hold as holdAt, listPauses, type PauseStatus, resumeConnection } from '../operations/pauses.ts'
import { unknownConnection } from '../operations/unknown-connection.ts'
import { commandUser, readArguments, timeOption, UsageError } from './arguments.ts'
import { noted, targetOf } from './noted.ts'
import { onPlatform, onTables } from './open-operations.ts'

const USAGE = `waldstream pauses list [--json]
waldstream pauses hold <connection|read|system> --reason TEXT [--stage STAGE] [--until ISO-8601] [--by WHO] [--json]
waldstream pauses resume <stage> <connection> [--json]

  Connections and reads that are held: by hand, or because most of their last records failed. Their records wait; those of other
  connections go on. After failures one record is tried every few minutes, and when it goes through the pause ends by itself.
  resume ends it now: what waits is released within seconds.
  hold  of a connection keeps orders from the vendor until somebody resumes, or --until; --stage holds something else, such as
        deliver-<shop> or map-products. Of a read, or of a system with all its reads, it begins no run: a tick that is missed
        is caught up, and what is asked for waits. A run under way goes on; "waldstream tasks cancel" ends it.
        Such holds are of the stage "reads".`

const options = {
  reason: { type: 'string' },
  stage: { type: 'string' },
  until: { type: 'string' },
  by: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

type Values = ReturnType<typeof readArguments<typeof options>>['values']

export async function pausesCommand(args: readonly string[]): Promise<void> {
  const { values, positionals } = readArguments(args, options, USAGE)
  if (values.help) return console.log(USAGE)
  const [action, first, second, ...more] = positionals
  if (action === 'list' && first === undefined) return await list(values)
  if (action === 'hold' && first !== undefined && second === undefined) return await hold(first, values)
  if (action === 'resume' && first !== undefined && second !== undefined && more.length === 0) {
    return await resume({ stage: first, connection: second }, values)
  }
  throw new UsageError(
    'pauses takes list, hold with a connection, read or system, or resume with a stage and a connection',
    USAGE,
  )
}

async function list({ json }: Values): Promise<void> {
  const items = await onTables((operations) => listPauses(operations, commandUser()))
  if (json) return console.log(JSON.stringify({ items }))
  for (const row of items) {
    console.log(`${row.connection} at ${row.stage} since ${row.since}, ${endText(row)}`)
    console.log(`  ${row.code}: ${row.message}`)
  }
}

async function hold(target: string, values: Values): Promise<void> {
  const { reason } = values
  if (reason === undefined || reason.trim() === '') throw new UsageError('hold needs --reason', USAGE)
  const until = timeOption('until', values.until, USAGE)
  const by = commandUser(values.by)
  const change = { what: 'pauses hold', target: targetOf([target]) }
  const held = await noted(by, change, () =>
    onPlatform(async (operations) => {
      const stage = values.stage ?? (await usualStage(operations, target))
      return await holdAt(operations, by, { stage, connection: target, reason, until })
    }),
  )
  console.log(values.json ? JSON.stringify(held) : `${target} is held at ${held.stage}, ${endText(held)}`)
}

function endText({ code, stage, connection, probe_at }: PauseStatus): string {
  if (code !== HELD) return `tried again at ${probe_at}`
  const isOpen = probe_at.startsWith('9999-')
  return isOpen ? `until somebody runs: waldstream pauses resume ${stage} ${connection}` : `until ${probe_at}`
}

/** Of a connection that of its orders; of what is none but a read or a system, that of reads. */
async function usualStage({ tables }: OperationDeps, target: string): Promise<string> {
  const { connections, systems } = await readConfiguration(tables)
  const found = connections.find(({ id }) => id === target)
  if (found !== undefined) return `deliver-${found.vendor}`
  const isRead = systems.some(({ id, reads }) => id === target || reads.some((read) => read.id === target))
  if (isRead) return READS
  throw await unknownConnection(tables, commandUser(), target)
}

async function resume(place: { readonly stage: string; readonly connection: string }, { json }: Values): Promise<void> {
  const by = commandUser()
  const change = { what: 'pauses resume', target: targetOf([place.stage, place.connection]) }
  const done = await noted(by, change, () => onTables((operations) => resumeConnection(operations, by, place)))
  console.log(json ? JSON.stringify(done) : `${place.connection} goes on at ${place.stage}`)
}
