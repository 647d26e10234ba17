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
import { feeds } from '../projections/feeds.ts'
import type { Difference, Rebuild } from '../projections/rebuild/rebuild.ts'
import { commandUser, readArguments } from './arguments.ts'
import { noted, targetOf } from './noted.ts'
import { onPlatform } from './open-operations.ts'
import { printList } from './print-list.ts'
import { UsageError } from './usage-error.ts'

const USAGE = `waldstream rebuild <table> [--preview | --switch [--yes] | --undo [--yes] | --drop [--yes]] [--reason TEXT] [--no-wait] [--json]
waldstream rebuild list [--json]

  Rebuilds a feed table (universal_products, or its feed: ${feeds.map(({ entity }) => entity).join(', ')}) from its topic, beside the live
  one; waits until it is ready and shows what would change. The projector role does it, and keeps it up to date.

  --preview  says how many events it would be, and begins nothing
  --switch   readers get the rebuilt table from now on; their cursors expire, and they begin again; with --yes, after
             it was said what that affects
  --undo     readers get the table from before the switch again, with all that came since, as long as it is kept: for a day,
             or until the next rebuild; the rebuilt one stays beside it; with --yes as well
  --drop     the rebuilt table goes; the live table is as it was; with --yes as well
  --no-wait  returns as soon as it is asked for
  --by       who asks; the user of this machine by default`

const options = {
  preview: { type: 'boolean', default: false },
  switch: { type: 'boolean', default: false },
  undo: { type: 'boolean', default: false },
  drop: { type: 'boolean', default: false },
  yes: { type: 'boolean', default: false },
  'no-wait': { type: 'boolean', default: false },
  reason: { type: 'string' },
  by: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

type Values = ReturnType<typeof readArguments<typeof options>>['values']

/** What is decided of a rebuild that is there. */
const decisions = ['switch', 'undo', 'drop'] as const

export async function rebuildCommand(args: readonly string[]): Promise<void> {
  const { values, positionals } = readArguments(args, options, USAGE)
  if (values.help) return console.log(USAGE)
  const [table, ...more] = positionals
  if (table === undefined || more.length > 0) throw new UsageError('rebuild takes one table, or list', USAGE)
  const decision = decisions.find((one) => values[one])
  const asked = [values.preview, ...decisions.map((one) => values[one])].filter((one) => one)
  if (asked.length > 1) {
    throw new UsageError('--preview, --switch, --undo and --drop can not be given together', USAGE)
  }
  const run = () => onPlatform((operations, { clock }) => act(operations, clock, table, values))
  if (table === 'list' || values.preview) return await run()
  const what = decision === undefined ? 'rebuild' : `rebuild --${decision}`
  await noted(commandUser(values.by), { what, target: targetOf([table]) }, run)
}

async function act(operations: OperationDeps, clock: Clock, table: string, values: Values): Promise<void> {
  const by = commandUser(values.by)
  if (table === 'list') {
    const items = await listRebuilds(operations, by, 50)
    if (values.json) console.log(JSON.stringify({ items }))
    else
      printList(
        items,
        ({ id, state, table: of, events }) => `${id} ${state} ${of}, ${events} events`,
        'no table was rebuilt',
      )
    return
  }
  if (values.preview) {
    const preview = await previewRebuild(operations, by, table)
    const { topic, events, live_generation, next_generation } = preview
    const ends = preview.ends_undo_of === null ? '' : `; ends the undo of ${preview.ends_undo_of}`
    const text = `${events} events of ${topic} into generation ${next_generation}, beside ${live_generation}${ends}`
    return console.log(values.json ? JSON.stringify(preview) : text)
  }
  const decision = decisions.find((one) => values[one])
  if (decision !== undefined) {
    const find = decision === 'undo' ? undoableRebuild : undecidedRebuild
    const { id } = await find(operations, by, table)
    const job = await decideRebuild(operations, by, { id, decision, confirm: values.yes })
    return console.log(values.json ? JSON.stringify(job) : `${id}: ${whatCame(job, decision)}`)
  }
  const job = await requestRebuild(operations, by, { table, reason: values.reason ?? null })
  print(values['no-wait'] ? job : await untilReady(operations, by, clock, job.id), values)
}

function whatCame({ generation, live_generation, undo_until }: Rebuild, decision: (typeof decisions)[number]): string {
  if (decision === 'drop') return 'the live table stays'
  if (decision === 'undo')
    return `readers get generation ${live_generation} again; generation ${generation} stays beside it`
  const until = undo_until === null ? '' : `; --undo goes back until ${isoTime(undo_until)}`
  return `readers get generation ${generation} now${until}`
}

async function untilReady(operations: OperationDeps, by: Principal, clock: Clock, id: string): Promise<Rebuild> {
  for (;;) {
    const job = await showRebuild(operations, by, id)
    if (job.error !== null) throw new StreamError('state_conflict', `${id}: ${job.error.code}: ${job.error.message}`)
    if (job.state !== 'due' && job.state !== 'building') return job
    await clock.sleep(250)
  }
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
