import { StreamError } from '../../errors.ts'
import { textOf, type Wire } from '../kit/wire.ts'
import type { SuiteQl } from './suiteql.ts'

const NEWEST =
  'SELECT customer.entityid, customer.firstname, customer.lastname, customer.companyname FROM customer ORDER BY customer.id DESC'
const ROWS = { limit: 20, offset: 0 }

/**
 * Warns if the account uses names as customer ids. NetSuite has no column that says whether customers are numbered, so
 * this looks at the newest ones. No warning if the role cannot see them.
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
    'customers have their names as ids, and NetSuite accepts each name once: the second customer of a name gets a digest in its id; ' +
      'to number customers instead, use Setup > Company > Auto-Generated Numbers',
  ]
}

function isNamed(customer: Wire): boolean {
  const [id, first, last, company] = ['entityid', 'firstname', 'lastname', 'companyname'].map((name) =>
    textOf(customer[name]),
  )
  const names = [company, first == null || last == null ? null : `${first} ${last}`]
  return names.some((name) => name != null && id?.startsWith(name) === true)
}
