/**
 * Starts the simulators in their own process. Prints one line of JSON with their addresses and credentials on stdout
 * when all answer, and exits when its standard input closes, so that it never outlives the process that started it.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { BIGCOMMERCE_CREDENTIALS } from './bigcommerce/credentials.ts'
import { startBigCommerceSimulator } from './bigcommerce/start.ts'
import { FILE_VENDOR_CREDENTIALS } from './file-vendor/credentials.ts'
import { type FileVendorSimulator, startFileVendorSimulator } from './file-vendor/start.ts'
import type { Simulator } from './harness/simulator.ts'
import { startImageFeedSimulator } from './image-feed/start.ts'
import { magentoCredentials } from './magento2/authorization.ts'
import {
  type MagentoOptions,
  type MagentoSimulator,
  startMagentoSimulator,
} from './magento2/start-magento-simulator.ts'
import { NETSUITE_CREDENTIALS } from './netsuite/credentials.ts'
import { startNetSuiteSimulator } from './netsuite/start.ts'
import { pulledSources } from './pulled-sources.ts'
import { SAP_B1_CREDENTIALS } from './sap-b1/credentials.ts'
import { startSapB1Simulator } from './sap-b1/start.ts'

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    catalog: { type: 'string' },
    'vendor-pattern': { type: 'string' },
    /** Adds a second vendor (SAP Business One) and a second shop (BigCommerce). */
    'second-vendor-pattern': { type: 'string' },
    /** Adds a vendor of files on an SFTP server. */
    'file-vendor-pattern': { type: 'string' },
    seed: { type: 'string', default: '1' },
    orders: { type: 'string', default: '50' },
    'mixed-states': { type: 'boolean', default: false },
    /** Share of orders (0 to 1) like those of real shops. */
    'real-share': { type: 'string', default: '0' },
    'pull-every': { type: 'string' },
    /** Port of the shop; the ERP and the image feed get the next two. Default: free ports. */
    'first-port': { type: 'string' },
  },
})

const data = resolve(values.data ?? '.waldstream/simulators')
const catalogFile = values.catalog ?? new URL('./catalog/catalog.csv', import.meta.url).pathname
const vendorPattern = new RegExp(values['vendor-pattern'] ?? '^WLD-')
const shared = { catalogFile, vendorPattern, seed: Number(values.seed) }
mkdirSync(data, { recursive: true })

const portAt = (place: number) =>
  values['first-port'] === undefined ? {} : { port: Number(values['first-port']) + place }
const orders = { orders: Number(values.orders), mixedStates: values['mixed-states'] }
const second = values['second-vendor-pattern']
const [magento, netsuite, images, sap, bigcommerce, acme] = await started([
  startShop({
    ...shared,
    dataFile: join(data, 'magento.sqlite'),
    ...portAt(0),
    ...orders,
    ...pulledSources,
    realShare: Number(values['real-share']),
    ...(values['pull-every'] === undefined ? {} : { pullEverySeconds: Number(values['pull-every']) }),
  }),
  startNetSuiteSimulator({ ...shared, dataFile: join(data, 'netsuite.sqlite'), ...portAt(1) }),
  startImageFeedSimulator({ ...shared, dataFile: join(data, 'images.sqlite'), ...portAt(2) }),
  startSecondVendor(),
  second === undefined
    ? undefined
    : startBigCommerceSimulator({
        ...shared,
        ...orders,
        severalAddresses: true,
        realShare: Number(values['real-share']),
        dataFile: join(data, 'bigcommerce.sqlite'),
      }),
  startFileVendor(),
])

console.log(
  JSON.stringify({
    magento: { url: magento.url, credentials: magentoCredentials },
    netsuite: { url: netsuite.url, credentials: NETSUITE_CREDENTIALS },
    images: { url: images.url },
    ...(sap === undefined ? {} : { sap: { url: sap.url, credentials: SAP_B1_CREDENTIALS } }),
    ...(bigcommerce === undefined
      ? {}
      : { bigcommerce: { url: bigcommerce.url, credentials: BIGCOMMERCE_CREDENTIALS } }),
    ...(acme === undefined ? {} : { acme: { url: acme.url, sftp: acme.sftp, credentials: FILE_VENDOR_CREDENTIALS } }),
  }),
)

/** Reports in one line what can't start; the others end with the process. */
async function started<const T extends readonly (Promise<unknown> | undefined)[]>(starting: T) {
  try {
    return await Promise.all(starting)
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  }
}

async function startSecondVendor(): Promise<Simulator | undefined> {
  if (second === undefined) return undefined
  return await startSapB1Simulator({ ...shared, vendorPattern: new RegExp(second), dataFile: join(data, 'sap.sqlite') })
}

async function startFileVendor(): Promise<FileVendorSimulator | undefined> {
  const pattern = values['file-vendor-pattern']
  if (pattern === undefined) return undefined
  return await startFileVendorSimulator({
    catalogFile,
    vendorPattern: new RegExp(pattern),
    dataFile: join(data, 'acme.sqlite'),
    folder: join(data, 'acme'),
  })
}

/** A shop keeps its address, because its images' addresses contain it: another one would change all of them. */
async function startShop(options: MagentoOptions): Promise<MagentoSimulator> {
  const file = join(data, 'magento.port')
  const port = options.port ?? (existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0)
  const shop = await startMagentoSimulator({ ...options, port }).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error
    return startMagentoSimulator(options)
  })
  writeFileSync(file, new URL(shop.url).port)
  return shop
}

async function close(): Promise<void> {
  await Promise.all([magento, netsuite, images, sap, bigcommerce, acme].map((one) => one?.close()))
  process.exit(0)
}

process.stdin.on('end', () => void close())
process.stdin.resume()
// Ctrl-C reaches the whole process group; the parent process decides when to end.
process.on('SIGINT', () => undefined)
process.on('SIGTERM', () => void close())
