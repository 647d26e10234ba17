import { listPauses, resumeConnection } from '../operations/pauses.ts'
import { commandUser, readArguments, UsageError } from './arguments.ts'
import { onTables } from './open-operations.ts'

const USAGE = `waldstream pauses list [--json]
waldstream pauses resume <stage> <connection> [--json]

  Connections that a stage holds because most of their last records failed. Their records wait; one is tried every few
  minutes, and when it goes through the pause ends by itself. resume ends it now: what waits is released within seconds.`

export async function pausesCommand(args: readonly string[]): Promise<void> {
  const options = {
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h', default: false },
  } as const
  const { values, positionals } = readArguments(args, options, USAGE)
  if (values.help) return console.log(USAGE)
  const [action, stage, connection, ...more] = positionals
  const isList = action === 'list' && stage === undefined
  const isResume = action === 'resume' && stage !== undefined && connection !== undefined && more.length === 0
  if (!isList && !isResume) throw new UsageError('pauses takes list, or resume with a stage and a connection', USAGE)
  await onTables(async (operations) => {
    if (isResume) {
      const place = await resumeConnection(operations, commandUser(), { stage, connection })
      return console.log(values.json ? JSON.stringify(place) : `${connection} goes on at ${stage}`)
    }
    const items = await listPauses(operations, commandUser())
    if (values.json) return console.log(JSON.stringify({ items }))
    for (const row of items) {
      console.log(`${row.connection} at ${row.stage} since ${row.since}, tried again at ${row.probe_at}`)
      console.log(`  ${row.code}: ${row.message}`)
    }
  })
}
