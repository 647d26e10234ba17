import type { Connection } from '../src/configuration/model.ts'
import { StreamError } from '../src/errors.ts'
import { postJson, requestJson } from './http.ts'
import type { Progress } from './progress.ts'
import { shipNext } from './ship.ts'
import type { SimulatorAddresses } from './simulators.ts'

const EVERY_MS = 20_000

interface ErpState {
  readonly items: readonly {
    readonly itemId: string
    readonly locations: { readonly items: readonly { readonly location_display: string }[] }
  }[]
}

/**
 * Makes an order and a stock change, and ships an order for each connection, now and then, so that one can watch them travel,
 * until `signal` aborts.
 */
export async function keepChanging(
  simulators: SimulatorAddresses,
  connections: readonly Connection[],
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  progress.line('an order, a stock change and a shipment are made every 20 s; Ctrl-C ends everything')
  for (let round = 1; ; round += 1) {
    await pause(signal)
    if (signal.aborted) return await new Promise(() => undefined)
    try {
      await postJson(`${simulators.magento.url}/_sim/orders`, { count: 1 })
      if (simulators.bigcommerce !== undefined)
        await postJson(`${simulators.bigcommerce.url}/_sim/orders`, { count: 1 })
      progress.line(
        `new order in ${simulators.bigcommerce === undefined ? 'the shop' : 'each shop'}; stock change in NetSuite: ${await changeStock(simulators.netsuite.url, round)}`,
      )
      for (const connection of connections) {
        const shipped = await shipNext(simulators, connection)
        if (shipped !== null) progress.line(`shipped in ${connection.vendor}: ${shipped}`)
      }
    } catch (error) {
      progress.line(`a change could not be made: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
}

async function changeStock(netsuite: string, round: number): Promise<string> {
  const { items } = await requestJson<ErpState>(`${netsuite}/_sim/state`)
  const item = items[(round * 7) % Math.max(items.length, 1)]
  const location = item?.locations.items[0]?.location_display
  if (item === undefined || location === undefined) throw new StreamError('not_found', 'NetSuite has no stock')
  const quantity = 10 + ((round * 13) % 90)
  await requestJson(
    `${netsuite}/_sim/items/${encodeURIComponent(item.itemId)}/locations/${encodeURIComponent(location)}`,
    {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ quantityonhand: quantity, quantityavailable: quantity }),
    },
  )
  return `${item.itemId} at ${location}: ${quantity}`
}

function pause(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, EVERY_MS)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
