// The control routes are what people learn with: a page that lacks one, or names one that is gone, sends them astray.

import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startBigCommerceSimulator } from '../../../simulators/bigcommerce/start.ts'
import { startFileVendorSimulator } from '../../../simulators/file-vendor/start.ts'
import type { Simulator } from '../../../simulators/harness/simulator.ts'
import { startImageFeedSimulator } from '../../../simulators/image-feed/start.ts'
import { startMagentoSimulator } from '../../../simulators/magento2/start-magento-simulator.ts'
import { startNetSuiteSimulator } from '../../../simulators/netsuite/start.ts'
import { startSapB1Simulator } from '../../../simulators/sap-b1/start.ts'

const ROOT = new URL('../../../', import.meta.url)
const page = readFileSync(new URL('docs/reference/simulators.md', ROOT), 'utf8')

interface Route {
  readonly method: string
  readonly path: string
}

const data = {
  dataFile: ':memory:',
  catalogFile: new URL('simulators/catalog/catalog.csv', ROOT).pathname,
  vendorPattern: /^WLD-/,
  seed: 1,
}
const simulators: Readonly<Record<string, () => Promise<Simulator>>> = {
  magento2: () => startMagentoSimulator({ ...data, orders: 1 }),
  netsuite: () => startNetSuiteSimulator(data),
  'image-feed': () => startImageFeedSimulator(data),
  'sap-b1': () => startSapB1Simulator({ ...data, vendorPattern: /^NRD-/ }),
  'file-vendor': () => startFileVendorSimulator({ ...data, vendorPattern: /^ACM-/ }),
  bigcommerce: () => startBigCommerceSimulator({ ...data, orders: 1 }),
}

/** Routes in the table below the mark of a simulator. */
function documented(name: string): readonly Route[] {
  const [, section = ''] = page.split(`<!-- simulator: ${name} -->`)
  const [table = ''] = section.split(/\n#|\n<!--/)
  return [...table.matchAll(/`(GET|POST|PUT|PATCH|DELETE) (\/_sim\/[^`]+)`(?=.*\|.*\|$)/gm)].map(
    ([, method = '', path = '']) => ({ method, path }),
  )
}

const DECLARED = /\b(app|control)\s*\.(get|post|put|patch|delete)(?:<[^(]*>)?\(\s*['`](\/[^'`]+)['`]/g

/** Control routes that the code of a simulator declares; what is made in a loop has a placeholder. */
function declared(folder: string): readonly Route[] {
  const files = readdirSync(new URL(`simulators/${folder}`, ROOT)).filter((file) => file.endsWith('.ts'))
  return files.flatMap((file) =>
    [...readFileSync(new URL(`simulators/${folder}/${file}`, ROOT), 'utf8').matchAll(DECLARED)]
      .map(([, app, method = '', path = '']) => ({
        method: method.toUpperCase(),
        path: app === 'control' ? `/_sim${path}` : path,
      }))
      .filter(({ path }) => path.startsWith('/_sim/')),
  )
}

/** Whether the page's route is the one of the code: `{sku}` is `:sku`, and a placeholder is any word. */
function isDescribedBy(route: Route, shown: readonly Route[]): boolean {
  const pattern = route.path.replaceAll(/\$\{\w+\}/g, '[\\w-]+').replaceAll(/:\w+/g, '\\{\\w+\\}')
  return shown.some(({ method, path }) => method === route.method && new RegExp(`^${pattern}$`).test(path))
}

/** What each server answers to an address that it does not have. */
const NO_ROUTE = /Route \w+:|does not match any route|"title":"Not found"/

async function answerOf(url: string, { method, path }: Route): Promise<string> {
  const body = method === 'GET' || method === 'DELETE' ? {} : { body: '{}' }
  const headers = body.body === undefined ? {} : { 'content-type': 'application/json' }
  const response = await fetch(url + path.replaceAll(/\{\w+\}/g, 'X'), { method, headers, ...body })
  return await response.text()
}

describe.each(Object.entries(simulators))('the page of control routes: %s', (name, start) => {
  const own = documented(name)

  it('names routes that the simulator has', async () => {
    const { url, close } = await start()
    onTestFinished(close)
    expect(own.length).toBeGreaterThan(2)
    for (const route of [...documented('every'), ...own]) {
      expect(await answerOf(url, route), `${route.method} ${route.path}`).not.toMatch(NO_ROUTE)
    }
    expect(await answerOf(url, { method: 'GET', path: '/_sim/planted' })).toMatch(NO_ROUTE)
  })

  it('names every route that the code declares', () => {
    const code = declared(name)
    expect(code.length).toBeGreaterThan(2)
    expect(code.filter((route) => !isDescribedBy(route, own))).toEqual([])
  })
})

it('names every route of the harness, and every kind of fault', () => {
  const control = readFileSync(new URL('simulators/harness/simulator.ts', ROOT), 'utf8')
  const routes = [...control.matchAll(/\bcontrol\.(get|post)(?:<[^(]*>)?\('([^']+)'/g)]
  expect(documented('every')).toEqual(
    expect.arrayContaining(
      routes.map(([, method = '', path]) => ({ method: method.toUpperCase(), path: `/_sim${path}` })),
    ),
  )
  const faults = readFileSync(new URL('simulators/harness/faults.ts', ROOT), 'utf8')
  const kinds = [...(/kinds = \[(.*)\]/.exec(faults)?.[1] ?? '').matchAll(/'([\w-]+)'/g)].map(([, kind]) => kind)
  expect(kinds.length).toBeGreaterThan(3)
  for (const kind of kinds) expect(page).toContain(`| \`${kind}\``)
})
