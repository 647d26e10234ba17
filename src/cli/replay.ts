import type { Replay } from '../control/replays/replay.ts'
import { StreamError } from '../errors.ts'
import type { OperationDeps } from '../operations/dependencies.ts'
import type { Principal } from '../operations/principal.ts'
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
import type { Clock } from '../platform/clock.ts'
import { commandUser, isoOption, wholeOption } from './arguments.ts'
import type { Given } from './command.ts'
import type { replayCancel, replayList, replayShow, replayStart } from './commands/replay.ts'
import { noted, targetOf } from './noted.ts'
import { onPlatform } from './open-operations.ts'
import { printList } from './print-list.ts'
import { withProgress } from './progress.ts'
import { UsageError } from './usage-error.ts'
import { isFound, wholeId } from './whole-id.ts'

const MOST_LISTED = 10_000

export async function replayCommand(given: Given<typeof replayStart>): Promise<void> {
  // Checks the options before opening connections, to report mistakes at once.
  const wanted = wantedOf(given)
  const by = commandUser(given.by)
  if (given.preview) return await onPlatform((operations) => preview(operations, by, wanted, given.json))
  await noted(by, { what: 'replay', target: targetOf([given.topic]) }, () =>
    onPlatform(async (operations, { clock }) => {
      const replay = await requestReplay(operations, by, wanted)
      if (!given.wait) {
        const next = `requested: ${replay.id}; "waldstream replay show ${replay.id}"`
        return console.log(given.json ? JSON.stringify(replay) : next)
      }
      const ended = await untilEnded(operations, by, { id: replay.id, clock, json: given.json })
      console.log(given.json ? JSON.stringify(ended) : lineOf(ended))
    }),
  )
}

export async function listReplaysCommand(given: Given<typeof replayList>): Promise<void> {
  const limit = wholeOption('limit', given.limit, { usual: 50, most: MOST_LISTED })
  const items = await onPlatform((operations) => listReplays(operations, commandUser(), limit))
  if (given.json) return console.log(JSON.stringify({ items }))
  printList(items, lineOf, 'there are no replays')
}

export async function showReplayCommand({ id, json }: Given<typeof replayShow>): Promise<void> {
  const by = commandUser()
  const replay = await onPlatform(async (operations) => showReplay(operations, by, await replayId(operations, by, id)))
  console.log(JSON.stringify(replay, null, json ? 0 : 2))
}

export async function cancelReplayCommand(given: Given<typeof replayCancel>): Promise<void> {
  const by = commandUser(given.by)
  const replay = await noted(by, { what: 'replay cancel', target: targetOf([given.id]) }, () =>
    onPlatform(async (operations) => cancelReplay(operations, by, await replayId(operations, by, given.id))),
  )
  console.log(given.json ? JSON.stringify(replay) : `replay ${replay.id} is ending`)
}

/** The id of the replay that begins with the text; the text itself if there is none. */
async function replayId(operations: OperationDeps, by: Principal, begun: string): Promise<string> {
  return await wholeId(begun, {
    what: 'replay',
    isThere: (id) => isFound(() => showReplay(operations, by, id)),
    async *pages() {
      yield (await listReplays(operations, by, MOST_LISTED)).map(({ id }) => id)
    },
  })
}

const LOOK_MS = 500

/** Waits for the end of a replay and returns it; prints progress on standard error. */
async function untilEnded(
  operations: OperationDeps,
  by: Principal,
  { id, clock, json }: { readonly id: string; readonly clock: Clock; readonly json: boolean },
): Promise<Replay> {
  return await withProgress(`replay ${id}`, json, async (report) => {
    for (;;) {
      const replay = await showReplay(operations, by, id)
      const { state, sent, selected, error } = replay
      report(`${state}, ${sent} of ${selected ?? '?'} sent`)
      if (error !== null && state !== 'blocked') {
        throw new StreamError('state_conflict', `${id} ${state}: ${error.code}: ${error.message}`)
      }
      if (state === 'canceled') throw new StreamError('state_conflict', `${id} was canceled`)
      if (state === 'ended' || state === 'failed') return replay
      await clock.sleep(LOOK_MS)
    }
  })
}

async function preview(operations: OperationDeps, by: Principal, wanted: WantedReplay, json: boolean): Promise<void> {
  const found = await previewReplay(operations, by, wanted)
  if (json) return console.log(JSON.stringify(found))
  const { topic, processor, events, keys, to_send, seconds } = found
  console.log(`${topic} → ${processor}: ${to_send} to send of ${events} events of ${keys} keys, at least ${seconds} s`)
  for (const [connection, count] of Object.entries(found.connections)) console.log(`  ${connection}: ${count}`)
  for (const { currency, total } of found.amounts) console.log(`  orders of ${total} ${currency}`)
  for (const { key, source, occurred_at, effects } of found.samples) {
    console.log(`  ${key} of ${source}, ${occurred_at}`)
    for (const effect of effects ?? []) for (const line of effectLines(effect)) console.log(`    ${line}`)
  }
}

function effectLines({ connection, outcome, changes }: SampleEffect): readonly string[] {
  const changed = changes.map(
    ({ field, before, after }) => `  ${field}: ${JSON.stringify(before)} → ${JSON.stringify(after)}`,
  )
  return [`${connection ?? 'all connections'}: ${outcome}`, ...changed]
}

function wantedOf(values: Given<typeof replayStart>): WantedReplay {
  if (values.to === undefined) throw new UsageError('--to names the processor, for example map-products')
  return {
    topic: values.topic,
    processor: values.to,
    connection: values.connection ?? null,
    source: values.source ?? null,
    key: values.key ?? null,
    from: isoOption('from', values.from),
    to: isoOption('to-time', values.toTime),
    offsets: values.offsets === undefined ? null : parseOffsets(values.offsets),
    allVersions: values.allVersions,
    reason: values.reason ?? null,
    rate: wholeOption('rate', values.rate, { usual: USUAL_REPLAY_RATE, most: 10_000 }),
  }
}

function lineOf({ id, topic, processor, connection, state, sent, selected, trigger, error }: Replay): string {
  const whom = connection === null ? '' : ` for ${connection}`
  const why = error === null ? '' : `\n  ${error.code}: ${error.message}`
  return `${id} ${state} ${sent}/${selected ?? '?'} ${topic} → ${processor}${whom} (${trigger})${why}`
}
