import { expect, it } from 'vitest'
import type { System } from '../../../../src/configuration/model.ts'
import { connectionsCheck } from '../../../../src/operations/doctor/connections-check.ts'
import { systemTypes } from '../../../../src/systems/systems.ts'
import { connectionOf } from '../../../data/processor-events.ts'

const check = (type: string, orderStates: readonly string[] | null) => {
  const connection = { ...connectionOf('vendor', '^WLD-'), orderStates }
  const shop: System = {
    id: connection.shop,
    type,
    address: 'https://shop.example',
    secrets: {},
    zone: 'UTC',
    limits: { concurrency: 1 },
    settings: {},
    reads: [],
  }
  return connectionsCheck({ systems: [shop], connections: [connection] }, systemTypes)
}

it('warns of a stored connection whose states no order of its shop has', () => {
  expect(check('bigcommerce', ['processing'])).toEqual([
    {
      level: 'warn',
      name: 'connection vendor',
      what: expect.stringMatching(/^no order can begin: orderStates is processing, which no bigcommerce order has$/),
      fix: expect.stringMatching(/^remove orderStates \(orders then begin in awaiting_fulfillment, /),
    },
  ])
  expect(check('magento2', [])).toMatchObject([{ level: 'warn' }])
})

it('says nothing of states that the shop has, one of several being enough, or of a connection without any', () => {
  expect(check('magento2', ['processing'])).toEqual([])
  expect(check('bigcommerce', ['processing', 'awaiting_shipment'])).toEqual([])
  expect(check('magento2', null)).toEqual([])
})
