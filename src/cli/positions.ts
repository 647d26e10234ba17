import type { OperationDeps } from '../operations/dependencies.ts'
import { listPositions, setPositions } from '../operations/positions.ts'
import { commandUser } from './arguments.ts'
import type { Given } from './command.ts'
import type { positionsList, positionsSet } from './commands/positions.ts'
import { noted, targetOf } from './noted.ts'
import { onPlatform } from './open-operations.ts'
import { printList } from './print-list.ts'
import { UsageError } from './usage-error.ts'

export async function listPositionsCommand({ group, json }: Given<typeof positionsList>): Promise<void> {
  await onPlatform((operations) => print(operations, group, json))
}

export async function setPositionsCommand({ group, at, yes, json }: Given<typeof positionsSet>): Promise<void> {
  if (at !== 'earliest' && at !== 'latest') {
    throw new UsageError(`--at must be earliest or latest, not "${at ?? ''}"`)
  }
  const by = commandUser()
  await noted(by, { what: 'positions set', target: targetOf([group]) }, () =>
    onPlatform(async (operations) => {
      await setPositions(operations, by, { group, at, confirm: yes })
      await print(operations, group, json)
    }),
  )
}

async function print(operations: OperationDeps, group: string, json: boolean): Promise<void> {
  const rows = await listPositions(operations, commandUser(), group)
  if (json) return console.log(JSON.stringify(rows))
  const lineOf = (row: (typeof rows)[number]) => `${row.topic} ${row.partition}: ${row.offset ?? 'no position'}`
  printList(rows, lineOf, `${group} has no positions yet`)
}
