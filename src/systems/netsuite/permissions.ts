import { StreamError } from '../../errors.ts'
import type { Records } from './records.ts'
import type { SuiteQl } from './suiteql.ts'

/** A permission of the integration's role by NetSuite's name, and the records that show whether the role has it. */
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

/** In addition to those that every request needs: REST Web Services, access tokens, SuiteAnalytics Workbook. */
export const permissions: readonly Permission[] = [
  { name: 'Items', level: 'View', use: 'products, inventory, prices, orders', queried: ['item', 'itemprice'] },
  { name: 'Locations', level: 'View', use: 'inventory', queried: ['location', 'aggregateItemLocation'] },
  { name: 'Currency', level: 'View', use: 'prices in several currencies', queried: ['currency'] },
  { name: 'Customers', level: 'Full', use: 'orders', queried: ['customer'], records: ['customer'] },
  { name: 'Sales Order', level: 'Full', use: 'orders, fulfilments', records: ['salesOrder'] },
  { name: 'Find Transaction', level: 'View', use: 'fulfilments', queried: ['transaction'] },
  { name: 'Item Fulfillment', level: 'View', use: 'fulfilments', records: ['itemFulfillment'] },
]

/** The permission that lets a role see a record; undefined: unknown. */
export function permissionFor(record: string): string | undefined {
  const isOf = ({ queried = [], records = [] }: Permission) =>
    [...queried, ...records].some((name) => name.toLowerCase() === record.toLowerCase())
  const found = permissions.find(isOf)
  return found === undefined ? undefined : `${found.name} (${found.level})`
}

/** A warning for each permission that the role lacks. Throws other errors. */
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

/** The first record that the role cannot see; null: it sees all of them. */
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
    // Ids are positive: this never finds a record, and fails only if the permission is missing.
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
    // For a record that a setting can avoid, the error names the setting.
    if (error.code === 'configuration_invalid' && error.field?.toLowerCase() === record.toLowerCase()) return true
    // Other errors about a missing record have nothing to do with permissions.
    if (error.policy === 'dead-letter' || error.code === 'configuration_invalid') return false
    throw error
  }
}

function warningOf({ name, level, use }: Permission, seen: string): string {
  return `the role does not see ${seen}: give it the permission ${name} (${level}), needed for ${use}`
}
