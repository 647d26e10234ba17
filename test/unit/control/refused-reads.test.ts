import { expect, it } from 'vitest'
import { restsAfterRefusal } from '../../../src/control/refused-reads.ts'
import { changeRun, createRun, type RunState } from '../../../src/control/runs.ts'
import { controlTables } from '../../../src/control/tables.ts'
import { memoryTables } from '../../memory/tables.ts'

const READ = 'erp.products.all'
const MINUTE = 60_000
const START = Date.UTC(2026, 0, 31, 8)
const iso = (time: number) => new Date(time).toISOString()

async function after(...ends: readonly { readonly state: RunState; readonly code?: string }[]) {
  const tables = memoryTables(controlTables)
  for (const [index, { state, code }] of ends.entries()) {
    const id = `run-${index}`
    const at = iso(START + index * MINUTE)
    await createRun(tables, {
      id,
      read: READ,
      trigger: 'schedule',
      reason: null,
      backfill_from: null,
      requested_at: at,
    })
    const error = code === undefined ? null : { code, message: 'no' }
    await changeRun(tables, { id, fence: 1 }, { set: { state, error, ended_at: at } })
  }
  const last = START + (ends.length - 1) * MINUTE
  return (minutes: number) => restsAfterRefusal(tables)(READ, last + minutes * MINUTE)
}

const refused = { state: 'failed', code: 'credentials_refused' } as const
const good = { state: 'ended' } as const

it('rests for a minute after a refusal, and twice as long after each further one', async () => {
  const once = await after(good, refused)
  expect([await once(0.9), await once(1)]).toEqual([true, false])
  const thrice = await after(good, refused, refused, refused)
  expect([await thrice(3.9), await thrice(4)]).toEqual([true, false])
  const often = await after(...Array.from({ length: 30 }, () => refused))
  expect([await often(31.9), await often(32)]).toEqual([true, false])
})

it('goes on after a run that went well, and does not rest for what is no refusal', async () => {
  expect(await (await after(refused, refused, good))(0)).toBe(false)
  expect(await (await after(refused, { state: 'failed', code: 'target_unavailable' }))(0)).toBe(false)
  expect(await (await after())(0)).toBe(false)
})
