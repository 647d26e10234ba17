import { NetSuiteProblem } from './problems.ts'

/** Features that the account lacks, and what it refuses; changed by `PUT /_sim/rules`, restored by a reset. */
export interface AccountRules {
  /**
   * Columns (`item.upccode`) and records (`itemmember`) missing in SuiteQL, and fields of a sales order (`custbody_…`,
   * `custcol_…`) that the record service does not know.
   */
  missing: ReadonlySet<string>
  /** Record types (`customer`) that the role may not use, and `suiteql`. */
  forbidden: ReadonlySet<string>
  /** Transactions dated up to this day are in a closed period. */
  closedUntil: string | null
  /** Internal ids of customers on credit hold: they can't have new orders. */
  onHold: ReadonlySet<string>
  /** Customers get numbers (_Setup › Company › Auto-Generated Numbers_); otherwise their names are their unique ids. */
  numbersCustomers: boolean
  /** Queries may have `params`; otherwise a query is text only. */
  takesParams: boolean
  /** The only accepted `Accept-Language`; null: any. */
  language: string | null
  /** Tax in percent that the account computes for lines and shipping; `taxTotal` can't be set then. Null: it can. */
  taxRate: number | null
  /** Amount that a shipping item adds to every order; null: none. */
  handlingCost: number | null
  /**
   * Internal id of the location of orders that name none (Accounting Preferences › Order Management › Default Location
   * for Sales Orders: Oracle Help, section_N1388149). Null: they have none, and commit no stock.
   */
  defaultLocation: string | null
}

export function noRules(): AccountRules {
  return {
    missing: new Set(),
    forbidden: new Set(),
    closedUntil: null,
    onHold: new Set(),
    numbersCustomers: true,
    takesParams: true,
    language: null,
    taxRate: null,
    handlingCost: null,
    defaultLocation: '1',
  }
}

/** Sets the given rules, the rest stays. @throws Error */
export function changeRules(rules: AccountRules, body: unknown): void {
  if (typeof body !== 'object' || body === null) throw new Error('The body must be an object.')
  for (const [name, value] of Object.entries(body)) {
    if (name === 'closedUntil' || name === 'language' || name === 'defaultLocation')
      rules[name] = value === null ? null : String(value)
    else if (name === 'taxRate' || name === 'handlingCost') rules[name] = value === null ? null : Number(value)
    else if (name === 'missing' || name === 'forbidden' || name === 'onHold') rules[name] = new Set(value as string[])
    else if (name === 'numbersCustomers' || name === 'takesParams') rules[name] = value === true
    else throw new Error(`There is no rule ${name}.`)
  }
}

/** @throws NetSuiteProblem 403 */
export function assertAllowed(rules: AccountRules, what: string): void {
  if (!rules.forbidden.has(what)) return
  const detail = `Permission Violation: The role does not have the permission for ${what}.`
  throw new NetSuiteProblem(403, { detail, code: 'INSUFFICIENT_PERMISSION' })
}

/** @throws NetSuiteProblem 400 */
export function assertLanguage(rules: AccountRules, header: unknown): void {
  if (rules.language === null || header === undefined || header === rules.language) return
  const detail = `The language ${String(header)} is not one of the account's.`
  throw new NetSuiteProblem(400, { detail, code: 'INVALID_HEADER', header: 'Accept-Language' })
}
