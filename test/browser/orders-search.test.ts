import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { readPageFiles } from '../../src/api/page-files.ts'
import { createKey, type keyScopes } from '../../src/operations/keys.ts'
import { everything } from '../../src/operations/principal.ts'
import { browserFor, hasBrowser } from '../worlds/browser.ts'
import { indexOrder } from '../worlds/indexed-orders.ts'
import { twoSellers } from '../worlds/two-sellers.ts'

const open = browserFor()
const boss = everything({ kind: 'cli', name: 'boss' })
const ZOE = 'zoe@example.com'
const ORDERS = 60

/** Zoe's orders in alder's shop, all with A-1; the one that alder's vendor refused is the last. */
async function world() {
  const api = await twoSellers(['alder', 'birch'], {
    page: await readPageFiles(inject('builtPage')),
    token: 'the-token',
  })
  const order = { source: 'shop-alder', connection: 'alder', email: ZOE, skus: ['A-1'] }
  for (let n = 1; n < ORDERS; n += 1) {
    await indexOrder(api.operations, { ...order, number: `n-${n}`, placedAt: Date.UTC(2026, 0, 1, 0, n) }, ['A-1'])
  }
  await indexOrder(api.operations, { ...order, number: 'k-alder', placedAt: Date.UTC(2026, 0, 2) }, ['A-1'])
  const base = await api.app.listen({ host: '127.0.0.1', port: 0 })
  onTestFinished(() => api.app.close())
  const signedIn = async (scopes: readonly (typeof keyScopes)[number][]) => {
    const all = { connections: undefined, systems: undefined, expiresAt: null }
    const { key } = await createKey(api.operations, boss, { name: scopes.join(' '), scopes, ...all })
    const { page, complaints } = await open(base)
    const addresses: string[] = []
    page.on('request', (request) => addresses.push(request.url()))
    await page.goto('/orders')
    await page.getByLabel('API key').fill(key)
    await page.getByLabel('API key').press('Enter')
    await page.getByPlaceholder('Order number').waitFor()
    return { page, complaints, addresses }
  }
  return { api, signedIn }
}

describe.skipIf(!hasBrowser)('the search of orders', () => {
  it('lists the orders with an SKU, by an address that can be reloaded, and goes back', async () => {
    const { signedIn } = await world()
    const { page, complaints } = await signedIn(['observe'])
    const by = page.getByLabel('Search by')
    await by.selectOption('SKU')
    await page.getByPlaceholder('SKU').fill(' A-1 ')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Orders with A-1' }).waitFor()
    expect(new URL(page.url()).search).toBe('?sku=A-1')
    const rows = page.getByRole('main').locator('tbody tr')
    await page.getByRole('link', { name: 'k-alder' }).waitFor()
    expect(await rows.count()).toBe(50)
    await rows.first().getByText('Failed').waitFor()
    await rows.nth(1).getByText('Nothing is sent to a vendor').waitFor()
    await page.getByRole('button', { name: 'Older' }).click()
    await page.getByRole('link', { name: 'n-1', exact: true }).waitFor()
    expect(await rows.count()).toBe(10)
    await page.reload()
    await page.getByRole('link', { name: 'n-1', exact: true }).waitFor()
    expect([await by.inputValue(), await page.getByPlaceholder('SKU').inputValue()]).toEqual(['sku', 'A-1'])
    await page.goBack()
    const download = page.waitForEvent('download')
    await page.getByRole('button', { name: 'CSV' }).click()
    const csv = await Array.fromAsync(await (await download).createReadStream())
    expect(Buffer.concat(csv).toString().split('\r\n')).toHaveLength(ORDERS + 2)
    expect(Buffer.concat(csv).toString()).toContain('k-alder,shop-alder,2026-01-02T00:00:00.000Z,alder,failed')
    await page.getByRole('link', { name: 'k-alder' }).click()
    await page.getByRole('heading', { level: 1, name: 'Order k-alder' }).waitFor()
    await page.goBack()
    await page.getByRole('heading', { name: 'Orders with A-1' }).waitFor()
    await page.getByRole('button', { name: 'Clear search' }).click()
    await page.getByRole('heading', { name: 'Latest changes' }).waitFor()
    expect(await page.getByPlaceholder('Order number').inputValue()).toBe('')
    expect(complaints).toEqual([])
  })

  it('finds by e-mail address, which no address of the page or of a request has', async () => {
    const { api, signedIn } = await world()
    const { page, complaints, addresses } = await signedIn(['observe', 'persons:read'])
    await page.getByLabel('Search by').selectOption('E-mail address')
    await page.getByPlaceholder('E-mail address').fill('ZOE@example.com')
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'k-alder' }).waitFor()
    expect(new URL(page.url()).search).toBe('?by=email')
    await page.getByRole('button', { name: 'Older' }).click()
    await page.getByRole('link', { name: 'n-1', exact: true }).waitFor()
    await page.getByRole('button', { name: 'Newest' }).click()
    await page.getByRole('link', { name: 'k-alder' }).click()
    await page.getByRole('heading', { level: 1, name: 'Order k-alder' }).waitFor()
    await page.goBack()
    await page.getByRole('link', { name: 'k-alder' }).waitFor()
    await page.getByPlaceholder('E-mail address').fill('nobody@example.com')
    await page.keyboard.press('Enter')
    await page.getByText('No order with this address').waitFor()
    expect(addresses.filter((address) => /example\.com|%40/.test(address))).toEqual([])
    expect(page.url()).not.toMatch(/@|%40/)
    expect(await page.title()).not.toContain('@')
    const { items } = (await api.get('/v1/audit?what=persons.read', { authorization: 'Bearer the-token' })).json
    expect(items.length).toBeGreaterThan(1)
    await page.reload()
    await page.getByPlaceholder('E-mail address').waitFor()
    expect(await page.getByPlaceholder('E-mail address').inputValue()).toBe('')
    expect(complaints).toEqual([])
  })

  it('offers the search by e-mail address to those alone who may see persons', async () => {
    const { signedIn } = await world()
    const { page } = await signedIn(['observe'])
    expect(await page.getByLabel('Search by').locator('option').allInnerTexts()).toEqual(['Order number', 'SKU'])
    await page.goto('/orders?by=email')
    await page.getByPlaceholder('Order number').waitFor()
    await page.goto('/orders?sku=NOTHING')
    await page.getByText('No order has this SKU').waitFor()
  })
})
