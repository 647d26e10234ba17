import { beforeEach, expect, it } from 'vitest'
import { listChanges, noteChange } from '../../../src/configuration/changes.ts'
import { readConfiguration } from '../../../src/configuration/read-configuration.ts'
import { encodeConnection, encodeSystem } from '../../../src/configuration/stored-form.ts'
import { CONNECTIONS, coreTables } from '../../../src/configuration/tables.ts'
import { CLEARED, upgradeReferences } from '../../../src/configuration/upgrade-references.ts'
import { connectionWith, systemWith } from '../../data/configuration.ts'
import { memoryTables } from '../../memory/tables.ts'

const at = '2026-11-28T18:00:00.000Z'
const environment = { API_TOKEN: 'hidden-token', CONFIG_ENV_NAMES: 'SHOP_*', SHOP_URL: 'https://shop.example' }
const leaks = ['hidden-token', 'PATH=/bin\0API_TOKEN=x', 'root:x:0:0:root', '-----BEGIN PRIVATE KEY-----', 'A=1\nB=2']
const anything = { kind: null, id: null, by: null, from: null, to: null }

let tables: ReturnType<typeof memoryTables>
beforeEach(() => {
  tables = memoryTables(coreTables)
})

async function stored(): Promise<string> {
  const all: unknown[] = []
  for (const { name } of coreTables) for await (const page of tables.scan(name)) all.push(...page)
  return JSON.stringify(all)
}

const withPattern = (id: string, skuPattern: string) =>
  encodeConnection(connectionWith(id, { ownership: { skuPattern } }))

it('clears what references stood for, in connections and in the book, also of those that were deleted', async () => {
  for (const [index, leak] of leaks.entries()) {
    const document = withPattern(`c${index}`, leak)
    const change = { by: 'x', at, reason: null, before: document, shortened: false }
    await tables.put(CONNECTIONS, { kind: 'connection', id: `c${index}`, digest: 'd', revision: 1, document, change })
    await noteChange(tables, {
      at,
      by: 'x',
      kind: 'connection',
      id: `gone${index}`,
      revision: 1,
      reason: null,
      before: null,
      after: document,
    })
  }
  const honest = withPattern('honest', '^WLD-')
  await tables.put(CONNECTIONS, { kind: 'connection', id: 'honest', digest: 'd', revision: 1, document: honest })
  const done = await upgradeReferences(tables, environment, at)
  expect(done).toMatchObject({ cleared: ['c0', 'c1', 'c2', 'c3', 'c4'], changes: leaks.length })
  const text = await stored()
  for (const leak of leaks) expect(text).not.toContain(JSON.stringify(leak).slice(1, -1))
  const { connections } = await readConfiguration(tables)
  expect(connections.find(({ id }) => id === 'honest')?.ownership).toEqual({ skuPattern: '^WLD-' })
  expect(connections.find(({ id }) => id === 'c0')?.ownership).toEqual({ skuPattern: '^$' })
  const { changes } = await listChanges(tables, anything, 10, null)
  expect(changes.map(({ after }) => (after as { ownership: unknown }).ownership)).toEqual(
    leaks.map(() => ({ skuPattern: CLEARED })),
  )
})

it('does it once, and again when it is asked to', async () => {
  await upgradeReferences(tables, environment, at)
  const late = withPattern('late', 'hidden-token')
  await noteChange(tables, {
    at,
    by: 'x',
    kind: 'connection',
    id: 'late',
    revision: 1,
    reason: null,
    before: null,
    after: late,
  })
  expect((await upgradeReferences(tables, environment, at)).changes).toBe(0)
  expect((await upgradeReferences(tables, environment, at, true)).changes).toBe(1)
})

it('replaces the reference of an address by the address, where the operator lists it', async () => {
  for (const [id, address] of [
    ['shop', 'env:SHOP_URL'],
    ['leak', 'env:API_TOKEN'],
    ['file', 'file:/etc/hostname'],
  ] as const) {
    const document = encodeSystem(systemWith(id, 'sqs', { address }))
    await tables.put(CONNECTIONS, { kind: 'system', id, digest: 'd', revision: 1, document })
  }
  // A row that can't be read is not this one's to judge.
  await tables.put(CONNECTIONS, { kind: 'system', id: 'broken', digest: 'd', document: { address: 'env:SHOP_URL' } })
  const { addresses, unresolved } = await upgradeReferences(tables, environment, at)
  await tables.delete(CONNECTIONS, { kind: 'system', id: 'broken' })
  expect(addresses).toEqual(['shop'])
  expect(unresolved).toEqual([
    expect.stringMatching(/^broken: a system is stored in a form/),
    'file: write the address',
    expect.stringMatching(/^leak: env:API_TOKEN is not allowed here/),
  ])
  const { systems } = await readConfiguration(tables)
  expect(systems.map(({ address }) => address)).toEqual(['file:/etc/hostname', 'env:API_TOKEN', 'https://shop.example'])
  expect(await stored()).not.toContain('hidden-token')
})
