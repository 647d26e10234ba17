import type { OperationDeps } from '../operations/dependencies.ts'
import { listPositions, setPositions } from '../operations/positions.ts'
import { commandUser, readArguments } from './arguments.ts'
import { noted, targetOf } from './noted.ts'
import { onPlatform } from './open-operations.ts'
import { printList } from './print-list.ts'
import { UsageError } from './usage-error.ts'

const USAGE = `waldstream positions list <group> [--json]
waldstream positions set <group> --at earliest|latest [--yes] [--json]

  The offset that the group of a sink, for example deliver-erp, resumes from when the broker has lost it. \`set\` takes
  effect for partitions the broker has no offset of; a running sink that waits for a position begins within 30 s.
  With --yes, after it was said how many stored events that affects.`

const options = {
  at: { type: 'string' },
  yes: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

export async function positionsCommand(args: readonly string[]): Promise<void> {
  const { values, positionals } = readArguments(args, options, USAGE)
  if (values.help) return console.log(USAGE)
  const [action, group, ...more] = positionals
  if ((action !== 'list' && action !== 'set') || group === undefined || more.length > 0) {
    throw new UsageError('positions takes list or set, and one group', USAGE)
  }
  const { at } = values
  if (action === 'set' && at !== 'earliest' && at !== 'latest') {
    throw new UsageError(`--at must be earliest or latest, not "${at ?? ''}"`, USAGE)
  }
  const by = commandUser()
  const act = async (operations: OperationDeps) => {
    const wanted = { group, at: at === 'earliest' ? 'earliest' : 'latest', confirm: values.yes } as const
    if (action === 'set') await setPositions(operations, by, wanted)
    const rows = await listPositions(operations, by, group)
    if (values.json) return console.log(JSON.stringify(rows))
    const lineOf = (row: (typeof rows)[number]) => `${row.topic} ${row.partition}: ${row.offset ?? 'no position'}`
    printList(rows, lineOf, `${group} has no position yet`)
  }
  if (action === 'list') return await onPlatform(act)
  await noted(by, { what: 'positions set', target: targetOf([group]) }, () => onPlatform(act))
}
