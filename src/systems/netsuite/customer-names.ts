import { StreamError } from '../../errors.ts'
import { textOf, type Wire } from '../kit/wire.ts'
import type { SuiteQl } from './suiteql.ts'

const NEWEST =
  'SELECT customer.entityid, customer.firstname, customer.lastname, customer.companyname FROM customer ORDER BY customer.id DESC'
const ROWS = { limit: 20, offset: 0 }

/**
 * What to see to where an account calls its customers by their names: NetSuite has no column that says whether it numbers
 * them, so the newest ones are looked at. Nothing where the role does not see them.
 */
export async function customerWarnings(client: Pick<SuiteQl, 'suiteql'>, signal?: AbortSignal): Promise<string[]> {
  try {
    const { items } = await client.suiteql(NEWEST, [], ROWS, signal)
    if (items.length === 0 || !items.every(isNamed)) return []
  } catch (error) {
    if (error instanceof StreamError && error.policy !== 'stop') return []
    throw error
  }
  return [
    'customers are called by their names, each of which NetSuite takes once: the second of a name gets a digest behind it; ' +
      'Setup > Company > Auto-Generated Numbers numbers customers',
  ]
}

function isNamed(customer: Wire): boolean {
  const [id, first, last, company] = ['entityid', 'firstname', 'lastname', 'companyname'].map((name) =>
    textOf(customer[name]),
  )
  const names = [company, first == null || last == null ? null : `${first} ${last}`]
  return names.some((name) => name != null && id?.startsWith(name) === true)
}
