import { expect, it } from 'vitest'
import { applyConfiguration } from '../../../src/operations/configuration.ts'
import { listPositions, setPositions } from '../../../src/operations/positions.ts'
import { everything } from '../../../src/operations/principal.ts'
import { apiFixture } from '../../worlds/api-fixture.ts'
import { uncheckedSystem } from '../../worlds/sources.ts'

const ann = everything({ kind: 'cli', name: 'ann' })

async function world() {
  const admin = {
    createTopics: async () => [],
    ends: async () => [{ partition: 0, start: 3n, end: 9n }],
    committed: async () => new Map([[0, null]]),
    close: async () => undefined,
  }
  const { operations } = apiFixture({ admin })
  const systems = [uncheckedSystem({ id: 'erp', type: 'netsuite', address: 'https://system.example' })]
  const configuration = { revision: 0, systems, connections: [], metadata: [] }
  await applyConfiguration(operations, ann, { configuration, reason: null })
  return operations
}

it('sets where a sink begins, and names the sinks there are', async () => {
  const operations = await world()
  const rows = (offset: string | null) => [{ topic: 'vendor-orders.erp', partition: 0, offset }]
  expect(await listPositions(operations, ann, 'deliver-erp')).toEqual(rows(null))
  const set = async (at: 'earliest' | 'latest', confirm: boolean) =>
    await setPositions(operations, ann, { group: 'deliver-erp', at, confirm })
  await expect(set('earliest', false)).rejects.toThrow('stored events that are delivered from the beginning: 6')
  await expect(set('latest', false)).rejects.toThrow('stored events that are left out: 6')
  expect(await listPositions(operations, ann, 'deliver-erp')).toEqual(rows(null))
  await set('earliest', true)
  expect(await listPositions(operations, ann, 'deliver-erp')).toEqual(rows('3'))
  await set('latest', true)
  expect(await listPositions(operations, ann, 'deliver-erp')).toEqual(rows('9'))
  await expect(listPositions(operations, ann, 'x')).rejects.toThrow('no sink has the group "x"; there are: deliver-erp')
})
