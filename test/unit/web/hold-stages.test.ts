import { expect, it } from 'vitest'
import { stagesOf, stageText } from '../../../web/src/pages/holds/stages.ts'

it.each([
  ['deliver-erp', 'Delivery of orders to erp'],
  ['deliver-my-shop:shop-products', 'Delivery of products to my-shop'],
  ['deliver-shop:shop-fulfilments', 'Delivery of shipments to shop'],
  ['route-orders', 'Routing of orders'],
  ['map-inventory', 'Mapping of stock'],
  ['something-else', 'something-else'],
])('says %s in words', (stage, text) => {
  expect(stageText(stage)).toBe(text)
})

it('offers a connection the stages of its shop and vendor, deliveries first', () => {
  const stages = ['route-orders', 'deliver-erp', 'deliver-erp2', 'deliver-shop:shop-products', 'map-products']
  expect(stagesOf(stages, { shop: 'shop', vendor: 'erp' })).toEqual([
    'deliver-erp',
    'deliver-shop:shop-products',
    'route-orders',
    'map-products',
  ])
})
