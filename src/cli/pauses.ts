import { readConfiguration } from '../configuration/read-configuration.ts'
import { ALL_CONNECTIONS } from '../control/connection-guard.ts'
import { HELD, READS } from '../control/read-holds.ts'
import type { OperationDeps } from '../operations/dependencies.ts'
import {
  hold as holdAt,
  listPauses,
  type PausePlace,
  type PauseStatus,
  resumeConnection,
  tryParked,
} from '../operations/pauses.ts'
import { unknownConnection } from '../operations/unknown-connection.ts'
import { commandUser, timeOption } from './arguments.ts'
import type { Given } from './command.ts'
import type { pausesHold, pausesList, pausesResume, pausesTry } from './commands/pauses.ts'
import { noted, targetOf } from './noted.ts'
import { onPlatform, onTables } from './open-operations.ts'
import { printList } from './print-list.ts'
import { UsageError } from './usage-error.ts'

export async function listPausesCommand({ json }: Given<typeof pausesList>): Promise<void> {
  const items = await onTables((operations) => listPauses(operations, commandUser()))
  if (json) return console.log(JSON.stringify({ items }))
  const textOf = (row: PauseStatus) =>
    `${row.connection} at ${row.stage} since ${row.since}, ${endText(row)}\n  ${row.code}: ${row.message}`
  printList(items, textOf, 'there are no pauses or holds')
}

export async function holdCommand(values: Given<typeof pausesHold>): Promise<void> {
  const { target, reason } = values
  if (reason === undefined || reason.trim() === '') throw new UsageError('hold needs --reason')
  const until = timeOption('until', values.until)
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

/**
 * Finds what the target is. A connection is held where its orders are delivered; else it is a read, system or stage.
 */
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

export async function tryCommand({ json, by: who, ...place }: Given<typeof pausesTry>): Promise<void> {
  const by = commandUser(who)
  const change = { what: 'pauses try', target: targetOf([place.stage, place.connection, place.key]) }
  const done = await noted(by, change, () => onPlatform((operations) => tryParked(operations, by, place)))
  console.log(json ? JSON.stringify(done) : `${place.key} is tried now at ${place.stage}`)
}

export async function resumeCommand(given: Given<typeof pausesResume>): Promise<void> {
  const { stage, connection = ALL_CONNECTIONS, json } = given
  const place: PausePlace = { stage, connection }
  const by = commandUser(given.by)
  const change = { what: 'pauses resume', target: targetOf([place.stage, place.connection]) }
  const done = await noted(by, change, () => onTables((operations) => resumeConnection(operations, by, place)))
  console.log(json ? JSON.stringify(done) : `${place.connection} continues at ${place.stage}`)
}
