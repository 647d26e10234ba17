import { searchedEmail } from './email-search.ts'

/** The search in the page's address. It never contains an e-mail address: `by=email` says that one was searched for. */
export interface FinderSearch extends Record<string, string> {
  readonly number: string
  readonly sku: string
  readonly by: string
  /** Place of a page of the results. */
  readonly after: string
}

/** Orders listed by their content. */
export type WantedOrders = { readonly sku: string } | { readonly email: string }

/** Null: lists the orders that changed last. */
export function wantedOrders(search: Partial<FinderSearch>, seesPersons: boolean): WantedOrders | null {
  if (search.sku) return { sku: search.sku }
  const email = search.by === 'email' && seesPersons ? searchedEmail() : ''
  return email === '' ? null : { email }
}
