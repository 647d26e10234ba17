import { StreamError } from '../errors.ts'
import { isoTime } from '../events/times.ts'
import type { OperationDeps } from '../operations/dependencies.ts'
import type { Principal } from '../operations/principal.ts'
import {
  decideRebuild,
  listRebuilds,
  previewRebuild,
  requestRebuild,
  showRebuild,
  undecidedRebuild,
  undoableRebuild,
} from '../operations/rebuilds.ts'
import type { Clock } from '../platform/clock.ts'
import type { Difference, Rebuild } from '../projections/rebuild/rebuild.ts'
import { commandUser } from './arguments.ts'
import type { Given } from './command.ts'
import type { rebuildList, rebuildTable } from './commands/rebuild.ts'
import { noted, targetOf } from './noted.ts'
import { onPlatform } from './open-operations.ts'
import { printList } from './print-list.ts'
import { withProgress } from './progress.ts'
import { UsageError } from './usage-error.ts'
import { isFound, wholeId } from './whole-id.ts'

type Values = Given<typeof rebuildTable>

const MOST_LISTED = 500

/** Decisions about an existing rebuild. */
const decisions = ['switch', 'undo', 'drop'] as const

export async function listRebuildsCommand(given: Given<typeof rebuildList>): Promise<void> {
  const items = await onPlatform((operations) => listRebuilds(operations, commandUser(given.by), 50))
  if (given.json) return console.log(JSON.stringify({ items }))
  printList(
    items,
    ({ id, state, table, events }) => `${id} ${state} ${table}, ${events} events`,
    'there are no rebuilds',
  )
}

export async function rebuildCommand(values: Given<typeof rebuildTable>): Promise<void> {
  const decision = decisions.find((one) => values[one])
  const asked = [values.preview, ...decisions.map((one) => values[one])].filter((one) => one)
  if (asked.length > 1) {
    throw new UsageError('--preview, --switch, --undo and --drop cannot be combined')
  }
  const run = () => onPlatform((operations, { clock }) => act(operations, clock, values))
  if (values.preview) return await run()
  const what = decision === undefined ? 'rebuild' : `rebuild --${decision}`
  await noted(commandUser(values.by), { what, target: targetOf([values.table]) }, run)
}

async function act(operations: OperationDeps, clock: Clock, values: Values): Promise<void> {
  const { table } = values
  const by = commandUser(values.by)
  if (values.preview) {
    const preview = await previewRebuild(operations, by, table)
    const { topic, events, live_generation, next_generation } = preview
    const ends = preview.ends_undo_of === null ? '' : `; ends the undo of ${preview.ends_undo_of}`
    const text = `${events} events of ${topic} into generation ${next_generation}, beside ${live_generation}${ends}`
    return console.log(values.json ? JSON.stringify(preview) : text)
  }
  const decision = decisions.find((one) => values[one])
  if (decision !== undefined) {
    const id = await decidedId(operations, by, decision, table)
    const job = await decideRebuild(operations, by, { id, decision, confirm: values.yes })
    return console.log(values.json ? JSON.stringify(job) : `${id}: ${whatCame(job, decision)}`)
  }
  const job = await requestRebuild(operations, by, { table, reason: values.reason ?? null })
  print(values.wait ? await untilReady(operations, by, { id: job.id, clock, json: values.json }) : job, values)
}

/** The rebuild to decide: that of a table, or the one whose id begins with the text. */
async function decidedId(
  operations: OperationDeps,
  by: Principal,
  decision: (typeof decisions)[number],
  name: string,
): Promise<string> {
  if (!name.startsWith('rebuild-')) {
    const find = decision === 'undo' ? undoableRebuild : undecidedRebuild
    return (await find(operations, by, name)).id
  }
  return await wholeId(name, {
    what: 'rebuild',
    isThere: (id) => isFound(() => showRebuild(operations, by, id)),
    async *pages() {
      yield (await listRebuilds(operations, by, MOST_LISTED)).map(({ id }) => id)
    },
  })
}

function whatCame({ generation, live_generation, undo_until }: Rebuild, decision: (typeof decisions)[number]): string {
  if (decision === 'drop') return 'the live table is unchanged'
  if (decision === 'undo')
    return `readers get generation ${live_generation} again; generation ${generation} stays beside it`
  const until = undo_until === null ? '' : `; --undo goes back until ${isoTime(undo_until)}`
  return `readers get generation ${generation} now${until}`
}

interface Building {
  readonly id: string
  readonly clock: Clock
  readonly json: boolean
}

async function untilReady(operations: OperationDeps, by: Principal, { id, clock, json }: Building): Promise<Rebuild> {
  return await withProgress(`rebuild ${id}`, json, async (report) => {
    for (;;) {
      const job = await showRebuild(operations, by, id)
      const { state, events, error } = job
      if (error !== null) throw new StreamError('state_conflict', `${id}: ${error.code}: ${error.message}`)
      if (state !== 'due' && state !== 'building') return job
      report(`${state}, ${events} events`)
      await clock.sleep(250)
    }
  })
}

function print(job: Rebuild, values: Values): void {
  if (values.json) {
    console.log(JSON.stringify(job))
    return
  }
  console.log(`${job.id} ${job.state}: ${job.events} events in generation ${job.generation ?? '?'}`)
  if (job.difference !== null) for (const line of differenceLines(job.difference)) console.log(line)
  if (job.state === 'ready') console.log(`"waldstream rebuild ${job.table} --switch" or --drop`)
}

function differenceLines(difference: Difference): readonly string[] {
  const { rows_live, rows_rebuilt, only_live, only_rebuilt, differing, fields, samples } = difference
  const counted = Object.entries(fields).map(([name, rows]) => `${name} in ${rows}`)
  return [
    `rows: ${rows_live} live, ${rows_rebuilt} rebuilt; ${only_live} only live, ${only_rebuilt} only rebuilt, ${differing} differ`,
    ...(counted.length === 0 ? [] : [`fields: ${counted.join(', ')}`]),
    ...samples.map(({ connection, source, kind, fields: of, ...key }) => {
      const changes = Object.entries(of).map(
        ([name, { live, rebuilt }]) => `${name}: ${JSON.stringify(live)} → ${JSON.stringify(rebuilt)}`,
      )
      return `  ${connection} ${source} ${Object.values(key).join(' ')} ${kind} ${changes.join(', ')}`.trimEnd()
    }),
  ]
}
