import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { type RunningRoles, startRoles } from '../../../src/cli/roles.ts'
import { recordKey, type SourceEvent } from '../../../src/events/topics.ts'
import { lineOf, orderChanged, orderOf, productChanged } from '../../data/processor-events.ts'
import { ROOT, startProgram } from '../../worlds/processes.ts'
import { readTopic } from '../../worlds/processes-groups.ts'
import { type Installation, install } from '../../worlds/processes-roles.ts'
import { until } from '../../worlds/processes-until.ts'

const CONNECTION = 'magento-netsuite'
const PRICE = '{ attribute: price, from: price, type: decimal, required: true }'
const EXPRESSION = '$round($multiply(price, "1.19"), 2)'

let installation: Installation
let roles: RunningRoles
let folder: string
beforeAll(async () => {
  installation = await install('mapping', inject('services'), { API_PORT: '0' })
  roles = await startRoles(installation.platform, ['processor', 'projector', 'api'], { schedules: false })
  folder = await mkdtemp(join(tmpdir(), 'waldstream-mapping-'))
  await cp(join(ROOT, 'config', 'demo'), folder, { recursive: true })
  await rm(join(folder, 'mapping-tests.yaml'))
})
afterAll(async () => {
  await roles?.close()
  await installation?.close()
  await rm(folder, { recursive: true, force: true })
})

async function cli(...args: readonly string[]) {
  const env = { ...installation.env, LOG_LEVEL: 'silent' }
  const running = await startProgram({ name: args[0] ?? '', args: ['src/cli/main.ts', ...args], env })
  const { code } = await running.exited
  return { code, printed: running.printed(), output: running.output() }
}

async function edit(file: string, ...[from, to]: readonly [from: string, to: string]): Promise<void> {
  const text = await readFile(join(folder, file), 'utf8')
  expect(text).toContain(from)
  await writeFile(join(folder, file), text.replace(from, to))
}

async function publish(entity: 'products' | 'orders', event: SourceEvent): Promise<void> {
  const { platform } = installation
  const value = platform.codec.encode(entity, event as never)
  const topic = `${platform.config.topicPrefix}${entity}`
  await platform.producer.send([{ topic, key: recordKey(event.source, event.key), value }])
}

async function price(sku: string): Promise<unknown> {
  const answer = await fetch(`${roles.api?.url}/v1/feeds/products/items/${sku}?connection=${CONNECTION}`)
  if (!answer.ok) return undefined
  const { items } = (await answer.json()) as { items: readonly { data: Readonly<Record<string, unknown>> }[] }
  return items[0]?.data['price']
}

const untilPrice = (sku: string, expected: string) =>
  until(`${sku} costs ${expected}`, async () => ((await price(sku)) === expected ? true : null))

it('a changed mapping is previewed, tested and applied, and new events are mapped by it', async () => {
  await publish('products', productChanged({ sku: 'WLD-1' }))
  await publish('products', productChanged({ sku: 'WLD-2', price: null }))
  await untilPrice('WLD-1', '189.5')

  // A test written from the event that failed holds with today's mapping.
  const letter = await until('a dead letter', async () => {
    const answer = await fetch(`${roles.api?.url}/v1/dead-letters?state=open`)
    return ((await answer.json()) as { items: readonly { id: string }[] }).items[0] ?? null
  })
  const written = await cli('dead-letters', 'show', letter.id, '--as-test')
  expect(written).toMatchObject({ code: 0, printed: expect.stringContaining('attribute: price') })
  await writeFile(join(folder, 'test.yaml'), written.printed)
  expect(await cli('test', folder)).toMatchObject({ code: 0, printed: expect.stringContaining('1 passed, 0 failed') })

  // The changed mapping, and what it is to do.
  const rule = `{ attribute: price, expression: '${EXPRESSION}', default: "0", type: decimal }`
  await edit('product-metadata.yaml', PRICE, rule)
  await edit(
    'connections.yaml',
    'orderMap:',
    'orderMap:\n  fields: [{ attribute: custbody_po, expression: \'"PO " & purchaseOrderNumber\' }]',
  )
  const broken = await cli('test', folder, '--json')
  expect(broken.code).toBe(1)
  expect(JSON.parse(broken.printed)).toMatchObject({
    passed: 0,
    failed: 1,
    results: [{ differences: [{ field: 'outcome', expected: 'failed', actual: 'mapped' }] }],
  })
  await edit(
    'test.yaml',
    written.printed.slice(written.printed.indexOf('expectError:')),
    'expect: { name: Jacket, price: "0", status: 1 }\n',
  )
  expect(await cli('test', folder)).toMatchObject({ code: 0 })

  // Before it is applied, the command and the API tell the same, and nothing changes.
  const expected = {
    counts: {
      events: 2,
      entities: 2,
      changed: 2,
      unchanged: 0,
      errors_appearing: 0,
      errors_disappearing: 1,
      passing: 2,
    },
    entities: [
      { key: 'WLD-1', changes: [{ field: 'price', before: '189.5', after: '225.51' }] },
      { key: 'WLD-2', before: expect.stringMatching(/^failed: mapping_failed: attribute price/), after: 'mapped' },
    ],
  }
  const preview = await cli('preview', folder, '--connection', CONNECTION, '--last', '50', '--json')
  const sorted = (one: typeof expected) => ({
    ...one,
    entities: one.entities.toSorted((a, b) => (a.key < b.key ? -1 : 1)),
  })
  expect(preview.code, preview.output).toBe(0)
  expect(sorted(JSON.parse(preview.printed))).toMatchObject(expected)
  const attributes = [
    { attribute: 'name', from: 'name', required: true },
    { attribute: 'price', expression: EXPRESSION, default: '0', type: 'decimal' },
    { attribute: 'status', from: 'active', type: 'integer', lookup: { true: 1, false: 2 } },
  ]
  const answer = await fetch(`${roles.api?.url}/v1/connections/${CONNECTION}/metadata/preview`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ attributes, last: 50 }),
  })
  expect(sorted((await answer.json()) as typeof expected)).toMatchObject(expected)
  expect(await price('WLD-1')).toBe('189.5')

  // Applied, it maps what comes from now on.
  expect(await cli('apply', folder)).toMatchObject({ code: 0 })
  let readAt = productChanged({}).readAt
  await until('the new mapping', async () => {
    readAt += 1
    await publish('products', productChanged({ sku: 'WLD-1', price: null }, { readAt }))
    return (await price('WLD-1')) === '0' ? true : null
  })
  await publish('orders', orderChanged(orderOf([lineOf('1', 'WLD-1')], { purchaseOrderNumber: '77' })))
  const order = await until('a vendor order', async () => {
    const [record] = await readTopic(installation.platform, 'vendor-orders.netsuite')
    return record === undefined ? null : await installation.platform.codec.decode('vendor-orders', record.value)
  })
  expect(order.fields).toEqual({ custbody_po: '"PO 77"' })
})
