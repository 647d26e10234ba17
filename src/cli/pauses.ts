import { configFromEnvironment } from '../config.ts'
import { listPauses, resume } from '../control/pauses.ts'
import { StreamError } from '../errors.ts'
import { readArguments, UsageError } from './arguments.ts'
import { openTables } from './platform.ts'

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
  const { tables, close } = await openTables(configFromEnvironment())
  try {
    if (isResume) {
      if (!(await resume(tables, stage, connection))) {
        throw new StreamError(
          'not_found',
          `${connection} is not paused at ${stage}; "waldstream pauses list" shows what is`,
        )
      }
      return console.log(values.json ? JSON.stringify({ stage, connection }) : `${connection} goes on at ${stage}`)
    }
    const pauses = await listPauses(tables)
    const items = pauses.map((row) => ({ ...row, probe_at: new Date(row.probe_at).toISOString() }))
    if (values.json) return console.log(JSON.stringify({ items }))
    for (const row of items) {
      console.log(`${row.connection} at ${row.stage} since ${row.since}, tried again at ${row.probe_at}`)
      console.log(`  ${row.code}: ${row.message}`)
    }
  } finally {
    close()
  }
}
