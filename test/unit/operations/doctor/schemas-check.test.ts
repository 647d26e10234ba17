import { expect, it } from 'vitest'
import { schemasCheck } from '../../../../src/operations/doctor/schemas-check.ts'
import { readSchema } from '../../../../src/platform/registry/schema-files.ts'

const KINDS = 18

interface Subject {
  readonly schema: string
  readonly level?: string
}

async function findingsOf(change: Readonly<Record<string, Subject | null>>, accepts = true) {
  const subjectOf = (subject: string) => {
    const kind = subject.slice('p.'.length, -'-value'.length)
    return kind in change ? change[kind] : { schema: readSchema(kind as 'orders') }
  }
  const registry = {
    latest: async (subject: string) => {
      const found = subjectOf(subject)
      return found === null || found === undefined ? undefined : { id: 1, schema: found.schema }
    },
    compatibility: async (subject: string) => subjectOf(subject)?.level ?? 'BACKWARD_TRANSITIVE',
    accepts: async () => accepts,
  }
  return await schemasCheck(registry, 'p.').run(new AbortController().signal)
}

const status = readSchema('sync-status')
const older = status.replace('"default": [],', '"default": [], "aliases": ["where"],')

it('are right as this release has them, however they are written', async () => {
  const written = JSON.stringify(JSON.parse(status))
  const what = `${KINDS} of ${KINDS} are registered as in this release`
  expect(await findingsOf({ 'sync-status': { schema: written } })).toEqual([
    { level: 'ok', name: 'schemas', what, fix: null },
  ])
})

it('are missing before the first start', async () => {
  const [first, second] = await findingsOf({ orders: null })
  expect(first?.what).toMatch(/^17 of 18/)
  expect(second).toMatchObject({ level: 'warn', what: expect.stringContaining('p.orders-value') })
})

it('with another compatibility are told', async () => {
  expect((await findingsOf({ orders: { schema: readSchema('orders'), level: 'NONE' } })).at(-1)).toMatchObject({
    level: 'warn',
    name: 'schema p.orders-value',
    what: expect.stringContaining('compatibility is NONE'),
  })
})

it('of another release are told while they are compatible, and fail when they are not', async () => {
  expect((await findingsOf({ 'sync-status': { schema: older } })).at(-1)).toMatchObject({ level: 'warn' })
  expect((await findingsOf({ 'sync-status': { schema: older } }, false)).at(-1)).toMatchObject({
    level: 'fail',
    what: expect.stringContaining('not compatible'),
  })
})

it('fail when a type means something else, which the registry would take', async () => {
  const schema = readSchema('orders').replaceAll(/"scale": 4/g, '"scale": 2')
  expect((await findingsOf({ orders: { schema } })).at(-1)).toMatchObject({
    level: 'fail',
    name: 'schema p.orders-value',
    what: expect.stringMatching(/change their meaning: .*scale/),
  })
})
