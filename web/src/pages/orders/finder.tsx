import { useNavigate, useSearchParams } from '@solidjs/router'
import { useMutation } from '@tanstack/solid-query'
import { createEffect, createSignal, type JSX, on } from 'solid-js'
import { isMissing } from '../../api/ask.ts'
import { placesWith } from '../../api/places-with.ts'
import { client, orderQuery, statusQuery } from '../../api/queries.ts'
import { useMay } from '../../may.ts'
import { FinderForm, FoundPlaces } from '../../parts/finder.tsx'
import { Select } from '../../parts/select.tsx'
import { texts } from '../../texts.ts'
import { searchEmail, searchedEmail } from './email-search.ts'
import { orderPath } from './order-path.ts'
import type { FinderSearch } from './wanted-orders.ts'

type By = 'number' | 'sku' | 'email'

/** An order is identified by shop and number: every visible shop is asked. SKUs and addresses find lists. */
export function Finder(): JSX.Element {
  const [search, setSearch] = useSearchParams<FinderSearch>()
  const may = useMay()
  const asked = (): { readonly by: By; readonly text: string } => {
    if (search.sku) return { by: 'sku', text: search.sku }
    if (search.by === 'email' && may('persons:read')) return { by: 'email', text: searchedEmail() }
    return { by: 'number', text: search.number ?? '' }
  }
  const [by, setBy] = createSignal<By>(asked().by)
  const [given, setGiven] = createSignal(asked().text)
  const ways = () => (['number', 'sku', 'email'] as const).filter((way) => way !== 'email' || may('persons:read'))
  const navigate = useNavigate()
  const found = useMutation(() => ({
    mutationFn: shopsWith,
    onSuccess: (shops: readonly string[], number: string) => {
      const [only, ...others] = shops
      // The search stays in the history, so that "back" returns to it; a linked search is replaced.
      if (only !== undefined && others.length === 0) navigate(orderPath(only, number), { replace: true })
    },
  }))
  createEffect(
    on(
      () => search.number,
      (number) => (number ? found.mutate(number) : found.reset()),
    ),
  )
  // Shows the address's search in the field, if it is another one than before.
  createEffect(
    on(
      () => JSON.stringify(asked()),
      () => {
        setBy(asked().by)
        setGiven(asked().text)
      },
      { defer: true },
    ),
  )
  const find = (text: string) => {
    if (by() === 'email') searchEmail(text)
    if (by() === 'number' && text === search.number) found.mutate(text)
    else setSearch({ ...noSearch, ...(by() === 'email' ? { by: 'email' } : { [by()]: text || null }) })
  }
  return (
    <search>
      <FinderForm
        class="order-finder"
        name={texts.orders.ways[by()].name}
        hint={texts.orders.ways[by()].hint}
        type={by() === 'email' ? 'email' : 'search'}
        value={given()}
        onInput={setGiven}
        onFind={find}
        isSearching={found.isPending}
      >
        <Select
          label={texts.orders.by}
          value={by()}
          options={ways().map((way) => ({ value: way, text: texts.orders.ways[way].name }))}
          onChange={(value) => {
            setBy(ways().find((way) => way === value) ?? 'number')
            setGiven('')
          }}
        />
      </FinderForm>
      <FoundPlaces found={found} icon="shop" pathOf={orderPath} words={texts.orders} />
    </search>
  )
}

/** Clears an earlier search, and the list below. */
const noSearch = { number: null, sku: null, by: null, after: null, connection: null, state: null, cursor: null }

async function shopsWith(number: string): Promise<readonly string[]> {
  const { connections } = await client.fetchQuery(statusQuery())
  const shops = [...new Set(connections.map(({ shop }) => shop))]
  return await placesWith(shops, async (shop) => {
    try {
      await client.fetchQuery(orderQuery(shop, number))
      return true
    } catch (error) {
      if (isMissing(error)) return false
      throw error
    }
  })
}
