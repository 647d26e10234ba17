import { searchedEmail } from './email-search.ts'

/** What the page's address says of a search. An e-mail address is never in it: `by=email` says that one was searched for. */
export interface FinderSearch extends Record<string, string> {
  readonly number: string
  readonly sku: string
  readonly by: string
  /** Place of a page of what was found. */
  readonly after: string
}

/** Orders that are listed by what is in them. */
export type WantedOrders = { readonly sku: string } | { readonly email: string }

/** Null: the orders that changed last are listed. */
export function wantedOrders(search: Partial<FinderSearch>, seesPersons: boolean): WantedOrders | null {
  if (search.sku) return { sku: search.sku }
  const email = search.by === 'email' && seesPersons ? searchedEmail() : ''
  return email === '' ? null : { email }
}
