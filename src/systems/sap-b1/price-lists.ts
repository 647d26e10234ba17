import { StreamError } from '../../errors.ts'
import { fromLocalTime } from '../kit/local-time.ts'
import { textOf, type Wire } from '../kit/wire.ts'
import type { SapB1Client } from './client.ts'
import { rowsByCode } from './lookups.ts'

const FIELDS = ['PriceListNo', 'PriceListName', 'Active', 'ValidFrom', 'ValidTo', 'DefaultPrimeCurrency']

/** From a moment (inclusive) to another one (exclusive), milliseconds UTC; null: no limit. */
export interface Period {
  readonly from: number | null
  readonly to: number | null
}

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
  const first = dayOf(row, from)
  const last = dayOf(row, to)
  return {
    from: first === null ? null : startOf(first, zone),
    to: last === null ? null : startOf(dayAfter(last), zone),
  }
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
  if (/^\d{4}-\d\d-\d\d$/.test(day) && !Number.isNaN(Date.parse(`${day}T00:00:00Z`))) return day
  throw new StreamError('time_invalid', `${name}: "${text}" is not a date`, { field: name })
}

/** The first midnight, where the clocks go back at midnight. */
function startOf(day: string, zone: string): number {
  return fromLocalTime(`${day} 00:00:00`, zone, Number.NEGATIVE_INFINITY)
}

function dayAfter(day: string): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)
}
