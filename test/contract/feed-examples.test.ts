// The commands of docs/how-to/pulling-feeds.md, as they stand there, against the API over HTTP.

import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { encodeConnection } from '../../src/configuration/stored-form.ts'
import { CONNECTIONS } from '../../src/configuration/tables.ts'
import { SYNC_CONTROL } from '../../src/control/tables.ts'
import { priceFeed } from '../../src/projections/price-feed.ts'
import { feedStage } from '../../src/projections/run-projection.ts'
import { connectionWith } from '../data/configuration.ts'
import { inventoryChanged, pricesChanged } from '../data/feed-events.ts'
import { apiFixture } from '../worlds/api-fixture.ts'
import { batchContext, decoded, memoryReporter, silentLogger } from '../worlds/stage-context.ts'

const PAGE = new URL('../../docs/how-to/pulling-feeds.md', import.meta.url)
const CONNECTION = 'magento-netsuite'
const READ = 'netsuite.inventory.all'
const KEY = 'the-key-of-the-shop'

const run = promisify(execFile)

interface Block {
  readonly kind: string
  readonly text: string
}

/** The fenced blocks of the page, in their order. */
const blocks: readonly Block[] = [...(await readFile(PAGE, 'utf8')).matchAll(/^```(.+)\n([\s\S]+?)^```$/gm)].map(
  ([, kind = '', text = '']) => ({ kind, text }),
)

/** Each command with what the page says that it prints. */
const examples = blocks.flatMap((block, index) => {
  const printed = blocks[index + 1]
  return block.kind === 'sh' && printed !== undefined ? [{ command: block.text, printed }] : []
})

const api = apiFixture({ token: KEY })
let folder = ''
let address = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'waldstream-examples-'))
  const document = encodeConnection(connectionWith(CONNECTION, { reads: [READ] }))
  await api.tables.put(CONNECTIONS, { kind: 'connection', id: CONNECTION, document })
  await api.tables.put(SYNC_CONTROL, { read: READ, cut_date: '2026-01-31T08:05:00.000Z' })
  const stock = Object.entries({ 'MH01-XS-Black': '12.5', 'MH02-XS-Black': '3', 'MH03-XS-Black': '0' })
  const head = { connection: CONNECTION, source: 'netsuite' }
  await api.projectByKey(...stock.map(([sku, available]) => inventoryChanged({ ...head, sku }, available)))
  await api.idle()
  const { tables, clock, settleMs } = api
  const projector = feedStage(priceFeed, { tables, settleMs, reporter: memoryReporter(), logger: silentLogger })
  const price = pricesChanged({ ...head, sku: 'MH01-XS-Black' }, '72.5')
  const place = { offset: 0, timestamp: clock.time, partition: 0 }
  await projector.handle([decoded<'universal-prices'>(price, place)], batchContext(0).context)
  address = await api.app.listen({ host: '127.0.0.1', port: 0 })
})

afterAll(async () => {
  await api.app.close()
  await rm(folder, { recursive: true })
})

it('has commands, each with what it prints', () => {
  expect(examples.length).toBeGreaterThan(6)
  for (const { command, printed } of examples)
    expect([command, printed.kind]).toEqual([command, expect.stringMatching(/^(json|text)$/)])
})

it.each(examples)('prints what the page says: $command', async ({ command, printed: { kind, text } }) => {
  const env = { PATH: process.env['PATH'] ?? '', API: address, KEY }
  const { stdout } = await run('bash', ['-euo', 'pipefail', '-c', command], { cwd: folder, env })
  if (kind === 'json') expect(JSON.parse(stdout)).toEqual(withAnyTexts(JSON.parse(text)))
  else expect(stdout.replaceAll('\r', '').replace(/\n?$/, '\n')).toMatch(patternOf(text))
})

/** `…` in a text stands for anything. */
function patternOf(text: string): RegExp {
  return new RegExp(`^${text.split('…').map(RegExp.escape).join('.+')}$`)
}

function withAnyTexts(value: unknown): unknown {
  if (typeof value === 'string') return value.includes('…') ? expect.stringMatching(patternOf(value)) : value
  if (Array.isArray(value)) return value.map(withAnyTexts)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withAnyTexts(one)]))
}
