import type { Replay } from '../control/replays/replay.ts'
import type { OperationDeps } from '../operations/dependencies.ts'
import {
  cancelReplay,
  listReplays,
  parseOffsets,
  previewReplay,
  requestReplay,
  showReplay,
  USUAL_REPLAY_RATE,
  type WantedReplay,
} from '../operations/replays.ts'
import type { SampleEffect } from '../operations/sample-effects.ts'
import { commandUser, isoOption, readArguments, wholeOption } from './arguments.ts'
import { noted, targetOf } from './noted.ts'
import { onPlatform } from './open-operations.ts'
import { printList } from './print-list.ts'
import { UsageError } from './usage-error.ts'

const USAGE = `waldstream replay <topic> --to <processor> [which] [--all-versions] [--rate N] [--preview] [--reason TEXT] [--json]
waldstream replay list [--limit N] [--json]
waldstream replay show <id> [--json]
waldstream replay cancel <id> [--json]

  Replays stored events through a processor, for example "replay products --to map-products --connection C" after a
  mapping was changed. Of each key the latest version; --all-versions sends every one. The producer role does it.

  which: --connection ID  --source ID  --key KEY (SKU, order number)
         --from and --to-time ISO-8601, of the append, the second exclusive  --offsets 0:100-200,3:5-
  --rate     events a second, at most (${USUAL_REPLAY_RATE})
  --preview  says how many events, keys and connections it would be, and what the newest five would change; sends nothing
  --by       who asks; the user of this machine by default`

const options = {
  to: { type: 'string' },
  connection: { type: 'string' },
  source: { type: 'string' },
  key: { type: 'string' },
  from: { type: 'string' },
  'to-time': { type: 'string' },
  offsets: { type: 'string' },
  rate: { type: 'string' },
  limit: { type: 'string' },
  reason: { type: 'string' },
  by: { type: 'string' },
  'all-versions': { type: 'boolean', default: false },
  preview: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
} as const

type Values = ReturnType<typeof readArguments<typeof options>>['values']

export async function replayCommand(args: readonly string[]): Promise<void> {
  const { values, positionals } = readArguments(args, options, USAGE)
  if (values.help) return console.log(USAGE)
  const [first, id, ...more] = positionals
  const withId = first === 'show' || first === 'cancel'
  if (first === undefined || more.length > 0 || withId !== (id !== undefined)) {
    throw new UsageError('replay takes a topic, list, "show <id>" or "cancel <id>"', USAGE)
  }
  // Before anything is opened: what is wrong with the options is reported at once.
  const wanted = withId || first === 'list' ? null : wantedOf(first, values)
  const limit = wholeOption('limit', values.limit, { usual: 50, most: 10_000 }, USAGE)
  const act = () =>
    onPlatform(async (operations) => {
      if (wanted !== null) await requestOrPreview(operations, wanted, values)
      else if (first === 'list') await list(operations, limit, values)
      else await showOrCancel(operations, first, id ?? '', values)
    })
  const changes = (wanted !== null && !values.preview) || first === 'cancel'
  if (!changes) return await act()
  const change = { what: wanted === null ? 'replay cancel' : 'replay', target: targetOf([id ?? first]) }
  await noted(commandUser(values.by), change, act)
}

async function list(operations: OperationDeps, limit: number, values: Values): Promise<void> {
  const items = await listReplays(operations, commandUser(), limit)
  if (values.json) return console.log(JSON.stringify({ items }))
  printList(items, line, 'nothing was replayed')
}

async function showOrCancel(operations: OperationDeps, action: string, id: string, values: Values): Promise<void> {
  const by = commandUser()
  const replay = await (action === 'show' ? showReplay(operations, by, id) : cancelReplay(operations, by, id))
  if (action === 'show' || values.json) console.log(JSON.stringify(replay, null, values.json ? 0 : 2))
  else console.log(`replay ${id} is to end`)
}

async function requestOrPreview(operations: OperationDeps, wanted: WantedReplay, values: Values): Promise<void> {
  const by = commandUser(values.by)
  if (values.preview) {
    const preview = await previewReplay(operations, by, wanted)
    if (values.json) return console.log(JSON.stringify(preview))
    const { topic, processor, events, keys, to_send, seconds } = preview
    console.log(
      `${topic} → ${processor}: ${to_send} to send of ${events} events of ${keys} keys, ${seconds} s at least`,
    )
    for (const [connection, count] of Object.entries(preview.connections)) console.log(`  ${connection}: ${count}`)
    for (const { currency, total } of preview.amounts) console.log(`  orders of ${total} ${currency}`)
    for (const { key, source, occurred_at, effects } of preview.samples) {
      console.log(`  ${key} of ${source}, ${occurred_at}`)
      for (const effect of effects ?? []) for (const line of effectLines(effect)) console.log(`    ${line}`)
    }
    return
  }
  const replay = await requestReplay(operations, by, wanted)
  console.log(values.json ? JSON.stringify(replay) : `requested: ${replay.id}; "waldstream replay show ${replay.id}"`)
}

function effectLines({ connection, outcome, changes }: SampleEffect): readonly string[] {
  const changed = changes.map(
    ({ field, before, after }) => `  ${field}: ${JSON.stringify(before)} → ${JSON.stringify(after)}`,
  )
  return [`${connection ?? 'all connections'}: ${outcome}`, ...changed]
}

function wantedOf(topic: string, values: Values): WantedReplay {
  if (values.to === undefined) throw new UsageError('--to names the processor, for example map-products', USAGE)
  return {
    topic,
    processor: values.to,
    connection: values.connection ?? null,
    source: values.source ?? null,
    key: values.key ?? null,
    from: isoOption('from', values.from, USAGE),
    to: isoOption('to-time', values['to-time'], USAGE),
    offsets: values.offsets === undefined ? null : parseOffsets(values.offsets),
    allVersions: values['all-versions'],
    reason: values.reason ?? null,
    rate: wholeOption('rate', values.rate, { usual: USUAL_REPLAY_RATE, most: 10_000 }, USAGE),
  }
}

function line({ id, topic, processor, connection, state, sent, selected, trigger, error }: Replay): string {
  const whom = connection === null ? '' : ` for ${connection}`
  const why = error === null ? '' : `\n  ${error.code}: ${error.message}`
  return `${id} ${state} ${sent}/${selected ?? '?'} ${topic} → ${processor}${whom} (${trigger})${why}`
}
