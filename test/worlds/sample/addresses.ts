import type { Page } from 'playwright-core'
import { scrollToEnd } from '../scroll-to-end.ts'
import type { sampleInstallation } from './sample.ts'

/** An address of the page over the sample installation. */
export interface PageAddress {
  /** What its picture is called; null: it shows a page that another one shows better. */
  readonly name: string | null
  readonly path: string
  /** The page's heading. */
  readonly title: string
  /** What comes after everything else, as a selector. */
  readonly last?: string
  /** What the picture is of, where it does not begin with the head of the page; as a selector. */
  readonly seen?: string
  /** The button that opens the dialog which is shown. */
  readonly opens?: string
  /** What is opened on the page, one after the other; as selectors. */
  readonly unfolds?: readonly string[]
}

const at = (name: string | null, path: string, title: string, last?: string): PageAddress => ({
  name,
  path,
  title,
  ...(last === undefined ? {} : { last }),
})

/** Every page, and what filters make of some: what is opened in both themes, wide and on a phone. */
export async function pageAddresses(
  api: Pick<Awaited<ReturnType<typeof sampleInstallation>>, 'get'>,
): Promise<readonly PageAddress[]> {
  const refused = await groupOf(api, 'target_rejected')
  const unmapped = await groupOf(api, 'mapping_failed')
  return [
    at('overview', '/', 'Overview', '.chart canvas'),
    at(null, '/?only=problems&q=out', 'Overview'),
    at('orders', '/orders?connection=outdoor-nordwand', 'Orders'),
    at(null, '/orders?connection=bikes-nordwand&state=failed', 'Orders'),
    at(null, '/orders?sku=NW-PANTS-RIDGE-L', 'Orders'),
    at('order', '/orders/outdoor/100004217', 'Order 100004217'),
    at('problems', '/problems', 'Problems'),
    at(null, '/problems?state=discarded', 'Problems'),
    at('problem-group', refused, 'The system refuses'),
    at('problem-record', `${refused}/refused-1`, 'Record 100004183'),
    at('mapping', `${unmapped}/mapping`, 'Mapping'),
    at(null, '/problems/nowhere', 'Problems'),
    at('waiting', '/problems/waiting', 'Problems'),
    at('reads', '/tasks', 'Reads'),
    at(null, '/tasks?read=bikes.orders.all&state=failed', 'Reads'),
    at('run', '/tasks/outdoor.orders.all.1', 'outdoor.orders.all'),
    at(null, '/tasks/outdoor.orders.all.1?status=failed', 'outdoor.orders.all'),
    at('products', '/products?connection=outdoor-nordwand', 'Products'),
    at('product', '/products/outdoor-nordwand/NW-JACKET-ALPINE-M', 'NW-JACKET-ALPINE-M', '.chart canvas'),
    at(
      null,
      '/products/outdoor-nordwand/NW-JACKET-ALPINE-M?stock=7d&feed=inventory#history',
      'NW-JACKET-ALPINE-M',
      '.change',
    ),
    at('resync', '/resync', 'Resync'),
    at('connections', '/connections', 'Connections'),
    at('connection', '/connections/outdoor-nordwand', 'outdoor-nordwand'),
    at('connection-history', '/connections/outdoor-nordwand?view=history', 'outdoor-nordwand'),
    at(
      'mapping-samples',
      '/connections/outdoor-nordwand/mapping?sku=NW-JACKET-ALPINE-M',
      'Mapping of outdoor-nordwand',
      '.sample',
    ),
    at('system', '/systems/nordwand', 'nordwand'),
    at('new-system', '/new/system', 'New system'),
    at(null, '/new/system?id=second-erp&from=sap-b1', 'New system', '.document-form'),
    at('new-connection', '/new/connection', 'New connection'),
    at(null, '/keys', 'Keys'),
    at('audit', '/audit', 'Audit'),
    at('processes', '/system', 'System'),
    at('consumers', '/system?view=consumers', 'System'),
    at('topics', '/system?view=topics', 'System'),
    at('tables', '/system?view=tables', 'System'),
    at('demo', '/demo', 'Break something'),
  ]
}

/** Opens the address and waits until all of it is there. */
export async function openAddress(page: Page, { path, title, last, opens, unfolds = [] }: PageAddress): Promise<void> {
  await page.goto(path)
  await page.getByRole('heading', { level: 1, name: title }).waitFor()
  if (last !== undefined) {
    await scrollToEnd(page)
    await page.locator(last).last().waitFor()
    await page.evaluate('scrollTo(0, 0)')
  }
  await page
    .getByRole('main')
    .filter({ hasNot: page.locator('[aria-busy]:visible') })
    .waitFor()
  for (const folded of unfolds) await page.locator(folded).first().click()
  if (opens === undefined) return
  await page.getByRole('button', { name: opens }).click()
  await page
    .getByRole('dialog')
    .filter({ hasNot: page.locator('[aria-busy]:visible') })
    .waitFor()
}

async function groupOf(api: Pick<Awaited<ReturnType<typeof sampleInstallation>>, 'get'>, code: string) {
  const { groups } = (await api.get(`/v1/dead-letters?group=true&code=${code}`)).json
  return `/problems/${groups[0].group}`
}
