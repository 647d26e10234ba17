import { expect, it } from 'vitest'
import { pause, resume } from '../../../src/control/pauses.ts'
import { NEVER } from '../../../src/control/read-holds.ts'
import { StreamError } from '../../../src/errors.ts'
import { PAUSES_KEPT_MS } from '../../../src/operations/pauses.ts'
import type { Tables } from '../../../src/platform/dynamodb/tables.ts'
import { memoryTables } from '../../memory/tables.ts'
import { apiFixture, apiTestTables } from '../../worlds/api-fixture.ts'

async function world(paused: number) {
  const memory = memoryTables(apiTestTables)
  let scans = 0
  const state = { down: false }
  const tables: Tables = {
    ...memory,
    scan(table) {
      if (table === 'pauses') scans += 1
      if (state.down) throw new StreamError('table_unavailable', 'no answer')
      return memory.scan(table)
    },
  }
  const row = { stage: 'deliver-erp', code: 'held', message: 'm', since: '2026-01-31T08:00:00.000Z', probe_at: NEVER }
  for (let n = 0; n < paused; n += 1) await pause(memory, { ...row, connection: `c-${n}` })
  const api = apiFixture({}, tables)
  const heldBack = async (): Promise<readonly string[]> => (await api.get('/health/ready')).json.held_back ?? []
  return { ...api, memory, state, heldBack, scans: () => scans }
}

it('a hundred probes read the pauses once, and again when they are old', async () => {
  const { heldBack, scans, clock, memory } = await world(1)
  for (let n = 0; n < 100; n += 1) expect(await heldBack()).toEqual(['c-0 is paused at deliver-erp: held'])
  expect(scans()).toBe(1)
  await resume(memory, 'deliver-erp', 'c-0')
  clock.time += PAUSES_KEPT_MS
  expect(await heldBack()).toEqual([])
  expect(scans()).toBe(2)
})

it('what can not be read is asked for again with the next probe', async () => {
  const { heldBack, state } = await world(1)
  state.down = true
  expect(await heldBack()).toEqual([])
  state.down = false
  expect(await heldBack()).toHaveLength(1)
})

it('names a hundred, and says how many more there are', async () => {
  const { heldBack } = await world(250)
  const named = await heldBack()
  expect(named).toHaveLength(101)
  expect(named.at(-1)).toBe('and 150 more; /v1/pauses lists pauses')
})
