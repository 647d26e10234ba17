import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { control, startStore, stateOf } from '../../../worlds/bigcommerce.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bigcommerce-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const withoutAddress = (state: unknown) =>
  JSON.parse(JSON.stringify(state).replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, ''))

it('is the same from the same seed, and another from another', async () => {
  const [one, same, other] = [
    await startStore({ seed: 3 }),
    await startStore({ seed: 3 }),
    await startStore({ seed: 4 }),
  ]
  const states = await Promise.all([one, same, other].map(async (store) => withoutAddress(await stateOf(store))))
  expect(states[1]).toEqual(states[0])
  expect(states[2]).not.toEqual(states[0])
  await Promise.all([one, same, other].map((store) => store.close()))
})

it('keeps its data, and begins anew when it is reset', async () => {
  const dataFile = join(folder, 'store.sqlite')
  const first = await startStore({ dataFile, orders: 10 })
  const initial = withoutAddress(await stateOf(first))
  await control(first, 'POST', '/orders', { count: 2 })
  const kept = withoutAddress(await stateOf(first))
  await first.close()
  const second = await startStore({ dataFile, orders: 10 })
  expect(withoutAddress(await stateOf(second))).toEqual(kept)
  expect(kept.orders).toHaveLength(12)
  await control(second, 'POST', '/reset')
  expect(withoutAddress(await stateOf(second))).toEqual(initial)
  await second.close()
})
