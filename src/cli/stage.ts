import { entities } from '../events/topics.ts'
import { listStaged, stagedStatuses, viewOf, views } from '../operations/staged.ts'
import type { StagedFilter, StagedStatus } from '../projections/list-staged.ts'
import type { Payloads, ShownEvent, ShownRow } from '../projections/show-staged.ts'
import type { View } from '../projections/staged-row.ts'
import { commandUser, readArguments, timeOption, wholeOption } from './arguments.ts'
import { onPlatform } from './open-operations.ts'
import { printList } from './print-list.ts'
import { UsageError } from './usage-error.ts'

const USAGE = `waldstream stage <frontend|backend> <connection> <entity> [--status STATUS] [--key KEY] [--since ISO-8601]
                 [--until ISO-8601] [--events] [--raw] [--show-personal] [--limit N] [--after PLACE] [--json]

  What is staged of a connection towards the shop (frontend: products, inventory, images, fulfilments) or towards the ERP
  (backend: orders), the last changed first: status, answer of the target, and where the events are.
  --events  also what was read and what was mapped; --raw also the source's own text
  --show-personal  with what is said of persons, which is masked else
  --status  ${stagedStatuses.join('|')}
  --json    has the events always; 50 rows (--limit, at most 200)`

const options = {
  status: { type: 'string' },
  key: { type: 'string' },
  since: { type: 'string' },
  until: { type: 'string' },
  events: { type: 'boolean', default: false },
  raw: { type: 'boolean', default: false },
  'show-personal': { type: 'boolean', default: false },
  limit: { type: 'string' },
  after: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

type Values = ReturnType<typeof readArguments<typeof options>>['values']

export async function stageCommand(args: readonly string[]): Promise<void> {
  const { values, positionals } = readArguments(args, options, USAGE)
  if (values.help) return console.log(USAGE)
  const filter = filterOf(positionals, values)
  const limit = wholeOption('limit', values.limit, { usual: 50, most: 200 }, USAGE)
  const payloads: Payloads = values.raw ? 'raw' : values.events || values.json ? 'events' : 'places'
  const wanted = { filter, payloads, limit, after: values.after ?? null }
  const by = commandUser(undefined, values['show-personal'])
  const { items, next } = await onPlatform((operations) => listStaged(operations, by, wanted))
  if (values.json) return console.log(JSON.stringify({ items, next }))
  printList(items, stagedText, 'nothing is staged')
  if (next !== null) console.log(`more with --after '${next}'`)
}

function filterOf(positionals: readonly string[], values: Values): StagedFilter {
  const [view, connection, entity, ...more] = positionals
  if (!views.includes(view as View) || connection === undefined || entity === undefined || more.length > 0) {
    throw new UsageError('stage takes frontend or backend, a connection and an entity', USAGE)
  }
  if (!(entities as readonly string[]).includes(entity)) {
    throw new UsageError(`the entity must be one of ${entities.join(', ')}, not "${entity}"`, USAGE)
  }
  if (viewOf(entity) !== view) {
    throw new UsageError(
      `${entity} are in the ${viewOf(entity)}: stage ${viewOf(entity)} ${connection} ${entity}`,
      USAGE,
    )
  }
  const { status = null, key = null } = values
  if (status !== null && !stagedStatuses.includes(status as StagedStatus)) {
    throw new UsageError(`--status must be one of ${stagedStatuses.join(', ')}, not "${status}"`, USAGE)
  }
  const times = { since: timeOption('since', values.since, USAGE), until: timeOption('until', values.until, USAGE) }
  return { connection, entity, status: status as StagedStatus | null, key, ...times }
}

/** A row of a view in lines: how it stands, the answer, where its events are, and the events where they were read. */
function stagedText({ key, source, status, stage, updated_at, as_read, as_mapped, answer }: ShownRow): string {
  const { target_id, code, message, attempts } = answer
  return [
    `${key} ${status} ${updated_at} ${stage} (${source}, attempts ${attempts})`,
    target_id === null ? null : `  target ${target_id}`,
    code === null && message === null ? null : `  ${[code, message].filter((part) => part !== null).join(': ')}`,
    `  read   ${eventText(as_read)}`,
    `  mapped ${eventText(as_mapped)}`,
  ]
    .filter((line) => line !== null)
    .join('\n')
}

function eventText(shown: ShownEvent | null): string {
  if (shown === null) return 'nothing'
  const { topic, partition, offset, bytes, event, problem } = shown
  const place = `${topic} partition ${partition} offset ${offset}, ${bytes} bytes`
  if (problem !== null) return `${place}: ${problem}`
  return event === null ? place : `${place}\n${JSON.stringify(event, null, 2)}`
}
