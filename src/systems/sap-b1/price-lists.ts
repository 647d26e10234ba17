import { StreamError } from '../../errors.ts'
import { isDay, type Period, periodOfDays } from '../kit/local-days.ts'
import { textOf, type Wire } from '../kit/wire.ts'
import type { SapB1Client } from './client.ts'
import { rowsByCode } from './lookups.ts'

const FIELDS = ['PriceListNo', 'PriceListName', 'Active', 'ValidFrom', 'ValidTo', 'DefaultPrimeCurrency']

export interface PriceList {
  /** Its name; with its number if several lists have the name. */
  readonly name: string
  /** SAP's code; null: none. */
  readonly currency: string | null
  readonly period: Period
}

/** The active price lists by number. `zone`: of the server's clock. */
export async function activePriceLists(
  client: SapB1Client,
  zone: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, PriceList>> {
  const rows = [...(await rowsByCode(client, 'PriceLists', FIELDS, signal))]
  const nameOf = (row: Wire, number: string) => textOf(row['PriceListName']) ?? number
  const numbers = Map.groupBy(rows, ([number, row]) => nameOf(row, number))
  return new Map(
    rows.flatMap(([number, row]) => {
      if (row['Active'] === 'tNO') return []
      const name = nameOf(row, number)
      const isShared = (numbers.get(name)?.length ?? 0) > 1
      const list: PriceList = {
        name: isShared ? `${name} (${number})` : name,
        currency: textOf(row['DefaultPrimeCurrency']),
        period: periodOf(row, 'ValidFrom', 'ValidTo', zone),
      }
      return [[number, list] as const]
    }),
  )
}

/** From the start of the first day to the end of the last one, in the server's zone. Throws `time_invalid`. */
export function periodOf(row: Wire, from: string, to: string, zone: string): Period {
  return periodOfDays(dayOf(row, from), dayOf(row, to), zone)
}

/** The time that both periods have in common; null: none. */
export function common(one: Period, other: Period): Period | null {
  const froms = [one.from, other.from].filter((time) => time !== null)
  const tos = [one.to, other.to].filter((time) => time !== null)
  const from = froms.length === 0 ? null : Math.max(...froms)
  const to = tos.length === 0 ? null : Math.min(...tos)
  return from !== null && to !== null && from >= to ? null : { from, to }
}

function dayOf(row: Wire, name: string): string | null {
  const text = textOf(row[name])
  if (text === null) return null
  const day = text.slice(0, 10)
  if (isDay(day)) return day
  throw new StreamError('time_invalid', `${name}: "${text}" is not a date`, { field: name })
}
