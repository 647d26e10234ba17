import { expect, it } from 'vitest'
import { auditTables, createAuditTrail } from '../../../src/control/audit-trail.ts'
import { personOf } from '../../../src/operations/forget/person.ts'
import { lookThroughTables, wipeRow } from '../../../src/operations/forget/wipe-tables.ts'
import { forget, wantedOf } from '../../../src/operations/persons.ts'
import { everything, type Principal } from '../../../src/operations/principal.ts'
import { lineOf, orderChanged, orderOf } from '../../data/processor-events.ts'
import { memoryTables } from '../../memory/tables.ts'
import { apiFixture } from '../../worlds/api-fixture.ts'

const admin = everything({ kind: 'api', name: 'ann' })
const asked: unknown[] = []
const deps = {
  audit: createAuditTrail(memoryTables(auditTables), { now: () => 0 }, 400),
  forgetPerson: async (...what: readonly unknown[]) => {
    asked.push(what)
    return { dry_run: true } as never
  },
}

it.each([
  ['zoe@example.com', { email: 'zoe@example.com' }],
  [' magento:77 ', { source: 'magento', customer: '77' }],
])('knows whom %s names', (text, wanted) => expect(wantedOf(text)).toEqual(wanted))

it.each(['zoe', ':77', 'magento:', '@'])('refuses %s', (text) => expect(() => wantedOf(text)).toThrow(/person:/))

it('asks for the name twice, and for a reach over everything', async () => {
  const wanted = { email: 'zoe@example.com' }
  await expect(forget(deps, admin, { wanted, confirm: null, dryRun: false })).rejects.toThrow(/confirm:/)
  await expect(forget(deps, admin, { wanted, confirm: 'zoe@example', dryRun: false })).rejects.toThrow(/confirm:/)
  const seller: Principal = { ...admin, scope: { connections: new Set(['a']), systems: new Set() } }
  await expect(forget(deps, seller, { wanted, confirm: wanted.email, dryRun: false })).rejects.toThrow(
    /affects everything/,
  )
  expect(asked).toEqual([])
  await forget(deps, admin, { wanted, confirm: null, dryRun: true })
  await forget(deps, admin, { wanted: { source: 'm', customer: '7' }, confirm: 'm:7', dryRun: false })
  const { entries } = await deps.audit.list(
    { who: null, what: null, outcome: null, since: null, until: null },
    10,
    null,
  )
  expect(entries).toMatchObject([{ what: 'person.forget', target: null, outcome: 'done' }])
  expect(asked).toEqual([
    [wanted, true],
    [{ source: 'm', customer: '7' }, false],
  ])
})

it('over HTTP a mistake is a problem document, and nothing is forgotten', async () => {
  const { post } = apiFixture()
  const path = '/v1/persons/forget'
  expect((await post(path, { person: 'zoe@example.com' })).json).toMatchObject({ status: 400, field: 'confirm' })
  expect((await post(path, { person: 'zoe' })).json).toMatchObject({ status: 400, field: 'person' })
  expect((await post(path, { person: 'zoe@example.com', force: true })).json).toMatchObject({ status: 400 })
})

it('a customer is whoever is behind the e-mail addresses of their orders', () => {
  const person = personOf({ source: 'magento', customer: '77' })
  const of = (customerId: string | null, customerEmail: string, number: string) =>
    orderChanged(orderOf([lineOf('1', 'A-1')], { customerId, customerEmail, orderNumber: number }))
  expect(person.owns('orders', of(null, 'zoe@example.com', '1'))).toBe(false)
  expect(person.owns('orders', of('77', ' Zoe@Example.com', '2'))).toBe(true)
  expect(person.owns('orders', of(null, 'zoe@example.com', '1'))).toBe(true)
  expect(person.owns('orders', of('78', 'ann@example.com', '3'))).toBe(false)
  expect(person.texts()).toEqual(['zoe@example.com'])
})

it('rows lose the texts wherever they stand, also in bytes, and keep the rest', async () => {
  const definition = { name: 'rows', partitionKey: 'id' }
  const tables = memoryTables([definition])
  const bytes = Buffer.from('{"customer_email":"Zoe@Example.com","customer_lastname":"Łukasz"}')
  const original = { value: bytes.toString('base64'), key: 'a2V5' }
  await tables.put('rows', { id: '1', message: 'no ZOE@example.com here', original, list: [bytes], count: 3 })
  await tables.put('rows', { id: '2', message: 'ann@example.com' })
  const texts = ['zoe@example.com']
  const wipe = async () =>
    await lookThroughTables(
      tables,
      [definition],
      () => texts,
      (one, item) => wipeRow(tables, one, item, texts, async () => Buffer.from('[forgotten]')),
    )
  expect(await wipe()).toEqual([{ table: 'rows', rows: 2, found: 1 }])
  expect(await wipe()).toEqual([{ table: 'rows', rows: 2, found: 0 }])
  const value = Buffer.from('[forgotten]')
  expect(await tables.get('rows', { id: '1' })).toEqual({
    id: '1',
    message: 'no [forgotten] here',
    original: { value: value.toString('base64'), key: 'a2V5' },
    list: [new Uint8Array(value)],
    count: 3,
  })
  expect(await tables.get('rows', { id: '2' })).toEqual({ id: '2', message: 'ann@example.com' })
})
