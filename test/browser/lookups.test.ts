import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { readPageFiles } from '../../src/api/page-files.ts'
import { deadLettered } from '../data/dead-letters.ts'
import { lineOf, orderChanged, orderOf } from '../data/processor-events.ts'
import { browserFor, expectOpenToAll, hasBrowser } from '../worlds/browser.ts'
import { twoSellers } from '../worlds/two-sellers.ts'

const open = browserFor()
const lookup = (values: Readonly<Record<string, string>>) => ({
  fields: [{ attribute: 'custbody_ship', from: 'shippingMethod', lookup: values }],
})

/** An order whose shipping method is in no line of the lookup of seller alder's order map. */
async function world() {
  const api = await twoSellers(['alder'], { page: await readPageFiles(inject('builtPage')) })
  const { document } = (await api.get('/v1/connections/alder')).json
  const orderMap = lookup({ flatrate: 'STANDARD' })
  const changed = await api.put('/v1/connections/alder', { ...document, orderMap })
  if (changed.status !== 200) throw new Error(`the order map was answered ${changed.status}`)
  const order = orderChanged(orderOf([lineOf('1', 'A-1')], { orderNumber: '4711', shippingMethod: 'express' }), {
    source: 'shop-alder',
    key: '4711',
    occurredAt: 1,
  })
  const letter = deadLettered({
    deadLetterId: 'o1',
    stage: 'route-orders',
    connection: 'alder',
    key: '4711',
    topic: 'orders',
    code: 'mapping_failed',
    field: 'custbody_ship',
    message: 'attribute custbody_ship: its value is in no line of the lookup',
    originalValue: api.letters.codec.encode('orders', order),
  })
  await api.letters.project(letter)
  const { groups } = (await api.get('/v1/dead-letters?group=true&code=mapping_failed')).json
  const base = await api.app.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => api.app.close())
  return { api, base, path: `/problems/${groups[0].group}` }
}

describe.skipIf(!hasBrowser)('the order map', () => {
  it('is edited beside the orders that failed by it, tried on them while it is written, and saved', async () => {
    const { api, base, path } = await world()
    const { page, complaints } = await open(base)
    await page.goto(path)
    await page.getByRole('link', { name: 'Edit the order map' }).click()
    await page.getByRole('heading', { level: 1, name: 'Order map of alder' }).waitFor()
    await page.getByText('0 of 1 would now pass').waitFor()
    const rules = page.getByLabel('Rules')
    const before = await rules.inputValue()
    await rules.fill(before.replace('from: shippingMethod', 'from: shipingMethod'))
    await page.getByText('did you mean shippingMethod?').waitFor()
    await rules.fill(before.replace('flatrate: STANDARD', 'flatrate: STANDARD\n      express: NEXT_DAY'))
    await page.getByText('1 of 1 would now pass').waitFor()
    await expectOpenToAll(page, 'the order map')
    await page.getByRole('button', { name: 'Save…' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('Reason').fill('express was new')
    await dialog.getByLabel('Then retry the record').uncheck()
    await dialog.getByRole('button', { name: 'Save' }).click()
    await page.getByText('The mapping of alder is saved').waitFor()
    const { document } = (await api.get('/v1/connections/alder')).json
    expect(document.orderMap).toMatchObject(lookup({ flatrate: 'STANDARD', express: 'NEXT_DAY' }))
    expect(complaints).toEqual([])
  })
})
