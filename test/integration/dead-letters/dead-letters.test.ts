import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { type RunningRoles, startRoles } from '../../../src/cli/roles.ts'
import { applyConfiguration } from '../../../src/configuration/apply-configuration.ts'
import type { ProductChanged } from '../../../src/events/generated/events.ts'
import { recordKey } from '../../../src/events/topics.ts'
import { productChanged } from '../../data/processor-events.ts'
import { ROOT, startProgram } from '../../worlds/processes.ts'
import { type Installation, install } from '../../worlds/processes-roles.ts'
import { until } from '../../worlds/processes-until.ts'

const CONNECTION = 'magento-netsuite'
const POISON = Buffer.from([0, 0, 0, 0, 1, 255, 255, 128])

interface Listed {
  readonly id: string
  readonly key: string
  readonly state: string
  readonly outcome: string | null
}

let installation: Installation
let roles: RunningRoles
beforeAll(async () => {
  installation = await install('letters', inject('services'), { API_PORT: '0' })
  roles = await startRoles(installation.platform, ['processor', 'projector', 'api'], { schedules: false })
})
afterAll(async () => {
  await roles?.close()
  await installation?.close()
})

async function api<T>(path: string, body?: Readonly<Record<string, unknown>>): Promise<T> {
  const init = { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
  const answer = await fetch(`${roles.api?.url}/v1/dead-letters${path}`, body === undefined ? {} : init)
  return (await answer.json()) as T
}

const list = async (query: string) => (await api<{ items: readonly Listed[] }>(`?${query}`)).items
const listed = async (query: string, count: number) =>
  await until(`${count} dead letters of ${query}`, async () => {
    const items = await list(query)
    return items.length === count ? items : null
  })

async function cli(...args: readonly string[]) {
  const program = { name: 'waldstream', args: ['src/cli/main.ts', 'dead-letters', ...args] }
  const running = await startProgram({ ...program, env: { ...installation.env, LOG_LEVEL: 'silent' } })
  const { code } = await running.exited
  return { code, printed: running.printed(), output: running.output() }
}

async function rawBytes(id: string): Promise<Buffer> {
  const args = ['--disable-warning=ExperimentalWarning', 'src/cli/main.ts', 'dead-letters', 'show', id, '--raw']
  const env = { ...process.env, ...installation.env, LOG_LEVEL: 'silent' }
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: ROOT, env, encoding: 'buffer' })
  return stdout
}

/** The demo's metadata asks for a price. */
const unpriced = (sku: string, more: Partial<ProductChanged> = {}) => productChanged({ sku, price: null }, more)

async function publish(...events: readonly ProductChanged[]): Promise<void> {
  const { platform } = installation
  const topic = `${platform.config.topicPrefix}products`
  const records = events.map((event) => ({
    topic,
    key: recordKey(event.source, event.key),
    value: platform.codec.encode('products', event),
    headers: { trace: Buffer.from([1, 0, 255]) },
  }))
  await platform.producer.send(records)
}

/** The configuration with a default for the price, as another revision. */
async function mendMapping(): Promise<void> {
  const { platform, configuration } = installation
  const metadata = configuration.metadata.map((one) => ({
    ...one,
    attributes: one.attributes.map((rule) => (rule.attribute === 'price' ? { ...rule, default: '0' } : rule)),
  }))
  await applyConfiguration(platform.tables, { ...configuration, metadata })
}

async function feedRow(sku: string) {
  const answer = await fetch(`${roles.api?.url}/v1/feeds/products/items/${sku}?connection=${CONNECTION}`)
  const { items } = (await answer.json()) as { items?: readonly { readonly data: Readonly<Record<string, unknown>> }[] }
  return items?.[0]?.data
}

it('a poisoned record is listed, shown as it came, previewed, retried in vain, and discarded', async () => {
  const { platform } = installation
  const topic = `${platform.config.topicPrefix}products`
  const headers = { trace: Buffer.from([1, 0, 255]), name: 'ü' }
  await platform.producer.send([{ topic, key: 'netsuite|poison', value: POISON, headers }])
  const [letter] = await listed('key=poison&state=open', 1)
  const id = letter?.id ?? ''
  const base64 = (bytes: Buffer) => bytes.toString('base64')
  expect(await api(`/${id}`)).toMatchObject({
    stage: 'map-products',
    topic,
    code: 'value_undecodable',
    event: null,
    attempts: 1,
    undecodable: { code: 'value_undecodable' },
    original: {
      key: base64(Buffer.from('netsuite|poison')),
      value: base64(POISON),
      headers: [
        { key: 'trace', value: base64(headers.trace) },
        { key: 'name', value: base64(Buffer.from('ü')) },
      ],
    },
  })
  expect(await api(`/${id}/preview`)).toMatchObject({ event: null, errors: [{ code: 'value_undecodable' }] })
  expect(await rawBytes(id)).toEqual(POISON)

  expect(await api(`/${id}/retry`, { by: 'ann' })).toMatchObject({ id, retry: 1 })
  await listed('key=poison&state=open', 1)
  const again = await until('the retry to have failed', async () => {
    const shown = await api<Listed & { readonly history: readonly { readonly what: string }[] }>(`/${id}`)
    return shown.history.length === 3 ? shown : null
  })
  expect(again).toMatchObject({
    attempts: 2,
    retries: 1,
    state: 'open',
    original: { value: base64(POISON) },
    history: [{ what: 'failed' }, { what: 'retried', by: 'ann' }, { what: 'failed', retry: 1 }],
  })
  expect(await list('key=poison')).toHaveLength(1)

  const asked = await cli('discard', id, '--reason', 'not ours', '--by', 'ben')
  expect(asked).toMatchObject({
    code: 1,
    output: expect.stringContaining('open dead letters: 1; send it again with --yes'),
  })
  const discarded = await cli('discard', id.slice(0, 20), '--reason', 'not ours', '--by', 'ben', '--yes')
  expect(discarded).toMatchObject({ code: 0, printed: `discarded ${id}\n` })
  await listed('key=poison&state=discarded', 1)
  const refused = await cli('retry', id)
  expect([refused.code, refused.output.includes('state_conflict')]).toEqual([1, true])
})

it('letters of a wrong mapping are retried as a group after it is mended; that of an older version was closed by the newer', async () => {
  const skus = ['WLD-L1', 'WLD-L2', 'WLD-L3']
  await publish(...skus.map((sku) => unpriced(sku)))
  const open = await listed('code=mapping_failed&state=open', 3)
  // The third has a newer version meanwhile, which is right.
  await publish(productChanged({ sku: 'WLD-L3' }, { readAt: Date.now(), occurredAt: Date.now(), taskId: null }))
  await until('the newer version in the feed', async () => (await feedRow('WLD-L3'))?.['price'] === '189.5')
  const [closed] = await listed('key=WLD-L3&state=resolved', 1)
  await until('its result', async () => (await list('key=WLD-L3'))[0]?.outcome === 'superseded')
  const reason = expect.stringMatching(/^superseded: the version of \S+ passed map-products$/)
  expect(await api(`/${closed?.id}`)).toMatchObject({
    history: [{ what: 'failed' }, { what: 'resolved', by: null, reason }],
  })
  expect(await api(`/${closed?.id}/retry`, { by: 'ann' })).toMatchObject({ status: 409, code: 'state_conflict' })

  const { groups } = await api<{ groups: readonly { group: string; count: number; field: string }[] }>(
    '?group=true&state=open&code=mapping_failed',
  )
  expect(groups).toMatchObject([{ count: 2, field: 'price', connection: CONNECTION }])
  const { id = '' } = open.find(({ key }) => key !== 'WLD-L3') ?? {}
  expect(await api(`/${id}`)).toMatchObject({
    outcome: 'failed',
    event: { source: 'netsuite', data: { price: null, name: 'Jacket' } },
  })
  const preview = async () => await api<{ verdict: string; outputs: readonly unknown[] }>(`/${id}/preview`)
  expect(await preview()).toMatchObject({ verdict: 'it would fail again', errors: [{ field: 'price' }], outputs: [] })

  await mendMapping()
  expect(await preview()).toMatchObject({
    verdict: 'it would succeed',
    outputs: [{ topic: `${installation.platform.config.topicPrefix}universal-products` }],
  })
  const groupId = groups[0]?.group ?? ''
  expect(await api('/retry', { groupId, dryRun: true })).toMatchObject({ dry_run: true, skipped: [] })
  expect(await list('code=mapping_failed&state=open')).toHaveLength(2)
  // The processors read the configuration every two seconds: what is retried before fails into the same letters.
  await until('the letters to be resolved', async () => {
    await cli('retry', '--group-id', groupId.slice(0, 10), '--rate', '50')
    await until('the retries to have ended', async () => (await list('state=retrying')).length === 0)
    return (await list('code=mapping_failed&state=resolved')).length === 3
  })
  const outcomes = await until('the feed to have taken them', async () => {
    const items = await list('code=mapping_failed&state=resolved')
    return items.every(({ outcome }) => outcome === 'succeeded' || outcome === 'superseded') ? items : null
  })
  expect(outcomes.map(({ key, outcome }) => [key, outcome]).toSorted()).toEqual([
    ['WLD-L1', 'succeeded'],
    ['WLD-L2', 'succeeded'],
    ['WLD-L3', 'superseded'],
  ])
  expect(await feedRow('WLD-L1')).toMatchObject({ price: '0' })
  expect(await feedRow('WLD-L3')).toMatchObject({ price: '189.5' })
  expect(await list('code=mapping_failed&state=open')).toEqual([])
})

it('a letter that is too large for a row is read from its topic', async () => {
  const { platform } = installation
  const topic = `${platform.config.topicPrefix}products`
  const value = Buffer.alloc(400_000, 7)
  await platform.producer.send([{ topic, key: 'netsuite|large', value }])
  const [letter] = await listed('key=large&state=open', 1)
  const shown = await api<{ readonly original: { readonly value: string } }>(`/${letter?.id}`)
  expect(Buffer.from(shown.original.value, 'base64').equals(value)).toBe(true)
  expect(await api(`/${letter?.id}/retry`, {})).toMatchObject({ retry: 1 })
  await until('the retry to have failed', async () => {
    const { attempts, state } = await api<{ attempts: number; state: string }>(`/${letter?.id}`)
    return attempts === 2 && state === 'open'
  })
})

it('the command says what it did, what is wrong, and ends with a code that tells', async () => {
  const [nothing, option, unknown, shown] = await Promise.all([
    cli(),
    cli('list', '--state', 'broken'),
    cli('show', 'none'),
    cli('list', '--json', '--limit', '2'),
  ])
  expect([nothing.code, nothing.output]).toEqual([2, expect.stringContaining('list, show, retry or discard')])
  expect([option.code, option.output]).toEqual([2, expect.stringContaining('--state must be one of open, retrying')])
  expect([unknown.code, unknown.output]).toEqual([1, expect.stringContaining('there is no dead letter "none"')])
  expect([shown.code, (JSON.parse(shown.printed) as { items: unknown[] }).items.length]).toEqual([0, 2])
})
