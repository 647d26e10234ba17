import { entities } from '../events/topics.ts'
import { listStaged, stagedStatuses, viewOf, views } from '../operations/staged.ts'
import type { StagedFilter, StagedStatus } from '../projections/list-staged.ts'
import type { Payloads, ShownEvent, ShownRow } from '../projections/show-staged.ts'
import type { View } from '../projections/staged-row.ts'
import { commandUser, timeOption, wholeOption } from './arguments.ts'
import type { Given } from './command.ts'
import type { stage } from './commands/stage.ts'
import { onPlatform } from './open-operations.ts'
import { printList } from './print-list.ts'
import { UsageError } from './usage-error.ts'

export async function stageCommand(values: Given<typeof stage>): Promise<void> {
  const filter = filterOf(values)
  const limit = wholeOption('limit', values.limit, { usual: 50, most: 200 })
  const payloads: Payloads = values.raw ? 'raw' : values.events || values.json ? 'events' : 'places'
  const wanted = { filter, payloads, limit, after: values.after ?? null }
  const by = commandUser(undefined, values.showPersonal)
  const { items, next } = await onPlatform((operations) => listStaged(operations, by, wanted))
  if (values.json) return console.log(JSON.stringify({ items, next }))
  printList(items, stagedText, 'no staged entities match these options')
  if (next !== null) console.log(`more with --after '${next}'`)
}

function filterOf(values: Given<typeof stage>): StagedFilter {
  const { view, connection, entity } = values
  if (!views.includes(view as View)) {
    throw new UsageError(`the view must be frontend or backend, not "${view}"`)
  }
  if (!(entities as readonly string[]).includes(entity)) {
    throw new UsageError(`the entity must be one of ${entities.join(', ')}, not "${entity}"`)
  }
  if (viewOf(entity) !== view) {
    throw new UsageError(`${entity} are in the view ${viewOf(entity)}: stage ${viewOf(entity)} ${connection} ${entity}`)
  }
  const { status = null, key = null } = values
  if (status !== null && !stagedStatuses.includes(status as StagedStatus)) {
    throw new UsageError(`--status must be one of ${stagedStatuses.join(', ')}, not "${status}"`)
  }
  const times = { since: timeOption('since', values.since), until: timeOption('until', values.until) }
  return { connection, entity, status: status as StagedStatus | null, key, ...times }
}

/** A staged row as text: status, answer, places of its events, and the events if they were requested. */
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
  if (shown === null) return 'none'
  const { topic, partition, offset, bytes, event, problem } = shown
  const place = `${topic} partition ${partition} offset ${offset}, ${bytes} bytes`
  if (problem !== null) return `${place}: ${problem}`
  return event === null ? place : `${place}\n${JSON.stringify(event, null, 2)}`
}
