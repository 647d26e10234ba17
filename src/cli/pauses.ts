import { readConfiguration } from '../configuration/read-configuration.ts'
import { ALL_CONNECTIONS } from '../control/connection-guard.ts'
import { READS } from '../control/read-holds.ts'
import type { OperationDeps } from '../operations/dependencies.ts'
import {
  HELD,
  hold as holdAt,
  listPauses,
  type ParkedKey,
  type PausePlace,
  type PauseStatus,
  resumeConnection,
  tryParked,
} from '../operations/pauses.ts'
import { unknownConnection } from '../operations/unknown-connection.ts'
import { commandUser, readArguments, timeOption } from './arguments.ts'
import { noted, targetOf } from './noted.ts'
import { onPlatform, onTables } from './open-operations.ts'
import { printList } from './print-list.ts'
import { UsageError } from './usage-error.ts'

const USAGE = `waldstream pauses list [--json]
waldstream pauses hold <connection|read|system|stage> --reason TEXT [--stage STAGE] [--until ISO-8601] [--by WHO] [--json]
waldstream pauses resume <stage> [<connection>] [--json]
waldstream pauses try <stage> <connection> <key> [--json]

  Connections and reads that are held: by hand, or because most of their last records failed. Their records wait; those of other
  connections go on. After failures one record is tried every few minutes, and when it goes through the pause ends by itself.
  resume ends it now: what waits is released within seconds.
  try   has what waits of one key (as GET /v1/parked and the page have it) tried now, whenever it would be tried again.
  hold  of a connection keeps orders from the vendor until somebody resumes, or --until; --stage holds something else, such as
        deliver-<shop> or map-products. Of a read it begins no run: a tick that is missed is caught up, and what is asked for
        waits. A run under way goes on; "waldstream tasks cancel" ends it. Of a system it begins no run of its reads, and what
        is for the system waits. Such holds are of the stage "reads". Of a stage (map-products) it holds all connections;
        resume it without a connection. What is to stay off has "enabled: false" in its document.`

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
  const [action, first, second, third, ...more] = positionals
  if (action === 'list' && first === undefined) return await list(values)
  if (action === 'hold' && first !== undefined && second === undefined) return await hold(first, values)
  if (action === 'resume' && first !== undefined && third === undefined) {
    return await resume({ stage: first, connection: second ?? ALL_CONNECTIONS }, values)
  }
  if (action === 'try' && first && second && third && more.length === 0) {
    return await tryNow({ stage: first, connection: second, key: third }, values)
  }
  throw new UsageError(
    'pauses takes list, hold with a connection, read, system or stage, resume with a stage and a connection, or try with a key, too',
    USAGE,
  )
}

async function list({ json }: Values): Promise<void> {
  const items = await onTables((operations) => listPauses(operations, commandUser()))
  if (json) return console.log(JSON.stringify({ items }))
  const textOf = (row: PauseStatus) =>
    `${row.connection} at ${row.stage} since ${row.since}, ${endText(row)}\n  ${row.code}: ${row.message}`
  printList(items, textOf, 'nothing is paused or held')
}

async function hold(target: string, values: Values): Promise<void> {
  const { reason } = values
  if (reason === undefined || reason.trim() === '') throw new UsageError('hold needs --reason', USAGE)
  const until = timeOption('until', values.until, USAGE)
  const by = commandUser(values.by)
  const change = { what: 'pauses hold', target: targetOf([target]) }
  const held = await noted(by, change, () =>
    onPlatform(async (operations) => {
      const place = await placeOf(operations, target, values.stage)
      return await holdAt(operations, by, { ...place, reason, until })
    }),
  )
  console.log(values.json ? JSON.stringify(held) : `${target} is held at ${held.stage}, ${endText(held)}`)
}

function endText({ code, stage, connection, probe_at }: PauseStatus): string {
  if (code !== HELD) return `tried again at ${probe_at}`
  const isOpen = probe_at.startsWith('9999-')
  return isOpen ? `until somebody runs: waldstream pauses resume ${stage} ${connection}` : `until ${probe_at}`
}

/** A connection is held where its orders are delivered; what is none is a read, a system or a stage. */
async function placeOf(operations: OperationDeps, target: string, stage: string | undefined): Promise<PausePlace> {
  if (stage !== undefined) return { stage, connection: target }
  const { connections, systems } = await readConfiguration(operations.tables)
  const found = connections.find(({ id }) => id === target)
  if (found !== undefined) return { stage: `deliver-${found.vendor}`, connection: target }
  const isRead = systems.some(({ id, reads }) => id === target || reads.some((read) => read.id === target))
  if (isRead) return { stage: READS, connection: target }
  if ((await operations.parkingStages()).includes(target)) return { stage: target, connection: ALL_CONNECTIONS }
  throw await unknownConnection(operations.tables, commandUser(), target)
}

async function tryNow(place: ParkedKey, { json }: Values): Promise<void> {
  const by = commandUser()
  const change = { what: 'pauses try', target: targetOf([place.stage, place.connection, place.key]) }
  const done = await noted(by, change, () => onPlatform((operations) => tryParked(operations, by, place)))
  console.log(json ? JSON.stringify(done) : `${place.key} is tried now at ${place.stage}`)
}

async function resume(place: PausePlace, { json }: Values): Promise<void> {
  const by = commandUser()
  const change = { what: 'pauses resume', target: targetOf([place.stage, place.connection]) }
  const done = await noted(by, change, () => onTables((operations) => resumeConnection(operations, by, place)))
  console.log(json ? JSON.stringify(done) : `${place.connection} goes on at ${place.stage}`)
}
