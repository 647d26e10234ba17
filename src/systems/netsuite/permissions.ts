import { StreamError } from '../../errors.ts'
import type { Records } from './records.ts'
import type { SuiteQl } from './suiteql.ts'

/** A permission of the integration's role, by NetSuite's name of it, and how it is seen whether the role has it. */
interface Permission {
  readonly name: string
  readonly level: 'View' | 'Full'
  /** What it is needed for. */
  readonly use: string
  /** Records of SuiteQL. */
  readonly queried?: readonly string[]
  /** Types of records of the record service. */
  readonly records?: readonly string[]
}

/** Beside those without which nothing is answered at all: REST Web Services, access tokens, SuiteAnalytics Workbook. */
export const permissions: readonly Permission[] = [
  { name: 'Items', level: 'View', use: 'products, inventory, orders', queried: ['item', 'itemprice'] },
  { name: 'Locations', level: 'View', use: 'inventory', queried: ['location', 'aggregateItemLocation'] },
  { name: 'Currency', level: 'View', use: 'prices in several currencies', queried: ['currency'] },
  { name: 'Customers', level: 'Full', use: 'orders', queried: ['customer'], records: ['customer'] },
  { name: 'Sales Order', level: 'Full', use: 'orders, fulfilments', records: ['salesOrder'] },
  { name: 'Find Transaction', level: 'View', use: 'fulfilments', queried: ['transaction'] },
  { name: 'Item Fulfillment', level: 'View', use: 'fulfilments', records: ['itemFulfillment'] },
]

/** The permission that lets a role see a record; undefined: none that we know. */
export function permissionFor(record: string): string | undefined {
  const isOf = ({ queried = [], records = [] }: Permission) =>
    [...queried, ...records].some((name) => name.toLowerCase() === record.toLowerCase())
  const found = permissions.find(isOf)
  return found === undefined ? undefined : `${found.name} (${found.level})`
}

/** The permissions that the role lacks, in words. What else goes wrong is thrown. */
export async function permissionWarnings(
  client: Pick<SuiteQl, 'suiteql'> & Pick<Records, 'getRecord'>,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const lacking: string[] = []
  for (const permission of permissions) {
    const seen = await lackedOf(permission, client, signal)
    if (seen !== null) lacking.push(warningOf(permission, seen))
  }
  return lacking
}

/** What the role may not see; null: it sees all of it. */
async function lackedOf(
  { queried = [], records = [] }: Permission,
  client: Pick<SuiteQl, 'suiteql'> & Pick<Records, 'getRecord'>,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  for (const record of queried) {
    const query = `SELECT COUNT(*) AS rows_seen FROM ${record} WHERE 1 = 0`
    if (await isLacking(record, () => client.suiteql(query, [], { limit: 1, offset: 0 }, signal))) return record
  }
  for (const type of records) {
    // Ids are positive: nothing is found, and nothing is refused but for the permission.
    if (await isLacking(type, () => client.getRecord(type, '0', signal))) return type
  }
  return null
}

async function isLacking(record: string, ask: () => Promise<unknown>): Promise<boolean> {
  try {
    await ask()
    return false
  } catch (error) {
    if (!(error instanceof StreamError)) throw error
    if (error.code === 'permission_missing') return true
    // Of a record that settings can do without, the error names those.
    if (error.code === 'configuration_invalid' && error.field?.toLowerCase() === record.toLowerCase()) return true
    // What else it says of a record that is not there, is no matter of permissions.
    if (error.policy === 'dead-letter' || error.code === 'configuration_invalid') return false
    throw error
  }
}

function warningOf({ name, level, use }: Permission, seen: string): string {
  return `the role does not see ${seen}: give it the permission ${name} (${level}), needed for ${use}`
}
