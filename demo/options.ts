import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { processEnvironment } from '../src/config.ts'
import { StreamError } from '../src/errors.ts'

/** What `npm start` was asked for. */
export interface DemoOptions {
  /** Magento product export; null: the catalog that comes with the project. */
  readonly catalog: string | null
  readonly vendorPattern: string
  /** One shop and one vendor, or two shops and three vendors in all six pairs. */
  readonly connections: 'magento-netsuite' | 'all'
  /** SKUs of the second vendor (SAP Business One), with all connections. */
  readonly secondVendorPattern: string
  /** SKUs of the vendor of files, with all connections. */
  readonly fileVendorPattern: string
  readonly orders: number
  readonly seed: number
  readonly mixedStates: boolean
  readonly fresh: boolean
  readonly once: boolean
  readonly json: boolean
  /** Everything the demo keeps: one folder for each catalog, pattern, seed and number of orders. */
  readonly dataDir: string
  /** Where the addresses are written. */
  readonly endpointsFile: string
}

export const HELP = `npm start -- [options]

  --catalog FILE          products of the shop: CSV in Magento's product export format (default: the one that comes along)
  --connections all       two shops (Magento, BigCommerce) and three vendors (NetSuite, SAP Business One, CSV files on an
                          SFTP server), all six pairs
  --vendor-pattern REGEX  SKUs of the vendor (default ^WLD-)
  --second-vendor-pattern REGEX
                          SKUs of the second vendor, with --connections all (default ^NRD-)
  --file-vendor-pattern REGEX
                          SKUs of the vendor of files, with --connections all (default ^ACM-)
  --orders N              orders the shop has at the beginning (default 50)
  --seed N                what the orders are made from (default 1)
  --mixed-states          orders in every state, not only processing
  --fresh                 begin with empty data
  --once                  run every read once, wait until all has arrived, compare both ends, and end
  --json                  the last line of stdout is a JSON summary (with --once)
  --help                  this text`

/** The checkout. */
export const ROOT = new URL('..', import.meta.url).pathname

function wholeNumber(name: string, value: string): number {
  const number = Number(value)
  if (/^\d+$/.test(value) && Number.isSafeInteger(number)) return number
  throw new StreamError('request_invalid', `--${name} must be a whole number, not "${value}"`, { field: name })
}

function pattern(name: string, value: string): string {
  try {
    new RegExp(value)
    return value
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new StreamError('request_invalid', `--${name} is no regular expression: ${why}`, {
      field: name,
      cause,
    })
  }
}

function connectionsOf(value: string): DemoOptions['connections'] {
  if (value === 'magento-netsuite' || value === 'all') return value
  const message = `--connections must be magento-netsuite or all, not "${value}"`
  throw new StreamError('request_invalid', message, { field: 'connections' })
}

function catalogFile(value: string | undefined): string | null {
  if (value === undefined) return null
  const file = resolve(processEnvironment()['INIT_CWD'] ?? process.cwd(), value)
  if (existsSync(file)) return file
  throw new StreamError('request_invalid', `--catalog: there is no file ${file}`, { field: 'catalog' })
}

/** Reads the command line; null when help was asked for. Throws `request_invalid`, naming the option. */
export function readOptions(args: readonly string[]): DemoOptions | null {
  const { values } = parse(args)
  if (values.help) return null
  const catalog = catalogFile(values.catalog)
  const vendorPattern = pattern('vendor-pattern', values['vendor-pattern'])
  const secondVendorPattern = pattern('second-vendor-pattern', values['second-vendor-pattern'])
  const fileVendorPattern = pattern('file-vendor-pattern', values['file-vendor-pattern'])
  const connections = connectionsOf(values.connections)
  const orders = wholeNumber('orders', values.orders)
  const seed = wholeNumber('seed', values.seed)
  const second = connections === 'all' ? [secondVendorPattern, fileVendorPattern] : []
  const data = [catalog, vendorPattern, orders, seed, values['mixed-states'], ...second]
  const id = createHash('sha256').update(JSON.stringify(data)).digest('hex').slice(0, 8)
  const { fresh, once, json } = values
  const dataDir = join(ROOT, '.waldstream', `data-${id}`)
  const endpointsFile = join(ROOT, '.waldstream', 'endpoints.json')
  return {
    catalog,
    vendorPattern,
    connections,
    secondVendorPattern,
    fileVendorPattern,
    orders,
    seed,
    mixedStates: values['mixed-states'],
    fresh,
    once,
    json,
    dataDir,
    endpointsFile,
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        catalog: { type: 'string' },
        connections: { type: 'string', default: 'magento-netsuite' },
        'vendor-pattern': { type: 'string', default: '^WLD-' },
        'second-vendor-pattern': { type: 'string', default: '^NRD-' },
        'file-vendor-pattern': { type: 'string', default: '^ACM-' },
        orders: { type: 'string', default: '50' },
        seed: { type: 'string', default: '1' },
        'mixed-states': { type: 'boolean', default: false },
        fresh: { type: 'boolean', default: false },
        once: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new StreamError('request_invalid', `${why}\n\n${HELP}`, { cause })
  }
}
