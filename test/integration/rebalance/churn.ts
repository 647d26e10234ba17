import { expect, inject, onTestFinished } from 'vitest'
import { recordKey } from '../../../src/events/topics.ts'
import { inventoryFeed } from '../../../src/projections/inventory-feed.ts'
import { inventoryChanged } from '../../data/processor-events.ts'
import { readTopic, untilHandled } from '../../worlds/processes-groups.ts'
import { install, RUNNING, startRole } from '../../worlds/processes-roles.ts'
import { until } from '../../worlds/processes-until.ts'

const KEYS = 40
const VERSIONS = 50
/** Records that the workers may be behind. */
const BEHIND = 400n
const FIRST_AT = 1_772_000_000_000

const sku = (key: number) => `WLD-R${key}`

/** Stock of a SKU whose amount is its version. */
function stock(key: number, version: number) {
  const at = FIRST_AT + version * 1000
  const event = inventoryChanged(sku(key), { main: [String(version), String(version)] })
  return { ...event, taskId: null, eventId: `${sku(key)} ${version}`, occurredAt: at, readAt: at + 500 }
}

/** `guests`: how many workers of each role join and leave, one after the other, while records flow. */
export async function expectNothingLost(guests: number): Promise<void> {
  const { env, platform, close } = await install('churn', inject('services'))
  onTestFinished(close)
  const start = async (role: 'processor' | 'projector') => {
    const worker = await startRole(role, env)
    onTestFinished(() => worker.signal('SIGKILL'))
    await worker.line(RUNNING)
    return worker
  }
  const steady = await Promise.all([start('processor'), start('projector')])

  const topic = `${platform.config.topicPrefix}inventory`
  let version = 0
  const sent = async () => (await platform.admin.ends(topic)).reduce((sum, { end }) => sum + end, 0n)
  const handled = async () =>
    [...(await platform.admin.committed(`${platform.config.topicPrefix}map-inventory`, topic)).values()].reduce(
      (sum: bigint, offset) => sum + (offset ?? 0n),
      0n,
    )
  const send = async () => {
    // Enough to be always busy, and no more than that behind.
    await until('the workers keep up', async () => (await sent()) - (await handled()) < BEHIND)
    version += 1
    const events = Array.from({ length: KEYS }, (_, key) => stock(key, version))
    await platform.producer.send(
      events.map((event) => ({
        topic,
        key: recordKey(event.source, event.key),
        value: platform.codec.encode('inventory', event),
      })),
    )
  }
  // Each join and each leave falls into a part of the load; the last versions follow them all.
  let changing = true
  const load = (async () => {
    while (changing || version < VERSIONS) await send()
  })()
  const exits = []
  for (let change = 0; change < guests; change += 1) {
    const pair = await Promise.all([start('processor'), start('projector')])
    for (const guest of pair) guest.signal('SIGTERM')
    exits.push(...(await Promise.all(pair.map(({ exited }) => exited))))
  }
  changing = false
  await load
  await untilHandled(platform, 'map-inventory', ['inventory'])
  await untilHandled(platform, inventoryFeed.name, ['universal-inventory'])
  expect(exits).toEqual(exits.map(() => ({ code: 0, signal: null })))

  // A record may be handled twice; none is skipped, and none comes before the one it follows.
  const mapped = await readTopic(platform, 'universal-inventory')
  const seen = new Map<string, number>()
  for (const { value } of mapped) {
    const { key, readAt } = await platform.codec.decode('universal-inventory', value)
    const is = (readAt - 500 - FIRST_AT) / 1000
    const newest = seen.get(key) ?? 0
    expect(is, `${key} after ${newest}`).toBeLessThanOrEqual(newest + 1)
    seen.set(key, Math.max(newest, is))
  }
  expect(seen).toEqual(new Map(Array.from({ length: KEYS }, (_, key) => [sku(key), version])))

  const rows = new Map<string, unknown>()
  for await (const items of platform.tables.scan(inventoryFeed.table)) {
    for (const item of items)
      if (item['data'] !== undefined) rows.set(String(item['sku']), Object(item['data'])['total'])
  }
  expect(rows).toEqual(new Map(Array.from({ length: KEYS }, (_, key) => [sku(key), String(version)])))
  for (const worker of steady) worker.signal('SIGTERM')
  expect((await Promise.all(steady.map(({ exited }) => exited))).map(({ code }) => code)).toEqual([0, 0])
}
