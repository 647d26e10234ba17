import { expect, it } from 'vitest'
import type { Configuration } from '../../../src/configuration/model.ts'
import { applyConfiguration } from '../../../src/operations/configuration.ts'
import { everything } from '../../../src/operations/principal.ts'
import { showRead } from '../../../src/operations/reads.ts'
import { requestRun, requestSync } from '../../../src/operations/sync.ts'
import { apiFixture } from '../../worlds/api-fixture.ts'
import { readOf, uncheckedSystem } from '../../worlds/sources.ts'

const [ann, caller] = [everything({ kind: 'cli', name: 'ann' }), everything({ kind: 'api', name: null })]
const run = { from: null, queueUrl: null, reason: null, sweep: null }
const configuration: Configuration = {
  revision: 0,
  systems: [
    uncheckedSystem({
      id: 'erp',
      type: 'netsuite',
      address: 'https://system.example',
      reads: [readOf('erp', 'products', 100), readOf('erp', 'fulfilments', 100)],
    }),
    uncheckedSystem({
      id: 'shop',
      type: 'magento2',
      address: 'https://system.example',
      reads: [readOf('shop', 'orders', 100)],
    }),
    uncheckedSystem({
      id: 'queue',
      type: 'sqs',
      address: 'https://system.example',
      reads: [readOf('queue', 'products', 100)],
    }),
  ],
  connections: [],
  metadata: [],
}

async function world() {
  const api = apiFixture()
  await applyConfiguration(api.operations, ann, { configuration, reason: null })
  return api
}

it('requests a run or a sweep, and says how it came', async () => {
  const { operations, control } = await world()
  const wanted = { ...run, read: 'erp.products.all' }
  const { task } = await requestRun(operations, ann, wanted)
  expect(task).toMatch(/^erp\.products\.all\./)
  await requestRun(operations, ann, { ...wanted, sweep: 'check' })
  await requestRun(operations, ann, { ...wanted, sweep: 'accept' })
  await requestRun(operations, ann, { ...wanted, sweep: 'preview' })
  expect(control.requested.map(({ trigger }) => trigger)).toEqual(['cli', 'sweep', 'sweep-accepted', 'sweep-preview'])
})

it('joins a sweep to a sweep that waits, and neither to a preview, nor a preview to it', async () => {
  const { operations } = await world()
  const sweep = (way: 'preview' | 'check' | 'accept') =>
    requestSync(operations, caller, { ...run, read: 'erp.products.all', sweep: way, requestId: null })
  const preview = await sweep('preview')
  const check = await sweep('check')
  expect([preview.merged_into, check.merged_into, check.state]).toEqual([null, null, 'due'])
  expect((await sweep('accept')).merged_into).toBe(check.task)
  expect((await sweep('preview')).merged_into).toBe(preview.task)
  expect([preview.trigger, check.trigger]).toEqual(['sweep-preview', 'sweep'])
})

it('sweeps neither orders nor queues', async () => {
  const { operations, control } = await world()
  const sweep = (read: string) => requestRun(operations, ann, { ...run, read, sweep: 'check' })
  await expect(sweep('shop.orders.all')).rejects.toThrow(
    'shop.orders.all: cannot be swept, because orders are never deleted',
  )
  await expect(sweep('erp.fulfilments.all')).rejects.toThrow(
    'erp.fulfilments.all: cannot be swept, because fulfilments are never deleted',
  )
  await expect(sweep('queue.products.all')).rejects.toThrow('a queue does not list')
  expect(control.requested).toEqual([])
})

it('names the reads there are, in the words of who asks', async () => {
  const { operations } = await world()
  const reads = 'there are: erp.products.all, erp.fulfilments.all, queue.products.all, shop.orders.all'
  const asked = requestRun(operations, ann, { ...run, read: 'x' })
  await expect(asked).rejects.toThrow(new RegExp(`^there is no read "x"; ${reads}$`))
  const posted = requestSync(operations, caller, { ...run, read: 'x', requestId: null })
  await expect(posted).rejects.toMatchObject({ message: `read: there is no read "x"; ${reads}`, field: 'read' })
  await expect(showRead(operations, ann, 'x')).rejects.toThrow(
    'there is no read "x"; "waldstream reads list" lists them',
  )
  await expect(showRead(operations, caller, 'x')).rejects.toThrow('id: there is no read "x"; /v1/reads lists them')
})
